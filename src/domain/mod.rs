//! The vocabulary of the service: what a code, a cohort, a measure and an indicator *are*.
//!
//! Nothing here reads a file, a database or a clock. A value of one of these types is valid by
//! construction: text is parsed once, at the edge, and never travels further as text.

pub mod acceptance;
pub mod access;
pub mod batch;
pub mod catalogue;
pub mod certification;
pub mod chance;
pub mod change;
pub mod choice;
pub mod code;
pub mod contexte;
pub mod couverture;
pub mod crosswalk;
pub mod dataset;
pub mod etablissement;
pub mod filiere;
pub mod flat;
pub mod lecture;
pub mod lieu;
pub mod matching;
pub mod mesures;
pub mod millesime;
pub mod neighbours;
pub mod password;
pub mod platform_code;
pub mod position;
pub mod recherche;
pub mod reperes;
pub mod serie;
pub mod site_web;
pub mod sources;
pub mod statistique;
pub mod taux;
pub mod territoire;
pub mod text;
pub mod uai;
pub mod usage;
pub mod valeur;

pub use acceptance::{Acceptance, Slice};
pub use batch::BatchStatus;
pub use catalogue::indicators::Indicateur;
pub use catalogue::measures::Mesure;
pub use catalogue::wholes::MesureEtablissement;
pub use catalogue::{Denominator, Unit};
pub use certification::{Certification, Diplome, Famille, Nomenclature};
pub use code::{CodeCertification, TypeCode};
pub use contexte::Contexte;
pub use dataset::Dataset;
pub use etablissement::{Etablissement, MesuresEtablissement, OrigineLieu, Population, Position, Secteur};
pub use filiere::{Filiere, Maille};
pub use lieu::Lieu;
pub use mesures::Mesures;
pub use millesime::Millesime;
pub use platform_code::{CodeSystem, PlatformCode};
pub use serie::EmploiScope;
pub use statistique::{Figures, FileId, Origine, RoleUai, Roles, Statistique, TypeOrigine};
pub use territoire::CodeRegion;
pub use uai::Uai;
pub use valeur::{RaisonAbsence, Valeur};

/// Fewer than so many people, and what is counted over them is hidden (DATA.md §4). The only place
/// where the number stands.
pub const SEUIL: i32 = 20;

/// A text that is not what it should be; the message is French and safe to show to anyone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);
