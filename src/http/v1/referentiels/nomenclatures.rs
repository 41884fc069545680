//! Levels of diplomas and filières.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::domain::Filiere;
use crate::http::csv::{CsvCell, CsvRow};
use crate::http::page::{InMemory, List, list_answer};
use crate::http::parameters::Asked;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::parameters::PageOf;

/// Un niveau de diplôme.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NiveauDiplome {
    /// Code, celui de `niveau.code` et du filtre `niveau=`.
    #[schema(example = "4")]
    pub(in crate::http::v1) code: &'static str,
    /// Nom.
    #[schema(example = "Niveau 4 : baccalauréat")]
    nom: &'static str,
    /// Les diplômes qui s'y trouvent.
    #[schema(example = "Bac professionnel, brevet professionnel, brevet des métiers d'art")]
    exemples: &'static str,
}

/// Une filière.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct FiliereReferentiel {
    /// Code, celui du filtre `filiere=`.
    #[schema(example = "pro")]
    code: &'static str,
    /// Nom.
    #[schema(example = "Voie professionnelle scolaire")]
    nom: &'static str,
    /// Qui y apprend, et comment.
    description: &'static str,
    /// Nomenclature des codes qui portent les statistiques : `cfd`, `mef11` ou `sise`.
    #[schema(example = "mef11")]
    nomenclature: &'static str,
}

/// The levels that a certification can have. Levels 1 and 2 of the national framework have no
/// diploma in the nomenclatures; 0 is the mention complémentaire, which completes a diploma.
pub(in crate::http::v1) const NIVEAUX: [NiveauDiplome; 6] = [
    NiveauDiplome {
        code: "0",
        nom: "Mention complémentaire",
        exemples: "Mention complémentaire, certificat de spécialisation : une année après un premier diplôme",
    },
    NiveauDiplome { code: "3", nom: "Niveau 3 : CAP", exemples: "CAP, CAP agricole" },
    NiveauDiplome {
        code: "4",
        nom: "Niveau 4 : baccalauréat",
        exemples: "Bac professionnel, brevet professionnel, brevet des métiers d'art",
    },
    NiveauDiplome { code: "5", nom: "Niveau 5 : bac + 2", exemples: "BTS, BTS agricole" },
    NiveauDiplome { code: "6", nom: "Niveau 6 : bac + 3 ou 4", exemples: "Licence professionnelle, BUT, DCG" },
    NiveauDiplome { code: "7", nom: "Niveau 7 : bac + 5", exemples: "Master, diplôme d'ingénieur" },
];

/// In words.
fn present(filiere: Filiere) -> FiliereReferentiel {
    let (nom, description, nomenclature) = match filiere {
        Filiere::Apprentissage => (
            "Apprentissage",
            "Apprentis : en alternance entre une entreprise, avec un contrat de travail, et un centre de formation.",
            "cfd",
        ),
        Filiere::Pro => {
            ("Voie professionnelle scolaire", "Élèves des lycées du ministère de l'Éducation nationale.", "mef11")
        }
        Filiere::Agricole => {
            ("Voie professionnelle scolaire agricole", "Élèves des lycées du ministère de l'Agriculture.", "mef11")
        }
        Filiere::Superieur => ("Enseignement supérieur", "Étudiants des universités et des écoles.", "sise"),
    };
    FiliereReferentiel { code: filiere.as_str(), nom, description, nomenclature }
}

impl CsvRow for NiveauDiplome {
    fn columns() -> Vec<&'static str> {
        vec!["code", "nom", "exemples"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![self.code.into(), self.nom.into(), self.exemples.into()]
    }
}

impl CsvRow for FiliereReferentiel {
    fn columns() -> Vec<&'static str> {
        vec!["code", "nom", "description", "nomenclature"]
    }

    fn cells(&self) -> Vec<CsvCell<'_>> {
        vec![self.code.into(), self.nom.into(), self.description.into(), self.nomenclature.into()]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    list!(diplomes).merge(list!(filieres))
}

/// Les niveaux de diplôme
///
/// Par code.
#[utoipa::path(
    get, path = "/referentiels/diplomes", tag = "référentiels", operation_id = "referentiel_diplomes",
    responses((status = 200, description = "Les niveaux.", body = List<NiveauDiplome>))
)]
async fn diplomes(asked: Asked<PageOf<NiveauDiplome>>) -> Result<Response, Problem> {
    list_answer(
        &asked.request,
        asked.wanted.page,
        InMemory(NIVEAUX.iter().map(|niveau| (niveau.code.to_owned(), *niveau)).collect()),
    )
    .await
}

/// Les filières
///
/// Comment la formation est suivie.
#[utoipa::path(
    get, path = "/referentiels/filieres", tag = "référentiels", operation_id = "referentiel_filieres",
    responses((status = 200, description = "Les filières.", body = List<FiliereReferentiel>))
)]
async fn filieres(asked: Asked<PageOf<FiliereReferentiel>>) -> Result<Response, Problem> {
    let elements = Filiere::ALL.iter().enumerate().map(|(rang, filiere)| (rang.to_string(), present(*filiere)));
    list_answer(&asked.request, asked.wanted.page, InMemory(elements.collect())).await
}
