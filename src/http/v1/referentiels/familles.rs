//! Familles de métiers: the bacs pro that share their first year.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::db::certifications::FamilleMetier;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, list_answer};
use crate::http::parameters::Asked;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::parameters::PageOf;

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
    list!(familles)
}

/// Les familles de métiers
///
/// Par code : les groupes de bacs professionnels dont la première année est commune.
#[utoipa::path(
    get, path = "/referentiels/familles-metiers", tag = "référentiels", operation_id = "referentiel_familles_metiers",
    responses((status = 200, description = "Les familles.", body = List<FamilleReferentiel>))
)]
async fn familles(asked: Asked<PageOf<FamilleReferentiel>>) -> Result<Response, Problem> {
    let found = asked.request.state().db.familles_metiers(asked.request.publication().id, None).await?;
    let elements = found.into_iter().map(|famille| (famille.code.clone(), FamilleReferentiel::from(famille)));
    list_answer(&asked.request, asked.wanted.page, InMemory(elements.collect())).await
}
