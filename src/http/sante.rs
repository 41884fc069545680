//! Santé: what an orchestrator asks. `live`: the process answers. `ready`: it can answer for the
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

use super::Etat;
use super::probleme::CorpsPropre;

/// An orchestrator asks often and waits little.
const PATIENCE: Duration = Duration::from_secs(2);

/// L'état du service.
#[derive(Debug, Serialize, ToSchema)]
struct Sante {
    /// `ok`, ou `indisponible`.
    #[schema(example = "ok")]
    etat: &'static str,
    /// Version des données servies.
    #[schema(example = "1.0.0", required = true)]
    publication: Option<String>,
    /// Pourquoi le service n'est pas prêt ; vide s'il l'est.
    raisons: Vec<&'static str>,
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

/// Le processus répond.
#[utoipa::path(
    get, path = "/health/live", tag = "exploitation", operation_id = "sante_vivant",
    responses((status = 200, description = "Le processus répond.", body = Sante,
        example = json!({"etat": "ok", "publication": "1.0.0", "raisons": []})))
)]
async fn live(State(etat): State<Etat>) -> Response {
    repondre(&etat, Vec::new())
}

/// Le service peut répondre : la base est là et une publication est en service.
#[utoipa::path(
    get, path = "/health/ready", tag = "exploitation", operation_id = "sante_pret",
    responses(
        (status = 200, description = "Le service est prêt.", body = Sante,
            example = json!({"etat": "ok", "publication": "1.0.0", "raisons": []})),
        (status = 503, description = "Le service n'est pas prêt ; `raisons` dit pourquoi.", body = Sante,
            example = json!({"etat": "indisponible", "publication": null, "raisons": ["aucune publication : l'exploitant doit lancer « exposition publish »"]}))
    )
)]
async fn ready(State(etat): State<Etat>) -> Response {
    let mut raisons = Vec::new();
    if !matches!(tokio::time::timeout(PATIENCE, etat.db.ping()).await, Ok(Ok(()))) {
        raisons.push("base de données injoignable : seules les réponses déjà en mémoire sont servies");
    }
    if etat.publications.connues().courante.is_none() {
        raisons.push("aucune publication : l'exploitant doit lancer « exposition publish »");
    }
    repondre(&etat, raisons)
}

fn repondre(etat: &Etat, raisons: Vec<&'static str>) -> Response {
    let publication = etat.publications.connues().courante.as_ref().map(|courante| courante.version.clone());
    let (statut, mot) =
        if raisons.is_empty() { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "indisponible") };
    let cache = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (statut, cache, Extension(CorpsPropre), Json(Sante { etat: mot, publication, raisons })).into_response()
}
