//! Which cohorts there are, by maille and filière.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::publications::StatistiqueCount;
use crate::domain::{Filiere, Maille, Millesime};
use crate::http::AppState;
use crate::http::common::ListParameters;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{List, list_answer_in_memory};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::v1::with_csv;

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
    with_csv(routes!(list))
}

/// Les millésimes
///
/// Quels millésimes existent, par maille et filière, du plus ancien au plus récent.
#[utoipa::path(
    get, path = "/referentiels/millesimes", tag = "référentiels", operation_id = "lister_millesimes",
    params(
        ("maille" = Option<String>, Query, description = "Une maille : `nationale`, `regionale` ou `etablissement`.",
            example = "regionale"),
        ("filiere" = Option<String>, Query, description = "Une filière : `apprentissage`, `pro`, `agricole` ou \
            `superieur`.", example = "apprentissage"),
        ListParameters
    ),
    responses((status = 200, description = "Les millésimes.",
        content((List<KnownMillesime> = "application/json"), (String = "text/csv"))))
)]
async fn list(request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let maille = params.read("maille", Maille::parse);
    let filiere = params.filiere();
    let page = params.page::<String, KnownMillesime>();
    params.end()?;
    let known: BTreeMap<_, _> = request.publication().comptes.statistiques.iter().map(cle_et_nombre).collect();
    let wanted =
        |(m, f, _): &MillesimeKey| maille.is_none_or(|maille| maille == *m) && filiere.is_none_or(|fil| fil == *f);
    let elements = known.iter().filter(|(key, _)| wanted(key)).enumerate().map(|(rang, (key, nombre))| {
        let dernier = known.keys().rfind(|(m, f, _)| (*m, *f) == (key.0, key.1)) == Some(key);
        (format!("{rang:06}"), present(*key, *nombre, dernier))
    });
    list_answer_in_memory(&request, page, elements.collect()).await
}

/// In the order of the list.
type MillesimeKey = (Maille, Filiere, Millesime);

fn cle_et_nombre(account: &StatistiqueCount) -> (MillesimeKey, u64) {
    ((account.maille, account.filiere, account.millesime), account.nombre)
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
