//! The documented routes of this contract, from which the service and its document are both made.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::Parameter;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::answers::singles;
use super::lists::{bcn, statistiques};
use super::parameters::{CertificationsParameters, Filters, FormationParameters, ListParameters};
use crate::http::openapi;
use crate::http::state::AppState;

/// A route, documented with what is read of its query.
fn route(
    (schemas, paths, handler): UtoipaMethodRouter<AppState>,
    query: &[RefOr<Parameter>],
) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes((schemas, openapi::with_parameters(paths, query), handler))
}

/// The routes that a code opens: public.
pub(super) fn public() -> OpenApiRouter<AppState> {
    let codes = CertificationsParameters::described();
    OpenApiRouter::new()
        .merge(route(routes!(singles::formation), &FormationParameters::described()))
        .merge(route(routes!(singles::certification), &codes))
        .merge(route(routes!(singles::regionale), &codes))
}

/// The lists: private.
pub(super) fn private() -> OpenApiRouter<AppState> {
    let query = ListParameters::described;
    OpenApiRouter::new()
        .merge(route(routes!(statistiques::formations), &query(Filters::Formations)))
        .merge(route(routes!(statistiques::certifications), &query(Filters::Certifications)))
        .merge(route(routes!(statistiques::regionales), &query(Filters::Regionales)))
        .merge(route(routes!(statistiques::regionale), &query(Filters::Regionale)))
        .merge(route(routes!(bcn::list), &query(Filters::Bcn)))
}

/// Every documented route.
pub(super) fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().nest("/api/inserjeunes", public().merge(private()))
}
