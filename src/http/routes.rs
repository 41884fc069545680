//! The documented routes, from which the service and its contract are both made.

use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;
use super::{health, v1};

/// Every route with its documentation, without state or layers.
pub(super) fn routes() -> (OpenApiRouter<AppState>, OpenApiRouter<AppState>, OpenApiRouter<AppState>) {
    let v1 = |routes| OpenApiRouter::new().nest("/api/v1", routes);
    (v1(v1::data()), v1(v1::publications::routes()), health::routes())
}
