//! What is said of the établissement of a statistic: who it is, and its role.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::statistiques::EtablissementSummary;
use crate::domain::position::kilometres;
use crate::domain::{RoleUai, Statistique, Uai};
use crate::http::v1::referentiels::territoires::Territoire;

/// L'établissement, en bref.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EtablissementBref)]
pub(in crate::http::v1) struct BriefEtablissement {
    /// UAI.
    #[schema(example = "0350017D")]
    pub(super) uai: String,
    /// Nom, quand une source le donne.
    #[schema(required = true, example = "CFA des Embruns (fictif)")]
    pub(super) nom: Option<String>,
    /// Commune.
    #[schema(required = true, example = "Rennes")]
    pub(super) commune: Option<String>,
    /// Région.
    #[schema(required = true)]
    pub(super) region: Option<Territoire>,
    /// Académie.
    #[schema(required = true)]
    pub(super) academie: Option<Territoire>,
    /// Distance du point demandé par `proche` (des voisines : de l'établissement demandé), en kilomètres, à vol d'oiseau ;
    /// `null` sans ce paramètre.
    #[schema(required = true, example = json!(null))]
    pub(super) distance_km: Option<f64>,
}

impl From<&EtablissementSummary> for BriefEtablissement {
    fn from(brief: &EtablissementSummary) -> Self {
        Self {
            uai: brief.uai.to_string(),
            nom: brief.nom.clone(),
            commune: brief.commune.clone(),
            region: brief.region.map(Territoire::from),
            academie: brief.academie.map(Territoire::from),
            distance_km: brief.distance_m.map(kilometres),
        }
    }
}

/// Le rôle de l'établissement, et qui tient les autres.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RolesReponse)]
pub(in crate::http::v1) struct RolesResponse {
    /// Son rôle pour cette formation : `lieu_formation`, `formateur`, `gestionnaire` ou `inconnu`.
    #[schema(example = "formateur")]
    pub(super) role: &'static str,
    /// UAI des lieux où les jeunes suivent la formation ; `null` s'ils ne sont pas connus.
    #[schema(required = true, example = json!(["0350017D", "0290004F"]))]
    pub(super) lieux_formation: Option<Vec<String>>,
    /// UAI des organismes formateurs ; `null` s'ils ne sont pas connus.
    #[schema(required = true, example = json!(["0350017D"]))]
    pub(super) formateurs: Option<Vec<String>>,
    /// UAI des organismes gestionnaires ; `null` s'ils ne sont pas connus.
    #[schema(required = true, example = json!(["0350017D"]))]
    pub(super) gestionnaires: Option<Vec<String>>,
}

impl RolesResponse {
    pub(super) fn of(statistique: &Statistique) -> Option<Self> {
        let roles = statistique.roles.as_ref()?;
        let texts = |uais: &[Uai]| uais.iter().map(ToString::to_string).collect();
        let list = |uais: &Option<Vec<Uai>>| uais.as_deref().map(texts);
        // Who teaches is a place of teaching, also where no catalogue lists it.
        let own = statistique.uai().filter(|_| roles.role == RoleUai::LieuFormation);
        Some(Self {
            role: roles.role.as_str(),
            lieux_formation: list(&roles.lieux_formation).or_else(|| own.map(|uai| vec![uai.to_string()])),
            formateurs: list(&roles.formateurs),
            gestionnaires: list(&roles.gestionnaires),
        })
    }
}
