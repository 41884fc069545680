//! The statistic as v1 answers it, one shape for every place.
//!
//! Every key is always there. A figure is a number or `null`, and each `null` has its reason in
//! `absences` under the flat name of the indicator; a salary without any quartile is one `null`
//! and one reason. A key that makes sense for an établissement only is `null` elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::referentiels::territoires::Territoire;
use crate::db::statistiques::{ResumeCertification, StatistiqueNommee};
use crate::domain::choix::Choix;
use crate::domain::lecture::sentences;
use crate::domain::{CodeCertification, Indicateur, Lieu, Statistique};
use crate::http::requete::Requete;
use autour::{ContexteReponse, EtablissementBref, RolesReponse};
use figures::{Effectifs, ParHorizon, Salaire, absences};
use origine::OrigineReponse;

mod autour;
mod csv;
mod demande;
mod figures;
mod origine;

pub(super) use autour::kilometres;
pub(super) use csv::LigneStatistique;
pub(super) use demande::{Resolue, chosen, demande, elsewhere, resolues, tranches};

/// Le niveau d'un diplôme et son type.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Niveau {
    /// Niveau : `3` (CAP), `4` (bac), `5` (BTS), `6`, `7` ; `0` pour les mentions complémentaires.
    #[schema(example = "4")]
    code: String,
    /// Type de diplôme.
    #[schema(example = "BAC PRO")]
    libelle: String,
}

impl From<&crate::domain::Diplome> for Niveau {
    fn from(diplome: &crate::domain::Diplome) -> Self {
        Self { code: diplome.code.clone(), libelle: diplome.libelle.clone() }
    }
}

/// La certification, en bref.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificationBreve {
    /// Code, sans préfixe.
    #[schema(example = "40025214")]
    pub(super) code: String,
    /// `cfd`, `mef11` ou `sise`.
    #[serde(rename = "type")]
    #[schema(example = "cfd")]
    pub(super) type_code: &'static str,
    /// Libellé long.
    #[schema(example = "METIERS DE LA COIFFURE (BAC PRO)")]
    pub(super) libelle: String,
    /// Niveau et type du diplôme ; `null` s'ils ne sont pas connus.
    #[schema(required = true)]
    pub(super) niveau: Option<Niveau>,
    /// Vrai quand la date de fermeture est passée.
    pub(super) formation_fermee: bool,
}

impl CertificationBreve {
    pub(super) fn new(resume: &ResumeCertification, requete: &Requete) -> Self {
        Self {
            code: resume.code.to_string(),
            type_code: resume.code.type_code().as_str(),
            libelle: resume.libelle.clone(),
            niveau: resume.diplome.as_ref().map(Niveau::from),
            formation_fermee: resume.date_fermeture.is_some_and(|day| day < requete.today()),
        }
    }
}

/// Ce que sont devenus les jeunes d'une cohorte : une certification, un lieu, une filière, un millésime.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatistiqueReponse {
    /// La certification.
    certification: CertificationBreve,
    /// La région, pour une statistique régionale ; `null` pour une autre maille.
    #[schema(required = true)]
    region: Option<Territoire>,
    /// L'établissement, pour une statistique d'établissement ; `null` pour une autre maille.
    #[schema(required = true, example = json!(null))]
    etablissement: Option<EtablissementBref>,
    /// `apprentissage`, `pro`, `agricole` ou `superieur`.
    #[schema(example = "apprentissage")]
    filiere: &'static str,
    /// `nationale`, `regionale` ou `etablissement`.
    #[schema(example = "regionale")]
    maille: &'static str,
    /// Année de sortie, ou deux années réunies.
    #[schema(example = "2022_2023")]
    millesime: String,
    /// Combien de jeunes.
    effectifs: Effectifs,
    /// Part des inscrits qui poursuivent des études, en %.
    #[schema(required = true, example = 45)]
    part_poursuite_etudes: Option<i32>,
    /// Part des inscrits en emploi salarié, en %.
    part_en_emploi: ParHorizon,
    /// Part des inscrits dans une autre situation, en %.
    part_autres_situations: ParHorizon,
    /// Part des **sortants** en emploi salarié, en %.
    taux_emploi: ParHorizon,
    /// Salaire net mensuel à 12 mois.
    #[schema(required = true)]
    salaire_12_mois: Option<Salaire>,
    /// Part des contrats d'apprentissage rompus, en %.
    #[schema(required = true, example = json!(null))]
    taux_rupture_contrats: Option<i32>,
    /// Pour chaque chiffre absent, la raison : `sous_seuil` (moins de 20 jeunes), `non_diffuse` (retenu par la
    /// source), `pas_encore_disponible` (l'échéance n'est pas passée), `non_couvert` (non mesuré).
    #[schema(example = json!({"salaire_12_mois": "non_couvert", "taux_rupture_contrats": "non_couvert"}))]
    absences: BTreeMap<&'static str, &'static str>,
    /// Moins de 30 % en emploi à 6 mois **et** moins de 50 % en poursuite d'études ; `null` si l'un manque.
    #[schema(required = true, example = false)]
    sans_perspectives: Option<bool>,
    /// Phrases prêtes à montrer.
    #[schema(example = json!(["Sur 100 apprentis, 35 sont en emploi salarié 6 mois après leur sortie, 45 poursuivent des études, 20 sont dans une autre situation."]))]
    lecture: Vec<String>,
    /// Pour un établissement, la même certification dans sa région et en France, l'évolution, le rang ; `null` pour une
    /// autre maille.
    #[schema(required = true)]
    contexte: Option<ContexteReponse>,
    /// Pour un établissement, son rôle dans la formation ; `null` pour une autre maille.
    #[schema(required = true)]
    roles: Option<RolesReponse>,
    /// D'où viennent les chiffres.
    origine: OrigineReponse,
    /// Pour une année antérieure ou commune : codes des dernières années auxquelles elle mène.
    #[schema(example = json!([]))]
    annees_terminales: Vec<String>,
    /// Pour une année qui mène à plusieurs formations et n'a pas de chiffres à elle : la statistique de chacune.
    #[schema(no_recursion, example = json!([]))]
    specialites: Vec<StatistiqueReponse>,
    /// Autres filières qui ont des statistiques pour ce code en ce lieu : à demander avec `filiere=`.
    #[schema(example = json!([]))]
    autres_filieres: Vec<&'static str>,
}

impl StatistiqueReponse {
    /// Maps a statistic, its terminal years resolved.
    pub(super) fn new(resolue: &Resolue, requete: &Requete) -> Self {
        let specialites = resolue.specialites.iter().map(|nommee| Self::alone(nommee, requete)).collect();
        Self { specialites, ..Self::alone(&resolue.nommee, requete) }
    }

    fn alone(nommee: &StatistiqueNommee, requete: &Requete) -> Self {
        let StatistiqueNommee { statistique, certification, etablissement } = nommee;
        let Statistique { lieu, filiere, millesime, figures, sans_perspectives, .. } = statistique;
        let get = |indicateur| figures.get(indicateur).connue();
        let region = if let Lieu::Region(code) = lieu { Some(Territoire::from(*code)) } else { None };
        Self {
            certification: CertificationBreve::new(certification, requete),
            region,
            etablissement: etablissement.as_ref().map(EtablissementBref::from),
            filiere: filiere.as_str(),
            maille: lieu.maille().as_str(),
            millesime: millesime.to_string(),
            effectifs: Effectifs::new(figures),
            part_poursuite_etudes: get(Indicateur::PartPoursuiteEtudes),
            part_en_emploi: ParHorizon::new(figures, Indicateur::PART_EN_EMPLOI),
            part_autres_situations: ParHorizon::new(figures, Indicateur::PART_AUTRES_SITUATIONS),
            taux_emploi: ParHorizon::new(figures, Indicateur::TAUX_EMPLOI),
            salaire_12_mois: Salaire::new(figures),
            taux_rupture_contrats: get(Indicateur::TauxRuptureContrats),
            absences: absences(figures),
            sans_perspectives: *sans_perspectives,
            lecture: sentences(statistique),
            contexte: ContexteReponse::of(statistique),
            roles: RolesReponse::of(statistique),
            origine: OrigineReponse::new(statistique, requete),
            annees_terminales: statistique.terminales.iter().map(CodeCertification::to_string).collect(),
            specialites: Vec::new(),
            autres_filieres: Vec::new(),
        }
    }

    /// Maps the statistic that was chosen among several.
    pub(super) fn chosen(choix: &Choix<Resolue>, requete: &Requete) -> Self {
        let autres_filieres = choix.autres_filieres.iter().map(|filiere| filiere.as_str()).collect();
        Self { autres_filieres, ..Self::new(&choix.statistique, requete) }
    }
}
