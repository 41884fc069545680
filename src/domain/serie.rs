//! What the figures of employment count, and where that changed (DATA.md §3.7).
//!
//! The one table of breaks. Whoever compares two millésimes, shows figures or writes a sentence
//! about them asks here.

use std::fmt;

use super::filiere::closed_list;
use super::{Filiere, Invalid, Millesime};

closed_list! {
    /// Which employment a statistic counts.
    EmploiScope {
        /// Private employers only.
        Prive = "prive",
        /// Two pooled years, of which one counts private employers only and the other all.
        Mixte = "mixte",
        /// Private and public employers.
        PriveEtPublic = "prive_et_public",
    }
}

/// A change in what a series counts.
struct Rupture {
    /// Whose figures changed.
    filieres: &'static [Filiere],
    /// Those who left in this year and later are counted in the new way.
    depuis: u16,
}

/// From the leavers of 2022 on InserJeunes counts public employers, and the civic service in the
/// part in employment after 6 months; before, private employers only. InserSup counts both in all
/// its millésimes.
const RUPTURES: [Rupture; 1] =
    [Rupture { filieres: &[Filiere::Apprentissage, Filiere::Pro, Filiere::Agricole], depuis: 2022 }];

impl EmploiScope {
    /// What the figures of employment of a filière count for a millésime.
    #[must_use]
    pub fn of(filiere: Filiere, millesime: Millesime) -> Self {
        let rupture = RUPTURES.iter().find(|rupture| rupture.filieres.contains(&filiere));
        match rupture.map(|rupture| (millesime.start() >= rupture.depuis, millesime.end() >= rupture.depuis)) {
            None | Some((true, _)) => Self::PriveEtPublic,
            Some((false, true)) => Self::Mixte,
            Some((false, false)) => Self::Prive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_employment_counts_since_the_leavers_of_2022() {
        for (millesime, expected) in [
            (Millesime::single(2021), EmploiScope::Prive),
            (Millesime::pooled(2021), EmploiScope::Prive),
            (Millesime::pooled(2022), EmploiScope::Mixte),
            (Millesime::single(2022), EmploiScope::PriveEtPublic),
            (Millesime::pooled(2023), EmploiScope::PriveEtPublic),
        ] {
            for filiere in [Filiere::Apprentissage, Filiere::Pro, Filiere::Agricole] {
                assert_eq!(EmploiScope::of(filiere, millesime), expected, "{filiere} {millesime}");
            }
            assert_eq!(EmploiScope::of(Filiere::Superieur, millesime), EmploiScope::PriveEtPublic, "{millesime}");
        }
    }
}
