//! Legacy: the contract of `/api/inserjeunes`, for platforms that move without changing a line.
//!
//! The routes answer from the same publication, domain and database functions as [`super::v1`];
//! what is peculiar to them (words, media types, defaults, keys that are absent rather than
//! `null`) stays in this folder. Every chosen difference from the old system is argued in
//! `docs/LEGACY.md`.
//!
//! A request goes through [`demande`] (read), [`parametres`] (checked, all problems at once), one
//! of [`seules`], [`listes`] and [`bcn`] (found), [`entree`] or [`filieres`] (put into words).

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tower_http::cors::CorsLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::probleme::Probleme;
use super::{Etat, couches};
use erreur::{Erreur, adresse_inconnue};
pub use totaux::Totaux;

pub mod auth;
mod bcn;
mod chiffres;
mod demande;
pub mod documentation;
mod entree;
pub mod erreur;
mod filieres;
mod listes;
pub mod login;
mod messages;
mod millesimes;
mod parametres;
mod regles;
mod reponse;
mod sante;
mod seules;
mod svg;
mod tableau;
#[cfg(test)]
mod tests;
mod totaux;
mod validation;

/// What every answer allows to pages of other sites, literally as clients know it.
const EN_TETES_PERMIS: HeaderValue =
    HeaderValue::from_static("Origin, X-Requested-With, Content-Type, Accept, API-Key");

/// The routes that a code opens: public.
fn publiques() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
        .routes(routes!(seules::formation))
        .routes(routes!(seules::certification))
        .routes(routes!(seules::regionale))
}

/// The lists: private.
fn privees() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
        .routes(routes!(listes::formations))
        .routes(routes!(listes::certifications))
        .routes(routes!(listes::regionales))
        .routes(routes!(listes::regionale))
        .routes(routes!(bcn::liste))
}

/// Every documented route.
fn decrites() -> OpenApiRouter<Etat> {
    OpenApiRouter::new().nest("/api/inserjeunes", publiques().merge(privees()))
}

/// Every route of the contract, without the documentation.
pub(super) fn routes(etat: &Etat) -> Router<Etat> {
    let extensions = Router::new().route("/{liste}", get(listes::avec_extension));
    // What is no list is an unknown address before it is a private one.
    let extensions = auth::proteger(extensions, etat).route_layer(from_fn(listes::connue));
    let privees = auth::proteger(Router::from(privees()), etat);
    let inserjeunes = Router::from(publiques()).merge(privees).merge(extensions);
    let routes = Router::new().nest("/api/inserjeunes", inserjeunes).route("/api", get(sante::sante));
    auth::entourer(routes.merge(login::routes(etat)))
}

/// What surrounds the routes and their limits: the documentation, the addresses that do not
/// exist, and the shape of the errors that come from outside a handler.
pub(super) fn habiller(limitees: Router) -> Router {
    limitees.merge(documentation::routes()).fallback(inconnue).layer(from_fn(finir))
}

/// Addresses of the old API that do not exist are answered with a page; others are not ours.
async fn inconnue(request: Request) -> Response {
    let path = request.uri().path();
    let ancienne = path.strip_prefix("/api/").is_some_and(|reste| reste != "v1" && !reste.starts_with("v1/"));
    if ancienne { adresse_inconnue() } else { StatusCode::NOT_FOUND.into_response() }
}

/// Gives errors of the layers the shape of this contract, and every answer its headers.
async fn finir(request: Request, next: Next) -> Response {
    let ancienne = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    if ancienne && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = adresse_inconnue();
    } else if let Some(probleme) = response.extensions().get::<Arc<Probleme>>().cloned()
        && response.headers().get(header::CONTENT_TYPE).is_none()
    {
        response = Erreur::from(probleme).into_response();
    }
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_TYPE).is_some_and(|media| media == "text/html") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, EN_TETES_PERMIS);
    response
}

/// Reading is open to every site, with a key too.
pub(super) fn cors() -> CorsLayer {
    const CLE: HeaderName = HeaderName::from_static("x-api-key");
    const API_KEY: HeaderName = HeaderName::from_static("api-key");
    const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
    couches::cors().allow_methods([Method::GET, Method::HEAD, Method::POST]).allow_headers([
        header::ORIGIN,
        X_REQUESTED_WITH,
        header::CONTENT_TYPE,
        header::ACCEPT,
        header::AUTHORIZATION,
        API_KEY,
        CLE,
    ])
}
