//! `/api/v1/publications/{version}/exports`: a publication to take home.
//!
//! The list is an answer as any other; the files ([`file`]) name themselves by their hash and are sent from
//! the disk. They are made on the first demand: whoever asks waits for a while, and is told to come back
//! when it takes longer; the making goes on.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::publications::VERSION_IN_PATH;
use crate::db::publications::Publication;
use crate::exports::file::ExportFile;
use crate::exports::sink;
use crate::exports::table::{ExportTable, Form};
use crate::exports::{ExportError, Release, Releasing};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, Page, list_answer};
use crate::http::parameters::{Asked, Parameters, Reader};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::state::AppState;

pub(in crate::http) mod file;

/// How long a request waits for files that are being made.
const PATIENCE: Duration = Duration::from_secs(12);

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list)
}

/// Un fichier d'une publication.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FichierExport)]
pub struct ExportResponse {
    /// Nom du fichier.
    #[schema(example = "formations.parquet")]
    nom: String,
    /// Ce qu'il contient.
    #[schema(example = "Une ligne par établissement, certification, filière et millésime.")]
    description: &'static str,
    /// Type du contenu.
    #[serde(rename = "type")]
    #[schema(example = "application/vnd.apache.parquet")]
    media: &'static str,
    /// Nombre d'octets.
    #[schema(example = 1_234_567)]
    octets: u64,
    /// SHA-256 des octets, en hexadécimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// Licence des données ; `null` pour un document qui les décrit.
    #[schema(required = true, example = "Licence Ouverte 2.0")]
    licence: Option<&'static str>,
    /// Adresse du fichier.
    #[schema(example = "/api/v1/publications/1.0.0/exports/formations.parquet")]
    adresse: String,
}

impl ExportResponse {
    fn new(file: &ExportFile, version: &str) -> Self {
        let of = |(table, form): &(ExportTable, Form)| sink::name(*table, *form) == file.name;
        let table = ExportTable::ALL.iter().flat_map(|table| Form::ALL.map(|form| (*table, form))).find(of);
        let description = table.map_or_else(|| document(&file.name), |(table, _)| table.texts().1);
        Self {
            nom: file.name.clone(),
            description,
            media: media(&file.name),
            octets: file.bytes,
            sha256: file.sha256.clone(),
            licence: table.map(|(table, _)| table.licence().as_str()),
            adresse: format!("/api/v1/publications/{version}/exports/{}", file.name),
        }
    }
}

/// What a document is for.
fn document(name: &str) -> &'static str {
    match name {
        "catalogue.jsonld" => "Description pour les portails (DCAT-AP, JSON-LD).",
        "croissant.json" => "Description pour l'apprentissage automatique (Croissant).",
        "csvw.json" => "Description des fichiers CSV (CSV on the Web).",
        "datapackage.json" => "Description des fichiers CSV (Data Package).",
        _ => "Empreintes des autres fichiers, pour sha256sum --check.",
    }
}

/// What a file is, by its name.
fn media(name: &str) -> &'static str {
    let form = Form::ALL.into_iter().find(|form| name.ends_with(form.suffix()));
    form.map_or_else(
        || match name.rsplit_once('.') {
            Some((_, "jsonld")) => "application/ld+json",
            Some((_, "json")) => "application/json",
            _ => "text/plain; charset=utf-8",
        },
        Form::media,
    )
}

impl CsvRow for ExportResponse {
    fn columns() -> Vec<&'static str> {
        vec!["nom", "description", "type", "octets", "sha256", "licence", "adresse"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![
            (&self.nom).into(),
            self.description.into(),
            self.media.into(),
            self.octets.into(),
            (&self.sha256).into(),
            self.licence.into(),
            (&self.adresse).into(),
        ]
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Db(error) => error.into(),
            ExportError::Gone(_) => Self::of(ProblemCode::PublicationRetired),
            ExportError::Io { .. } | ExportError::Occupied(_) => {
                Self::of(ProblemCode::ExportsUnavailable).because(error)
            }
        }
    }
}

/// The files of a publication, made if need be.
///
/// # Errors
/// 404 for a version that does not exist, 410 for one whose rows are gone, 503 while the files are made and
/// when they cannot be.
async fn ready(state: &AppState, version: &str) -> Result<(Arc<Publication>, Arc<Release>), Problem> {
    let known = state.publications.known();
    let found = known.all.iter().find(|found| found.version == version).cloned().ok_or_else(|| {
        Problem::unknown(format!("Il n'y a pas de publication {version} : /api/v1/publications les donne toutes."))
    })?;
    if found.purgee {
        return Err(Problem::of(ProblemCode::PublicationRetired));
    }
    let origin = state.config.site.public_url.as_deref().unwrap_or_default();
    let releasing = Releasing::new(Arc::clone(&found), &known.all, origin);
    let exports = state.exports.clone();
    // Whoever goes away while it lasts finds them the next time.
    let making = tokio::spawn(async move { exports.get(&releasing).await });
    let patience = PATIENCE.min(state.config.request_timeout / 2);
    let Ok(made) = tokio::time::timeout(patience, making).await else {
        return Err(Problem::of(ProblemCode::ExportsInPreparation));
    };
    Ok((found, made.map_err(Problem::internal)??))
}

/// Removes the files of publications that are retired, now and whenever one is, until `stop`.
pub(in crate::http) async fn forget_retired(state: AppState, stop: CancellationToken) {
    let mut changes = state.publications.subscribe();
    loop {
        let known = Arc::clone(&changes.borrow_and_update());
        let retired: Vec<_> = known.all.iter().filter(|publication| publication.purgee).cloned().collect();
        if !retired.is_empty() {
            let exports = state.exports.clone();
            // What could not be removed was logged; the next change tries again.
            let _ = tokio::task::spawn_blocking(move || exports.forget(&retired)).await;
        }
        match stop.run_until_cancelled(changes.changed()).await {
            Some(Ok(())) => {}
            _ => return,
        }
    }
}

/// What [`list()`] takes.
struct ListParameters {
    version: String,
    page: Page<String>,
}

impl Parameters for ListParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let version = reader.path(&VERSION_IN_PATH);
        let page = reader.page::<String, ExportResponse>();
        Some(Self { version: version?, page: page? })
    }
}

/// Les fichiers d'une publication
///
/// Toute la publication, à emporter : chaque maille et chaque nomenclature en Parquet (zstd) et en CSV (gzip), les
/// correspondances séparées par licence, les changements depuis la publication d'avant, les empreintes et les documents
/// qui décrivent le tout. Immuables et sans clé. À la première demande ils sont écrits : la réponse peut alors être 503
/// (`exports_en_preparation`).
#[utoipa::path(
    get, path = "/publications/{version}/exports", tag = "données", operation_id = "lister_exports",
    responses((status = 200, description = "Les fichiers.", body = List<ExportResponse>))
)]
async fn list(asked: Asked<ListParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ListParameters { version, page } } = asked;
    let (_, release) = ready(request.state(), &version).await?;
    let numbered = release.files.iter().enumerate();
    let rows = numbered.map(|(rang, file)| (format!("{rang:03}"), ExportResponse::new(file, &version))).collect();
    list_answer(&request, page, InMemory(rows)).await
}
