//! What an orchestrator asks. `live`: the process answers. `ready`: it can answer for the
//! data, or says why not.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::OwnBody;
use super::state::AppState;

/// An orchestrator asks often and waits little.
const PATIENCE: Duration = Duration::from_secs(2);

/// L'état du service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sante)]
struct Health {
    /// `ok`, ou `indisponible`.
    #[schema(example = "ok")]
    #[serde(rename = "etat")]
    state: &'static str,
    /// Version des données servies.
    #[schema(example = "1.0.0", required = true)]
    publication: Option<String>,
    /// Pourquoi le service n'est pas prêt ; vide s'il l'est.
    raisons: Vec<&'static str>,
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

/// Le processus répond.
#[utoipa::path(
    get, path = "/health/live", tag = "exploitation", operation_id = "sante_vivant",
    responses((status = 200, description = "Le processus répond.", body = Health,
        example = json!({"etat": "ok", "publication": "1.0.0", "raisons": []})))
)]
async fn live(State(state): State<AppState>) -> Response {
    answer(&state, Vec::new())
}

/// Le service peut répondre : la base est là et une publication est en service.
#[utoipa::path(
    get, path = "/health/ready", tag = "exploitation", operation_id = "sante_pret",
    responses(
        (status = 200, description = "Le service est prêt.", body = Health,
            example = json!({"etat": "ok", "publication": "1.0.0", "raisons": []})),
        (status = 503, description = "Le service n'est pas prêt ; `raisons` dit pourquoi.", body = Health,
            example = json!({"etat": "indisponible", "publication": null, "raisons": ["aucune publication : l'exploitant doit lancer « exposition publish »"]}))
    )
)]
async fn ready(State(state): State<AppState>) -> Response {
    let mut raisons = Vec::new();
    let answers = || tokio::time::timeout(PATIENCE, state.db.ping());
    if !state.db.answers() || !matches!(answers().await, Ok(Ok(()))) {
        raisons.push("base de données injoignable : seules les réponses déjà en mémoire sont servies");
    }
    if state.publications.known().courante.is_none() {
        raisons.push("aucune publication : l'exploitant doit lancer « exposition publish »");
    }
    answer(&state, raisons)
}

fn answer(state: &AppState, raisons: Vec<&'static str>) -> Response {
    let publication = state.publications.known().courante.as_ref().map(|courante| courante.version.clone());
    let (status, word) =
        if raisons.is_empty() { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "indisponible") };
    let cache = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, cache, Extension(OwnBody), Json(Health { state: word, publication, raisons })).into_response()
}
