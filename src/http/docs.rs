//! The contract, served from the binary, and what `/` tells programs.

use axum::http::{HeaderValue, header};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::openapi;

/// Beside the contract, where a slash too many is taken away. Of `/docs/` the trial page needs its slash,
/// and everything below it.
pub(super) const ADDRESSES: [&str; 1] = [openapi::ADDRESS];

/// `/` for programs: where everything is.
pub(super) fn addresses() -> Json<serde_json::Value> {
    Json(json!({
        "nom": "exposition",
        "version": env!("CARGO_PKG_VERSION"),
        "documentation": "/docs/",
        "contrat": openapi::ADDRESS,
        "erreurs": "/docs/problemes",
        "certifications": "/api/v1/certifications",
        "regions": "/api/v1/regions",
        "etablissements": "/api/v1/etablissements",
        "formations": "/api/v1/formations",
        "indicateurs": "/api/v1/indicateurs",
        "publications": "/api/v1/publications",
        "sante": "/health/ready",
    }))
}

/// `/api/v1/openapi.json`. It documents the service and is no part of what it documents; its pages are
/// in [`super::pages`].
pub(super) fn routes() -> Router {
    let document = openapi::json();
    let contract = move || {
        let json = document.clone();
        async move { ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json) }
    };
    Router::new().route(openapi::ADDRESS, get(contract))
}
