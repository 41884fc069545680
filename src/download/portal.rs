//! The official addresses that are known: exports of the ministries' open data portals, by the API
//! Explore v2.1 of Opendatasoft.
//!
//! The header of an export has technical names or, with `use_labels`, French labels. Each portal is
//! asked for the form in which real files of it were seen: labels for those of the Ministry of
//! Education, technical names for InserSup.

use super::address::Address;
use crate::domain::Dataset;
use crate::domain::dataset::Portal;

/// Where a portal is, and whether its columns are known by their labels.
const fn site(portal: Portal) -> (&'static str, bool) {
    match portal {
        Portal::Education => ("data.education.gouv.fr", true),
        Portal::HigherEducation => ("data.enseignementsup-recherche.gouv.fr", false),
    }
}

/// The datasets whose addresses are known.
pub fn known() -> impl Iterator<Item = Dataset> {
    Dataset::ALL.iter().copied().filter(|dataset| dataset.portal().is_some())
}

/// The address of a dataset's export; `None` where it is not known.
#[must_use]
pub fn address(dataset: Dataset) -> Option<Address> {
    let (host, labels) = site(dataset.portal()?);
    let text = format!(
        "https://{host}/api/explore/v2.1/catalog/datasets/{dataset}/exports/csv?delimiter=%3B&use_labels={labels}"
    );
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
        assert_eq!(known().count(), 7);
        for dataset in known() {
            let adresse = address(dataset).unwrap();
            assert!(hosts.iter().any(|host| Some(host.as_str()) == adresse.url().host_str()), "{dataset}");
            let labels = dataset != Dataset::EsrInsersup;
            assert!(adresse.url().query().unwrap().contains(&format!("use_labels={labels}")), "{dataset}");
            assert_eq!(file_name(adresse.url(), None), format!("{dataset}.csv"));
        }
        assert_eq!(address(Dataset::NMef), None);
    }
}
