//! `/api/v1/regions`: territories and their statistics.
//!
//! `/regions/{region}/certifications/{code}` is the point lookup that platforms call most: one
//! query on the good path, more only to explain a 404.

use axum::extract::State;
use axum::response::Response;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{ParametresFiltres, ParametresLibelle, SortParameters, after_statistique, filters, niveau, sort};
use super::referentiels::territoires::{RegionReferentiel, all};
use super::statistique::{StatistiqueCsvRow, StatistiqueResponse, chosen, elsewhere, slices, wanted};
use super::with_csv;
use crate::db::lists::{Page, Scope, StatistiqueList};
use crate::domain::{CodeCertification, CodeRegion, Lieu, Maille};
use crate::http::AppState;
use crate::http::common::{ListParameters, ObjectParameters};
use crate::http::page::{List, list_answer, list_answer_in_memory, object_answer};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(with_csv(routes!(regions)))
        .merge(with_csv(routes!(certifications)))
        .routes(routes!(certification))
}

/// Which statistic: `params(StatistiqueParameters)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
pub(super) struct StatistiqueParameters {
    /// Année de sortie (`2023`) ou deux années réunies (`2022_2023`) ; l'une trouve l'autre si elle seule existe. Sans
    /// ce paramètre : le dernier millésime.
    #[param(required = false, example = "2022_2023", pattern = "^[0-9]{4}(_[0-9]{4})?$")]
    millesime: String,
    /// `apprentissage`, `pro`, `agricole` ou `superieur`. Sans ce paramètre : pour une statistique, la filière qui a le
    /// plus d'inscrits ; pour une liste, toutes.
    #[param(required = false, example = "apprentissage", pattern = "^(apprentissage|pro|agricole|superieur)$")]
    filiere: String,
}

/// Les régions
///
/// Par code INSEE : celles dont `/regions/{region}/certifications` donne les statistiques.
#[utoipa::path(
    get, path = "/regions", tag = "régions", operation_id = "lister_regions", params(ListParameters),
    responses((status = 200, description = "Les régions.",
        content((List<RegionReferentiel> = "application/json"), (String = "text/csv"))))
)]
async fn regions(request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let page = params.page::<String, RegionReferentiel>();
    params.end()?;
    list_answer_in_memory(&request, page, all()).await
}

/// Les certifications d'une région
///
/// Une ligne par certification et filière qui ont une statistique dans la région, dans l'ordre des codes ou celui de
/// `tri` ; un chiffre absent vient en dernier.
#[utoipa::path(
    get, path = "/regions/{region}/certifications", tag = "régions", operation_id = "lister_certifications_region",
    params(
        ("region" = String, Path, description = "Code INSEE de la région, ou code postal.", example = "11"),
        StatistiqueParameters, ParametresLibelle, SortParameters, ParametresFiltres, ListParameters,
    ),
    responses((status = 200, description = "Les statistiques de la région.",
        content((List<StatistiqueResponse> = "application/json"), (String = "text/csv"))))
)]
async fn certifications(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let region = params.path("region", CodeRegion::parse);
    let wanted = wanted(&mut params);
    let (tri, filters) = (sort(&mut params), filters(&mut params));
    let (q, niveau) = (params.text("q"), niveau(&mut params));
    let page = params.page::<_, StatistiqueResponse>();
    let region = params.end_with(region)?;
    let scope = Scope::Lieu(Lieu::Region(region));
    let slices = slices(&request, Maille::Regionale, wanted)?;
    let search = StatistiqueList { scope, slices, filters, tri, q, niveau };
    list(&state, &request, page, search).await
}

/// Une certification dans une région
///
/// La statistique d'une certification dans une région. Si le chiffre est masqué, la réponse est 200 et dit pourquoi.
/// S'il n'y a pas de statistique, la réponse est 404 et dit où et quand il y en a.
#[utoipa::path(
    get, path = "/regions/{region}/certifications/{code}", tag = "régions", operation_id = "lire_certification_region",
    params(
        ("region" = String, Path, description = "Code INSEE de la région, ou code postal.", example = "11"),
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        StatistiqueParameters, ObjectParameters,
    ),
    responses((status = 200, description = "La statistique.", body = StatistiqueResponse))
)]
async fn certification(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let region = params.path("region", CodeRegion::parse);
    let code = params.path("code", CodeCertification::parse);
    let wanted = wanted(&mut params);
    let champs = params.fields::<StatistiqueResponse>();
    let (region, code) = params.end_with(region.zip(code))?;
    let id = request.publication().id;
    let stored = state.db.statistiques_at_lieu(id, Lieu::Region(region), code).await?;
    if stored.is_empty() {
        return Err(absente(&state, id, region, code).await?);
    }
    let choice = chosen(&state, id, stored, wanted).await?;
    object_answer(&champs, &StatistiqueResponse::chosen(&choice, &request))
}

/// Why there is no statistic: the code is unknown, or it has some elsewhere.
async fn absente(state: &AppState, id: i32, region: CodeRegion, code: CodeCertification) -> Result<Problem, Problem> {
    if state.db.certification(id, code).await?.is_none() {
        return Ok(unknown_certification(code));
    }
    let places = state.db.where_and_when(id, code, Some(region), 5).await?;
    Ok(elsewhere(&places, &format!("en {}", region.region().nom)))
}

/// A code that no nomenclature has.
pub(super) fn unknown_certification(code: CodeCertification) -> Problem {
    Problem::unknown(format!(
        "Le code {code} n'est dans aucune nomenclature. Vérifiez-le, ou cherchez la certification par son libellé : \
         /api/v1/certifications?q=…"
    ))
}

/// Answers with a list of statistics.
pub(super) async fn list(
    state: &AppState,
    request: &DataRequest,
    page: crate::http::page::Page<crate::db::lists::After>,
    search: StatistiqueList,
) -> Result<Response, Problem> {
    let id = request.publication().id;
    let (db, counter, copy) = (state.db.clone(), state.db.clone(), search.clone());
    let contexte = request.clone();
    let read = move |after, limite| {
        let (db, search, request) = (db.clone(), search.clone(), contexte.clone());
        async move {
            let found = db.list_statistiques(id, &search, &Page { after, limite }).await?;
            let keyed = found.into_iter().map(|named| {
                let after = after_statistique(&named, &search);
                (after, StatistiqueCsvRow::new(&named.into(), &request))
            });
            Ok(keyed.collect())
        }
    };
    list_answer(request, page, read, async move { counter.count_statistiques(id, &copy).await }).await
}
