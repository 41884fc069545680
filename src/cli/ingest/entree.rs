//! What the command line names: files, folders, addresses, datasets of a portal.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::slice;

use crate::domain::{Acceptance, Millesime};
use crate::ingestion::{Dataset, Trouve, discover};
use crate::telechargement::{Adresse, AdresseInvalide, portail};

/// One argument: a path or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entree {
    /// A file or a folder.
    Chemin(PathBuf),
    /// An address.
    Adresse(Adresse),
}

impl Entree {
    /// Reads an argument: what has a scheme is an address, anything else a path.
    ///
    /// # Errors
    /// An address that is none, or not of https.
    pub fn parse(argument: OsString) -> Result<Self, AdresseInvalide> {
        match argument.to_str() {
            Some(text) if text.contains("://") => Adresse::parse_https(text).map(Self::Adresse),
            _ => Ok(Self::Chemin(PathBuf::from(argument))),
        }
    }
}

impl fmt::Display for Entree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chemin(path) => path.display().fmt(f),
            Self::Adresse(adresse) => adresse.montree().fmt(f),
        }
    }
}

/// One file to import, here or elsewhere.
#[derive(Debug)]
pub(super) enum Travail {
    Fichier(Trouve),
    Adresse(Adresse),
}

/// The files of all arguments, in their order.
pub(super) fn travaux<'a>(entrees: impl IntoIterator<Item = &'a Entree>) -> io::Result<Vec<Travail>> {
    let mut travaux = Vec::new();
    for entree in entrees {
        match entree {
            Entree::Chemin(path) => travaux.extend(discover(slice::from_ref(path))?.into_iter().map(Travail::Fichier)),
            Entree::Adresse(adresse) => travaux.push(Travail::Adresse(adresse.clone())),
        }
    }
    Ok(travaux)
}

pub(super) fn dataset(text: &str) -> Result<Dataset, String> {
    Dataset::parse(text).map_err(|_| {
        let ids: Vec<_> = Dataset::ALL.iter().map(|dataset| dataset.as_str()).collect();
        format!("expected one of {}", ids.join(", "))
    })
}

pub(super) fn millesime(text: &str) -> Result<Millesime, String> {
    Millesime::parse(text).map_err(|_| "expected a year (2022) or two consecutive years (2021_2022)".to_owned())
}

pub(super) fn acceptance(text: &str) -> Result<Acceptance, String> {
    Acceptance::parse(text).map_err(|_| {
        let words: Vec<_> = Acceptance::ALL.iter().map(|acceptance| acceptance.as_str()).collect();
        format!("expected one of {}; nothing else can be accepted of a file", words.join(", "))
    })
}

/// The address of a dataset on the portal that publishes it.
pub(super) fn du_portail(text: &str) -> Result<Entree, String> {
    portail::adresse(text).map(Entree::Adresse).ok_or_else(|| {
        let ids: Vec<_> = portail::connus().collect();
        format!("the address of its export is known for {} only", ids.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_scheme_is_an_address_and_anything_else_a_path() {
        assert!(matches!(Entree::parse("https://h/a.csv".into()), Ok(Entree::Adresse(_))));
        for path in ["a.csv", "C:/a.csv", "https.csv", "./http:/a"] {
            assert_eq!(Entree::parse(path.into()), Ok(Entree::Chemin(path.into())));
        }
        assert_eq!(Entree::parse("http://h/a.csv".into()), Err(AdresseInvalide::Schema("http".to_owned())));
    }

    #[test]
    fn every_dataset_of_a_portal_is_one_that_is_known() {
        for id in portail::connus() {
            assert!(Dataset::parse(id).is_ok(), "{id}");
        }
        assert!(du_portail("fr-en-inserjeunes").unwrap_err().contains("fr-esr-insersup"));
    }
}
