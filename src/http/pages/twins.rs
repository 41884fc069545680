//! The address of a page with `.json`, `.csv` or `.svg` behind it: where the same content is.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// Leads to the twin of a page; `None` for an address that has none.
pub(super) fn of(uri: &Uri) -> Option<Response> {
    let target = target(uri.path())?;
    let target = uri.query().map_or_else(
        || target.clone(),
        |query| {
            let and = if target.contains('?') { '&' } else { '?' };
            format!("{target}{and}{query}")
        },
    );
    let location = axum::http::HeaderValue::try_from(target).ok()?;
    Some((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response())
}

/// Where the twin of a page is. The parts of the address go as they came: what they lead to reads
/// them.
fn target(path: &str) -> Option<String> {
    let (page, form) = path.rsplit_once('.')?;
    let parts: Vec<&str> = page.trim_start_matches('/').split('/').collect();
    Some(match (parts.as_slice(), form) {
        (["formations", uai, code], "json") => format!("/api/v1/formations/{uai}/{code}"),
        (["formations", uai, code], "csv") => format!("/api/v1/certifications/{code}/historique.csv?uai={uai}"),
        (["formations", uai, code], "svg") => format!("/integrer/formations/{uai}/{code}.svg"),
        (["certifications", code], "json") => format!("/api/v1/certifications/{code}"),
        (["certifications", code], "csv") => format!("/api/v1/certifications/{code}/regions.csv"),
        (["etablissements", uai], "json") => format!("/api/v1/etablissements/{uai}"),
        (["etablissements", uai], "csv") => format!("/api/v1/etablissements/{uai}/formations.csv"),
        (["couverture"], "json") => "/api/v1/couverture".to_owned(),
        (["couverture"], "csv") => "/api/v1/couverture.csv".to_owned(),
        (["donnees"], "json") => "/api/v1/indicateurs".to_owned(),
        (["donnees"], "csv") => "/api/v1/indicateurs.csv".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_twin_of_a_page_is_an_address_of_the_api_or_the_picture() {
        for (path, expected) in [
            ("/formations/0350017D/32020008.json", Some("/api/v1/formations/0350017D/32020008")),
            ("/formations/0350017D/32020008.csv", Some("/api/v1/certifications/32020008/historique.csv?uai=0350017D")),
            ("/formations/0350017D/32020008.svg", Some("/integrer/formations/0350017D/32020008.svg")),
            ("/couverture.csv", Some("/api/v1/couverture.csv")),
            ("/couverture.svg", None),
            ("/nulle-part.json", None),
            ("/couverture", None),
        ] {
            assert_eq!(target(path).as_deref(), expected, "{path}");
        }
    }
}
