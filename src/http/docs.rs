//! The contract and its page, served from the binary, without a CDN.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::openapi;

/// `/docs` and `/api/v1/openapi.json`. They document the service and are not
/// part of what they document.
pub(super) fn routes() -> Router {
    let document = openapi::json();
    let contract = move || {
        let json = document.clone();
        async move { ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json) }
    };
    let config = Config::new([openapi::ADDRESS]).try_it_out_enabled(true).display_request_duration(true);
    Router::new().route(openapi::ADDRESS, get(contract)).merge(SwaggerUi::new("/docs").config(config))
}
