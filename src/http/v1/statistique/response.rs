//! The statistic as v1 answers it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::around::{BriefEtablissement, RolesResponse};
use super::contexte::ContexteResponse;
use super::figures::{ByHorizon, Effectifs, Intervals, Salaire, absences};
use super::origine::OrigineResponse;
use super::request::Resolved;
use crate::db::statistiques::{CertificationSummary, NamedStatistique};
use crate::domain::choice::Choice;
use crate::domain::lecture::sentences;
use crate::domain::{CodeCertification, Indicateur, Lieu, Statistique};
use crate::http::request::DataRequest;
use crate::http::v1::referentiels::territoires::Territoire;

/// Le niveau d'un diplôme et son type.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Niveau {
    /// Niveau : `3` (CAP), `4` (bac), `5` (BTS), `6`, `7` ; `0` pour les mentions complémentaires.
    #[schema(example = "4")]
    pub(in crate::http::v1) code: String,
    /// Type de diplôme.
    #[schema(example = "BAC PRO")]
    pub(in crate::http::v1) libelle: String,
}

impl From<&crate::domain::Diplome> for Niveau {
    fn from(diplome: &crate::domain::Diplome) -> Self {
        Self { code: diplome.code.clone(), libelle: diplome.libelle.clone() }
    }
}

/// La certification, en bref.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CertificationBreve)]
pub struct BriefCertification {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    pub(in crate::http::v1) code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    pub(in crate::http::v1) type_code: &'static str,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    pub(in crate::http::v1) libelle: String,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    pub(in crate::http::v1) niveau: Option<Niveau>,
    /// Vrai quand la date de fermeture est passée.
    pub(in crate::http::v1) formation_fermee: bool,
}

impl BriefCertification {
    pub(in crate::http::v1) fn new(brief: &CertificationSummary, request: &DataRequest) -> Self {
        Self {
            code: brief.code.to_string(),
            type_code: brief.code.type_code().as_str(),
            libelle: brief.libelle.clone(),
            niveau: brief.diplome.as_ref().map(Niveau::from),
            formation_fermee: brief.date_fermeture.is_some_and(|day| day < request.today()),
        }
    }
}

/// Ce que sont devenus les jeunes d'une cohorte : une certification, un lieu, une filière, un millésime.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StatistiqueReponse)]
pub struct StatistiqueResponse {
    /// La certification.
    pub(super) certification: BriefCertification,
    /// La région, pour une statistique régionale ; `null` pour une autre maille.
    #[schema(required = true)]
    pub(super) region: Option<Territoire>,
    /// L'établissement, pour une statistique d'établissement ; `null` pour une autre maille.
    #[schema(required = true, example = json!(null))]
    pub(super) etablissement: Option<BriefEtablissement>,
    /// `apprentissage`, `pro`, `agricole` ou `superieur`.
    #[schema(example = "apprentissage")]
    pub(super) filiere: &'static str,
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "regionale")]
    pub(super) maille: &'static str,
    /// Année de sortie, ou deux années réunies.
    #[schema(example = "2022_2023")]
    pub(super) millesime: String,
    /// L'emploi que les chiffres comptent : `prive` (employeurs privés seulement), `prive_et_public`, ou `mixte` (deux
    /// années réunies, dont l'une de chaque). Deux statistiques ne se comparent pour l'emploi que dans le même champ.
    #[schema(example = "prive_et_public")]
    pub(super) champ_emploi: &'static str,
    /// Combien de jeunes.
    pub(super) effectifs: Effectifs,
    /// Part des inscrits qui poursuivent des études, en %.
    #[schema(required = true, example = 45)]
    pub(super) part_poursuite_etudes: Option<i32>,
    /// Part des inscrits en emploi salarié, en %.
    pub(super) part_en_emploi: ByHorizon,
    /// Part des inscrits dans une autre situation, en %.
    pub(super) part_autres_situations: ByHorizon,
    /// Entre quelles limites chaque part à 6 mois se tient, hasard compris.
    pub(super) intervalle_95: Intervals,
    /// Part des **sortants** en emploi salarié, en %.
    pub(super) taux_emploi: ByHorizon,
    /// Salaire net mensuel à 12 mois.
    #[schema(required = true)]
    pub(super) salaire_12_mois: Option<Salaire>,
    /// Part des contrats d'apprentissage rompus, en %.
    #[schema(required = true, example = json!(null))]
    pub(super) taux_rupture_contrats: Option<i32>,
    /// Pour chaque chiffre absent, la raison : `sous_seuil` (moins de {seuil} jeunes), `non_diffuse` (retenu par la
    /// source), `pas_encore_disponible` (l'échéance n'est pas passée), `non_couvert` (non mesuré).
    #[schema(example = json!({"salaire_12_mois": "non_couvert", "taux_rupture_contrats": "non_couvert"}))]
    pub(super) absences: BTreeMap<&'static str, &'static str>,
    /// Moins de 30 % en emploi à 6 mois **et** moins de 50 % en poursuite d'études ; `null` si l'un manque.
    #[schema(required = true, example = false)]
    pub(super) sans_perspectives: Option<bool>,
    /// Phrases prêtes à montrer.
    #[schema(example = json!(["Sur 100 apprentis, 35 sont en emploi salarié 6 mois après leur sortie, 45 poursuivent des études, 20 sont dans une autre situation."]))]
    pub(super) lecture: Vec<String>,
    /// Ce qui l'entoure : la même certification dans la région et en France, l'évolution, le rang,
    /// la place parmi les semblables.
    pub(super) contexte: ContexteResponse,
    /// Pour un établissement, son rôle dans la formation ; `null` pour une autre maille.
    #[schema(required = true)]
    pub(super) roles: Option<RolesResponse>,
    /// D'où viennent les chiffres.
    pub(super) origine: OrigineResponse,
    /// Pour une année antérieure ou commune : codes des dernières années auxquelles elle mène.
    #[schema(example = json!([]))]
    pub(super) annees_terminales: Vec<String>,
    /// Pour une année qui mène à plusieurs formations et n'a pas de chiffres à elle : la statistique de chacune.
    #[schema(no_recursion, example = json!([]))]
    pub(super) specialites: Vec<StatistiqueResponse>,
    /// Autres filières qui ont des statistiques pour ce code en ce lieu : à demander avec `filiere=`.
    #[schema(example = json!([]))]
    pub(super) autres_filieres: Vec<&'static str>,
}

impl StatistiqueResponse {
    /// Maps a statistic, its terminal years resolved.
    pub(in crate::http::v1) fn new(resolved: &Resolved, request: &DataRequest) -> Self {
        let specialites = resolved.specialites.iter().map(|resolved| Self::alone(resolved, request)).collect();
        Self { specialites, ..Self::alone(resolved, request) }
    }

    fn alone(resolved: &Resolved, request: &DataRequest) -> Self {
        let NamedStatistique { statistique, certification, etablissement } = &resolved.named;
        let Statistique { lieu, filiere, millesime, figures, sans_perspectives, .. } = statistique;
        let get = |indicateur| figures.get(indicateur).known();
        let region = if let Lieu::Region(code) = lieu { Some(Territoire::from(*code)) } else { None };
        Self {
            certification: BriefCertification::new(certification, request),
            region,
            etablissement: etablissement.as_ref().map(BriefEtablissement::from),
            filiere: filiere.as_str(),
            maille: lieu.maille().as_str(),
            millesime: millesime.to_string(),
            champ_emploi: statistique.champ_emploi().as_str(),
            effectifs: Effectifs::new(figures),
            part_poursuite_etudes: get(Indicateur::PartPoursuiteEtudes),
            part_en_emploi: ByHorizon::new(figures, Indicateur::PART_EN_EMPLOI),
            part_autres_situations: ByHorizon::new(figures, Indicateur::PART_AUTRES_SITUATIONS),
            intervalle_95: Intervals::new(statistique),
            taux_emploi: ByHorizon::new(figures, Indicateur::TAUX_EMPLOI),
            salaire_12_mois: Salaire::new(figures),
            taux_rupture_contrats: get(Indicateur::TauxRuptureContrats),
            absences: absences(figures),
            sans_perspectives: *sans_perspectives,
            lecture: sentences(statistique),
            contexte: ContexteResponse::new(statistique, resolved.repere.as_ref()),
            roles: RolesResponse::of(statistique),
            origine: OrigineResponse::new(statistique, request),
            annees_terminales: statistique.terminales.iter().map(CodeCertification::to_string).collect(),
            specialites: Vec::new(),
            autres_filieres: Vec::new(),
        }
    }

    /// Maps the statistic that was chosen among several.
    pub(in crate::http::v1) fn chosen(choice: &Choice<Resolved>, request: &DataRequest) -> Self {
        let autres_filieres = choice.autres_filieres.iter().map(|filiere| filiere.as_str()).collect();
        Self { autres_filieres, ..Self::new(&choice.statistique, request) }
    }
}
