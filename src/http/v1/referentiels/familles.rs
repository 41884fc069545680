//! Familles de métiers: the bacs pro that share their first year.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::certifications::FamilleMetier;
use crate::http::Etat;
use crate::http::communs::ParametresListe;
use crate::http::csv::{Cellule, LigneCsv};
use crate::http::page::{Liste, liste_en_memoire};
use crate::http::probleme::Probleme;
use crate::http::requete::Requete;
use crate::http::v1::avec_csv;

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

impl LigneCsv for FamilleReferentiel {
    fn colonnes() -> Vec<&'static str> {
        vec!["code", "libelle", "annees_communes", "certifications"]
    }

    fn cellules(&self) -> Vec<Cellule<'_>> {
        let annees = self.annees_communes.join(" ");
        vec![(&self.code).into(), (&self.libelle).into(), annees.into(), self.certifications.into()]
    }
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<Etat> {
    avec_csv(routes!(familles))
}

/// Les familles de métiers
///
/// Par code : les groupes de bacs professionnels dont la première année est commune.
#[utoipa::path(
    get, path = "/referentiels/familles-metiers", tag = "référentiels", operation_id = "referentiel_familles_metiers",
    params(ParametresListe),
    responses((status = 200, description = "Les familles.",
        content((Liste<FamilleReferentiel> = "application/json"), (String = "text/csv"))))
)]
async fn familles(State(etat): State<Etat>, requete: Requete) -> Result<Response, Probleme> {
    let mut lecteur = requete.lecteur();
    let page = lecteur.page::<String, FamilleReferentiel>();
    lecteur.fin()?;
    let found = etat.db.familles_metiers(requete.publication().id, None).await?;
    let elements = found.into_iter().map(|famille| (famille.code.clone(), FamilleReferentiel::from(famille)));
    liste_en_memoire(&requete, page, elements.collect()).await
}
