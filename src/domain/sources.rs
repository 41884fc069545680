//! What the computation reads and what it gives: plain tables of domain values.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::couverture::{EntryCounts, Groupe};
use super::crosswalk::{CodeLink, Relation};
use super::reperes::Repere;
use super::territoire::{Academie, Departement};
use super::{
    Certification, CodeCertification, CodeRegion, Dataset, Etablissement, FileId, Filiere, Lieu, MesureEtablissement,
    Mesures, MesuresEtablissement, Millesime, PlatformCode, Population, Position, Secteur, Statistique, Uai,
};

/// One row of a statistics file: a cohort of a certification at a place, as published.
#[derive(Debug, Clone)]
pub struct MesuresRow {
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
    /// InserSup: whether the row counts the universities alone; it serves only where no row
    /// counts all institutions.
    pub universites_seules: bool,
    /// Dataset.
    pub source: Dataset,
    /// File.
    pub fichier: FileId,
}

/// One row of a file of établissements as a whole.
#[derive(Debug, Clone)]
pub struct EtablissementRow {
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
    pub source: Dataset,
    /// File.
    pub fichier: FileId,
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
pub struct DiplomeRow {
    /// Table.
    pub table: TableDiplomes,
    /// FORMATION_DIPLOME.
    pub cfd: CodeCertification,
    /// NIVEAU_FORMATION_DIPLOME.
    pub niveau: Option<String>,
    /// GROUPE_SPECIALITE.
    pub groupe_specialite: Option<String>,
    /// LETTRE_SPECIALITE.
    pub lettre_specialite: Option<String>,
    /// LIBELLE_COURT.
    pub libelle_court: Option<String>,
    /// LIBELLE_STAT_33.
    pub libelle_stat_33: Option<String>,
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
pub struct MefRow {
    /// MEF_STAT_11.
    pub code: CodeCertification,
    /// FORMATION_DIPLOME.
    pub cfd: CodeCertification,
    /// DISPOSITIF_FORMATION.
    pub dispositif: Option<String>,
    /// DUREE_DISPOSITIF: how many years the course takes; 9 says that nobody knows.
    pub duration: Option<i16>,
    /// ANNEE_DISPOSITIF: the year within the course.
    pub annee: Option<i16>,
    /// LIBELLE_LONG.
    pub libelle_long: Option<String>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

/// One kind of diploma: the first three characters of its CFDs, and its short label.
#[derive(Debug, Clone)]
pub struct NiveauRow {
    /// NIVEAU_FORMATION_DIPLOME.
    pub niveau: String,
    /// LIBELLE_COURT.
    pub libelle_court: String,
}

/// One famille de métiers.
#[derive(Debug, Clone)]
pub struct GroupeRow {
    /// GROUPE_FORMATION.
    pub groupe: String,
    /// LIBELLE_EDITION.
    pub libelle: Option<String>,
}

/// One CFD of a famille de métiers; the rows are in file order.
#[derive(Debug, Clone)]
pub struct LienRow {
    /// GROUPE_FORMATION.
    pub groupe: String,
    /// FORMATION_DIPLOME.
    pub cfd: CodeCertification,
}

/// One diploma of higher education.
#[derive(Debug, Clone)]
pub struct DiplomeSiseRow {
    /// DIPLOME_SISE.
    pub code: CodeCertification,
    /// TYPE_DIPLOME_SISE.
    pub type_diplome: Option<String>,
    /// LIBELLE_INTITULE_1.
    pub libelle: Option<String>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

/// One kind of diploma of higher education.
#[derive(Debug, Clone)]
pub struct TypeDiplomeSiseRow {
    /// TYPE_DIPLOME_SISE.
    pub type_diplome: String,
    /// NIVEAU_INTERMINISTERIEL.
    pub niveau_interministeriel: Option<String>,
    /// LIBELLE_COURT.
    pub libelle_court: Option<String>,
}

/// Which directory a row comes from, in the order of trust: the name served is the one of ACCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Annuaire {
    /// `acce_etablissements`.
    Acce,
    /// `fr-en-annuaire-education`.
    Education,
    /// `fr-en-adresse-et-geolocalisation-…`.
    Geolocalisation,
}

/// One établissement in one directory; what that directory does not say is `None`.
#[derive(Debug, Clone)]
pub struct AnnuaireRow {
    /// Which directory.
    pub annuaire: Annuaire,
    /// Établissement.
    pub uai: Uai,
    /// Name.
    pub nom: Option<String>,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Commune, by name.
    pub commune: Option<String>,
    /// Département.
    pub departement: Option<&'static Departement>,
    /// Académie.
    pub academie: Option<&'static Academie>,
    /// Région.
    pub region: Option<CodeRegion>,
    /// Latitude and longitude, WGS 84, degrees.
    pub position: Option<Position>,
    /// Sector.
    pub secteur: Option<Secteur>,
    /// Web site.
    pub site_web: Option<String>,
}

/// One row of the catalogue of apprenticeship: who teaches, trains and manages a diploma. `None`
/// says that the catalogue names nobody, which is data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogueRow {
    /// Diploma.
    pub cfd: CodeCertification,
    /// Where it is taught.
    pub lieu: Option<Uai>,
    /// Who trains.
    pub formateur: Option<Uai>,
    /// Who manages.
    pub gestionnaire: Option<Uai>,
    /// The ministry's key of the row, which platforms keep (`cle_ministere_educatif`).
    pub ministry_key: Option<String>,
}

/// One record of a crosswalk: codes that its publisher has for one training, in the order of the
/// columns. Whether any of them is in a nomenclature is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrosswalkRow {
    /// Dataset.
    pub source: Dataset,
    /// File.
    pub fichier: FileId,
    /// Line of the file.
    pub line: i32,
    /// What the record says of its codes.
    pub relation: Relation,
    /// The codes, two or more.
    pub codes: Vec<PlatformCode>,
    /// Years that the training takes, where the record says it.
    pub duration: Option<i16>,
}

/// The établissement that another one belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentRow {
    /// The daughter.
    pub uai: Uai,
    /// The mother.
    pub mother: Uai,
}

/// Everything a publication is computed from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Statistics.
    pub mesures: Vec<MesuresRow>,
    /// Établissements as a whole.
    pub etablissements: Vec<EtablissementRow>,
    /// Diplomas.
    pub diplomes: Vec<DiplomeRow>,
    /// MEFSTAT11.
    pub mefs: Vec<MefRow>,
    /// Kinds of diplomas.
    pub niveaux: Vec<NiveauRow>,
    /// Familles de métiers.
    pub groupes: Vec<GroupeRow>,
    /// Their CFDs, in file order.
    pub liens: Vec<LienRow>,
    /// Diplomas of higher education.
    pub diplomes_sise: Vec<DiplomeSiseRow>,
    /// Their kinds.
    pub types_sise: Vec<TypeDiplomeSiseRow>,
    /// Directories.
    pub annuaires: Vec<AnnuaireRow>,
    /// Catalogue of apprenticeship.
    pub catalogue: Vec<CatalogueRow>,
    /// Records of crosswalks.
    pub crosswalks: Vec<CrosswalkRow>,
    /// Attachments between établissements.
    pub attachments: Vec<AttachmentRow>,
}

/// Everything a publication says.
#[derive(Debug, Clone, Default)]
pub struct ComputedPublication {
    /// Every code of the nomenclatures, by code.
    pub certifications: Vec<Certification>,
    /// Every établissement with a statistic or in a directory, by UAI.
    pub etablissements: Vec<Etablissement>,
    /// Statistics, by place, code, millésime, filière.
    pub statistiques: Vec<Statistique>,
    /// Figures of établissements as a whole, by UAI, millésime, filière, population.
    pub statistiques_etablissement: Vec<MesuresEtablissement>,
    /// What sources say of two codes, by code.
    pub links: Vec<CodeLink>,
    /// Attachments between établissements, by daughter.
    pub attachments: Vec<AttachmentRow>,
    /// The catalogue of apprenticeship.
    pub catalogue: Vec<CatalogueRow>,
    /// How the statistics of each kind of diploma are spread, by key.
    pub reperes: Vec<Repere>,
    /// How many entries there are of each kind, by group.
    pub couverture: BTreeMap<Groupe, EntryCounts>,
    /// Statistics left out because their code is in no nomenclature: the codes, and how many
    /// rows.
    pub unknown_codes: Vec<(CodeCertification, usize)>,
    /// Rows of salaries that no national statistic could take.
    pub salaires_sans_statistique: usize,
    /// Certifications that two familles de métiers reach, with the one that they got and the
    /// other.
    pub conflicting_familles: Vec<(CodeCertification, String, String)>,
}
