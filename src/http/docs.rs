//! The contract, served from the binary.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;

use super::openapi;

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
