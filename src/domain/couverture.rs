//! How many formations have figures, and why the others have none.

use std::ops::AddAssign;

use super::{CodeRegion, Filiere, Maille, Millesime};

/// The entries that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Groupe {
    /// How they are taught.
    pub filiere: Filiere,
    /// Which level they describe.
    pub maille: Maille,
    /// Which cohort.
    pub millesime: Millesime,
    /// Where; `None` for the country, and for établissements of no known région.
    pub region: Option<CodeRegion>,
}

/// How many entries of a group there are, by what they show and by whether it can be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryCounts {
    /// Measured by the source for exactly this code and place.
    pub propres: i64,
    /// Figures of an older diploma.
    pub diplome_ancien: i64,
    /// Figures of a newer diploma.
    pub diplome_nouveau: i64,
    /// Figures of another établissement, a trainer or a manager.
    pub autre_uai: i64,
    /// Sums of the level below.
    pub agregees: i64,
    /// No figures of their own: earlier and common years that point to terminal years.
    pub annees_terminales: i64,
    /// Of those with figures: hidden, the cohort being too small.
    pub masquees: i64,
    /// Of those with figures: neither hidden nor with any figure beyond the size of the cohort.
    pub vides: i64,
    /// Of the hidden ones that the source measured: those that a reader could compute by
    /// subtracting the others from the producers' own total.
    pub deductibles: i64,
}

impl EntryCounts {
    /// Every entry of the group.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.figures() + self.annees_terminales
    }

    /// The entries that have figures, hidden ones included.
    #[must_use]
    pub fn figures(&self) -> i64 {
        self.propres + self.diplome_ancien + self.diplome_nouveau + self.autre_uai + self.agregees
    }

    /// By how much the treatments multiply what the sources measured; `None` where they measured
    /// nothing.
    #[must_use]
    pub fn factor(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "numbers of entries are far below 2^52")]
        let ratio = || self.total() as f64 / self.propres as f64;
        (self.propres > 0).then(ratio)
    }
}

impl AddAssign for EntryCounts {
    fn add_assign(&mut self, other: Self) {
        self.propres += other.propres;
        self.diplome_ancien += other.diplome_ancien;
        self.diplome_nouveau += other.diplome_nouveau;
        self.autre_uai += other.autre_uai;
        self.agregees += other.agregees;
        self.annees_terminales += other.annees_terminales;
        self.masquees += other.masquees;
        self.vides += other.vides;
        self.deductibles += other.deductibles;
    }
}

/// How many entries of a group a publication added, removed and changed against the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries that were not there.
    pub ajoutees: i64,
    /// Entries that are no longer there.
    pub retirees: i64,
    /// Entries that say something else.
    pub modifiees: i64,
}

impl AddAssign for Changes {
    fn add_assign(&mut self, other: Self) {
        self.ajoutees += other.ajoutees;
        self.retirees += other.retirees;
        self.modifiees += other.modifiees;
    }
}

/// The coverage of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Couverture {
    /// Which group.
    pub groupe: Groupe,
    /// What there is.
    pub comptes: EntryCounts,
    /// What changed.
    pub changes: Changes,
}
