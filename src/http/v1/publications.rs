//! `/api/v1/publications`
use super::super::Etat;
use utoipa_axum::router::OpenApiRouter;
pub(in crate::http) fn routes() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
}
