//! What the command line names: files, folders, addresses, datasets of a portal.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::slice;

use crate::domain::{Acceptance, Filiere, Millesime};
use crate::download::{Address, InvalidAddress, portal};
use crate::ingestion::{Dataset, Found, discover};

/// One argument: a path or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file or a folder.
    Path(PathBuf),
    /// An address.
    Address(Address),
}

impl Input {
    /// Reads an argument: what has a scheme is an address, anything else a path.
    ///
    /// # Errors
    /// An address that is none, or not of https.
    pub fn parse(argument: OsString) -> Result<Self, InvalidAddress> {
        match argument.to_str() {
            Some(text) if text.contains("://") => Address::parse_https(text).map(Self::Address),
            _ => Ok(Self::Path(PathBuf::from(argument))),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Address(adresse) => adresse.shown().fmt(f),
        }
    }
}

/// One file to import, here or elsewhere.
#[derive(Debug)]
pub(super) enum Job {
    File(Found),
    Address(Address),
}

/// The files that each argument stands for, in their order.
pub(super) fn jobs<'a>(entries: impl IntoIterator<Item = &'a Input>) -> io::Result<Vec<(&'a Input, Vec<Job>)>> {
    let files = |entry: &Input| {
        io::Result::Ok(match entry {
            Input::Path(path) => discover(slice::from_ref(path))?.into_iter().map(Job::File).collect(),
            Input::Address(adresse) => vec![Job::Address(adresse.clone())],
        })
    };
    entries.into_iter().map(|entry| Ok((entry, files(entry)?))).collect()
}

pub(super) fn voie(text: &str) -> Result<Filiere, String> {
    Filiere::parse_source(text)
        .filter(|filiere| matches!(filiere, Filiere::Apprentissage | Filiere::Pro))
        .ok_or_else(|| "expected apprentissage or pro".to_owned())
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
pub(super) fn of_portal(text: &str) -> Result<Input, String> {
    portal_address(text).map(Input::Address)
}

/// The same, where nothing but an address can be meant.
pub(in crate::cli) fn portal_address(text: &str) -> Result<Address, String> {
    Dataset::parse(text).ok().and_then(portal::address).ok_or_else(|| {
        let ids: Vec<_> = portal::known().map(Dataset::as_str).collect();
        format!("the address of its export is known for {} only", ids.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_scheme_is_an_address_and_anything_else_a_path() {
        assert!(matches!(Input::parse("https://h/a.csv".into()), Ok(Input::Address(_))));
        for path in ["a.csv", "C:/a.csv", "https.csv", "./http:/a"] {
            assert_eq!(Input::parse(path.into()), Ok(Input::Path(path.into())));
        }
        assert_eq!(Input::parse("http://h/a.csv".into()), Err(InvalidAddress::Schema("http".to_owned())));
    }

    #[test]
    fn what_no_portal_publishes_is_refused_with_what_is() {
        assert!(of_portal("fr-en-inserjeunes-cfa").is_ok());
        for unknown in ["fr-en-inserjeunes", "n_mef"] {
            assert!(of_portal(unknown).unwrap_err().contains("fr-esr-insersup"), "{unknown}");
        }
    }
}
