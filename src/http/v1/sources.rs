//! `/api/v1/sources`: the files behind the figures, and what was not kept of them.

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::PageOf;
use crate::db::sources::StoredFile;
use crate::domain::Dataset;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, list_answer};
use crate::http::parameters::Asked;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What stands in the place of the licence for the files of the sample.
const SAMPLE: &str = "données fictives";

/// Un fichier dont la publication est faite.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Source {
    /// Nom du fichier.
    #[schema(example = json!(format!("{}-regional-2019_2022.csv", Dataset::InserjeunesMesures)))]
    nom: String,
    /// Empreinte SHA-256 de ses octets, en hexadécimal : celle de `origine.fichier` dans les statistiques.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// Jeu de données.
    #[schema(value_type = String, example = json!(Dataset::InserjeunesMesures.as_str()))]
    dataset: Dataset,
    /// Millésime donné pour tout le fichier ; `null` quand chaque ligne a le sien.
    #[schema(required = true, example = json!(null))]
    millesime: Option<String>,
    /// Lignes lues.
    #[schema(example = 40_322)]
    lignes_lues: i64,
    /// Lignes gardées.
    #[schema(example = 40_320)]
    lignes_gardees: i64,
    /// Lignes rejetées.
    #[schema(example = 2)]
    lignes_rejetees: i64,
    /// Les lignes rejetées, par raison.
    rejets: Vec<SourceRejection>,
    /// Ce que l'exploitant a accepté alors que le fichier aurait été refusé : `contradictions`, `texte`,
    /// `colonne_disparue`. Vide presque toujours.
    #[schema(example = json!([]))]
    acceptations: Vec<String>,
    /// Date et heure de l'import.
    ingere_le: DateTime<Utc>,
    /// Licence des données : `Licence Ouverte 2.0`, `ODbL 1.0` (partage à l'identique), ou `non précisée` quand le
    /// producteur n'en dit rien.
    #[schema(example = "Licence Ouverte 2.0")]
    licence: &'static str,
}

/// Des lignes rejetées pour une même raison.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RejetSource)]
pub struct SourceRejection {
    /// Code de la raison.
    #[schema(example = "uai_invalide")]
    motif: String,
    /// La raison.
    #[schema(example = "L'UAI n'est pas valide.")]
    raison: String,
    /// Nombre de lignes.
    #[schema(example = 2)]
    nombre: u64,
}

impl Source {
    fn new(fichier: StoredFile, fictive: bool) -> Self {
        let rejets = fichier.rejets.into_iter();
        Self {
            nom: fichier.nom,
            sha256: fichier.sha256,
            dataset: fichier.dataset,
            millesime: fichier.millesime,
            lignes_lues: fichier.lignes_lues,
            lignes_gardees: fichier.lignes_gardees,
            lignes_rejetees: fichier.lignes_rejetees,
            rejets: rejets
                .map(|rejection| SourceRejection {
                    motif: rejection.motif,
                    raison: rejection.raison,
                    nombre: rejection.nombre,
                })
                .collect(),
            acceptations: fichier.acceptances,
            ingere_le: fichier.ingere_le,
            licence: if fictive { SAMPLE } else { fichier.dataset.licence().as_str() },
        }
    }
}

impl CsvRow for Source {
    fn columns() -> Vec<&'static str> {
        vec![
            "nom",
            "sha256",
            "dataset",
            "millesime",
            "lignes_lues",
            "lignes_gardees",
            "lignes_rejetees",
            "rejets",
            "acceptations",
            "ingere_le",
            "licence",
        ]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let rejets: Vec<_> =
            self.rejets.iter().map(|rejection| format!("{}={}", rejection.motif, rejection.nombre)).collect();
        vec![
            (&self.nom).into(),
            (&self.sha256).into(),
            self.dataset.as_str().into(),
            self.millesime.as_deref().into(),
            self.lignes_lues.into(),
            self.lignes_gardees.into(),
            self.lignes_rejetees.into(),
            rejets.join(" ").into(),
            self.acceptations.join(" ").into(),
            self.ingere_le.to_rfc3339().into(),
            self.licence.into(),
        ]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list)
}

/// Les fichiers sources
///
/// Chaque fichier dont la publication est faite : son empreinte, le nombre de lignes lues, gardées et rejetées, et
/// pourquoi. Par jeu de données, puis dans l'ordre des imports.
#[utoipa::path(
    get, path = "/sources", tag = "données", operation_id = "lister_sources",
    responses((status = 200, description = "Les fichiers.", body = List<Source>))
)]
async fn list(asked: Asked<PageOf<Source>>) -> Result<Response, Problem> {
    let Asked { request, wanted } = asked;
    let fichiers = request.state().db.sources(request.publication().id).await?;
    let fictive = request.publication().fictive;
    let key = |fichier: StoredFile| (format!("{} {:019}", fichier.dataset, fichier.id), Source::new(fichier, fictive));
    list_answer(&request, wanted.page, InMemory(fichiers.into_iter().map(key).collect())).await
}
