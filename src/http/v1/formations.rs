//! `/api/v1/formations`: the pair (établissement, certification), which is what pupils choose.
//!
//! `/formations/{uai}/{code}` is the lookup of platforms that hold both; the lists show the same
//! statistics by établissement, by certification and around a point.

use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;

use super::certifications::known;
use super::etablissements::unknown;
use super::lieux::{PROCHE, zone};
use super::list::{SORTS_OF_FORMATIONS, SORTS_OF_PLACES, TRI, filters};
use super::parameters::{CODE, NIVEAU, Q, UAI, wanted};
use super::regions::unknown_certification;
use super::statistique::{StatistiqueResponse, chosen, elsewhere, slices};
use crate::db::lists::{After, Scope, Sort, StatistiqueList, Zone};
use crate::domain::choice::Wanted;
use crate::domain::recherche::{self, FoundFormations};
use crate::domain::{CodeCertification, Lieu, Maille, Uai};
use crate::http::fields::Fields;
use crate::http::page::{List, Page, list_answer, object_answer};
use crate::http::parameters::{Asked, Param, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list).merge(object!(read)).merge(list!(of_etablissement)).merge(list!(of_certification))
}

const UAI_FILTER: Param<Uai> = UAI.meaning("UAI d'un établissement.");

/// A search among formations, whose millésimes are still to be chosen.
struct Search {
    wanted: Wanted,
    list: StatistiqueList,
    page: Page<After>,
}

impl Search {
    /// Answers with the latest millésime of each filière, or the one asked for.
    async fn answer(self, request: &DataRequest) -> Result<Response, Problem> {
        let slices = slices(request, Maille::Etablissement, self.wanted)?;
        list_answer(request, self.page, StatistiqueList { slices, ..self.list }).await
    }
}

const MEANT: Param<String> = Q
    .meaning(
        "Des mots de la certification, de l'établissement ou de son lieu (commune, département, région), ou des deux, les\n\
         uns derrière les autres ; aussi un code (CFD, MEFSTAT11, SISE), un UAI ou un code postal. Sans tenir compte des\n\
         accents, des majuscules, du genre ni du nombre ; le dernier peut être un début de mot. Les mots de tous les jours\n\
         sont compris, et les fautes de frappe quand rien d'autre ne correspond.",
    )
    .example("coiffure rennes");

/// What [`list()`] takes.
struct SearchParameters {
    q: Option<String>,
    search: Search,
}

impl Parameters for SearchParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (uai, code) = (reader.ask(&UAI_FILTER), reader.ask(&CODE));
        let zone = Zone { uai, code, ..zone(reader) };
        let (wanted, q, niveau) = (wanted(reader), reader.ask(&MEANT), reader.ask(&NIVEAU));
        let tri = order(reader, &SORTS_OF_FORMATIONS, &zone, q.is_some());
        let filters = filters(reader);
        let page = reader.page::<_, StatistiqueResponse>();
        let scope = Scope::Formations(zone);
        let list = StatistiqueList { scope, slices: Vec::new(), filters, tri, q: None, found: None, niveau };
        Some(Self { q, search: Search { wanted, list, page: page? } })
    }
}

/// Chercher des formations
///
/// Une ligne par établissement, certification et filière qui ont une statistique, dans l'ordre des UAI puis des codes,
/// ou par distance avec `proche`. Avec `q` et sans `proche`, les meilleures d'abord : les certifications ouvertes avant
/// les fermées, puis celles dont le libellé est le plus près, puis les établissements les plus près. `tri` par un indicateur demande aussi un lieu ou un code. Les années antérieures et
/// communes n'y sont pas : leur dernière année y est.
#[utoipa::path(
    get, path = "/formations", tag = "formations", operation_id = "chercher_formations",
    responses((status = 200, description = "Les formations trouvées.", body = List<StatistiqueResponse>))
)]
async fn list(asked: Asked<SearchParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: SearchParameters { q, search } } = asked;
    let found = match &q {
        Some(text) => meant(&request, text).await?,
        None => None,
    };
    // Text without a letter or a digit finds everything, which has no order of its own.
    let without_words = found.is_none() && search.list.tri == Sort::Relevance;
    let tri = if without_words { Sort::default() } else { search.list.tri };
    Search { list: StatistiqueList { tri, found, ..search.list }, ..search }.answer(&request).await
}

/// The formations that a text means; `None` for a text without any letter or digit.
///
/// # Errors
/// Those of the database.
pub(in crate::http) async fn meant(request: &DataRequest, text: &str) -> Result<Option<FoundFormations>, Problem> {
    let (publications, id) = (&request.state().publications, request.publication().id);
    let (certifications, etablissements) = tokio::try_join!(publications.index(id), publications.etablissements(id))?;
    Ok(recherche::formations(&certifications, &etablissements, text, request.today()))
}

/// What [`read`] takes.
struct ReadParameters {
    uai: Uai,
    code: CodeCertification,
    wanted: Wanted,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (uai, code) = (reader.path(&UAI), reader.path(&CODE));
        let wanted = wanted(reader);
        let champs = reader.fields::<StatistiqueResponse>();
        Some(Self { uai: uai?, code: code?, wanted, champs })
    }
}

/// Une formation
///
/// La statistique d'une certification dans un établissement : chiffres, contexte, origine, phrases à montrer. Si le
/// chiffre est masqué, la réponse est 200 et dit pourquoi. S'il n'y a pas de statistique, la réponse est 404 et dit où
/// et quand il y en a. Une année antérieure répond par sa dernière année, une année commune par chaque spécialité.
#[utoipa::path(
    get, path = "/formations/{uai}/{code}", tag = "formations", operation_id = "lire_formation",
    responses((status = 200, description = "La statistique.", body = StatistiqueResponse))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { uai, code, wanted, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let stored = state.db.statistiques_at_lieu(id, Lieu::Etablissement(uai), code).await?;
    if stored.is_empty() {
        return Err(missing(state, id, uai, code).await?);
    }
    let choice = chosen(state, id, stored, wanted).await?;
    object_answer(&champs, &StatistiqueResponse::chosen(&choice, &request))
}

/// Why there is no statistic: the code or the établissement is unknown, or there is one elsewhere.
///
/// # Errors
/// Those of the database.
pub(super) async fn missing(state: &AppState, id: i32, uai: Uai, code: CodeCertification) -> Result<Problem, Problem> {
    let (certification, etablissement) =
        tokio::try_join!(state.db.certification(id, code), state.db.etablissement(id, uai))?;
    if certification.is_none() {
        return Ok(unknown_certification(code));
    }
    let Some(etablissement) = etablissement else { return Ok(unknown(uai)) };
    let places = state.db.where_and_when(id, code, etablissement.region, 5).await?;
    Ok(elsewhere(&places, &format!("dans l'établissement {uai}")))
}

/// What [`of_etablissement`] takes.
struct OfEtablissement {
    uai: Uai,
    search: Search,
}

impl Parameters for OfEtablissement {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let uai = reader.path(&UAI);
        let (wanted, q, niveau) = (wanted(reader), reader.ask(&Q), reader.ask(&NIVEAU));
        let (tri, filters) = (reader.ask(&TRI), filters(reader));
        let page = reader.page::<_, StatistiqueResponse>();
        let scope = Scope::Formations(Zone { uai, ..Zone::default() });
        let list = StatistiqueList { scope, slices: Vec::new(), filters, tri: tri?, q, found: None, niveau };
        Some(Self { uai: uai?, search: Search { wanted, list, page: page? } })
    }
}

/// Les formations d'un établissement
///
/// Une ligne par certification et filière qui ont une statistique dans l'établissement, dans l'ordre des codes ou celui
/// de `tri`.
#[utoipa::path(
    get, path = "/etablissements/{uai}/formations", tag = "établissements", operation_id = "lister_formations_etablissement",
    responses((status = 200, description = "Les statistiques de l'établissement.", body = List<StatistiqueResponse>))
)]
async fn of_etablissement(asked: Asked<OfEtablissement>) -> Result<Response, Problem> {
    let Asked { request, wanted: OfEtablissement { uai, search } } = asked;
    if request.state().db.etablissement(request.publication().id, uai).await?.is_none() {
        return Err(unknown(uai));
    }
    search.answer(&request).await
}

/// What [`of_certification`] takes.
struct OfCertification {
    code: CodeCertification,
    search: Search,
}

impl Parameters for OfCertification {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let code = reader.path(&CODE);
        let zone = Zone { code, ..zone(reader) };
        let wanted = wanted(reader);
        let (tri, filters) = (order(reader, &SORTS_OF_PLACES, &zone, false), filters(reader));
        let page = reader.page::<_, StatistiqueResponse>();
        let scope = Scope::Formations(zone);
        let list = StatistiqueList { scope, slices: Vec::new(), filters, tri, q: None, found: None, niveau: None };
        Some(Self { code: code?, search: Search { wanted, list, page: page? } })
    }
}

/// Les établissements d'une certification
///
/// Où elle est enseignée, avec les statistiques : une ligne par établissement et filière, dans l'ordre des UAI, ou par
/// distance avec `proche`, ou dans l'ordre de `tri`.
#[utoipa::path(
    get, path = "/certifications/{code}/etablissements", tag = "certifications",
    operation_id = "lister_etablissements_certification",
    responses((status = 200, description = "Les statistiques des établissements.", body = List<StatistiqueResponse>))
)]
async fn of_certification(asked: Asked<OfCertification>) -> Result<Response, Problem> {
    let Asked { request, wanted: OfCertification { code, search } } = asked;
    known(&request, code).await?;
    search.answer(&request).await
}

/// Reads `tri=`. Sorting all formations of the country by a figure would read them all for every
/// page; those of a place or a code are few.
fn order(reader: &mut Reader<'_>, sorts: &'static Param<Sort>, zone: &Zone, by_words: bool) -> Sort {
    let near = zone.proximity.is_some();
    let own = match (near, by_words) {
        (true, _) => Sort::Distance,
        (false, true) => Sort::Relevance,
        (false, false) => Sort::default(),
    };
    let tri = reader.ask(sorts).unwrap_or(own);
    match tri {
        Sort::Distance if !near && !reader.is_given(&PROCHE) => {
            reader.refuse("tri", "distance", "« distance » va avec « proche » : donnez aussi le point");
        }
        Sort::Relevance if !by_words => reader.refuse("tri", "pertinence", "cet ordre demande « q »"),
        Sort::Figure { indicateur, .. } if !zone.is_narrow() => {
            let detail = "le tri par un indicateur demande aussi un lieu ou un code : « region », « academie », \
                          « departement », « proche », « uai » ou « code »";
            reader.refuse("tri", indicateur.as_str(), detail);
        }
        _ => {}
    }
    tri
}
