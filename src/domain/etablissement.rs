//! A school, a CFA or a university, and what is measured of it as a whole.

use super::filiere::closed_list;
use super::territoire::{Academie, Departement};
use super::{CodeRegion, Dataset, FileId, Filiere, Invalid, MesureEtablissement, Millesime, Uai, Valeur};
use std::fmt;

/// Who and where an établissement is.
#[derive(Debug, Clone, PartialEq)]
pub struct Etablissement {
    /// Its identifier.
    pub uai: Uai,
    /// Its name, when a file gives one.
    pub nom: Option<String>,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Commune, by name.
    pub commune: Option<String>,
    /// Its région: given by a directory, else by a file of statistics, else deduced from the
    /// first digits of the UAI.
    pub region: Option<CodeRegion>,
    /// Its académie: given by a directory, else deduced from the département.
    pub academie: Option<&'static Academie>,
    /// Its département: given by a directory, else from the first digits of the UAI.
    pub departement: Option<&'static Departement>,
    /// Where it stands, when a directory says so.
    pub position: Option<Position>,
    /// Sector, when a directory says so.
    pub secteur: Option<Secteur>,
    /// Web site, when a directory says so.
    pub site_web: Option<String>,
    /// Where its place comes from.
    pub origine_lieu: OrigineLieu,
    /// Whether any figure is published of it; else it is only known from a directory.
    pub avec_statistiques: bool,
}

impl Etablissement {
    /// Whether some directory lists it.
    #[must_use]
    pub fn is_in_annuaire(&self) -> bool {
        self.origine_lieu == OrigineLieu::Annuaire
    }
}

/// A point on the earth, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

closed_list! {
    /// Public or private.
    Secteur {
        /// Public.
        Public = "public",
        /// Private, under contract or not.
        Prive = "prive",
    }
}

closed_list! {
    /// Where the place of an établissement comes from.
    OrigineLieu {
        /// A directory lists it.
        Annuaire = "annuaire",
        /// The statistics file names its région.
        SourceFile = "fichier",
        /// Only the first digits of its UAI say where it is.
        Uai = "uai",
    }
}

closed_list! {
    /// Which pupils the figures of an établissement as a whole describe. The three overlap: they
    /// are never added.
    Population {
        /// Everybody.
        Whole = "ensemble",
        /// The apprentices among them.
        DontApprentis = "dont_apprentis",
        /// The school-based pupils among them.
        DontElevesVoieProSco = "dont_eleves_voie_pro_sco",
    }
}

impl Population {
    /// Parses the spelling of the files (`dont élèves en voie pro sco`).
    #[must_use]
    pub fn parse_source(text: &str) -> Option<Self> {
        match super::text::fold(text).as_str() {
            "ensemble" => Some(Self::Whole),
            "dont apprentis" => Some(Self::DontApprentis),
            "dont eleves en voie pro sco" => Some(Self::DontElevesVoieProSco),
            _ => None,
        }
    }
}

/// The figures of one établissement as a whole, for one filière, millésime and population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MesuresEtablissement {
    /// The établissement.
    pub uai: Uai,
    /// How its pupils are taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: Millesime,
    /// Which of its pupils.
    pub population: Population,
    /// The figures, in the order of [`MesureEtablissement::ALL`].
    pub valeurs: [Valeur; MesureEtablissement::COUNT],
    /// The dataset.
    pub source: Dataset,
    /// The file it was read from.
    pub fichier: FileId,
}
