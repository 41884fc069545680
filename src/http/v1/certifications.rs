//! `/api/v1/certifications`: search, identity, and a certification's statistics over France,
//! over the régions and over the years.

use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::list::{SORTS_OF_FOUND, TRI, filters};
use super::parameters::{CODE, FILIERE, NIVEAU, Q, REGION, UAI, wanted};
use super::regions::unknown_certification;
use super::statistique::{
    BriefCertification, Niveau, Resolved, StatistiqueCsvRow, StatistiqueResponse, chosen, resolved, slices,
};
use crate::db::DbError;
use crate::db::lists::{
    After, CertificationList, Filter, FoundCertification, Page as DbPage, Scope, Sort, StatistiqueList,
};
use crate::db::statistiques::NamedStatistique;
use crate::domain::choice::Wanted;
use crate::domain::recherche::Question;
use crate::domain::reperes::Reperes;
use crate::domain::{Certification, CodeCertification, Famille, Filiere, Indicateur, Invalid, Lieu, Maille, Uai};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::fields::Fields;
use crate::http::page::{InMemory, List, Listing, Page, list_answer, object_answer};
use crate::http::parameters::param::{between_commas, flag, one_of};
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Several, Shape};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// The most codes that one search takes.
const CODES_MAX: usize = 100;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(search).merge(object!(read)).merge(list!(regions)).merge(list!(historique))
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
pub struct CertificationCsvRow {
    answer: CertificationResult,
    found: FoundCertification,
}

impl CertificationCsvRow {
    fn new(found: FoundCertification, request: &DataRequest, reperes: &Reperes) -> Self {
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
            statistique: named.map(|named| StatistiqueResponse::new(&Resolved::alone(named, reperes), request)),
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
        let FoundCertification { certification, cfd, famille, statistique, .. } = &self.found;
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

const CODES: Several<CodeCertification> = Several {
    description: Description::new(
        "codes",
        Shape::Made(|| between_commas(CodeCertification::PATTERN, CODES_MAX)),
        "Codes à retenir, séparés par des virgules ; 100 au plus.",
    )
    .example("32020008,40025214"),
    most: CODES_MAX,
    parse: CodeCertification::parse,
};

const FAMILLE_METIER: Param<String> = Param::new(
    Description::new(
        "famille_metier",
        Shape::Text("[A-Za-z0-9]{1,10}", (1, 10)),
        "Code d'une famille de métiers, parmi celles de `/api/v1/referentiels/familles-metiers`.",
    )
    .example("G0001"),
    famille,
);

const FERMEE: Param<bool> = Param::new(
    Description::new(
        "fermee",
        Shape::Flag,
        "`true` : seulement les certifications fermées ; `false` : seulement celles qui sont ouvertes.",
    )
    .example("false"),
    flag,
);

const WORDS: Param<String> = Q
    .meaning(
        "Un code (CFD, MEFSTAT11, SISE), ou des mots du libellé, sans tenir compte des accents, des majuscules, du genre\n\
         ni du nombre ; le dernier peut être un début de mot. Les mots de tous les jours sont compris, et les fautes de\n\
         frappe quand rien d'autre ne correspond.",
    )
    .example("mécanicien auto");

const GROUPER: Param<bool> = Param::new(
    Description::new(
        "grouper",
        Shape::Words(|| vec!["cfd".to_owned(), "non".to_owned()]),
        "`cfd` : un CFD tient lieu de ses MEFSTAT11, que donne `/api/v1/correspondances/{code}` ; `non` : chacun. Sans ce\n\
         paramètre : `cfd` avec `q` et sans `codes`, sinon `non`.",
    )
    .example("non"),
    |text| one_of(text, &[("cfd", true), ("non", false)]),
);

fn famille(text: &str) -> Result<String, Invalid> {
    let text = text.trim().to_ascii_uppercase();
    let shape = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let expected = "attendu : un code de famille de métiers (G0001) ; la liste est donnée par \
                    /api/v1/referentiels/familles-metiers";
    shape.then_some(text).ok_or_else(|| Invalid(expected.to_owned()))
}

/// What [`search`] takes.
struct SearchParameters {
    q: Option<String>,
    niveau: Option<String>,
    codes: Vec<CodeCertification>,
    famille: Option<String>,
    fermee: Option<bool>,
    wanted: Wanted,
    grouped: bool,
    tri: Sort,
    filters: Vec<Filter>,
    page: Page<After>,
}

impl Parameters for SearchParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (q, niveau) = (reader.ask(&WORDS), reader.ask(&NIVEAU));
        let codes = reader.ask_several(&CODES);
        let (famille, fermee) = (reader.ask(&FAMILLE_METIER), reader.ask(&FERMEE));
        let wanted = wanted(reader);
        let grouped = reader.ask(&GROUPER).unwrap_or(q.is_some() && codes.is_empty());
        let own = if q.is_some() { Sort::Relevance } else { Sort::Code { descending: false } };
        let tri = reader.ask(&SORTS_OF_FOUND).unwrap_or(own);
        if matches!(tri, Sort::Relevance) && q.is_none() {
            reader.refuse(SORTS_OF_FOUND.description.name, "pertinence", "cet ordre demande `q`");
        }
        let filters = filters(reader);
        let page = reader.page::<_, CertificationResult>();
        Some(Self { q, niveau, codes, famille, fermee, wanted, grouped, tri, filters, page: page? })
    }
}

/// Chercher des certifications
///
/// Par code ou par mots du libellé (`q`) : d'abord les certifications ouvertes, et parmi elles celles dont le libellé est
/// tout entier ce qui est cherché, puis celles qui commencent ainsi, puis les autres. Par codes, niveau, famille de métiers, filière, fermeture, ou par conditions sur les chiffres nationaux. Chaque
/// certification porte sa statistique nationale. Avec `filiere` ou `millesime`, seulement celles qui en ont une.
#[utoipa::path(
    get, path = "/certifications", tag = "certifications", operation_id = "chercher_certifications",
    responses((status = 200, description = "Les certifications trouvées.", body = List<CertificationResult>))
)]
async fn search(asked: Asked<SearchParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted } = asked;
    let SearchParameters { q, niveau, codes, famille, fermee, wanted, grouped, tri, filters, page } = wanted;
    let fermee = fermee.map(|closed| (closed, request.today()));
    let with_statistique = wanted.filiere.is_some() || wanted.millesime.is_some();
    let slices = slices(&request, Maille::Nationale, wanted)?;
    let found = match &q {
        Some(text) => {
            let index = request.state().publications.index(request.publication().id).await?;
            index.find(Question { text, grouped, today: request.today() })
        }
        None => None,
    };
    // Text without a letter or a digit finds everything, which has no order of its own.
    let tri = if found.is_none() && matches!(tri, Sort::Relevance) { Sort::Code { descending: false } } else { tri };
    let grouped = grouped && found.is_none();
    let search =
        CertificationList { found, grouped, codes, with_statistique, niveau, famille, fermee, slices, filters, tri };
    list_answer(&request, page, search).await
}

impl Listing for CertificationList {
    type Key = After;
    type Row = CertificationCsvRow;

    async fn rows(
        &self,
        request: &DataRequest,
        after: Option<After>,
        limite: i64,
    ) -> Result<Vec<(After, CertificationCsvRow)>, DbError> {
        let id = request.publication().id;
        let found = request.state().db.list_certifications(id, self, &DbPage { after, limite }).await?;
        let key = |found: &FoundCertification| After {
            rang: self.tri.rang(|i| found.statistique.as_ref()?.figures.get(i).known(), found.ordre),
            keys: vec![found.certification.code.to_string()],
        };
        let reperes = request.state().publications.reperes(id).await?;
        Ok(found.into_iter().map(|found| (key(&found), CertificationCsvRow::new(found, request, &reperes))).collect())
    }

    async fn total(&self, request: &DataRequest) -> Result<u64, DbError> {
        request.state().db.count_certifications(request.publication().id, self).await
    }
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

/// What [`read`] takes.
struct ReadParameters {
    code: CodeCertification,
    wanted: Wanted,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (code, wanted) = (reader.path(&CODE), wanted(reader));
        let champs = reader.fields::<CertificationResponse>();
        Some(Self { code: code?, wanted, champs })
    }
}

/// Une certification
///
/// Son identité et sa statistique nationale : le dernier millésime, ou celui demandé.
#[utoipa::path(
    get, path = "/certifications/{code}", tag = "certifications", operation_id = "lire_certification",
    responses((status = 200, description = "La certification.", body = CertificationResponse))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { code, wanted, champs } } = asked;
    let (state, id) = (request.state(), request.publication().id);
    let (certification, stored) =
        tokio::try_join!(state.db.certification(id, code), state.db.statistiques_at_lieu(id, Lieu::France, code))?;
    let certification = certification.ok_or_else(|| unknown_certification(code))?;
    let choice = if stored.is_empty() { None } else { Some(chosen(state, id, stored, wanted).await?) };
    let statistique = choice.map(|choice| StatistiqueResponse::chosen(&choice, &request));
    object_answer(&champs, &CertificationResponse::new(&certification, statistique, request.today()))
}

/// What [`regions`] takes.
struct RegionsParameters {
    code: CodeCertification,
    wanted: Wanted,
    tri: Sort,
    filters: Vec<Filter>,
    page: Page<After>,
}

impl Parameters for RegionsParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (code, wanted) = (reader.path(&CODE), wanted(reader));
        let (tri, filters) = (reader.ask(&TRI), filters(reader));
        let page = reader.page::<_, StatistiqueResponse>();
        Some(Self { code: code?, wanted, tri: tri?, filters, page: page? })
    }
}

/// Une certification dans toutes les régions
///
/// Une ligne par région et filière, dans l'ordre des codes de région ou celui de `tri`.
#[utoipa::path(
    get, path = "/certifications/{code}/regions", tag = "certifications", operation_id = "lister_regions_certification",
    responses((status = 200, description = "Les statistiques régionales.", body = List<StatistiqueResponse>))
)]
async fn regions(asked: Asked<RegionsParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: RegionsParameters { code, wanted, tri, filters, page } } = asked;
    known(&request, code).await?;
    let scope = Scope::Regions(code);
    let slices = slices(&request, Maille::Regionale, wanted)?;
    let search = StatistiqueList { scope, slices, filters, tri, q: None, found: None, niveau: None };
    list_answer(&request, page, search).await
}

/// 404 for a code that no nomenclature has.
pub(super) async fn known(request: &DataRequest, code: CodeCertification) -> Result<(), Problem> {
    match request.state().db.certification(request.publication().id, code).await? {
        Some(_) => Ok(()),
        None => Err(unknown_certification(code)),
    }
}

const UAI_FILTER: Param<Uai> = UAI.meaning("UAI d'un établissement (7 chiffres et une lettre) ; pas avec `region`.");
const ONE_FILIERE: Param<Filiere> = FILIERE.meaning("Une seule filière.");

/// One place, or France.
fn lieu(reader: &mut Reader<'_>) -> Lieu {
    let (region, uai) = (reader.ask(&REGION), reader.ask(&UAI_FILTER));
    if let (Some(_), Some(uai)) = (region, uai) {
        reader.refuse("uai", uai.as_str(), "« uai » et « region » ne vont pas ensemble : gardez-en un");
    }
    uai.map(Lieu::Etablissement).or(region.map(Lieu::Region)).unwrap_or(Lieu::France)
}

/// What [`historique`] takes.
struct HistoryParameters {
    code: CodeCertification,
    lieu: Lieu,
    filiere: Option<Filiere>,
    page: Page<String>,
}

impl Parameters for HistoryParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let code = reader.path(&CODE);
        let lieu = lieu(reader);
        let filiere = reader.ask(&ONE_FILIERE);
        let page = reader.page::<_, StatistiqueResponse>();
        Some(Self { code: code?, lieu, filiere, page: page? })
    }
}

/// Tous les millésimes d'une certification
///
/// En France, ou dans une région (`region`), ou dans un établissement (`uai`) ; du plus ancien au plus récent.
#[utoipa::path(
    get, path = "/certifications/{code}/historique", tag = "certifications", operation_id = "lire_historique",
    responses((status = 200, description = "Les statistiques, du plus ancien millésime au plus récent.",
        body = List<StatistiqueResponse>))
)]
async fn historique(asked: Asked<HistoryParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: HistoryParameters { code, lieu, filiere, page } } = asked;
    known(&request, code).await?;
    let (state, id) = (request.state(), request.publication().id);
    let mut stored = state.db.statistiques_at_lieu(id, lieu, code).await?;
    stored.retain(|named| filiere.is_none_or(|filiere| named.statistique.filiere == filiere));
    stored.sort_by_key(|named| (named.statistique.millesime, named.statistique.filiere));
    let numbered = resolved(state, id, stored).await?.into_iter().enumerate();
    let rows = numbered.map(|(rang, resolved)| (format!("{rang:06}"), StatistiqueCsvRow::new(resolved, &request)));
    let rows = InMemory(rows.collect());
    list_answer(&request, page, rows).await
}
