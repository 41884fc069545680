//! The official addresses that are known: exports of the ministries' open data portals, by the API
//! Explore v2.1 of Opendatasoft.
//!
//! The header of an export has technical names or, with `use_labels`, French labels. Each portal is
//! asked for the form in which real files of it were seen: labels for those of the Ministry of
//! Education, technical names for InserSup.

use super::adresse::Adresse;

/// An open data portal.
#[derive(Debug)]
struct Portail {
    host: &'static str,
    /// Whether its columns are known by their labels.
    libelles: bool,
}

const EDUCATION: Portail = Portail { host: "data.education.gouv.fr", libelles: true };
const ENSEIGNEMENT_SUPERIEUR: Portail = Portail { host: "data.enseignementsup-recherche.gouv.fr", libelles: false };

/// Datasets and the portal that publishes each.
const DATASETS: [(&str, Portail); 7] = [
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
    DATASETS.iter().map(|(id, _)| *id)
}

/// The address of a dataset's export; `None` where it is not known.
#[must_use]
pub fn adresse(dataset: &str) -> Option<Adresse> {
    let (id, Portail { host, libelles }) = DATASETS.iter().find(|(id, _)| *id == dataset)?;
    let text = format!(
        "https://{host}/api/explore/v2.1/catalog/datasets/{id}/exports/csv?delimiter=%3B&use_labels={libelles}"
    );
    Adresse::parse_https(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::adresse::nom_de_fichier;
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_known_dataset_has_an_address_on_an_allowed_host_and_gives_the_name_to_its_file() {
        let hosts = Config::from_lookup(&|_| None).unwrap().telechargement.hotes;
        for id in connus() {
            let adresse = adresse(id).unwrap();
            assert!(hosts.iter().any(|host| Some(host.as_str()) == adresse.url().host_str()), "{id}");
            let labels = id != "fr-esr-insersup";
            assert!(adresse.url().query().unwrap().contains(&format!("use_labels={labels}")), "{id}");
            assert_eq!(nom_de_fichier(adresse.url(), None), format!("{id}.csv"));
        }
        assert_eq!(adresse("fr-en-inserjeunes"), None);
    }
}
