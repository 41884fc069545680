//! An indicator's figure, or the reason why there is none.

use super::Invalid;
use super::filiere::closed_list;
use std::fmt;

closed_list! {
    /// Why an indicator has no figure.
    RaisonAbsence {
        /// The denominator is under the threshold: too few pupils for the figure to mean anything.
        SousSeuil = "sous_seuil",
        /// The source withholds it (`nd`, `ns`, `na`, or a blank where it publishes others).
        NonDiffuse = "non_diffuse",
        /// The horizon has not elapsed for this millésime.
        PasEncoreDisponible = "pas_encore_disponible",
        /// The source does not measure it for this filière, maille or millésime.
        NonCouvert = "non_couvert",
    }
}

/// A whole number (persons, percent or euros), or the reason why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Valeur {
    /// The figure.
    Connue(i32),
    /// No figure, for this reason.
    Absente(RaisonAbsence),
}

impl Valeur {
    /// Denominator under the threshold.
    pub const SOUS_SEUIL: Self = Self::Absente(RaisonAbsence::SousSeuil);
    /// Withheld by the source.
    pub const NON_DIFFUSE: Self = Self::Absente(RaisonAbsence::NonDiffuse);
    /// Horizon not elapsed.
    pub const PAS_ENCORE_DISPONIBLE: Self = Self::Absente(RaisonAbsence::PasEncoreDisponible);
    /// Not measured.
    pub const NON_COUVERT: Self = Self::Absente(RaisonAbsence::NonCouvert);

    /// The figure, if there is one.
    #[must_use]
    pub fn known(self) -> Option<i32> {
        match self {
            Self::Connue(value) => Some(value),
            Self::Absente(_) => None,
        }
    }

    /// The reason, if there is no figure.
    #[must_use]
    pub fn raison(self) -> Option<RaisonAbsence> {
        match self {
            Self::Connue(_) => None,
            Self::Absente(raison) => Some(raison),
        }
    }

    /// The figure, else `raison`.
    #[must_use]
    pub fn or(value: Option<i32>, raison: RaisonAbsence) -> Self {
        value.map_or(Self::Absente(raison), Self::Connue)
    }
}

/// The reasons of a row of values packed for storage: two bits per value, in the order of
/// [`RaisonAbsence::ALL`]; the bits of a known figure are 0. At most 31 values.
#[must_use]
pub fn pack_absences(valeurs: &[Valeur]) -> i64 {
    let bits = valeurs.iter().enumerate().filter_map(|(index, valeur)| Some((valeur.raison()? as i64) << (2 * index)));
    bits.fold(0, |packed, bits| packed | bits)
}

/// Rebuilds the value at `index` from its column and [`pack_absences`].
#[must_use]
pub fn unpack(value: Option<i32>, absences: i64, index: usize) -> Valeur {
    let raison = usize::try_from((absences >> (2 * index)) & 3).ok().and_then(|bits| RaisonAbsence::ALL.get(bits));
    Valeur::or(value, raison.copied().unwrap_or(RaisonAbsence::NonCouvert))
}
