//! `/api/v1/publications/{version}/changements`: what differs between two publications.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::{CODE, MAILLE, MILLESIME, REGION, UAI, words};
use super::publications::{VERSION_IN_PATH, parse_version};
use crate::db::DbError;
use crate::db::changements::{ChangeFilters, Pair};
use crate::db::publications::Publication as Connue;
use crate::domain::change::{Change, ChangeFile, ChangeKind};
use crate::domain::{Invalid, Lieu, Millesime, Population, catalogue};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::fields::Fields;
use crate::http::page::{Keyed, List, Listing, Page, list_answer, object_answer};
use crate::http::parameters::page::VERSION;
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape};
use crate::http::problem::{ParameterError, Problem, ProblemCode};
use crate::http::request::DataRequest;
use crate::http::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list).merge(object!(summary))
}

/// Un fichier source.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FichierCause)]
pub(in crate::http::v1) struct CauseFile {
    /// Nom du fichier.
    #[schema(example = "mesures-regionales.csv")]
    nom: String,
    /// SHA-256 de son contenu.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
}

impl From<ChangeFile> for CauseFile {
    fn from(ChangeFile { nom, sha256 }: ChangeFile) -> Self {
        Self { nom, sha256 }
    }
}

/// Pourquoi un chiffre a changé.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http::v1) struct Cause {
    /// `seuil` (l'effectif a franchi le seuil de diffusion), `fichier_remplace` (un fichier plus récent), `fichier_ajoute`,
    /// `fichier_retire`, `somme` (une somme dont une partie a changé), `nomenclature` (un lien entre codes ou lieux),
    /// `programme` (une autre version du programme).
    #[schema(example = "fichier_remplace")]
    regle: &'static str,
    /// Fichier du chiffre dans la publication `depuis` ; `null` pour une somme, ou s'il n'y en avait pas.
    #[schema(required = true)]
    fichier_avant: Option<CauseFile>,
    /// Fichier du chiffre dans la publication `version`.
    #[schema(required = true)]
    fichier_apres: Option<CauseFile>,
}

/// Un chiffre qui a changé d'une publication à l'autre.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Changement)]
pub struct ChangeResponse {
    /// Maille : `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "regionale")]
    maille: &'static str,
    /// Code INSEE de la région ; `null` pour la France et pour un établissement dont la région n'est pas connue.
    #[schema(required = true, example = "53")]
    region: Option<String>,
    /// UAI de l'établissement ; `null` aux autres mailles.
    #[schema(required = true, example = json!(null))]
    uai: Option<String>,
    /// Certification ; `null` pour un établissement dans son ensemble.
    #[schema(required = true, example = "32020008")]
    code_certification: Option<String>,
    /// Filière.
    #[schema(example = "apprentissage")]
    filiere: &'static str,
    /// Millésime.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Pour un établissement dans son ensemble : les élèves comptés ; `null` sinon.
    #[schema(required = true, example = json!(null))]
    dont_apprentis_eple: Option<&'static str>,
    /// Indicateur : voir `/api/v1/indicateurs`.
    #[schema(example = "part_en_emploi_6_mois")]
    indicateur: String,
    /// Chiffre dans la publication `depuis`. `null` s'il n'y en avait pas, ou si le dire renseignerait sur un effectif
    /// aujourd'hui masqué : celui d'un chiffre qui devient masqué, d'une somme, d'un chiffre repris d'un autre code.
    #[schema(required = true, example = 34)]
    avant: Option<i32>,
    /// Chiffre dans la publication `version` ; `null` s'il n'y en a pas.
    #[schema(required = true, example = 35)]
    apres: Option<i32>,
    /// `ajoute`, `retire`, `corrige`, `devient_masque` ou `devient_visible`.
    #[schema(example = "corrige")]
    nature: &'static str,
    /// Pourquoi.
    cause: Cause,
}

impl From<Change> for ChangeResponse {
    fn from(change: Change) -> Self {
        let [before, after] = change.fichiers;
        let uai = if let Lieu::Etablissement(uai) = change.lieu { Some(uai.to_string()) } else { None };
        Self {
            maille: change.maille.as_str(),
            region: change.region.map(|region| region.to_string()),
            uai,
            code_certification: change.code.map(|code| code.to_string()),
            filiere: change.filiere.as_str(),
            millesime: change.millesime.to_string(),
            dont_apprentis_eple: change.population.map(Population::as_str),
            indicateur: change.indicateur,
            avant: change.avant,
            apres: change.apres,
            nature: change.kind.as_str(),
            cause: Cause {
                regle: change.rule.as_str(),
                fichier_avant: before.map(CauseFile::from),
                fichier_apres: after.map(CauseFile::from),
            },
        }
    }
}

impl CsvRow for ChangeResponse {
    fn columns() -> Vec<&'static str> {
        vec![
            "maille",
            "region",
            "uai",
            "code_certification",
            "filiere",
            "millesime",
            "dont_apprentis_eple",
            "indicateur",
            "avant",
            "apres",
            "nature",
            "regle",
            "fichier_avant_nom",
            "fichier_avant_sha256",
            "fichier_apres_nom",
            "fichier_apres_sha256",
        ]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let [before, after] = [&self.cause.fichier_avant, &self.cause.fichier_apres].map(Option::as_ref);
        vec![
            self.maille.into(),
            self.region.as_deref().into(),
            self.uai.as_deref().into(),
            self.code_certification.as_deref().into(),
            self.filiere.into(),
            (&self.millesime).into(),
            self.dont_apprentis_eple.into(),
            (&self.indicateur).into(),
            self.avant.into(),
            self.apres.into(),
            self.nature.into(),
            self.cause.regle.into(),
            before.map(|file| &file.nom).into(),
            before.map(|file| &file.sha256).into(),
            after.map(|file| &file.nom).into(),
            after.map(|file| &file.sha256).into(),
        ]
    }
}

const SINCE: Param<String> = Param::new(
    Description::new(
        "depuis",
        Shape::Text(VERSION, (5, 29)),
        "Publication à laquelle comparer, plus ancienne ou plus récente. Sans ce paramètre : celle d'avant `version` ; la\n\
         toute première ne change rien.",
    )
    .format("publication")
    .example("1.0.0"),
    parse_version,
);
const MILLESIME_ONLY: Param<Millesime> = MILLESIME
    .meaning("Année de sortie (`2023`) ou deux années réunies (`2022_2023`), exactement. Sans ce paramètre : tous.");
const FIGURE: Param<&'static str> = Param::new(
    Description::new(
        "indicateur",
        Shape::Words(|| catalogue::all().map(|(name, _)| name.to_owned()).collect()),
        "Un indicateur de `/api/v1/indicateurs`. Sans ce paramètre : tous.",
    )
    .example("part_en_emploi_6_mois"),
    |text| {
        let found = catalogue::all().find(|(name, _)| *name == text);
        found.map(|(name, _)| name).ok_or_else(|| Invalid("attendu : un indicateur de /api/v1/indicateurs".to_owned()))
    },
);
const KIND: Param<ChangeKind> = Param::new(
    Description::new(
        "nature",
        Shape::Words(|| words(ChangeKind::ALL)),
        "`ajoute`, `retire`, `corrige`, `devient_masque` ou `devient_visible`. Sans ce paramètre : toutes.",
    )
    .example("corrige"),
    ChangeKind::parse,
);

/// What [`list()`] takes.
struct ListParameters {
    version: String,
    since: Option<String>,
    filters: ChangeFilters,
    page: Page<i64>,
}

impl Parameters for ListParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (version, since) = (reader.path(&VERSION_IN_PATH), reader.ask(&SINCE));
        let filters = ChangeFilters {
            maille: reader.ask(&MAILLE),
            millesime: reader.ask(&MILLESIME_ONLY),
            region: reader.ask(&REGION),
            uai: reader.ask(&UAI),
            code: reader.ask(&CODE),
            indicateur: reader.ask(&FIGURE),
            kind: reader.ask(&KIND),
        };
        let page = reader.page::<_, ChangeResponse>();
        Some(Self { version: version?, since, filters, page: page? })
    }
}

/// The publications of a request: the one before, if there is one, and the one that is looked at.
struct Compared {
    before: Option<Arc<Connue>>,
    after: Arc<Connue>,
}

impl Compared {
    /// Finds the publications, and compares them unless somebody has.
    async fn find(request: &DataRequest, version: &str, since: Option<&str>) -> Result<Self, Problem> {
        let known = request.state().publications.known();
        let find = |version: &str| known.all.iter().find(|found| found.version == version).cloned();
        let after = find(version).ok_or_else(|| {
            Problem::unknown(format!("Il n'y a pas de publication {version} : /api/v1/publications les donne toutes."))
        })?;
        let before = match since {
            Some(since) => Some(find(since).ok_or_else(|| {
                let allowed = "publication inconnue : /api/v1/publications les donne toutes";
                Problem::parameters(vec![ParameterError::new(SINCE.description.name, since, allowed)])
            })?),
            // The newest first.
            None => known.all.iter().find(|found| found.id < after.id).cloned(),
        };
        let compared = Self { before, after };
        compared.prepare(request).await?;
        Ok(compared)
    }

    /// `None`: they are the same, or there is nothing before.
    fn pair(&self) -> Option<Pair> {
        let pair = Pair { before: self.before.as_ref()?.id, after: self.after.id };
        (pair.before != pair.after).then_some(pair)
    }

    async fn prepare(&self, request: &DataRequest) -> Result<(), Problem> {
        let gone = || Problem::of(ProblemCode::PublicationRetired);
        if self.after.purgee || self.before.as_ref().is_some_and(|before| before.purgee) {
            return Err(gone());
        }
        let Some(pair) = self.pair() else { return Ok(()) };
        let db = request.state().db.clone();
        if db.is_compared(pair).await? {
            return Ok(());
        }
        // Whoever goes away while it lasts finds it done the next time.
        let done = tokio::spawn(async move { db.compare(pair).await }).await.map_err(Problem::internal)??;
        if done { Ok(()) } else { Err(gone()) }
    }
}

/// The changes of a pair.
struct ChangeList {
    pair: Option<Pair>,
    filters: ChangeFilters,
}

impl Listing for ChangeList {
    type Key = i64;
    type Row = ChangeResponse;

    async fn rows(&self, request: &DataRequest, after: Option<i64>, limit: i64) -> Keyed<i64, ChangeResponse> {
        let Some(pair) = self.pair else { return Ok(Vec::new()) };
        let found = request.state().db.changes(pair, &self.filters, after, limit).await?;
        // Half a file must not pass for a whole one.
        let gone = || DbError::Corrupt("a publication was retired while its changes were read".to_owned());
        Ok(found.ok_or_else(gone)?.into_iter().map(|change| (change.rang, ChangeResponse::from(change))).collect())
    }

    async fn total(&self, request: &DataRequest) -> Result<u64, DbError> {
        match self.pair {
            Some(pair) => request.state().db.count_changes(pair, &self.filters).await,
            None => Ok(0),
        }
    }
}

/// Les changements d'une publication
///
/// Chaque chiffre qui n'est pas le même dans deux publications, avec ce qu'il était, ce qu'il est et pourquoi. Un chiffre
/// masqué n'est pas un chiffre retiré : il `devient_masque`, et sa valeur d'avant n'est pas donnée. Une absence qui change
/// de raison n'est pas un changement. Avec un `depuis` plus récent que `version`, la même liste en miroir. Dans l'ordre :
/// lieu, certification, millésime, filière, indicateur.
#[utoipa::path(
    get, path = "/publications/{version}/changements", tag = "données", operation_id = "lister_changements",
    responses((status = 200, description = "Les changements.", body = List<ChangeResponse>))
)]
async fn list(asked: Asked<ListParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ListParameters { version, since, filters, page } } = asked;
    let pair = Compared::find(&request, &version, since.as_deref()).await?.pair();
    list_answer(&request, page, ChangeList { pair, filters }).await
}

/// Les changements d'un groupe, comptés par nature.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GroupeChangements)]
pub(in crate::http::v1) struct ChangeGroup {
    /// Maille.
    #[schema(example = "regionale")]
    maille: &'static str,
    /// Millésime.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Code INSEE de la région ; `null` pour la France et les établissements de région inconnue.
    #[schema(required = true, example = "53")]
    region: Option<String>,
    /// Combien de chiffres, par nature ; celles qui n'y sont pas n'en ont aucun.
    #[schema(example = json!({"corrige": 12}))]
    nombres: BTreeMap<&'static str, i64>,
}

/// Les changements d'une publication, comptés.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ResumeChangements)]
pub(in crate::http::v1) struct ChangeSummary {
    /// La publication.
    #[schema(example = "1.1.0")]
    version: String,
    /// Celle à laquelle elle est comparée ; `null` pour la toute première.
    #[schema(required = true, example = "1.0.0")]
    depuis: Option<String>,
    /// Combien de chiffres en tout.
    #[schema(example = 12)]
    total: i64,
    /// Par maille, millésime et région ; un groupe où rien n'a changé n'y est pas.
    groupes: Vec<ChangeGroup>,
}

/// What [`summary`] takes.
struct SummaryParameters {
    version: String,
    since: Option<String>,
    champs: Fields,
}

impl Parameters for SummaryParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (version, since) = (reader.path(&VERSION_IN_PATH), reader.ask(&SINCE));
        let champs = reader.fields::<ChangeSummary>();
        Some(Self { version: version?, since, champs })
    }
}

/// Le résumé des changements d'une publication
///
/// Combien de chiffres ont changé, par maille, millésime, région et nature.
#[utoipa::path(
    get, path = "/publications/{version}/changements/resume", tag = "données", operation_id = "resumer_changements",
    responses((status = 200, description = "Les nombres de changements.", body = ChangeSummary))
)]
async fn summary(asked: Asked<SummaryParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: SummaryParameters { version, since, champs } } = asked;
    let compared = Compared::find(&request, &version, since.as_deref()).await?;
    let counts = match compared.pair() {
        Some(pair) => request.state().db.change_counts(pair).await?,
        None => Vec::new(),
    };
    let mut groups: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for count in &counts {
        let group = groups.entry((count.maille, count.millesime, count.region)).or_default();
        group.insert(count.kind.as_str(), count.nombre);
    }
    let group = |((maille, millesime, region), nombres): ((_, Millesime, Option<crate::domain::CodeRegion>), _)| {
        let maille: crate::domain::Maille = maille;
        let region = region.map(|region| region.to_string());
        ChangeGroup { maille: maille.as_str(), millesime: millesime.to_string(), region, nombres }
    };
    let answer = ChangeSummary {
        version: compared.after.version.clone(),
        depuis: compared.before.as_ref().map(|before| before.version.clone()),
        total: counts.iter().map(|count| count.nombre).sum(),
        groupes: groups.into_iter().map(group).collect(),
    };
    object_answer(&champs, &answer)
}
