//! `/api/v1/referentiels/…`: the closed lists that requests and answers draw from.

use utoipa_axum::router::OpenApiRouter;

use crate::http::state::AppState;

pub mod familles;
pub mod millesimes;
pub mod nomenclatures;
pub mod territoires;

/// The routes of this folder.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(millesimes::routes())
        .merge(territoires::routes())
        .merge(nomenclatures::routes())
        .merge(familles::routes())
}
