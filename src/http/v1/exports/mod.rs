//! `/api/v1/publications/{version}/exports`: a publication to take home.
//!
//! The list is an answer as any other; the files ([`mod@file`]) name themselves by their hash and are sent from
//! the disk. They are made on the first demand: whoever asks waits for a while, and is told to come back
//! when it takes longer; the making goes on.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::publications::VERSION_IN_PATH;
use crate::exports::file::ExportFile;
use crate::exports::sink;
use crate::exports::table::{ExportTable, Form};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, Page, list_answer};
use crate::http::parameters::{Asked, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::state::AppState;

pub(in crate::http) mod file;
mod ready;

pub(in crate::http) use ready::forget_retired;
use ready::{media, ready};

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
/// liens entre codes séparés par licence, les changements depuis la publication d'avant, les empreintes et les documents
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
