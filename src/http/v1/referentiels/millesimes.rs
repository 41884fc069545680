//! Which cohorts there are, by maille and filière.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::db::publications::StatistiqueCount;
use crate::domain::{Filiere, Maille, Millesime};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, Page, list_answer};
use crate::http::parameters::{Asked, Param, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::parameters::{FILIERE, MAILLE};

/// Un millésime, là où il existe.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MillesimeConnu)]
pub struct KnownMillesime {
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "regionale")]
    maille: &'static str,
    /// Filière.
    #[schema(example = "apprentissage")]
    filiere: &'static str,
    /// La cohorte de sortants : une année, ou deux années cumulées.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Est-ce le plus récent de cette maille et de cette filière, celui des listes sans `millesime=` ?
    #[schema(example = true)]
    dernier: bool,
    /// Nombre de statistiques, masquées comprises.
    #[schema(example = 5902)]
    statistiques: u64,
}

impl CsvRow for KnownMillesime {
    fn columns() -> Vec<&'static str> {
        vec!["maille", "filiere", "millesime", "dernier", "statistiques"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![
            self.maille.into(),
            self.filiere.into(),
            (&self.millesime).into(),
            self.dernier.into(),
            self.statistiques.into(),
        ]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(list)
}

const ONE_MAILLE: Param<Maille> =
    MAILLE.meaning("Une maille : `nationale`, `regionale` ou `etablissement`.").example("regionale");

const ONE_FILIERE: Param<Filiere> = FILIERE.meaning("Une filière : `apprentissage`, `pro`, `agricole` ou `superieur`.");

/// What [`list()`] takes.
struct ListParameters {
    maille: Option<Maille>,
    filiere: Option<Filiere>,
    page: Page<String>,
}

impl Parameters for ListParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (maille, filiere) = (reader.ask(&ONE_MAILLE), reader.ask(&ONE_FILIERE));
        Some(Self { maille, filiere, page: reader.page::<_, KnownMillesime>()? })
    }
}

/// Les millésimes
///
/// Quels millésimes existent, par maille et filière, du plus ancien au plus récent.
#[utoipa::path(
    get, path = "/referentiels/millesimes", tag = "référentiels", operation_id = "lister_millesimes",
    responses((status = 200, description = "Les millésimes.", body = List<KnownMillesime>))
)]
async fn list(asked: Asked<ListParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ListParameters { maille, filiere, page } } = asked;
    let known: BTreeMap<_, _> = request.publication().comptes.statistiques.iter().map(key_and_count).collect();
    let wanted =
        |(m, f, _): &MillesimeKey| maille.is_none_or(|maille| maille == *m) && filiere.is_none_or(|fil| fil == *f);
    let elements = known.iter().filter(|(key, _)| wanted(key)).enumerate().map(|(rang, (key, nombre))| {
        let dernier = known.keys().rfind(|(m, f, _)| (*m, *f) == (key.0, key.1)) == Some(key);
        (format!("{rang:06}"), present(*key, *nombre, dernier))
    });
    let elements = InMemory(elements.collect());
    list_answer(&request, page, elements).await
}

/// In the order of the list.
type MillesimeKey = (Maille, Filiere, Millesime);

fn key_and_count(count: &StatistiqueCount) -> (MillesimeKey, u64) {
    ((count.maille, count.filiere, count.millesime), count.nombre)
}

fn present((maille, filiere, millesime): MillesimeKey, statistiques: u64, dernier: bool) -> KnownMillesime {
    KnownMillesime {
        maille: maille.as_str(),
        filiere: filiere.as_str(),
        millesime: millesime.to_string(),
        dernier,
        statistiques,
    }
}
