//! Familles de métiers: the bacs pro that share their first year.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::certifications::FamilleMetier;
use crate::http::AppState;
use crate::http::common::ListParameters;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{List, list_answer_in_memory};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::v1::with_csv;

/// Une famille de métiers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilleReferentiel {
    /// Code, celui du filtre `famille_metier=`.
    #[schema(example = "G0001")]
    code: String,
    /// Libellé.
    #[schema(example = "Métiers de la maintenance")]
    libelle: String,
    /// Codes de son année commune (seconde), CFD et MEFSTAT11.
    #[schema(example = json!(["24710025214", "40025299"]))]
    annees_communes: Vec<String>,
    /// Nombre de codes qui en relèvent, à retrouver avec `/api/v1/certifications?famille_metier=`.
    #[schema(example = 12)]
    certifications: i64,
}

impl From<FamilleMetier> for FamilleReferentiel {
    fn from(famille: FamilleMetier) -> Self {
        let FamilleMetier { code, libelle, annees_communes, certifications } = famille;
        let annees_communes = annees_communes.iter().map(ToString::to_string).collect();
        Self { code, libelle, annees_communes, certifications }
    }
}

impl CsvRow for FamilleReferentiel {
    fn columns() -> Vec<&'static str> {
        vec!["code", "libelle", "annees_communes", "certifications"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let annees = self.annees_communes.join(" ");
        vec![(&self.code).into(), (&self.libelle).into(), annees.into(), self.certifications.into()]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    with_csv(routes!(familles))
}

/// Les familles de métiers
///
/// Par code : les groupes de bacs professionnels dont la première année est commune.
#[utoipa::path(
    get, path = "/referentiels/familles-metiers", tag = "référentiels", operation_id = "referentiel_familles_metiers",
    params(ListParameters),
    responses((status = 200, description = "Les familles.",
        content((List<FamilleReferentiel> = "application/json"), (String = "text/csv"))))
)]
async fn familles(State(state): State<AppState>, request: DataRequest) -> Result<Response, Problem> {
    let mut params = request.params();
    let page = params.page::<String, FamilleReferentiel>();
    params.end()?;
    let found = state.db.familles_metiers(request.publication().id, None).await?;
    let elements = found.into_iter().map(|famille| (famille.code.clone(), FamilleReferentiel::from(famille)));
    list_answer_in_memory(&request, page, elements.collect()).await
}
