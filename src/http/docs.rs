//! Docs: the contract and its page, served from the binary, without a CDN.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use std::fmt::Write as _;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::openapi;
use super::probleme::CodeProbleme;

/// `/docs`, `/docs/problemes` and `/api/v1/openapi.json`. They document the service and are not
/// part of what they document.
pub(super) fn routes() -> Router {
    let document = openapi::json();
    let contrat = move || {
        let json = document.clone();
        async move { ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json) }
    };
    let config = Config::new([openapi::ADRESSE]).try_it_out_enabled(true).display_request_duration(true);
    Router::new()
        .route(openapi::ADRESSE, get(contrat))
        .route("/docs/problemes", get(async || Html(problemes()).into_response()))
        .merge(SwaggerUi::new("/docs").config(config))
}

/// The page that the `type` of every error leads to.
fn problemes() -> String {
    let mut page = "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>exposition : erreurs</title>\
                    <style>body{font:1rem/1.5 system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem}</style>\
                    <h1>Les erreurs du service</h1>"
        .to_owned();
    for code in CodeProbleme::ALL {
        let definition = code.definition();
        let _ = write!(
            page,
            "<h2 id=\"{mot}\">{titre}</h2><p><code>{mot}</code>, statut {statut}.</p><p>{conseil}</p>",
            mot = definition.mot,
            titre = definition.titre,
            statut = definition.statut.as_u16(),
            conseil = definition.conseil,
        );
    }
    page + "</html>"
}
