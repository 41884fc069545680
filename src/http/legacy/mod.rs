//! The contract of `/api/inserjeunes`, for platforms that move without changing a line.
//!
//! The routes answer from the same publication, domain and database functions as [`super::v1`];
//! what is peculiar to them (words, media types, defaults, keys that are absent rather than
//! `null`) stays in this folder. Every chosen difference from the old system is argued in
//! `docs/LEGACY.md`.
//!
//! A request goes through [`request`] (read), [`parameters`] (checked, all problems at once), one
//! of [`answers::singles`] and [`lists`] (found), [`answers::entry`] or [`answers::filieres`] (put into
//! words). Which platform asks is decided in [`access`]; [`images`] draws.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler as _;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tower_http::cors::CorsLayer;

use super::layers;
use super::pages::errors::as_pages;
use super::problem::Problem;
use super::slash;
use super::state::AppState;
use conditional::conditional;
use error::{LegacyError, unknown_address};
pub use lists::totals::Totals;
use routes::{private, public};

pub mod access;
mod answers;
mod conditional;
mod described;
pub mod documentation;
pub mod error;
mod health;
mod images;
pub mod lists;
mod parameters;
mod request;
mod routes;
mod rules;
#[cfg(test)]
mod tests;
mod validation;

/// What every answer allows to pages of other sites, literally as clients know it.
const ALLOWED_HEADERS: HeaderValue =
    HeaderValue::from_static("Origin, X-Requested-With, Content-Type, Accept, API-Key");

/// Every route of the contract, without the documentation.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let keep = |routes: Router<AppState>| routes.route_layer(from_fn_with_state(state.clone(), conditional));
    let extensions = keep(Router::new().route("/{liste}", get(lists::statistiques::with_extension)));
    // A name that is no list is answered with 404 before a key is asked for.
    let extensions = access::auth::protect(extensions, state).route_layer(from_fn(lists::statistiques::known));
    let private = access::auth::protect(keep(Router::from(private())), state);
    let inserjeunes = keep(Router::from(public())).merge(private).merge(extensions);
    let routes = Router::new().nest("/api/inserjeunes", inserjeunes).route("/api", get(health::health));
    access::auth::surround(routes.merge(access::login::routes(state)))
}

/// What surrounds the routes and their limits: the documentation, the addresses that do not
/// exist, and the shape of the errors that come from outside a handler.
pub(super) fn dress(limited: Router, state: &AppState) -> Router {
    let unknown = unknown.layer(from_fn_with_state(state.clone(), as_pages));
    limited.merge(documentation::routes()).fallback(unknown).layer(from_fn(finish))
}

/// Addresses of the old API that do not exist are answered with its page; others are not of this
/// contract.
async fn unknown(request: Request) -> Response {
    let path = request.uri().path();
    let is_old = path.strip_prefix("/api/").is_some_and(|rest| rest != "v1" && !rest.starts_with("v1/"));
    if is_old { unknown_address() } else { slash::or_unknown(request.uri()) }
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
        let outer = std::mem::take(response.headers_mut());
        let extensions = std::mem::take(response.extensions_mut());
        response = LegacyError::from(problem).into_response();
        response.extensions_mut().extend(extensions);
        // What the limits say of themselves.
        response.headers_mut().extend(outer);
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
