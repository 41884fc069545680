//! `/api/v1/certifications`: search, identity, and a certification's statistics over France,
//! over the régions and over the years.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{ParametresFiltres, ParametresLibelle, SortParameters, famille, filters, niveau, sort};
use super::regions::{StatistiqueParameters, list as list_statistiques, unknown_certification};
use super::statistique::{
    BriefCertification, Niveau, StatistiqueCsvRow, StatistiqueResponse, chosen, resolved, slices, wanted,
};
use super::with_csv;
use crate::db::lists::{After, CertificationList, FoundCertification, Page, Scope, StatistiqueList};
use crate::db::statistiques::NamedStatistique;
use crate::domain::{Certification, CodeCertification, Famille, Indicateur, Lieu, Maille};
use crate::http::AppState;
use crate::http::common::{ListParameters, ObjectParameters};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{List, list_answer, list_answer_in_memory, object_answer};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;

/// The most codes that one search takes.
const CODES_MAX: usize = 100;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(with_csv(routes!(search)))
        .routes(routes!(read))
        .merge(with_csv(routes!(regions)))
        .merge(with_csv(routes!(historique)))
}

/// Une certification trouvée, et sa statistique nationale.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CertificationResultat)]
pub struct CertificationResult {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    type_code: &'static str,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    libelle: String,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    niveau: Option<Niveau>,
    /// Vrai quand la date de fermeture est passée.
    formation_fermee: bool,
    /// CFD dont elle relève ; `null` pour un code SISE.
    #[schema(required = true, example = "40025214")]
    code_formation_diplome: Option<String>,
    /// Famille de métiers ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    famille_metier: Option<BriefFamille>,
    /// Statistique nationale de la filière qui a le plus d'inscrits ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    statistique: Option<StatistiqueResponse>,
}

/// A found certification as a CSV row: identity, then the figures of its statistic.
#[derive(Debug, Clone)]
struct CertificationCsvRow {
    answer: CertificationResult,
    found: FoundCertification,
}

impl CertificationCsvRow {
    fn new(found: FoundCertification, request: &DataRequest) -> Self {
        let certification = || found.certification.clone();
        let named = found.statistique.clone().map(|statistique| NamedStatistique {
            statistique,
            certification: certification(),
            etablissement: None,
        });
        let BriefCertification { code, type_code, libelle, niveau, formation_fermee } =
            BriefCertification::new(&found.certification, request);
        let answer = CertificationResult {
            code,
            type_code,
            libelle,
            niveau,
            formation_fermee,
            code_formation_diplome: found.cfd.map(|cfd| cfd.to_string()),
            famille_metier: found.famille.as_ref().map(BriefFamille::from),
            statistique: named.map(|named| StatistiqueResponse::new(&named.into(), request)),
        };
        Self { answer, found }
    }
}

impl Serialize for CertificationCsvRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.answer.serialize(serializer)
    }
}

impl CsvRow for CertificationCsvRow {
    fn columns() -> Vec<&'static str> {
        let mut columns = vec![
            "code_certification",
            "type",
            "code_formation_diplome",
            "libelle",
            "niveau_code",
            "niveau_libelle",
            "formation_fermee",
            "famille_metier",
            "annee_commune",
            "filiere",
            "millesime",
        ];
        columns.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        columns.push("sans_perspectives");
        columns
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let FoundCertification { certification, cfd, famille, statistique } = &self.found;
        let diplome = certification.diplome.as_ref();
        let mut cellules = vec![
            certification.code.to_string().into(),
            certification.code.type_code().as_str().into(),
            cfd.map(|cfd| cfd.to_string()).into(),
            (&certification.libelle).into(),
            diplome.map(|diplome| &diplome.code).into(),
            diplome.map(|diplome| &diplome.libelle).into(),
            self.answer.formation_fermee.into(),
            famille.as_ref().map(|famille| &famille.code).into(),
            certification.annee_commune.into(),
            statistique.as_ref().map(|s| s.filiere.as_str()).into(),
            statistique.as_ref().map(|s| s.millesime.to_string()).into(),
        ];
        let figure = |indicateur: &Indicateur| statistique.as_ref()?.figures.get(*indicateur).known();
        cellules.extend(Indicateur::ALL.iter().map(|indicateur| CsvCell::from(figure(indicateur))));
        cellules.push(statistique.as_ref().and_then(|s| s.sans_perspectives).into());
        cellules
    }
}

/// What a search takes beside filters and sort.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are read by the derive, for the contract")]
struct SearchParameters {
    /// Codes à retenir, séparés par des virgules ; 100 au plus.
    #[param(required = false, example = "32020008,40025214")]
    codes: String,
    /// Code d'une famille de métiers, parmi celles de `/api/v1/referentiels/familles-metiers`.
    #[param(required = false, example = "G0001", pattern = "^[A-Za-z0-9]{1,10}$")]
    famille_metier: String,
    /// `true` : seulement les certifications fermées ; `false` : seulement celles qui sont ouvertes.
    #[param(required = false, example = false)]
    fermee: bool,
}

/// Chercher des certifications
///
/// Par mots du libellé, codes, niveau, famille de métiers, filière, fermeture, ou par conditions sur les chiffres nationaux. Chaque
/// certification porte sa statistique nationale. Avec `filiere` ou `millesime`, seulement celles qui en ont une.
#[utoipa::path(
    get, path = "/certifications", tag = "certifications", operation_id = "chercher_certifications",
    params(SearchParameters, StatistiqueParameters, ParametresLibelle, SortParameters, ParametresFiltres, ListParameters),
    responses((status = 200, description = "Les certifications trouvées.",
        content((List<CertificationResult> = "application/json"), (String = "text/csv"))))
)]
async fn search(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let (q, niveau) = (params.text("q"), niveau(&mut params));
    let codes = params.list_answer("codes", CODES_MAX, CodeCertification::parse);
    let famille = famille(&mut params);
    let fermee = params.boolean("fermee").map(|closed| (closed, request.today()));
    let wanted = wanted(&mut params);
    let (tri, filters) = (sort(&mut params), filters(&mut params));
    let page = params.page::<After, CertificationResult>();
    params.end()?;
    let with_statistique = wanted.filiere.is_some() || wanted.millesime.is_some();
    let slices = slices(&request, Maille::Nationale, wanted)?;
    let search = CertificationList { q, codes, with_statistique, niveau, famille, fermee, slices, filters, tri };
    answer(&state, &request, page, search).await
}

async fn answer(
    state: &AppState,
    request: &DataRequest,
    page: crate::http::page::Page<After>,
    search: CertificationList,
) -> Result<Response, Problem> {
    let id = request.publication().id;
    let (db, counter, copy) = (state.db.clone(), state.db.clone(), search.clone());
    let contexte = request.clone();
    let read = move |after, limite| {
        let (db, search, request) = (db.clone(), search.clone(), contexte.clone());
        async move {
            let found = db.list_certifications(id, &search, &Page { after, limite }).await?;
            let key = |found: &FoundCertification| After {
                rang: search.tri.rang(|i| found.statistique.as_ref()?.figures.get(i).known(), None),
                keys: vec![found.certification.code.to_string()],
            };
            let keyed = found.into_iter().map(|found| (key(&found), CertificationCsvRow::new(found, &request)));
            Ok(keyed.collect())
        }
    };
    list_answer(request, page, read, async move { counter.count_certifications(id, &copy).await }).await
}

/// Ce que les nomenclatures disent d'une certification, et sa statistique nationale.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CertificationReponse)]
pub struct CertificationResponse {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    type_code: &'static str,
    /// CFD dont elle relève ; `null` pour un code SISE.
    #[schema(required = true, example = "40025214")]
    code_formation_diplome: Option<String>,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    libelle: String,
    /// Libellé du diplôme remplacé, quand il dit autre chose.
    #[schema(required = true, example = json!(null))]
    libelle_ancien: Option<String>,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    niveau: Option<Niveau>,
    /// Jour d'ouverture.
    #[schema(required = true, value_type = Option<String>, format = Date, example = "2020-09-01")]
    date_ouverture: Option<NaiveDate>,
    /// Jour de fermeture.
    #[schema(required = true, value_type = Option<String>, format = Date, example = json!(null))]
    date_fermeture: Option<NaiveDate>,
    /// Vrai quand la date de fermeture est passée.
    formation_fermee: bool,
    /// Année de la première session.
    #[schema(required = true, example = 2023)]
    premiere_session: Option<i16>,
    /// Année de la dernière session.
    #[schema(required = true, example = json!(null))]
    derniere_session: Option<i16>,
    /// Famille de métiers ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    famille_metier: Option<BriefFamille>,
    /// Les certifications qu'elle remplace et celles qui la remplacent.
    continuum: ContinuumResponse,
    /// La statistique nationale ; `null` s'il n'y en a pas.
    #[schema(required = true)]
    statistique: Option<StatistiqueResponse>,
}

/// La famille de métiers d'une certification.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FamilleBreve)]
pub struct BriefFamille {
    /// Code.
    #[schema(example = "G0001")]
    pub(super) code: String,
    /// Libellé.
    #[schema(example = "Métiers de l'alimentation")]
    pub(super) libelle: String,
    /// Vrai si cette certification est l'année commune (seconde) de la famille.
    pub(super) annee_commune: bool,
}

impl From<&Famille> for BriefFamille {
    fn from(famille: &Famille) -> Self {
        let Famille { code, libelle, annee_commune } = famille.clone();
        Self { code, libelle, annee_commune }
    }
}

/// La suite des rénovations d'un diplôme.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ContinuumReponse)]
pub struct ContinuumResponse {
    /// Codes plus anciens qu'elle remplace.
    #[schema(example = json!(["40033603"]))]
    anciens: Vec<String>,
    /// Codes plus récents qui la remplacent.
    #[schema(example = json!([]))]
    nouveaux: Vec<String>,
}

impl CertificationResponse {
    fn new(certification: &Certification, statistique: Option<StatistiqueResponse>, today: NaiveDate) -> Self {
        let texts = |codes: &[CodeCertification]| codes.iter().map(ToString::to_string).collect();
        Self {
            code: certification.code.to_string(),
            type_code: certification.code.type_code().as_str(),
            code_formation_diplome: certification.cfd.map(|cfd| cfd.to_string()),
            libelle: certification.libelle.clone(),
            libelle_ancien: certification.libelle_ancien.clone(),
            niveau: certification.diplome.as_ref().map(Niveau::from),
            date_ouverture: certification.date_ouverture,
            date_fermeture: certification.date_fermeture,
            formation_fermee: certification.is_closed(today),
            premiere_session: certification.premiere_session,
            derniere_session: certification.derniere_session,
            famille_metier: certification.famille.as_ref().map(BriefFamille::from),
            continuum: ContinuumResponse {
                anciens: texts(&certification.anciens),
                nouveaux: texts(&certification.nouveaux),
            },
            statistique,
        }
    }
}

/// Une certification
///
/// Son identité et sa statistique nationale : le dernier millésime, ou celui demandé.
#[utoipa::path(
    get, path = "/certifications/{code}", tag = "certifications", operation_id = "lire_certification",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        StatistiqueParameters, ObjectParameters,
    ),
    responses((status = 200, description = "La certification.", body = CertificationResponse))
)]
async fn read(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let code = params.path("code", CodeCertification::parse);
    let wanted = wanted(&mut params);
    let champs = params.fields::<CertificationResponse>();
    let code = params.end_with(code)?;
    let id = request.publication().id;
    let (certification, stored) =
        tokio::try_join!(state.db.certification(id, code), state.db.statistiques_at_lieu(id, Lieu::France, code))?;
    let certification = certification.ok_or_else(|| unknown_certification(code))?;
    let choice = if stored.is_empty() { None } else { Some(chosen(&state, id, stored, wanted).await?) };
    let statistique = choice.map(|choice| StatistiqueResponse::chosen(&choice, &request));
    object_answer(&champs, &CertificationResponse::new(&certification, statistique, request.today()))
}

/// Une certification dans toutes les régions
///
/// Une ligne par région et filière, dans l'ordre des codes de région ou celui de `tri`.
#[utoipa::path(
    get, path = "/certifications/{code}/regions", tag = "certifications", operation_id = "lister_regions_certification",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        StatistiqueParameters,
        ("tri" = Option<String>, Query, description = "`code` (de la région) ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant.", example = "-part_en_emploi_6_mois"),
        ("part_en_emploi_6_mois[gte]" = Option<i32>, Query, description = "Condition sur un indicateur, comme dans les autres listes.", example = 50),
        ListParameters,
    ),
    responses((status = 200, description = "Les statistiques régionales.",
        content((List<StatistiqueResponse> = "application/json"), (String = "text/csv"))))
)]
async fn regions(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let code = params.path("code", CodeCertification::parse);
    let wanted = wanted(&mut params);
    let (tri, filters) = (sort(&mut params), filters(&mut params));
    let page = params.page::<After, StatistiqueResponse>();
    let code = params.end_with(code)?;
    known(&state, &request, code).await?;
    let scope = Scope::Regions(code);
    let slices = slices(&request, Maille::Regionale, wanted)?;
    let search = StatistiqueList { scope, slices, filters, tri, q: None, niveau: None };
    list_statistiques(&state, &request, page, search).await
}

/// 404 for a code that no nomenclature has.
pub(super) async fn known(state: &AppState, request: &DataRequest, code: CodeCertification) -> Result<(), Problem> {
    match state.db.certification(request.publication().id, code).await? {
        Some(_) => Ok(()),
        None => Err(unknown_certification(code)),
    }
}

/// Tous les millésimes d'une certification
///
/// En France, ou dans une région (`region`), ou dans un établissement (`uai`) ; du plus ancien au plus récent.
#[utoipa::path(
    get, path = "/certifications/{code}/historique", tag = "certifications", operation_id = "lire_historique",
    params(
        ("code" = String, Path, description = "CFD, MEFSTAT11, ou `SISE:` et un code SISE.", example = "32020008"),
        ("region" = Option<String>, Query, description = "Code INSEE d'une région, ou code postal.", example = "11"),
        ("uai" = Option<String>, Query, description = "UAI d'un établissement (7 chiffres et une lettre) ; pas avec `region`."),
        ("filiere" = Option<String>, Query, description = "Une seule filière.", example = "apprentissage"),
        ListParameters,
    ),
    responses((status = 200, description = "Les statistiques, du plus ancien millésime au plus récent.",
        content((List<StatistiqueResponse> = "application/json"), (String = "text/csv"))))
)]
async fn historique(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let code = params.path("code", CodeCertification::parse);
    let (region, uai, filiere) = (params.region(), params.uai(), params.filiere());
    if let (Some(_), Some(uai)) = (region, uai) {
        params.refuse("uai", uai.as_str(), "« uai » et « region » ne vont pas ensemble : gardez-en un");
    }
    let page = params.page::<String, StatistiqueResponse>();
    let code = params.end_with(code)?;
    known(&state, &request, code).await?;
    let id = request.publication().id;
    let lieu = uai.map(Lieu::Etablissement).or(region.map(Lieu::Region)).unwrap_or(Lieu::France);
    let mut stored = state.db.statistiques_at_lieu(id, lieu, code).await?;
    stored.retain(|named| filiere.is_none_or(|filiere| named.statistique.filiere == filiere));
    stored.sort_by_key(|named| (named.statistique.millesime, named.statistique.filiere));
    let numbered = resolved(&state, id, stored).await?.into_iter().enumerate();
    let rows = numbered.map(|(rang, resolved)| (format!("{rang:06}"), StatistiqueCsvRow::new(&resolved, &request)));
    list_answer_in_memory(&request, page, rows.collect()).await
}
