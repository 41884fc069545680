//! The documented routes, from which the service and its contract are both made.

use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;
use super::{health, v1};

/// The documented routes, without state or layers, by what surrounds them.
pub(super) struct Routes {
    /// Those that answer from one publication.
    pub(super) data: OpenApiRouter<AppState>,
    /// Those that answer many questions of one body.
    pub(super) batches: OpenApiRouter<AppState>,
    /// Those that list publications.
    pub(super) publications: OpenApiRouter<AppState>,
    /// Those that are files.
    pub(super) files: OpenApiRouter<AppState>,
    /// Those that say whether the program is well.
    pub(super) health: OpenApiRouter<AppState>,
}

/// Every route with its documentation.
pub(super) fn routes() -> Routes {
    let v1 = |routes| OpenApiRouter::new().nest("/api/v1", routes);
    Routes {
        data: v1(v1::data()),
        batches: v1(v1::batch::routes().merge(v1::appariements::routes())),
        publications: v1(v1::publications::routes()),
        files: v1(v1::exports::file::routes()),
        health: health::routes(),
    }
}
