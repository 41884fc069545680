//! The official addresses that are known: exports of the ministries' open data portals, by the API
//! Explore v2.1 of Opendatasoft.
//!
//! The header of an export has technical names or, with `use_labels`, French labels. The technical
//! names are asked for: they are what the producers keep when they reword a label, and the only
//! form in which the columns of InserSup are known.

use super::adresse::Adresse;

const EDUCATION: &str = "data.education.gouv.fr";
const ENSEIGNEMENT_SUPERIEUR: &str = "data.enseignementsup-recherche.gouv.fr";

/// Datasets and the portal that publishes each.
const PORTAILS: [(&str, &str); 7] = [
    ("fr-en-inserjeunes-lycee_pro-formation-fine", EDUCATION),
    ("fr-en-inserjeunes-cfa-formation_fine", EDUCATION),
    ("fr-en-inserjeunes-lycee_pro", EDUCATION),
    ("fr-en-inserjeunes-cfa", EDUCATION),
    ("fr-en-annuaire-education", EDUCATION),
    ("fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre", EDUCATION),
    ("fr-esr-insersup", ENSEIGNEMENT_SUPERIEUR),
];

/// The datasets whose addresses are known.
pub fn connus() -> impl Iterator<Item = &'static str> {
    PORTAILS.iter().map(|(id, _)| *id)
}

/// The address of a dataset's export; `None` where it is not known.
#[must_use]
pub fn adresse(dataset: &str) -> Option<Adresse> {
    let (id, host) = PORTAILS.iter().find(|(id, _)| *id == dataset)?;
    let text = format!(
        "https://{host}/api/explore/v2.1/catalog/datasets/{id}/exports/csv?delimiter=%3B&use_labels=false&with_bom=true"
    );
    Adresse::parse_https(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::adresse::nom_de_fichier;
    use super::*;
    use crate::config::HOTES;

    #[test]
    fn every_known_dataset_has_an_address_on_an_allowed_host_and_gives_the_name_to_its_file() {
        for id in connus() {
            let adresse = adresse(id).unwrap();
            assert!(HOTES.contains(&adresse.url().host_str().unwrap()), "{id}");
            assert_eq!(nom_de_fichier(adresse.url(), None), format!("{id}.csv"));
        }
        assert_eq!(adresse("fr-en-inserjeunes"), None);
    }
}
