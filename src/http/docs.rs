//! The contract and its page, served from the binary, without a CDN.

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{any, get};
use axum::{Json, Router};
use serde_json::json;
use std::fmt::Write as _;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::openapi;
use super::problem::ProblemCode;

/// Beside the contract, where a slash too many is taken away. Of `/docs/` the page needs its slash, and
/// everything below it.
pub(super) const ADDRESSES: [&str; 1] = [openapi::ADDRESS];
/// Where errors are explained.
const PROBLEMS: &str = "/docs/problemes";

/// `/`: where everything is.
fn addresses() -> Json<serde_json::Value> {
    Json(json!({
        "nom": "exposition",
        "version": env!("CARGO_PKG_VERSION"),
        "documentation": "/docs/",
        "contrat": openapi::ADDRESS,
        "erreurs": PROBLEMS,
        "certifications": "/api/v1/certifications",
        "regions": "/api/v1/regions",
        "etablissements": "/api/v1/etablissements",
        "formations": "/api/v1/formations",
        "indicateurs": "/api/v1/indicateurs",
        "publications": "/api/v1/publications",
        "sante": "/health/ready",
    }))
}

/// `/`, `/docs`, `/docs/problemes` and `/api/v1/openapi.json`. They document the service and are not
/// part of what they document.
pub(super) fn routes() -> Router {
    let document = openapi::json();
    let contract = move || {
        let json = document.clone();
        async move { ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json) }
    };
    let config = Config::new([openapi::ADDRESS]).try_it_out_enabled(true).display_request_duration(true);
    Router::new()
        .route("/", get(async || addresses()))
        .route(openapi::ADDRESS, get(contract))
        .route(PROBLEMS, get(async || Html(problems()).into_response()))
        .route("/docs/problemes/", any(async || Redirect::permanent(PROBLEMS)))
        .merge(SwaggerUi::new("/docs").config(config))
}

/// The page that the `type` of every error leads to.
fn problems() -> String {
    let mut page = "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>exposition : erreurs</title>\
                    <style>body{font:1rem/1.5 system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem}</style>\
                    <h1>Les erreurs du service</h1>"
        .to_owned();
    for code in ProblemCode::ALL {
        let definition = code.definition();
        let _ = write!(
            page,
            "<h2 id=\"{word}\">{titre}</h2><p><code>{word}</code>, statut {status}.</p><p>{advice}</p>",
            word = definition.word,
            titre = definition.titre,
            status = definition.status.as_u16(),
            advice = definition.advice,
        );
    }
    page + "</html>"
}
