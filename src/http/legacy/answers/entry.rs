//! One statistic as this contract writes it, alone or in a list.
//!
//! A field that is not known is absent, never `null`. An entry of an earlier or common year has
//! no figures: it names its terminal years, by code in lists, whole in a single answer.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::legacy::EntryRecord;
use crate::domain::{
    Certification, CodeCertification, CodeRegion, Diplome, Famille, Filiere, Lieu, RoleUai, TypeOrigine, Uai,
};
use crate::http::legacy::answers::chiffres::{self, Chiffres};
use crate::http::legacy::answers::messages::{Meta, messages};

/// Un diplôme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DiplomeLegacy)]
pub(in crate::http::legacy) struct DiplomeEntry {
    /// Niveau.
    #[schema(example = "3")]
    code: String,
    /// Libellé court.
    #[schema(example = "CAP")]
    libelle: String,
}

impl From<&Diplome> for DiplomeEntry {
    fn from(diplome: &Diplome) -> Self {
        Self { code: diplome.code.clone(), libelle: diplome.libelle.clone() }
    }
}

/// La famille de métiers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http::legacy) struct FamilleMetier {
    /// Code.
    #[schema(example = "G0012")]
    code: String,
    /// Libellé.
    libelle: String,
    /// Vrai pour la seconde commune elle-même.
    #[serde(rename = "isAnneeCommune")]
    is_annee_commune: bool,
}

impl From<&Famille> for FamilleMetier {
    fn from(famille: &Famille) -> Self {
        Self { code: famille.code.clone(), libelle: famille.libelle.clone(), is_annee_commune: famille.annee_commune }
    }
}

/// D'où viennent les chiffres.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DonneeSource)]
pub(in crate::http::legacy) struct DataSource {
    /// La certification dont ce sont les chiffres.
    #[schema(example = "50022136")]
    pub(in crate::http::legacy) code_certification: String,
    /// `self`, `ancienne` ou `nouvelle`.
    #[serde(rename = "type")]
    #[schema(example = "self")]
    pub(in crate::http::legacy) kind: &'static str,
}

/// Une région ; le code de la région académique n'est donné que dans les réponses régionales.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RegionLegacy)]
pub(in crate::http::legacy) struct RegionEntry {
    /// Code INSEE.
    #[schema(example = "53")]
    code: &'static str,
    /// Nom.
    #[schema(example = "Bretagne")]
    pub(in crate::http::legacy) nom: &'static str,
    /// Code de la région académique.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "03")]
    code_region_academique: Option<&'static str>,
}

impl RegionEntry {
    pub(in crate::http::legacy) fn single(region: CodeRegion) -> Self {
        let region = region.region();
        Self { code: region.code, nom: region.nom, code_region_academique: None }
    }

    pub(in crate::http::legacy) fn with_academique(region: CodeRegion) -> Self {
        Self { code_region_academique: Some(region.region().code_region_academique), ..Self::single(region) }
    }
}

/// Une académie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AcademieLegacy)]
pub(in crate::http::legacy) struct AcademieEntry {
    /// Code.
    #[schema(example = "14")]
    code: &'static str,
    /// Nom.
    #[schema(example = "Rennes")]
    nom: &'static str,
}

/// Une année terminale : son code dans les listes, l'entrée entière dans une réponse seule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::http::legacy) enum Terminale {
    /// Le code.
    Code {
        /// Code de la certification.
        code_certification: String,
    },
    /// L'entrée.
    #[schema(no_recursion)]
    Entry(Box<LegacyEntry>),
}

/// Une statistique.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntreeLegacy)]
pub(in crate::http::legacy) struct LegacyEntry {
    /// Code de la certification, sans préfixe.
    #[schema(example = "50022136")]
    pub(in crate::http::legacy) code_certification: String,
    /// `cfd`, `mef11` ou `sise`.
    #[schema(example = "cfd")]
    code_certification_type: &'static str,
    /// CFD de la certification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) code_formation_diplome: Option<String>,
    /// Filière.
    #[schema(example = "apprentissage")]
    pub(in crate::http::legacy) filiere: &'static str,
    /// Millésime.
    #[schema(example = "2022_2023")]
    pub(in crate::http::legacy) millesime: String,
    /// Libellé long.
    pub(in crate::http::legacy) libelle: String,
    /// Libellé du diplôme remplacé.
    #[serde(skip_serializing_if = "Option::is_none")]
    libelle_ancien: Option<String>,
    /// Diplôme.
    #[serde(skip_serializing_if = "Option::is_none")]
    diplome: Option<DiplomeEntry>,
    /// Vrai dès le jour de la fermeture.
    formation_fermee: bool,
    /// Jour de la fermeture, à 0 h UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2024-08-31T00:00:00.000Z")]
    date_fermeture: Option<String>,
    /// Famille de métiers.
    #[serde(rename = "familleMetier", skip_serializing_if = "Option::is_none")]
    famille_metier: Option<FamilleMetier>,
    /// Origine des chiffres ; absente quand il n'y en a pas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) donnee_source: Option<DataSource>,
    /// Établissement.
    #[serde(flatten)]
    pub(in crate::http::legacy) etablissement: Option<EtablissementEntry>,
    /// Région.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) region: Option<RegionEntry>,
    /// Années terminales d'une année antérieure ou commune.
    #[serde(rename = "certificationsTerminales", skip_serializing_if = "Vec::is_empty")]
    pub(in crate::http::legacy) certifications_terminales: Vec<Terminale>,
    /// Effectifs et taux.
    #[serde(flatten)]
    pub(in crate::http::legacy) chiffres: Chiffres,
    /// Titre, description et messages.
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) meta: Option<Meta>,
}

/// Ce qu'une formation dit de son établissement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EtablissementEntree)]
pub(in crate::http::legacy) struct EtablissementEntry {
    /// UAI.
    #[schema(example = "0352235J")]
    pub(in crate::http::legacy) uai: String,
    /// Nom de l'établissement dont viennent les chiffres.
    #[serde(skip_serializing_if = "Option::is_none")]
    libelle_etablissement: Option<String>,
    /// Académie de celui-ci.
    #[serde(skip_serializing_if = "Option::is_none")]
    academie: Option<AcademieEntry>,
    /// Rôle de l'établissement pour cette formation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "lieu_formation")]
    pub(in crate::http::legacy) uai_type: Option<&'static str>,
    /// UAI dont viennent les chiffres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) uai_donnee: Option<String>,
    /// Rôle de cet UAI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::legacy) uai_donnee_type: Option<&'static str>,
    /// Lieux de formation.
    #[serde(skip_serializing_if = "Option::is_none")]
    uai_lieu_formation: Option<Vec<String>>,
    /// Formateurs.
    #[serde(skip_serializing_if = "Option::is_none")]
    uai_formateur: Option<Vec<String>>,
    /// Gestionnaires.
    #[serde(skip_serializing_if = "Option::is_none")]
    uai_gestionnaire: Option<Vec<String>>,
}

/// The day as an instant of this contract.
pub(in crate::http::legacy) fn instant(day: NaiveDate) -> String {
    format!("{day}T00:00:00.000Z")
}

/// Whether an entry has figures of its own or of others.
pub(in crate::http::legacy) fn has_figures(record: &EntryRecord) -> bool {
    record.statistique.origine.type_origine != TypeOrigine::AnneeTerminale
}

/// Whose figures these are. Of an older diploma the step before is named, not the origin: the
/// receiving certification's only older code.
fn data_source(record: &EntryRecord) -> Option<DataSource> {
    let origine = &record.statistique.origine;
    let anciens = record.certification.anciens.as_slice();
    let (kind, code) = match (origine.type_origine, anciens) {
        (TypeOrigine::Propre, _) => ("self", origine.code),
        (TypeOrigine::DiplomeNouveau, _) => ("nouvelle", origine.code),
        (TypeOrigine::DiplomeAncien, [seul]) => ("ancienne", *seul),
        (TypeOrigine::DiplomeAncien, _) => ("ancienne", origine.code),
        (TypeOrigine::Agregee | TypeOrigine::AnneeTerminale, _) => return None,
    };
    Some(DataSource { code_certification: code.to_string(), kind })
}

fn lists(uais: Option<&Vec<Uai>>) -> Option<Vec<String>> {
    uais.map(|uais| uais.iter().map(ToString::to_string).collect())
}

impl EtablissementEntry {
    fn of(record: &EntryRecord) -> Option<Self> {
        let statistique = &record.statistique;
        let uai = statistique.uai()?;
        // Higher education has roles, all unknown, in its pooled millésimes only.
        let sans_role = statistique.filiere == Filiere::Superieur && !statistique.millesime.is_pooled();
        let roles = statistique.roles.as_ref().filter(|_| !sans_role);
        let role = roles.map(|roles| roles.role);
        let (datum, figures_role) = match statistique.origine.uai {
            Some((source, role)) => (source, Some(role)),
            None => (uai, role),
        };
        let lieu = &record.lieu_of_figures;
        Some(Self {
            uai: uai.to_string(),
            libelle_etablissement: lieu.nom.clone().filter(|_| has_figures(record)),
            academie: lieu.academie.map(|academie| AcademieEntry { code: academie.code, nom: academie.nom }),
            uai_type: role.map(RoleUai::as_str),
            uai_donnee: role.map(|_| datum.to_string()),
            uai_donnee_type: role.and(figures_role).map(RoleUai::as_str),
            uai_lieu_formation: lists(roles.and_then(|roles| roles.lieux_formation.as_ref())),
            uai_formateur: lists(roles.and_then(|roles| roles.formateurs.as_ref())),
            uai_gestionnaire: lists(roles.and_then(|roles| roles.gestionnaires.as_ref())),
        })
    }
}

impl LegacyEntry {
    /// An entry as lists show it, its terminal years by code.
    pub(in crate::http::legacy) fn for_list(record: &EntryRecord, today: NaiveDate) -> Self {
        let EntryRecord { statistique, certification, lieu_of_figures } = record;
        let region = match statistique.lieu {
            Lieu::France => None,
            Lieu::Region(region) => Some(RegionEntry::with_academique(region)),
            Lieu::Etablissement(_) => lieu_of_figures.region.map(RegionEntry::single),
        };
        let chiffres = has_figures(record);
        let terminale = |code: &CodeCertification| Terminale::Code { code_certification: code.to_string() };
        Self {
            code_certification: statistique.code.to_string(),
            code_certification_type: statistique.code.type_code().as_str(),
            code_formation_diplome: certification.cfd.map(|cfd| cfd.to_string()),
            filiere: statistique.filiere.as_str(),
            millesime: statistique.millesime.to_string(),
            libelle: certification.libelle.clone(),
            libelle_ancien: certification.libelle_ancien.clone(),
            diplome: certification.diplome.as_ref().map(DiplomeEntry::from),
            formation_fermee: is_closed(certification.date_fermeture, today),
            date_fermeture: certification.date_fermeture.map(instant),
            famille_metier: famille(certification),
            donnee_source: data_source(record),
            etablissement: EtablissementEntry::of(record),
            region,
            certifications_terminales: statistique.terminales.iter().map(terminale).collect(),
            chiffres: if chiffres { Chiffres::of(statistique) } else { Chiffres::default() },
            meta: Meta::of_messages(messages(record, chiffres && chiffres::hidden(statistique))),
        }
    }

    /// An entry that answers alone: with its title and description, and its terminal years whole.
    pub(in crate::http::legacy) fn single(record: &EntryRecord, terminales: &[EntryRecord], today: NaiveDate) -> Self {
        let mut entry = Self::for_list(record, today);
        let messages = entry.meta.take().and_then(|meta| meta.messages);
        entry.meta = Some(Meta::single(record, messages));
        if !terminales.is_empty() {
            let whole = |terminale| Terminale::Entry(Box::new(Self::for_list(terminale, today)));
            entry.certifications_terminales = terminales.iter().map(whole).collect();
        }
        entry
    }
}

/// Closed from the very day on: the instant of this contract is the day's first.
pub(in crate::http::legacy) fn is_closed(closing: Option<NaiveDate>, today: NaiveDate) -> bool {
    closing.is_some_and(|day| day <= today)
}

/// The famille of a certification.
pub(in crate::http::legacy) fn famille(certification: &Certification) -> Option<FamilleMetier> {
    certification.famille.as_ref().map(FamilleMetier::from)
}
