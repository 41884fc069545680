//! `/api/v1/publications`: the versions of the data.
//!
//! Answered from what the server knows of them, without SQL.

use std::sync::Arc;

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::parameters::PageOf;
use super::{changements, exports, feed};
use crate::db::publications::Publication as Connue;
use crate::domain::Invalid;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::fields::Fields;
use crate::http::page::{InMemory, List, list_answer, object_answer};
use crate::http::parameters::page::VERSION;
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Une publication : un ensemble complet et immuable de statistiques.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Publication {
    /// Version : `majeure.mineure.corrective`. La première change quand quelque chose a été retiré, la deuxième
    /// quand quelque chose a été ajouté, la troisième quand quelque chose a été corrigé.
    #[schema(example = "1.0.0")]
    version: String,
    /// Date et heure du calcul.
    creee_le: DateTime<Utc>,
    /// Est-elle en service, c'est-à-dire celle des réponses sans `publication=` ?
    #[schema(example = true)]
    courante: bool,
    /// Peut-elle être demandée avec `publication=` ? Seules les plus récentes sont gardées.
    #[schema(example = true)]
    disponible: bool,
    /// Est-elle faite de données fictives, pour la démonstration ?
    #[schema(example = false)]
    donnees_fictives: bool,
    /// Version du programme qui l'a calculée.
    #[schema(example = "0.1.0")]
    programme: String,
    /// SHA-256 de son contenu : deux publications de même empreinte disent la même chose.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    empreinte: String,
    /// Les pertes que l'exploitant a acceptées, par tranche : `perte:maille/filière/indicateur`. Vide presque toujours.
    #[schema(example = json!([]))]
    acceptations: Vec<String>,
    /// Ce qu'elle contient.
    contenu: PublicationContent,
}

/// Ce qu'une publication contient.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Contenu)]
pub struct PublicationContent {
    /// Nombre de certifications.
    #[schema(example = 4200)]
    certifications: u64,
    /// Nombre d'établissements.
    #[schema(example = 5400)]
    etablissements: u64,
    /// Nombre de statistiques par certification, masquées comprises.
    #[schema(example = 40_322)]
    statistiques: u64,
    /// Nombre de statistiques d'établissements dans leur ensemble.
    #[schema(example = 12_800)]
    statistiques_etablissement: u64,
}

impl From<&Connue> for Publication {
    fn from(found: &Connue) -> Self {
        let comptes = &found.comptes;
        Self {
            version: found.version.clone(),
            creee_le: found.creee_le,
            courante: found.courante,
            disponible: !found.purgee,
            donnees_fictives: found.fictive,
            programme: found.programme.clone(),
            empreinte: found.empreinte.clone(),
            acceptations: found.acceptances.clone(),
            contenu: PublicationContent {
                certifications: comptes.certifications,
                etablissements: comptes.etablissements,
                statistiques: comptes.statistiques.iter().map(|counted| counted.nombre).sum(),
                statistiques_etablissement: comptes.statistiques_etablissement,
            },
        }
    }
}

impl CsvRow for Publication {
    fn columns() -> Vec<&'static str> {
        vec![
            "version",
            "creee_le",
            "courante",
            "disponible",
            "donnees_fictives",
            "programme",
            "empreinte",
            "acceptations",
            "certifications",
            "etablissements",
            "statistiques",
            "statistiques_etablissement",
        ]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![
            (&self.version).into(),
            self.creee_le.to_rfc3339().into(),
            self.courante.into(),
            self.disponible.into(),
            self.donnees_fictives.into(),
            (&self.programme).into(),
            (&self.empreinte).into(),
            self.acceptations.join(" ").into(),
            self.contenu.certifications.into(),
            self.contenu.etablissements.into(),
            self.contenu.statistiques.into(),
            self.contenu.statistiques_etablissement.into(),
        ]
    }
}

/// The routes of this file.
pub(in crate::http) fn routes() -> OpenApiRouter<AppState> {
    list!(list).merge(object!(read)).merge(changements::routes()).merge(exports::routes()).merge(feed::routes())
}

/// Les publications
///
/// Toutes les versions des données, la plus récente d'abord, y compris celles qui ne sont plus disponibles.
#[utoipa::path(
    get, path = "/publications", tag = "données", operation_id = "lister_publications",
    responses((status = 200, description = "Les publications.", body = List<Publication>))
)]
async fn list(asked: Asked<PageOf<Publication>>) -> Result<Response, Problem> {
    // The newest first: the keys go up as the numbers go down.
    let key = |found: &Arc<Connue>| (format!("{:010}", i32::MAX - found.id), Publication::from(found.as_ref()));
    let elements = asked.request.state().publications.known().all.iter().map(key).collect();
    list_answer(&asked.request, asked.wanted.page, InMemory(elements)).await
}

/// `version`, in the path.
pub(super) const VERSION_IN_PATH: Param<String> =
    Param::new(Description::new("version", Shape::Text(VERSION, (5, 29)), "Version.").example("1.0.0"), parse_version);

/// What [`read`] takes.
struct ReadParameters {
    version: String,
    champs: Fields,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (version, champs) = (reader.path(&VERSION_IN_PATH), reader.fields::<Publication>());
        Some(Self { version: version?, champs })
    }
}

/// Une publication
#[utoipa::path(
    get, path = "/publications/{version}", tag = "données", operation_id = "lire_publication",
    responses((status = 200, description = "La publication.", body = Publication))
)]
async fn read(asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { version, champs } } = asked;
    let known = request.state().publications.known();
    let found = known.all.iter().find(|found| found.version == version).ok_or_else(|| {
        Problem::unknown(format!("Il n'y a pas de publication {version} : /api/v1/publications les donne toutes."))
    })?;
    object_answer(&champs, &Publication::from(found.as_ref()))
}

/// Three whole numbers.
pub(super) fn parse_version(text: &str) -> Result<String, Invalid> {
    let numbers: Vec<_> = text.split('.').collect();
    let number = |part: &&str| (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let shape = numbers.len() == 3 && numbers.iter().all(number);
    shape.then(|| text.to_owned()).ok_or_else(|| Invalid("attendu : trois nombres, par exemple 1.0.0".to_owned()))
}
