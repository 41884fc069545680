//! `/api/v1/regions`: territories and their statistics.
//!
//! `/regions/{region}/certifications/{code}` is the point lookup that platforms call most: one
//! query on the good path, more only to explain a 404.

use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;

use super::list::{TRI, filters};
use super::parameters::{CODE, NIVEAU, PageOf, Q, REGION, wanted};
use super::referentiels::territoires::{RegionReferentiel, all};
use super::statistique::{StatistiqueResponse, chosen, elsewhere, slices};
use crate::db::lists::{After, Filter, Scope, Sort, StatistiqueList};
use crate::domain::choice::Wanted;
use crate::domain::{CodeCertification, CodeRegion, Lieu, Maille};
use crate::http::fields::Fields;
use crate::http::page::{InMemory, List, Page, list_answer, object_answer};
use crate::http::parameters::{Asked, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(regions).merge(list!(certifications)).merge(object!(certification))
}

/// Les régions
///
/// Par code INSEE : celles dont `/regions/{region}/certifications` donne les statistiques.
#[utoipa::path(
    get, path = "/regions", tag = "régions", operation_id = "lister_regions",
    responses((status = 200, description = "Les régions.", body = List<RegionReferentiel>))
)]
async fn regions(asked: Asked<PageOf<RegionReferentiel>>) -> Result<Response, Problem> {
    list_answer(&asked.request, asked.wanted.page, InMemory(all())).await
}

/// What [`certifications`] takes.
struct ListParameters {
    region: CodeRegion,
    wanted: Wanted,
    tri: Sort,
    filters: Vec<Filter>,
    q: Option<String>,
    niveau: Option<String>,
    page: Page<After>,
}

impl Parameters for ListParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let region = reader.path(&REGION);
        let wanted = wanted(reader);
        let (q, niveau) = (reader.ask(&Q), reader.ask(&NIVEAU));
        let (tri, filters) = (reader.ask(&TRI), filters(reader));
        let page = reader.page::<_, StatistiqueResponse>();
        Some(Self { region: region?, wanted, tri: tri?, filters, q, niveau, page: page? })
    }
}

/// Les certifications d'une région
///
/// Une ligne par certification et filière qui ont une statistique dans la région, dans l'ordre des codes ou celui de
/// `tri` ; un chiffre absent vient en dernier.
#[utoipa::path(
    get, path = "/regions/{region}/certifications", tag = "régions", operation_id = "lister_certifications_region",
    responses((status = 200, description = "Les statistiques de la région.", body = List<StatistiqueResponse>))
)]
async fn certifications(asked: Asked<ListParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ListParameters { region, wanted, tri, filters, q, niveau, page } } = asked;
    let scope = Scope::Lieu(Lieu::Region(region));
    let slices = slices(&request, Maille::Regionale, wanted)?;
    list_answer(&request, page, StatistiqueList { scope, slices, filters, tri, q, found: None, niveau }).await
}

/// What [`certification`] takes.
struct ReadParameters {
    region: CodeRegion,
    code: CodeCertification,
    wanted: Wanted,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (region, code) = (reader.path(&REGION), reader.path(&CODE));
        let wanted = wanted(reader);
        let champs = reader.fields::<StatistiqueResponse>();
        Some(Self { region: region?, code: code?, wanted, champs })
    }
}

/// Une certification dans une région
///
/// La statistique d'une certification dans une région. Si le chiffre est masqué, la réponse est 200 et dit pourquoi.
/// S'il n'y a pas de statistique, la réponse est 404 et dit où et quand il y en a.
#[utoipa::path(
    get, path = "/regions/{region}/certifications/{code}", tag = "régions", operation_id = "lire_certification_region",
    responses((status = 200, description = "La statistique.", body = StatistiqueResponse))
)]
async fn certification(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { region, code, wanted, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let stored = state.db.statistiques_at_lieu(id, Lieu::Region(region), code).await?;
    if stored.is_empty() {
        return Err(missing(state, id, region, code).await?);
    }
    let choice = chosen(state, id, stored, wanted).await?;
    object_answer(&champs, &StatistiqueResponse::chosen(&choice, &request))
}

/// Why there is no statistic: the code is unknown, or it has some elsewhere.
async fn missing(state: &AppState, id: i32, region: CodeRegion, code: CodeCertification) -> Result<Problem, Problem> {
    if state.db.certification(id, code).await?.is_none() {
        return Ok(unknown_certification(code));
    }
    let places = state.db.where_and_when(id, code, Some(region), 5).await?;
    Ok(elsewhere(&places, &format!("en {}", region.region().nom)))
}

/// A code that no nomenclature has.
pub(super) fn unknown_certification(code: impl std::fmt::Display) -> Problem {
    Problem::unknown(format!(
        "Le code {code} n'est dans aucune nomenclature. Vérifiez-le, ou cherchez la certification par son libellé : \
         /api/v1/certifications?q=…"
    ))
}
