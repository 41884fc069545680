//! Datasets that stand beside those that are read, and are not read.
//!
//! They have the same columns but one, and names that begin alike: each would be taken for another
//! one that lacks a column, or, worse, be read as it.

use super::header::Header;
use super::names;
use super::refusal::FileRefusal;
use super::source::Source;

/// The column that only the datasets by level have.
const NIVEAU: [&str; 2] = ["niveau_formation", "Niveau de formation"];
/// Columns of which they have one.
const TAUX: [&str; 4] =
    ["taux_emploi_6_mois", "Taux d'emploi 6 mois après la sortie", "taux_poursuite_etudes", "taux_emploi_12_mois"];
/// Columns that only apprenticeship has.
const CONTRATS: [&str; 4] = [
    "taux_contrats_interrompus",
    "taux_interruption_formation",
    "Part contrats apprentissage interrompus",
    "Taux de contrats interrompus",
];

const CFA: &str = "fr-en-inserjeunes-cfa-niveau_formation";
const LYCEE_PRO: &str = "fr-en-inserjeunes-lycee_pro-niveau_formation";

const BY_LEVEL: &str = "it sums the certifications of a level, which no answer shows; the figures by certification \
                          are in the datasets formation-fine and formation_fine";

/// Refuses a dataset that is known and not read, by its header or by its name.
///
/// # Errors
/// [`FileRefusal::SiblingDataset`].
pub(super) fn refuse(header: &Header, source: &Source) -> Result<(), FileRefusal> {
    let named = names::first(source, |name| {
        let name = name.to_lowercase().replace('-', "_");
        [CFA, LYCEE_PRO].into_iter().find(|id| name.contains(&id.replace('-', "_")))
    });
    let has = |names: &[&str]| names.iter().any(|name| header.has(name));
    let by_header = || {
        let fits = has(&NIVEAU) && header.has("uai") && has(&TAUX);
        fits.then(|| if has(&CONTRATS) { CFA } else { LYCEE_PRO })
    };
    named.or_else(by_header).map_or(Ok(()), |dataset| Err(FileRefusal::SiblingDataset { dataset, raison: BY_LEVEL }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn refused(name: &str, header: &str) -> Option<&'static str> {
        let header = Header::parse(&header.split(';').map(str::to_owned).collect::<Vec<_>>()).unwrap();
        match refuse(&header, &Source::plain(Path::new(name))) {
            Err(FileRefusal::SiblingDataset { dataset, .. }) => Some(dataset),
            _ => None,
        }
    }

    #[test]
    fn a_dataset_by_level_is_known_by_its_header_or_its_name() {
        let technical = "annee;uai;libelle;region;niveau_formation;taux_poursuite_etudes;taux_emploi_6_mois";
        assert_eq!(refused("export.csv", technical), Some(LYCEE_PRO));
        assert_eq!(refused("export.csv", &format!("{technical};taux_contrats_interrompus")), Some(CFA));
        assert_eq!(refused("export.csv", "Année;UAI;Niveau de formation;Taux emploi 6 mois"), Some(LYCEE_PRO));
        assert_eq!(refused("FR-EN-inserjeunes-cfa-niveau_formation (1).csv", "a;b"), Some(CFA));
        assert_eq!(refused("fr-en-inserjeunes-lycee-pro-niveau-formation.csv", "a;b"), Some(LYCEE_PRO));
        for header in ["annee;uai;taux_emploi_6_mois", "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL"] {
            assert_eq!(refused("fr-en-inserjeunes-cfa.csv", header), None, "{header}");
        }
    }
}
