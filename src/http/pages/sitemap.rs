//! `/sitemap.xml` and `/robots.txt`: the pages, for search engines.
//!
//! A file of the protocol holds 50,000 addresses at most. The pages of courses, a million of them,
//! are found from those of their établissements, which are listed.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::request::{PageRequest, certification_address};
use crate::http::drawing::svg::escape;
use crate::http::problem::Problem;

/// Addresses of one file, at most.
const MOST: usize = 50_000;

/// Pages that are always there.
const FIXED: [&str; 10] = [
    "/",
    "/recherche",
    "/comparer",
    "/couverture",
    "/donnees",
    "/integrer",
    "/statistiques",
    "/accessibilite",
    "/mentions-legales",
    "/plan",
];

/// The map.
///
/// # Errors
/// Those of the database.
pub(super) async fn map(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let (state, publication) = (request.state(), request.publication());
    let (codes, uais) = tokio::try_join!(
        state.db.codes_with_statistics(publication.id),
        state.db.uais_with_statistics(publication.id)
    )?;
    let origin = escape(&state.config.origin());
    let day = publication.creee_le.format("%Y-%m-%d");
    let fixed = FIXED.iter().map(|address| (*address).to_owned());
    let codes = codes.into_iter().map(certification_address);
    let uais = uais.into_iter().map(|uai| format!("/etablissements/{uai}"));
    let mut xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
            .to_owned();
    for address in fixed.chain(codes).chain(uais).take(MOST) {
        let _ = writeln!(xml, "<url><loc>{origin}{}</loc><lastmod>{day}</lastmod></url>", escape(&address));
    }
    xml.push_str("</urlset>\n");
    let kind = HeaderValue::from_static("application/xml; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], xml).into_response())
}

/// What robots may read: all pages, but not what only programs need, nor endless searches.
///
/// # Errors
/// None.
pub(super) async fn robots(request: PageRequest) -> Result<Response, Problem> {
    let origin = request.0.state().config.origin();
    let text = format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /recherche?\nDisallow: /comparer?\nSitemap: {origin}/sitemap.xml\n"
    );
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
