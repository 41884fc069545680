//! What the sources cover: which measures exist at all for a maille, a filière and a millésime.
//!
//! A blank cell alone does not say why it is blank. What its neighbours have does: a horizon
//! that no cell of the millésime has, nor any later millésime, has not elapsed; a measure that
//! no cell has is not measured; one that others have is withheld here. Only visible cells
//! count, so that nothing follows from a hidden one.

use std::collections::HashMap;
use std::hash::Hash;

use crate::domain::catalogue::Definition;
use crate::domain::{Millesime, RaisonAbsence, Unit};

/// Whether a missing measure may simply come later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// Published with the millésime, or never.
    Never,
    /// Published with the millésime (12 months), unless the file was early: then earlier millésimes
    /// have it.
    Expected,
    /// Published a year or more after the first figures of the millésime (18 and 24 months).
    Horizon,
}

impl Delay {
    /// How long an indicator may be waited for.
    #[must_use]
    pub const fn of(definition: &Definition) -> Self {
        match definition.horizon {
            _ if definition.is_late() => Self::Horizon,
            Some(7..) if !matches!(definition.unite, Unit::Euros) => Self::Expected,
            _ => Self::Never,
        }
    }
}

/// Which measures exist for each scope (such as maille × filière) and millésime; a measure is a
/// bit number below 32.
#[derive(Debug, Clone)]
pub struct Disponibilite<P>(HashMap<P, HashMap<Millesime, u32>>);

impl<P> Default for Disponibilite<P> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<P: Eq + Hash> Disponibilite<P> {
    /// Notes the measures that a visible cell has.
    pub fn note(&mut self, scope: P, millesime: Millesime, measures: u32) {
        *self.0.entry(scope).or_default().entry(millesime).or_default() |= measures;
    }

    /// What the visible cells of a scope and millésime have.
    #[must_use]
    pub fn view(&self, scope: &P, millesime: Millesime) -> View {
        let mut vue = View::default();
        for (other, bits) in self.0.get(scope).into_iter().flatten() {
            if *other == millesime {
                vue.bits = *bits;
            } else if other.end() > millesime.end() {
                vue.later |= bits;
            } else {
                vue.earlier |= bits;
            }
        }
        vue
    }
}

/// What the visible cells of one scope and millésime have: looked up once for all measures.
#[derive(Debug, Clone, Copy, Default)]
pub struct View {
    bits: u32,
    /// What any later millésime has.
    later: u32,
    /// What any earlier millésime has.
    earlier: u32,
}

impl View {
    /// Whether any visible cell has the measure.
    #[must_use]
    pub fn covers(self, measure: u32) -> bool {
        self.bits & (1 << measure) != 0
    }

    /// Whether any visible cell has anything at all.
    #[must_use]
    pub fn is_begun(self) -> bool {
        self.bits != 0
    }

    /// Why a cell has no figure for the measure, its size being no obstacle.
    #[must_use]
    pub fn raison(self, measure: u32, wait: Delay) -> RaisonAbsence {
        let has = |bits: u32| bits & (1 << measure) != 0;
        let comes = match wait {
            Delay::Never => false,
            Delay::Expected => has(self.earlier),
            Delay::Horizon => true,
        };
        if self.covers(measure) {
            RaisonAbsence::NonDiffuse
        } else if comes && self.is_begun() && !has(self.later) {
            RaisonAbsence::PasEncoreDisponible
        } else {
            RaisonAbsence::NonCouvert
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neighbours_of_a_blank_say_why_it_is_blank() {
        let mut disponibilite = Disponibilite::default();
        disponibilite.note("a", Millesime::pooled(2021), 0b011);
        disponibilite.note("a", Millesime::pooled(2022), 0b001);
        let raison = |end, measure, wait| disponibilite.view(&"a", Millesime::pooled(end)).raison(measure, wait);
        assert_eq!(raison(2021, 1, Delay::Horizon), RaisonAbsence::NonDiffuse, "others have it");
        assert_eq!(raison(2022, 1, Delay::Horizon), RaisonAbsence::PasEncoreDisponible, "none has it yet");
        assert_eq!(raison(2022, 1, Delay::Never), RaisonAbsence::NonCouvert, "it would not come later");
        assert_eq!(raison(2022, 2, Delay::Never), RaisonAbsence::NonCouvert, "none ever had it");
        assert_eq!(raison(2020, 1, Delay::Horizon), RaisonAbsence::NonCouvert, "nothing at all of that millésime");
        assert_eq!(raison(2022, 1, Delay::Expected), RaisonAbsence::PasEncoreDisponible, "the one before has it");
        assert_eq!(raison(2022, 2, Delay::Expected), RaisonAbsence::NonCouvert, "none before has it");
        disponibilite.note("a", Millesime::pooled(2020), 0b001);
        let begun = disponibilite.view(&"a", Millesime::pooled(2020)).raison(1, Delay::Horizon);
        assert_eq!(begun, RaisonAbsence::NonCouvert, "a later millésime has it");
    }
}
