//! `/api`: the health that monitors of this contract ask for. The name of the database in it is
//! that of the old system; monitors look for it.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::answers::json;
use super::error::LegacyError;
use crate::http::state::AppState;

/// The state of the service.
#[derive(Debug, Serialize)]
struct Health {
    version: &'static str,
    env: &'static str,
    healthcheck: DatabaseStatus,
}

/// Whether the database answers.
#[derive(Debug, Serialize)]
struct DatabaseStatus {
    mongodb: bool,
}

/// Answers 200 in any case; `healthcheck` says whether the database does too.
pub(super) async fn health(State(state): State<AppState>) -> Result<Response, LegacyError> {
    let mongodb = state.db.ping().await.is_ok();
    let version = env!("CARGO_PKG_VERSION");
    json::single(&Health { version, env: "production", healthcheck: DatabaseStatus { mongodb } })
}
