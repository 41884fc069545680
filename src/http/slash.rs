//! A known address with a slash too many is sent to the one without.
//!
//! People and frameworks add one; an error would say nothing that they can learn from. It happens where
//! no route was found, so that it costs the others nothing, and for addresses that would be answered, so
//! that a wrong one stays an error. 308 keeps method and body. The legacy contract has its own rules.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::{docs, openapi, pages};

/// Every address that is answered, as its segments: `{…}` stands for any.
static KNOWN: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let documented = openapi::document().paths.paths;
    let addresses = documented.keys().map(String::as_str).chain(docs::ADDRESSES).chain(pages::ADDRESSES);
    addresses.map(|address| segments(address).map(str::to_owned).collect()).collect()
});

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_start_matches('/').split('/')
}

/// Answers a request that no route takes.
pub(super) fn or_unknown(uri: &Uri) -> Response {
    let Some(location) = without_slash(uri).and_then(|location| HeaderValue::try_from(location).ok()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()
}

/// The address without its last slash, if that is a known one.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?;
    let fits = |known: &Vec<String>| {
        let mut found = segments(path);
        known.iter().all(|segment| found.next().is_some_and(|found| fits(segment, found))) && found.next().is_none()
    };
    // Two slashes at the beginning would lead to another server.
    let ours = path.starts_with('/') && !path.starts_with("//");
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    (ours && KNOWN.iter().any(fits)).then(|| format!("{path}{query}"))
}

fn fits(known: &str, found: &str) -> bool {
    if known.starts_with('{') { !found.is_empty() } else { known == found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_too_many_is_taken_from_known_addresses_alone() {
        for (asked, expected) in [
            ("/api/v1/regions/", Some("/api/v1/regions")),
            ("/api/v1/regions.csv/", Some("/api/v1/regions.csv")),
            ("/api/v1/formations/lot/", Some("/api/v1/formations/lot")),
            ("/api/v1/certifications/32020008/?millesime=2023", Some("/api/v1/certifications/32020008?millesime=2023")),
            ("/api/v1/openapi.json/", Some("/api/v1/openapi.json")),
            ("/api/v1/regions//", None),
            ("/api/v1/certifications//", None),
            ("/api/v1/inconnu/", None),
            ("/api/v1/regions", None),
            ("//api/v1/regions/", None),
            ("/api/inserjeunes/regionales/", None),
            ("/", None),
        ] {
            assert_eq!(without_slash(&asked.parse().unwrap()).as_deref(), expected, "{asked}");
        }
    }
}
