//! The official addresses that are known: exports of the ministries' open data portals, by the API
//! Explore v2.1 of Opendatasoft.
//!
//! The header of an export has technical names or, with `use_labels`, French labels. Each portal is
//! asked for the form in which real files of it were seen: labels for those of the Ministry of
//! Education, technical names for InserSup.

use super::address::Address;

/// An open data portal.
#[derive(Debug)]
struct Portal {
    host: &'static str,
    /// Whether its columns are known by their labels.
    labels: bool,
}

const EDUCATION: Portal = Portal { host: "data.education.gouv.fr", labels: true };
const HIGHER_EDUCATION: Portal = Portal { host: "data.enseignementsup-recherche.gouv.fr", labels: false };

/// Datasets and the portal that publishes each.
const DATASETS: [(&str, Portal); 7] = [
    ("fr-en-inserjeunes-lycee_pro-formation-fine", EDUCATION),
    ("fr-en-inserjeunes-cfa-formation_fine", EDUCATION),
    ("fr-en-inserjeunes-lycee_pro", EDUCATION),
    ("fr-en-inserjeunes-cfa", EDUCATION),
    ("fr-en-annuaire-education", EDUCATION),
    ("fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre", EDUCATION),
    ("fr-esr-insersup", HIGHER_EDUCATION),
];

/// The datasets whose addresses are known.
pub fn known() -> impl Iterator<Item = &'static str> {
    DATASETS.iter().map(|(id, _)| *id)
}

/// The address of a dataset's export; `None` where it is not known.
#[must_use]
pub fn address(dataset: &str) -> Option<Address> {
    let (id, Portal { host, labels }) = DATASETS.iter().find(|(id, _)| *id == dataset)?;
    let text =
        format!("https://{host}/api/explore/v2.1/catalog/datasets/{id}/exports/csv?delimiter=%3B&use_labels={labels}");
    Address::parse_https(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::address::file_name;
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_known_dataset_has_an_address_on_an_allowed_host_and_gives_the_name_to_its_file() {
        let hosts = Config::from_lookup(&|_| None).unwrap().download.hosts;
        for id in known() {
            let adresse = address(id).unwrap();
            assert!(hosts.iter().any(|host| Some(host.as_str()) == adresse.url().host_str()), "{id}");
            let labels = id != "fr-esr-insersup";
            assert!(adresse.url().query().unwrap().contains(&format!("use_labels={labels}")), "{id}");
            assert_eq!(file_name(adresse.url(), None), format!("{id}.csv"));
        }
        assert_eq!(address("fr-en-inserjeunes"), None);
    }
}
