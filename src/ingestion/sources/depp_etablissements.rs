//! `depp-inserjeunes-etablissements`: the same figures as yearly files of the ministry's site.
//!
//! They were cut out of spreadsheets with two header rows, of which the upper one is lost: some
//! columns have no name, and millésime and voie stand in the file's name alone. A column without
//! a name whose values are all populations is the population; what the others mean is not
//! guessed, they are reported.

use super::super::header::Column;
use super::super::records::Records;
use super::super::refusal::FileRefusal;
use super::etablissement::{Cohorte, Etablissements, present};
use super::mesures::MillesimeText;
use super::{Dataset, Definition, OpenedSource, Opening};
use crate::db::ingestion::tables::Table;
use crate::domain::{Filiere, Millesime, Population};

const COLUMNS: &[Column] = &[
    Column::new("uai", &["n°UAI de l'établissement"]),
    Column::new("libelle", &["Libellé de l'établissement"]),
    Column::new("region", &["Région"]),
    Column::new("dont_apprentis_eple", &["Dont apprentis en EPLE"]),
    Column::new("taux_poursuite_etudes", &["Taux de poursuite d'études"]),
    Column::new("taux_emploi_6_mois", &["Taux"]),
    Column::new("taux_emploi_6_mois_attendu", &["Taux attendu"]),
    Column::new("valeur_ajoutee_emploi_6_mois", &["Valeur ajoutée"]),
    Column::new("part_poursuite_etudes", &["Part en poursuite d'études"]),
    Column::new("part_en_emploi_6_mois", &["Part en emploi 6 mois après la sortie"]),
    Column::new("part_autres_situations_6_mois", &["Part des autres situations"]),
    Column::new("taux_emploi_12_mois", &["Taux d'emploi 12 mois après la sortie"]),
    Column::new("taux_emploi_18_mois", &["Taux d'emploi 18 mois après la sortie"]),
    Column::new("taux_emploi_24_mois", &["Taux d'emploi 24 mois après la sortie"]),
    Column::new("taux_rupture_contrats", &["Taux de contrats interrompus", "Part des contrats interrompus"]),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::DeppEtablissements,
    columns: COLUMNS,
    required: &[&["uai"], &["taux_emploi_6_mois"], &["taux_emploi_6_mois_attendu"], &["valeur_ajoutee_emploi_6_mois"]],
    excluded: &["annee", "millesime", "code_formation_mefstat11", "Code formation apprentissage", "mefstat11", "cfd"],
    attend_millesime: true,
    open,
};

fn open(opening: &Opening<'_>) -> Result<OpenedSource, FileRefusal> {
    let millesime = millesime_of_name(opening)?;
    let filiere = voie_of(&name(opening)).ok_or(FileRefusal::MissingVoie)?;
    let named = opening.layout.at("dont_apprentis_eple");
    let found = if named.is_none() { unnamed_population(opening)? } else { None };
    let cohorte = Cohorte::File(MillesimeText::new(millesime));
    let dataset = Dataset::DeppEtablissements;
    let adapter = Etablissements::new(dataset, filiere, cohorte, &opening.layout, named.or(found));
    let ouvert = OpenedSource::new(Table::MesuresEtablissement, adapter);
    let present = present(&opening.layout);
    Ok(OpenedSource { present, millesime: Some(millesime), unnamed_read: found.into_iter().collect(), ..ouvert })
}

fn name(opening: &Opening<'_>) -> String {
    opening.path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The millésime of a file that has none in its rows: from its name or `--millesime`.
pub(super) fn millesime_of_name(opening: &Opening<'_>) -> Result<Millesime, FileRefusal> {
    match (millesime_of(&name(opening)), opening.millesime) {
        (None, None) => Err(FileRefusal::MillesimeAbsent),
        (Some(nom), Some(option)) if nom != option => {
            Err(FileRefusal::ContradictoryMillesime { nom: nom.to_string(), option: option.to_string() })
        }
        (Some(millesime), _) | (None, Some(millesime)) => Ok(millesime),
    }
}

/// `…-2021_2022-…`: the only place where two consecutive years stand together.
fn millesime_of(name: &str) -> Option<Millesime> {
    (0..name.len()).filter_map(|start| name.get(start..start + 9)).find_map(|part| {
        let years =
            part.chars().enumerate().all(|(at, c)| if at == 4 { c == '_' || c == '-' } else { c.is_ascii_digit() });
        years.then(|| Millesime::parse_source(part).ok()).flatten()
    })
}

fn voie_of(name: &str) -> Option<Filiere> {
    if name.ends_with("-pro") {
        return Some(Filiere::Pro);
    }
    name.ends_with("-apprentissage").then_some(Filiere::Apprentissage)
}

/// The unnamed column whose values are all populations. Reads the file until none can be it:
/// mostly one row.
fn unnamed_population(opening: &Opening<'_>) -> Result<Option<usize>, FileRefusal> {
    let mut candidates = opening.header.unnamed();
    if candidates.is_empty() {
        return Ok(None);
    }
    let mut records = Records::open(opening.path, opening.finding)?;
    records.advance()?;
    while !candidates.is_empty() && records.advance()?.is_some() {
        candidates.retain(|index| {
            let field = records.record().get(*index).and_then(|bytes| std::str::from_utf8(bytes).ok());
            field.is_some_and(|text| Population::parse_source(text).is_some())
        });
    }
    match candidates.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let columns = several.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(", ");
            Err(FileRefusal::AmbiguousColumn { columns })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millesime_and_voie_stand_in_the_name() {
        let name = "depp-2022-etablissements-2021_2022-pro";
        assert_eq!(millesime_of(name), Millesime::parse("2021_2022").ok());
        assert_eq!(voie_of(name), Some(Filiere::Pro));
        assert_eq!(voie_of("depp-2021_2022-apprentissage"), Some(Filiere::Apprentissage));
        for name in ["depp-2022-etablissements", "depp-2019_2021-pro", "etablissements", "é2021"] {
            assert_eq!(millesime_of(name), None, "{name}");
        }
    }
}
