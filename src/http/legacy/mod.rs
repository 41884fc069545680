//! The contract of `/api/inserjeunes`, for platforms that move without changing a line.
//!
//! The routes answer from the same publication, domain and database functions as [`super::v1`];
//! what is peculiar to them (words, media types, defaults, keys that are absent rather than
//! `null`) stays in this folder. Every chosen difference from the old system is argued in
//! `docs/LEGACY.md`.
//!
//! A request goes through [`request`] (read), [`parameters`] (checked, all problems at once), one
//! of [`singles`], [`lists`] and [`bcn`] (found), [`entry`] or [`filieres`] (put into words).

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tower_http::cors::CorsLayer;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Parameter;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::problem::Problem;
use super::{AppState, layers, openapi};
use error::{LegacyError, unknown_address};
use parameters::{CertificationsParameters, Filters, FormationParameters, ListParameters};
pub use totals::Totals;

mod answer;
pub mod auth;
mod bcn;
mod chiffres;
mod described;
pub mod documentation;
mod entry;
pub mod error;
mod filieres;
mod health;
mod lists;
pub mod login;
mod messages;
mod millesimes;
mod parameters;
mod request;
mod rules;
mod singles;
mod svg;
mod table;
#[cfg(test)]
mod tests;
mod totals;
mod validation;

/// What every answer allows to pages of other sites, literally as clients know it.
const ALLOWED_HEADERS: HeaderValue =
    HeaderValue::from_static("Origin, X-Requested-With, Content-Type, Accept, API-Key");

/// A route, documented with what is read of its query.
fn route(
    (schemas, paths, handler): UtoipaMethodRouter<AppState>,
    query: &[RefOr<Parameter>],
) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes((schemas, openapi::with_parameters(paths, query), handler))
}

/// The routes that a code opens: public.
fn public() -> OpenApiRouter<AppState> {
    let codes = CertificationsParameters::described();
    OpenApiRouter::new()
        .merge(route(routes!(singles::formation), &FormationParameters::described()))
        .merge(route(routes!(singles::certification), &codes))
        .merge(route(routes!(singles::regionale), &codes))
}

/// The lists: private.
fn private() -> OpenApiRouter<AppState> {
    let query = ListParameters::described;
    OpenApiRouter::new()
        .merge(route(routes!(lists::formations), &query(Filters::Formations)))
        .merge(route(routes!(lists::certifications), &query(Filters::Certifications)))
        .merge(route(routes!(lists::regionales), &query(Filters::Regionales)))
        .merge(route(routes!(lists::regionale), &query(Filters::Regionale)))
        .merge(route(routes!(bcn::list), &query(Filters::Bcn)))
}

/// Every documented route.
fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().nest("/api/inserjeunes", public().merge(private()))
}

/// Every route of the contract, without the documentation.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let extensions = Router::new().route("/{liste}", get(lists::with_extension));
    // A name that is no list is answered with 404 before a key is asked for.
    let extensions = auth::protect(extensions, state).route_layer(from_fn(lists::known));
    let private = auth::protect(Router::from(private()), state);
    let inserjeunes = Router::from(public()).merge(private).merge(extensions);
    let routes = Router::new().nest("/api/inserjeunes", inserjeunes).route("/api", get(health::health));
    auth::surround(routes.merge(login::routes(state)))
}

/// What surrounds the routes and their limits: the documentation, the addresses that do not
/// exist, and the shape of the errors that come from outside a handler.
pub(super) fn dress(limited: Router) -> Router {
    limited.merge(documentation::routes()).fallback(unknown).layer(from_fn(finish))
}

/// Addresses of the old API that do not exist are answered with a page; others are not ours.
async fn unknown(request: Request) -> Response {
    let path = request.uri().path();
    let is_old = path.strip_prefix("/api/").is_some_and(|rest| rest != "v1" && !rest.starts_with("v1/"));
    if is_old { unknown_address() } else { StatusCode::NOT_FOUND.into_response() }
}

/// Gives errors of the layers the shape of this contract, and every answer its headers.
async fn finish(request: Request, next: Next) -> Response {
    let is_old = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    if is_old && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = unknown_address();
    } else if let Some(problem) = response.extensions().get::<Arc<Problem>>().cloned()
        && response.headers().get(header::CONTENT_TYPE).is_none()
    {
        response = LegacyError::from(problem).into_response();
    }
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_TYPE).is_some_and(|media| media == "text/html") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
    response
}

/// Reading is open to every site, with a key too.
pub(super) fn cors() -> CorsLayer {
    const KEY: HeaderName = HeaderName::from_static("x-api-key");
    const API_KEY: HeaderName = HeaderName::from_static("api-key");
    const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
    layers::cors().allow_methods([Method::GET, Method::HEAD, Method::POST]).allow_headers([
        header::ORIGIN,
        X_REQUESTED_WITH,
        header::CONTENT_TYPE,
        header::ACCEPT,
        header::AUTHORIZATION,
        API_KEY,
        KEY,
    ])
}
