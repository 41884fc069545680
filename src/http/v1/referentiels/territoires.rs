//! Régions, académies and départements.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::domain::CodeRegion;
use crate::domain::territoire::{Academie, Departement};
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, list_answer};
use crate::http::parameters::Asked;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::parameters::PageOf;

/// Un territoire : son code et son nom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Territoire {
    /// Code.
    #[schema(example = "11")]
    pub code: &'static str,
    /// Nom.
    #[schema(example = "Île-de-France")]
    pub nom: &'static str,
}

impl From<CodeRegion> for Territoire {
    fn from(code: CodeRegion) -> Self {
        Self { code: code.as_str(), nom: code.region().nom }
    }
}

impl From<&'static Departement> for Territoire {
    fn from(departement: &'static Departement) -> Self {
        Self { code: departement.code, nom: departement.nom }
    }
}

impl From<&'static Academie> for Territoire {
    fn from(academie: &'static Academie) -> Self {
        Self { code: academie.code, nom: academie.nom }
    }
}

/// Une région.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegionReferentiel {
    /// Code INSEE ; `00` pour les collectivités d'outre-mer qui ne sont d'aucune région.
    #[schema(example = "11")]
    code: &'static str,
    /// Nom.
    #[schema(example = "Île-de-France")]
    nom: &'static str,
    /// Code de la région académique.
    #[schema(example = "10")]
    code_region_academique: &'static str,
}

/// Une académie.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcademieReferentiel {
    /// Code.
    #[schema(example = "14")]
    code: &'static str,
    /// Nom.
    #[schema(example = "Rennes")]
    nom: &'static str,
    /// Sa région.
    #[schema(required = true)]
    region: Option<Territoire>,
}

/// Un département, ou une collectivité d'outre-mer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DepartementReferentiel {
    /// Code INSEE.
    #[schema(example = "35")]
    code: &'static str,
    /// Nom.
    #[schema(example = "Ille-et-Vilaine")]
    nom: &'static str,
    /// Son académie.
    #[schema(required = true)]
    academie: Option<Territoire>,
    /// Sa région.
    #[schema(required = true)]
    region: Option<Territoire>,
}

impl CsvRow for RegionReferentiel {
    fn columns() -> Vec<&'static str> {
        vec!["code", "nom", "code_region_academique"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![self.code.into(), self.nom.into(), self.code_region_academique.into()]
    }
}

impl CsvRow for AcademieReferentiel {
    fn columns() -> Vec<&'static str> {
        vec!["code", "nom", "region_code", "region_nom"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let region = self.region;
        vec![self.code.into(), self.nom.into(), region.map(|r| r.code).into(), region.map(|r| r.nom).into()]
    }
}

impl CsvRow for DepartementReferentiel {
    fn columns() -> Vec<&'static str> {
        vec!["code", "nom", "academie_code", "academie_nom", "region_code", "region_nom"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        let (academie, region) = (self.academie, self.region);
        vec![
            self.code.into(),
            self.nom.into(),
            academie.map(|a| a.code).into(),
            academie.map(|a| a.nom).into(),
            region.map(|r| r.code).into(),
            region.map(|r| r.nom).into(),
        ]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(regions).merge(list!(academies)).merge(list!(departements))
}

/// Les régions
///
/// Par code INSEE.
#[utoipa::path(
    get, path = "/referentiels/regions", tag = "référentiels", operation_id = "referentiel_regions",
    responses((status = 200, description = "Les régions.", body = List<RegionReferentiel>))
)]
async fn regions(asked: Asked<PageOf<RegionReferentiel>>) -> Result<Response, Problem> {
    list_answer(&asked.request, asked.wanted.page, InMemory(all())).await
}

/// Every région with its key.
pub(in crate::http::v1) fn all() -> Vec<(String, RegionReferentiel)> {
    let element = |code: CodeRegion| {
        let region = code.region();
        let code_region_academique = region.code_region_academique;
        (region.code.to_owned(), RegionReferentiel { code: region.code, nom: region.nom, code_region_academique })
    };
    CodeRegion::all().map(element).collect()
}

/// Les académies
///
/// Par code.
#[utoipa::path(
    get, path = "/referentiels/academies", tag = "référentiels", operation_id = "referentiel_academies",
    responses((status = 200, description = "Les académies.", body = List<AcademieReferentiel>))
)]
async fn academies(asked: Asked<PageOf<AcademieReferentiel>>) -> Result<Response, Problem> {
    let mut elements: Vec<_> = Academie::all()
        .iter()
        .map(|academie| {
            let region = CodeRegion::from_stored(academie.region).map(Territoire::from);
            (academie.code.to_owned(), AcademieReferentiel { code: academie.code, nom: academie.nom, region })
        })
        .collect();
    elements.sort_by(|a, b| a.0.cmp(&b.0));
    list_answer(&asked.request, asked.wanted.page, InMemory(elements)).await
}

/// Les départements
///
/// Par code INSEE, collectivités d'outre-mer comprises.
#[utoipa::path(
    get, path = "/referentiels/departements", tag = "référentiels", operation_id = "referentiel_departements",
    responses((status = 200, description = "Les départements.", body = List<DepartementReferentiel>))
)]
async fn departements(asked: Asked<PageOf<DepartementReferentiel>>) -> Result<Response, Problem> {
    let mut elements: Vec<_> = Departement::all()
        .iter()
        .map(|departement| {
            let academie = departement.academie().map(Territoire::from);
            let region = departement.region().map(Territoire::from);
            let element = DepartementReferentiel { code: departement.code, nom: departement.nom, academie, region };
            (departement.code.to_owned(), element)
        })
        .collect();
    elements.sort_by(|a, b| a.0.cmp(&b.0));
    list_answer(&asked.request, asked.wanted.page, InMemory(elements)).await
}
