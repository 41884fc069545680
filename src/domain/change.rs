//! What differs between two publications, figure by figure.

use std::fmt;

use super::filiere::closed_list;
use super::{CodeCertification, CodeRegion, Filiere, Invalid, Lieu, Maille, Millesime, Population};

closed_list! {
    /// How a figure differs.
    ChangeKind {
        /// A figure where nothing was.
        Ajoute = "ajoute",
        /// Nothing where a figure was.
        Retire = "retire",
        /// Another figure.
        Corrige = "corrige",
        /// It is hidden now: what it was is not said.
        DevientMasque = "devient_masque",
        /// It was hidden.
        DevientVisible = "devient_visible",
    }
}

impl ChangeKind {
    /// The same seen from the other publication.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Ajoute => Self::Retire,
            Self::Retire => Self::Ajoute,
            Self::Corrige => Self::Corrige,
            Self::DevientMasque => Self::DevientVisible,
            Self::DevientVisible => Self::DevientMasque,
        }
    }
}

closed_list! {
    /// Why a figure differs.
    ChangeRule {
        /// The cohort went under the threshold or above it.
        Seuil = "seuil",
        /// Another file took the place of the one before.
        FichierRemplace = "fichier_remplace",
        /// Its file came in.
        FichierAjoute = "fichier_ajoute",
        /// Its file was withdrawn.
        FichierRetire = "fichier_retire",
        /// It is a sum of cells, of which some changed.
        Somme = "somme",
        /// The nomenclatures link it with another code or place.
        Nomenclature = "nomenclature",
        /// Another version of the program computed it.
        Programme = "programme",
    }
}

impl ChangeRule {
    /// The same seen from the other publication.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::FichierAjoute => Self::FichierRetire,
            Self::FichierRetire => Self::FichierAjoute,
            other => other,
        }
    }
}

/// The file that a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFile {
    /// Its name.
    pub nom: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// One figure that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Place among the changes of the pair, in the order of the keys.
    pub rang: i64,
    /// The level.
    pub maille: Maille,
    /// The place.
    pub lieu: Lieu,
    /// The région of the place; `None` for the country and where it is not known.
    pub region: Option<CodeRegion>,
    /// The certification; `None` for an établissement as a whole.
    pub code: Option<CodeCertification>,
    /// How it is taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: Millesime,
    /// Of an établissement as a whole: who is counted.
    pub population: Option<Population>,
    /// The name of the indicator.
    pub indicateur: String,
    /// What it was, where there was a figure that may be said.
    pub avant: Option<i32>,
    /// What it is.
    pub apres: Option<i32>,
    /// How it differs.
    pub kind: ChangeKind,
    /// Why.
    pub rule: ChangeRule,
    /// The file before and the file after.
    pub fichiers: [Option<ChangeFile>; 2],
}

impl Change {
    /// The same seen from the other publication.
    #[must_use]
    pub fn mirrored(self) -> Self {
        let [before, after] = self.fichiers;
        Self {
            avant: self.apres,
            apres: self.avant,
            kind: self.kind.mirrored(),
            rule: self.rule.mirrored(),
            fichiers: [after, before],
            ..self
        }
    }
}

/// How many figures of a group differ in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeCount {
    /// The level.
    pub maille: Maille,
    /// The cohort.
    pub millesime: Millesime,
    /// Where; `None` for the country and where it is not known.
    pub region: Option<CodeRegion>,
    /// How they differ.
    pub kind: ChangeKind,
    /// How many.
    pub nombre: i64,
}
