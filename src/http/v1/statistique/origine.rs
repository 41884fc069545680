//! Where the figures of a statistic come from.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Dataset, RoleUai, Statistique};
use crate::http::request::DataRequest;

/// Nombre de cellules additionnées pour obtenir un agrégat.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Cellules)]
pub(in crate::http::v1) struct Cells {
    /// Cellules visibles, additionnées.
    #[schema(example = 15)]
    pub(super) incluses: i32,
    /// Toutes les cellules, celles qui sont masquées comprises.
    #[schema(example = 17)]
    pub(super) total: i32,
}

/// D'où vient la statistique.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrigineReponse)]
pub(in crate::http::v1) struct OrigineResponse {
    /// `propre` : mesurée par la source pour exactement cette cohorte ; `diplome_ancien`, `diplome_nouveau` : celle du
    /// diplôme que celui-ci a remplacé, ou qui l'a remplacé ; `autre_uai` : celle d'un autre établissement
    /// d'apprentissage (`uai`, `role_uai`), dont `code_certification` dit si elle vient aussi d'un autre diplôme ;
    /// `agregee` : somme des cellules visibles de la maille inférieure ; `annee_terminale` : celle de la dernière année
    /// de la formation, ou aucun chiffre si `specialites` les donne.
    #[serde(rename = "type")]
    #[schema(example = "propre")]
    pub(super) type_origine: &'static str,
    /// Code sous lequel elle a été mesurée.
    #[schema(example = "40025214")]
    pub(super) code_certification: String,
    /// Établissement pour lequel elle a été mesurée ; `null` pour une autre maille.
    #[schema(required = true, example = "0350017D")]
    pub(super) uai: Option<String>,
    /// Rôle de cet établissement pour la formation : `lieu_formation`, `formateur`, `gestionnaire` ou `inconnu` ;
    /// `null` pour une autre maille.
    #[schema(required = true, example = "lieu_formation")]
    pub(super) role_uai: Option<&'static str>,
    /// Jeu de données ; `null` quand il n'y a pas de chiffre.
    #[schema(required = true, example = json!(Dataset::InserjeunesMesures.as_str()))]
    pub(super) source: Option<&'static str>,
    /// Empreinte du fichier lu, à retrouver dans `/api/v1/sources` ; `null` pour un agrégat.
    #[schema(required = true, example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub(super) fichier: Option<String>,
    /// Pour un agrégat, ce qui a été additionné.
    #[schema(required = true)]
    pub(super) cellules: Option<Cells>,
}

impl OrigineResponse {
    pub(super) fn new(statistique: &Statistique, request: &DataRequest) -> Self {
        let origine = &statistique.origine;
        let fichiers = &request.publication().fichiers;
        let sha256 = origine.fichier.and_then(|fichier| fichiers.get(&fichier.0));
        let (uai, role) = statistique.measured_for();
        Self {
            type_origine: statistique.origin_word(),
            code_certification: origine.code.to_string(),
            uai: uai.map(|uai| uai.to_string()),
            role_uai: role.map(RoleUai::as_str),
            source: origine.source.map(Dataset::as_str),
            fichier: sha256.map(|sha256| format!("sha256:{sha256}")),
            cellules: origine.cellules.map(|(incluses, total)| Cells { incluses, total }),
        }
    }
}
