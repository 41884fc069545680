//! What the computation reads and what it gives: plain tables of domain values.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    Certification, CodeCertification, CodeRegion, Etablissement, FichierId, Filiere, Lieu, MesureEtablissement,
    Mesures, MesuresEtablissement, Millesime, Population, Statistique, Uai,
};

/// One row of a statistics file: a cohort of a certification at a place, as published.
#[derive(Debug, Clone)]
pub struct LigneMesures {
    /// Place.
    pub lieu: Lieu,
    /// Certification.
    pub code: CodeCertification,
    /// Filière.
    pub filiere: Filiere,
    /// Cohort.
    pub millesime: Millesime,
    /// What the source measured.
    pub mesures: Mesures,
    /// Dataset.
    pub source: Arc<str>,
    /// File.
    pub fichier: FichierId,
}

/// One row of a file of établissements as a whole.
#[derive(Debug, Clone)]
pub struct LigneEtablissement {
    /// Établissement.
    pub uai: Uai,
    /// Filière.
    pub filiere: Filiere,
    /// Cohort.
    pub millesime: Millesime,
    /// Which of its pupils.
    pub population: Population,
    /// Its name in this file.
    pub libelle: Option<String>,
    /// Its région in this file.
    pub region: Option<CodeRegion>,
    /// What the source measured, in the order of [`MesureEtablissement::ALL`].
    pub valeurs: [Option<i32>; MesureEtablissement::COUNT],
    /// Which of them it withholds, one bit each.
    pub non_diffusees: i32,
    /// Dataset.
    pub source: Arc<str>,
    /// File.
    pub fichier: FichierId,
}

/// Which table of diplomas a row comes from, in the order in which they are read: a later one
/// wins on the fields that it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableDiplomes {
    /// V_FORMATION_DIPLOME.
    V,
    /// N_FORMATION_DIPLOME, the only one with the continuum.
    N,
    /// N_FORMATION_DIPLOME_ENQUETE_51, whose session years are not taken.
    Enquete51,
}

/// One row of a table of diplomas (CFD).
#[derive(Debug, Clone)]
pub struct LigneDiplome {
    /// Table.
    pub table: TableDiplomes,
    /// FORMATION_DIPLOME.
    pub cfd: CodeCertification,
    /// LIBELLE_LONG_200.
    pub libelle_long: Option<String>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
    /// DATE_PREMIERE_SESSION.
    pub premiere_session: Option<i16>,
    /// DATE_DERNIERE_SESSION.
    pub derniere_session: Option<i16>,
    /// ANCIEN_DIPLOME_1..7; codes of no table included.
    pub anciens: Vec<CodeCertification>,
    /// NOUVEAU_DIPLOME_1..7; the same.
    pub nouveaux: Vec<CodeCertification>,
}

/// One MEFSTAT11.
#[derive(Debug, Clone)]
pub struct LigneMef {
    /// MEF_STAT_11.
    pub code: CodeCertification,
    /// FORMATION_DIPLOME.
    pub cfd: CodeCertification,
    /// DISPOSITIF_FORMATION.
    pub dispositif: Option<String>,
    /// LIBELLE_LONG.
    pub libelle_long: Option<String>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

/// One kind of diploma: the first three characters of its CFDs, and its short label.
#[derive(Debug, Clone)]
pub struct LigneNiveau {
    /// NIVEAU_FORMATION_DIPLOME.
    pub niveau: String,
    /// LIBELLE_COURT.
    pub libelle_court: String,
}

/// Everything a publication is computed from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Statistics.
    pub mesures: Vec<LigneMesures>,
    /// Établissements as a whole.
    pub etablissements: Vec<LigneEtablissement>,
    /// Diplomas.
    pub diplomes: Vec<LigneDiplome>,
    /// MEFSTAT11.
    pub mefs: Vec<LigneMef>,
    /// Kinds of diplomas.
    pub niveaux: Vec<LigneNiveau>,
}

/// Everything a publication says.
#[derive(Debug, Clone, Default)]
pub struct Resultat {
    /// Every code of the nomenclatures, by code.
    pub certifications: Vec<Certification>,
    /// Every établissement with a statistic, by UAI.
    pub etablissements: Vec<Etablissement>,
    /// Statistics, by place, code, millésime, filière.
    pub statistiques: Vec<Statistique>,
    /// Figures of établissements as a whole, by UAI, millésime, filière, population.
    pub statistiques_etablissement: Vec<MesuresEtablissement>,
    /// Statistics left out because their code is in no nomenclature: the codes, and how many
    /// rows.
    pub codes_inconnus: Vec<(CodeCertification, usize)>,
}
