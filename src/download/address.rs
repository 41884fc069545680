//! An address to fetch, how it is shown, and what its file is called.

use reqwest::Url;

/// An address that can be asked: http or https, with a host, without user and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is no address to fetch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It cannot be read as one.
    #[error("this is no address: {0}")]
    Unreadable(String),
    /// Another scheme.
    #[error("only https:// addresses are fetched, not {0}://")]
    Schema(String),
    /// A user or a password stands in it.
    #[error("an address with a user or a password is not fetched: it would end up in logs")]
    Credentials,
}

impl Address {
    /// Reads an address. Whether its host may be asked is decided when it is.
    ///
    /// # Errors
    /// [`InvalidAddress::Unreadable`] for what is no URL, [`InvalidAddress::Schema`] for a scheme other
    /// than http and https, [`InvalidAddress::Credentials`] when it holds a user or a password.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let url = Url::parse(text).map_err(|error| InvalidAddress::Unreadable(error.to_string()))?;
        match url.scheme() {
            "http" | "https" => {}
            other => return Err(InvalidAddress::Schema(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Credentials);
        }
        Ok(Self(url))
    }

    /// Reads an address that an operator typed: https only.
    ///
    /// # Errors
    /// Those of [`Address::parse`], and [`InvalidAddress::Schema`] for http too.
    pub fn parse_https(text: &str) -> Result<Self, InvalidAddress> {
        let adresse = Self::parse(text)?;
        let scheme = adresse.0.scheme().to_owned();
        if scheme == "https" { Ok(adresse) } else { Err(InvalidAddress::Schema(scheme)) }
    }

    /// The address for people and reports: without what follows `?`, which may hold a key.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.0)
    }

    /// The whole address, which may hold a key: to be told from others, not to be shown.
    #[must_use]
    pub fn whole(&self) -> &str {
        self.0.as_str()
    }

    /// The address itself.
    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

/// The address for people: scheme, host, path.
pub(super) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // Neither can fail on an address with a host.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    shown.set_query(None);
    shown.to_string()
}

/// What the file is called. Recognition looks for the dataset, the millésime and the voie in the
/// name, so the best one counts: the dataset of an export, the last part of the address when it
/// names a CSV file, the name that the server gives, whatever the last part is.
pub(super) fn file_name(url: &Url, disposition: Option<&str>) -> String {
    let parts: Vec<&str> =
        url.path_segments().map(|parts| parts.filter(|part| !part.is_empty()).collect()).unwrap_or_default();
    let last = parts.last().copied().unwrap_or_default();
    let named = export(&parts)
        .or_else(|| Some(last).filter(|last| has_extension(last)))
        .map(str::to_owned)
        .or_else(|| disposition.and_then(announced));
    let clean = own(named.as_deref().unwrap_or(last));
    match clean.as_str() {
        "" => "telechargement.csv".to_owned(),
        name if has_extension(name) => clean,
        name => format!("{name}.csv"),
    }
}

/// Endings of the files that are ingested.
const ENDINGS: [&str; 4] = [".csv", ".csv.gz", ".gz", ".zip"];

fn has_extension(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// The dataset of `…/datasets/ID/exports/csv` and of `…/dataset/ID/download`.
fn export<'a>(parts: &[&'a str]) -> Option<&'a str> {
    parts.windows(3).find_map(|window| match window {
        ["datasets", id, "exports"] | ["dataset", id, "download" | "exports"] => Some(*id),
        _ => None,
    })
}

/// `filename="…"` of `Content-Disposition`.
fn announced(disposition: &str) -> Option<String> {
    let value = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="))?;
    Some(value.trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

/// A name without folders and without what a terminal or a file system would take amiss.
fn own(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' });
    kept.take(120).collect::<String>().trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_taken_from_an_operator_and_no_password() {
        assert!(Address::parse_https("https://data.education.gouv.fr/a.csv").is_ok());
        for (text, expected) in [
            ("http://data.education.gouv.fr/a.csv", InvalidAddress::Schema("http".to_owned())),
            ("ftp://data.education.gouv.fr/a.csv", InvalidAddress::Schema("ftp".to_owned())),
            ("file:///etc/passwd", InvalidAddress::Schema("file".to_owned())),
            ("https://moi:secret@data.education.gouv.fr/a.csv", InvalidAddress::Credentials),
        ] {
            assert_eq!(Address::parse_https(text), Err(expected), "{text}");
        }
        assert!(matches!(Address::parse("https://"), Err(InvalidAddress::Unreadable(_))));
    }

    #[test]
    fn what_is_shown_holds_no_key() {
        let adresse = Address::parse("https://data.example/a.csv?apikey=secret#secret").unwrap();
        assert_eq!(adresse.shown(), "https://data.example/a.csv");
    }

    #[test]
    fn the_name_of_the_file_says_what_the_address_says() {
        for (address, disposition, expected) in [
            (
                "https://h/api/explore/v2.1/catalog/datasets/fr-esr-insersup/exports/csv?delimiter=%3B",
                None,
                "fr-esr-insersup.csv",
            ),
            ("https://h/explore/dataset/fr-en-inserjeunes-cfa/download?format=csv", None, "fr-en-inserjeunes-cfa.csv"),
            (
                "https://h/r/depp-2022-etablissements-2021_2022-pro.csv",
                Some("attachment; filename=\"x.csv\""),
                "depp-2022-etablissements-2021_2022-pro.csv",
            ),
            (
                "https://h/media/158862/download",
                Some("inline; filename=\"depp 2021_2022-pro.csv\""),
                "depp_2021_2022-pro.csv",
            ),
            ("https://h/media/158862/download", Some("attachment; filename=\"../../etc/passwd\""), "passwd.csv"),
            ("https://h/media/158862/download", None, "download.csv"),
            ("https://h/", None, "telechargement.csv"),
            ("https://h/.csv", None, "csv.csv"),
        ] {
            assert_eq!(file_name(&Url::parse(address).unwrap(), disposition), expected, "{address}");
        }
    }
}
