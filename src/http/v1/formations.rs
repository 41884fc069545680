//! `/api/v1/formations`: the pair (établissement, certification), which is what pupils choose.
//!
//! `/formations/{uai}/{code}` is the lookup of platforms that hold both; the lists show the same
//! statistics by établissement, by certification and around a point.

use axum::extract::State;
use axum::response::Response;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::certifications::known;
use super::etablissements::unknown;
use super::lieux::{LieuParameters, zone};
use super::list::{ParametresFiltres, ParametresLibelle, SortParameters, filters, niveau};
use super::regions::{StatistiqueParameters, list as list_statistiques, unknown_certification};
use super::statistique::{StatistiqueResponse, chosen, elsewhere, slices, wanted};
use super::with_csv;
use crate::db::lists::{After, Scope, Sort, StatistiqueList, Zone};
use crate::domain::choice::Wanted;
use crate::domain::{CodeCertification, Indicateur, Lieu, Maille, Uai};
use crate::http::AppState;
use crate::http::common::{ListParameters, ObjectParameters};
use crate::http::page::{List, Page, object_answer};
use crate::http::parameters::ParameterReader;
use crate::http::problem::Problem;
use crate::http::request::DataRequest;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(with_csv(routes!(list)))
        .routes(routes!(read))
        .merge(with_csv(routes!(of_etablissement)))
        .merge(with_csv(routes!(of_certification)))
}

/// What the list takes beside places, filters and sort.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
struct FormationsParameters {
    /// UAI d'un établissement.
    #[param(required = false, example = "0350017D")]
    uai: String,
    /// CFD, MEFSTAT11, ou `SISE:` et un code SISE.
    #[param(required = false, example = "32020008")]
    code: String,
}

/// Chercher des formations
///
/// Une ligne par établissement, certification et filière qui ont une statistique, dans l'ordre des UAI puis des codes,
/// ou par distance avec `proche`. `tri` par un indicateur demande aussi un lieu ou un code. Les années antérieures et
/// communes n'y sont pas : leur dernière année y est.
#[utoipa::path(
    get, path = "/formations", tag = "formations", operation_id = "chercher_formations",
    params(
        FormationsParameters, LieuParameters, StatistiqueParameters, ParametresLibelle,
        ("tri" = Option<String>, Query, description = "`uai`, `distance` (avec `proche`) ou, avec un lieu ou un code, le nom d'un indicateur ; `-` devant pour l'ordre décroissant. Sans ce paramètre : `distance` avec `proche`, sinon `uai`.", example = "-uai"),
        ParametresFiltres, ListParameters,
    ),
    responses((status = 200, description = "Les formations trouvées.",
        content((List<StatistiqueResponse> = "application/json"), (String = "text/csv"))))
)]
async fn list(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let (uai, code) = (params.uai(), params.code("code"));
    let zone = Zone { uai, code, ..zone(&mut params) };
    let (wanted, q, niveau) = (wanted(&mut params), params.text("q"), niveau(&mut params));
    let search = StatistiqueList { q, niveau, ..search(&mut params, "uai", zone) };
    let page = params.page::<_, StatistiqueResponse>();
    params.end()?;
    answer(&state, &request, page, wanted, search).await
}

/// Une formation
///
/// La statistique d'une certification dans un établissement : chiffres, contexte, origine, phrases à montrer. Si le
/// chiffre est masqué, la réponse est 200 et dit pourquoi. S'il n'y a pas de statistique, la réponse est 404 et dit où
/// et quand il y en a. Une année antérieure répond par sa dernière année, une année commune par chaque spécialité.
#[utoipa::path(
    get, path = "/formations/{uai}/{code}", tag = "formations", operation_id = "lire_formation",
    params(
        ("uai" = String, Path, description = "UAI : 7 chiffres et une lettre de contrôle.", example = "0350017D"),
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        StatistiqueParameters, ObjectParameters,
    ),
    responses((status = 200, description = "La statistique.", body = StatistiqueResponse))
)]
async fn read(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let uai = params.path("uai", Uai::parse);
    let code = params.path("code", CodeCertification::parse);
    let wanted = wanted(&mut params);
    let champs = params.fields::<StatistiqueResponse>();
    let (uai, code) = params.end_with(uai.zip(code))?;
    let id = request.publication().id;
    let stored = state.db.statistiques_at_lieu(id, Lieu::Etablissement(uai), code).await?;
    if stored.is_empty() {
        return Err(absente(&state, id, uai, code).await?);
    }
    let choice = chosen(&state, id, stored, wanted).await?;
    object_answer(&champs, &StatistiqueResponse::chosen(&choice, &request))
}

/// Why there is no statistic: the code or the établissement is unknown, or there is one elsewhere.
async fn absente(state: &AppState, id: i32, uai: Uai, code: CodeCertification) -> Result<Problem, Problem> {
    let (certification, etablissement) =
        tokio::try_join!(state.db.certification(id, code), state.db.etablissement(id, uai))?;
    if certification.is_none() {
        return Ok(unknown_certification(code));
    }
    let Some(etablissement) = etablissement else { return Ok(unknown(uai)) };
    let places = state.db.where_and_when(id, code, etablissement.region, 5).await?;
    Ok(elsewhere(&places, &format!("dans l'établissement {uai}")))
}

/// Les formations d'un établissement
///
/// Une ligne par certification et filière qui ont une statistique dans l'établissement, dans l'ordre des codes ou celui
/// de `tri`.
#[utoipa::path(
    get, path = "/etablissements/{uai}/formations", tag = "établissements", operation_id = "lister_formations_etablissement",
    params(
        ("uai" = String, Path, description = "UAI : 7 chiffres et une lettre de contrôle.", example = "0350017D"),
        StatistiqueParameters, ParametresLibelle, SortParameters, ParametresFiltres, ListParameters,
    ),
    responses((status = 200, description = "Les statistiques de l'établissement.",
        content((List<StatistiqueResponse> = "application/json"), (String = "text/csv"))))
)]
async fn of_etablissement(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let uai = params.path("uai", Uai::parse);
    let (wanted, q, niveau) = (wanted(&mut params), params.text("q"), niveau(&mut params));
    let zone = Zone { uai, ..Zone::default() };
    let search = StatistiqueList { q, niveau, ..search(&mut params, "code", zone) };
    let page = params.page::<_, StatistiqueResponse>();
    let uai = params.end_with(uai)?;
    if state.db.etablissement(request.publication().id, uai).await?.is_none() {
        return Err(unknown(uai));
    }
    answer(&state, &request, page, wanted, search).await
}

/// Les établissements d'une certification
///
/// Où elle est enseignée, avec les statistiques : une ligne par établissement et filière, dans l'ordre des UAI, ou par
/// distance avec `proche`, ou dans l'ordre de `tri`.
#[utoipa::path(
    get, path = "/certifications/{code}/etablissements", tag = "certifications",
    operation_id = "lister_etablissements_certification",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        LieuParameters, StatistiqueParameters,
        ("tri" = Option<String>, Query, description = "`uai`, `distance` (avec `proche`) ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant.", example = "-part_en_emploi_6_mois"),
        ("part_en_emploi_6_mois[gte]" = Option<i32>, Query, description = "Condition sur un indicateur, comme dans les autres listes.", example = 50),
        ListParameters,
    ),
    responses((status = 200, description = "Les statistiques des établissements.",
        content((List<StatistiqueResponse> = "application/json"), (String = "text/csv"))))
)]
async fn of_certification(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let code = params.path("code", CodeCertification::parse);
    let zone = Zone { code, ..zone(&mut params) };
    let (wanted, search) = (wanted(&mut params), search(&mut params, "uai", zone));
    let page = params.page::<_, StatistiqueResponse>();
    let code = params.end_with(code)?;
    known(&state, &request, code).await?;
    answer(&state, &request, page, wanted, search).await
}

/// Reads sort and conditions of a list of formations; `key` is the name of its own order.
fn search(params: &mut ParameterReader<'_>, key: &'static str, zone: Zone) -> StatistiqueList {
    let (tri, filters) = (sort(params, key, &zone), filters(params));
    let scope = Scope::Formations(zone);
    StatistiqueList { scope, slices: Vec::new(), filters, tri, q: None, niveau: None }
}

/// Reads `tri=`. Sorting all formations of the country by a figure would read them all for every
/// page; those of a place or a code are few.
fn sort(params: &mut ParameterReader<'_>, key: &'static str, zone: &Zone) -> Sort {
    #[derive(Clone, Copy)]
    enum By {
        Key,
        Distance,
        Figure(Indicateur),
    }
    let mut choice = vec![(key, By::Key)];
    choice.extend(zone.proximity.map(|_| ("distance", By::Distance)));
    choice.extend(Indicateur::ALL.iter().map(|indicateur| (indicateur.as_str(), By::Figure(*indicateur))));
    let default = if zone.proximity.is_some() { By::Distance } else { By::Key };
    match params.sort(&choice, default) {
        (By::Key, descending) => Sort::Code { descending },
        (By::Distance, descending) => {
            if descending {
                params.refuse("tri", "-distance", "la distance ne se trie que dans un sens : le plus proche d'abord");
            }
            Sort::Distance
        }
        (By::Figure(indicateur), descending) => {
            if !zone.is_narrow() {
                let detail = "le tri par un indicateur demande aussi un lieu ou un code : « region », « academie », \
                              « departement », « proche », « uai » ou « code »";
                params.refuse("tri", indicateur.as_str(), detail);
            }
            Sort::Figure { indicateur, descending }
        }
    }
}

/// Answers with the latest millésime of each filière, or the one asked for.
async fn answer(
    state: &AppState,
    request: &DataRequest,
    page: Page<After>,
    wanted: Wanted,
    search: StatistiqueList,
) -> Result<Response, Problem> {
    let slices = slices(request, Maille::Etablissement, wanted)?;
    list_statistiques(state, request, page, StatistiqueList { slices, ..search }).await
}
