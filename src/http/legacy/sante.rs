//! `/api`: the health that monitors of this contract ask for. The name of the database in it is
//! that of the old system; monitors look for it.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::erreur::Erreur;
use super::reponse;
use crate::http::Etat;

/// The state of the service.
#[derive(Debug, Serialize)]
struct Sante {
    version: &'static str,
    env: &'static str,
    healthcheck: Base,
}

/// Whether the database answers.
#[derive(Debug, Serialize)]
struct Base {
    mongodb: bool,
}

/// Answers 200 in any case; `healthcheck` says whether the database does too.
pub(super) async fn sante(State(etat): State<Etat>) -> Result<Response, Erreur> {
    let mongodb = etat.db.ping().await.is_ok();
    let version = env!("CARGO_PKG_VERSION");
    reponse::seule(&Sante { version, env: "production", healthcheck: Base { mongodb } })
}
