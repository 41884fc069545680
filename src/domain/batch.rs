//! What becomes of one element of a batch.
//!
//! A batch asks for many pairs of place and code at once. Each element has its own outcome, so
//! that one which is wrong, or of which there is nothing, does not hide what is known of the
//! others. The outcome is told from what is published alone: a statistic whose figures were
//! dropped looks the same whatever they were.

use std::fmt;

use super::choice::Wanted;
use super::filiere::closed_list;
use super::{Invalid, Statistique};

closed_list! {
    /// The outcome of an element.
    BatchStatus {
        /// The statistic that was asked for.
        Found = "trouvee",
        /// A statistic of the other form of the millésime: a single year where two pooled ones were asked
        /// for, or the reverse.
        OtherMillesime = "autre_millesime",
        /// There is a statistic, and none of its figures is shown.
        Hidden = "masquee",
        /// Place and code are known, and there is no such statistic.
        Missing = "sans_statistique",
        /// No nomenclature has the code.
        UnknownCode = "code_inconnu",
        /// No établissement has the UAI.
        UnknownUai = "uai_inconnu",
        /// No région has the code.
        UnknownRegion = "region_inconnue",
        /// The element itself is malformed.
        Invalid = "invalide",
    }
}

impl BatchStatus {
    /// Of the statistic that answers: by its own figures, or by those of the specialities that it
    /// points to.
    pub fn of<'s>(
        statistique: &Statistique,
        specialites: impl IntoIterator<Item = &'s Statistique>,
        wanted: Wanted,
    ) -> Self {
        let mut specialites = specialites.into_iter().peekable();
        let hidden = if specialites.peek().is_some() {
            specialites.all(Statistique::shows_nothing)
        } else {
            statistique.shows_nothing()
        };
        match wanted.millesime {
            _ if hidden => Self::Hidden,
            Some(asked) if asked != statistique.millesime => Self::OtherMillesime,
            _ => Self::Found,
        }
    }
}
