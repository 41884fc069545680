//! Contexte: what is around a statistic (DATA.md §6.7). Made of visible figures only.

use std::collections::BTreeMap;
use std::fmt;

use super::filiere::closed_list;
use super::reperes::position;
use super::{Invalid, Millesime, Statistique, TypeOrigine};

closed_list! {
    /// Why a part of the context is missing. A list of its own: a figure is hidden or not, a
    /// comparison is possible or not.
    RaisonContexte {
        /// What there is to compare with counts another employment.
        RuptureDeSerie = "rupture_de_serie",
        /// Too few statistics are visible: five are ranked, twenty make a reference.
        TropPeu = "trop_peu",
        /// There is no earlier statistic of the same form and origin that shows the figure.
        SansPrecedent = "sans_precedent",
        /// The figure or the counts that it takes are not visible.
        SansEffectif = "sans_effectif",
    }
}

/// A part of the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Relative<T> {
    /// It is there.
    Known(T),
    /// It is not, for this reason.
    Absent(RaisonContexte),
    /// It makes no sense for this statistic: France has no région, a copy no rank.
    #[default]
    Meaningless,
}

impl<T: Copy> Relative<T> {
    /// The part, if it is there.
    #[must_use]
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(part) => Some(*part),
            Self::Absent(_) | Self::Meaningless => None,
        }
    }

    /// Why it is not.
    #[must_use]
    pub fn raison(&self) -> Option<RaisonContexte> {
        match self {
            Self::Absent(raison) => Some(*raison),
            Self::Known(_) | Self::Meaningless => None,
        }
    }
}

/// The change of a figure since an earlier cohort of the same form, origin and, for employment,
/// of the same [`EmploiScope`](super::EmploiScope).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evolution {
    /// The earlier cohort.
    pub millesime: Millesime,
    /// Now minus then, in points.
    pub ecart: i32,
    /// Whether it is more than chance; `None` where the counts of either are not visible.
    pub net: Option<bool>,
}

/// Where an établissement stands among those of its région that teach the same certification and
/// show the part in employment after 6 months, five or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rang {
    /// One more than those with a higher part.
    pub rang: i32,
    /// How many they are, itself included.
    pub sur: i32,
    /// How many of the others differ from it beyond chance; `None` unless all show their counts.
    pub beyond_chance: Option<BeyondChance>,
}

/// The others that differ beyond chance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BeyondChance {
    /// Those that do better.
    pub better: i32,
    /// Those that do worse.
    pub worse: i32,
}

/// What is around a statistic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contexte {
    /// `part_en_emploi_6_mois` of the same certification in its région, percent.
    pub region: Relative<i32>,
    /// The same in France.
    pub france: Relative<i32>,
    /// The change of `part_en_emploi_6_mois`.
    pub emploi: Relative<Evolution>,
    /// The change of `part_poursuite_etudes`.
    pub poursuite: Relative<Evolution>,
    /// Its rank in its région.
    pub rang: Relative<Rang>,
}

/// Bits of one reason.
const BITS: usize = 3;

impl Contexte {
    /// The reasons, in the order of the fields.
    #[must_use]
    pub fn raisons(&self) -> [Option<RaisonContexte>; 5] {
        let Self { region, france, emploi, poursuite, rang } = self;
        [region.raison(), france.raison(), emploi.raison(), poursuite.raison(), rang.raison()]
    }

    /// The reasons packed for storage: three bits per field, 0 for none, else one more than the
    /// place in [`RaisonContexte::ALL`].
    #[must_use]
    pub fn pack_absences(&self) -> i32 {
        let bits = self.raisons().into_iter().enumerate();
        bits.fold(0, |packed, (index, raison)| {
            packed | (raison.map_or(0, |raison| raison as i32 + 1) << (BITS * index))
        })
    }

    /// Rebuilds a context from its parts and [`Contexte::pack_absences`].
    #[must_use]
    pub fn unpack(parts: Parts, absences: i32) -> Self {
        let raison = |index: usize| {
            let place = usize::try_from((absences >> (BITS * index)) & ((1 << BITS) - 1)).ok()?;
            RaisonContexte::ALL.get(place.checked_sub(1)?).copied()
        };
        let Parts { region, france, emploi, poursuite, rang } = parts;
        Self {
            region: relative(region, raison(0)),
            france: relative(france, raison(1)),
            emploi: relative(emploi, raison(2)),
            poursuite: relative(poursuite, raison(3)),
            rang: relative(rang, raison(4)),
        }
    }
}

/// The parts of a context that are there, as they are stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts {
    /// See [`Contexte::region`].
    pub region: Option<i32>,
    /// See [`Contexte::france`].
    pub france: Option<i32>,
    /// See [`Contexte::emploi`].
    pub emploi: Option<Evolution>,
    /// See [`Contexte::poursuite`].
    pub poursuite: Option<Evolution>,
    /// See [`Contexte::rang`].
    pub rang: Option<Rang>,
}

fn relative<T>(part: Option<T>, raison: Option<RaisonContexte>) -> Relative<T> {
    part.map_or_else(|| raison.map_or(Relative::Meaningless, Relative::Absent), Relative::Known)
}

const EMPLOI: &str = "evolution_part_en_emploi_6_mois";
const POURSUITE: &str = "evolution_part_poursuite_etudes";

impl Statistique {
    /// Why the parts of its context that are missing are, by the key that they have in answers; a `net` or
    /// a comparison of neighbours without counts too. `has_points`: whether there are reference points.
    #[must_use]
    pub fn contexte_absences(&self, has_points: bool) -> BTreeMap<&'static str, &'static str> {
        let contexte = &self.contexte;
        let parts = ["region", "france", EMPLOI, POURSUITE, "rang_region"].into_iter().zip(contexte.raisons());
        let mut absences: BTreeMap<_, _> = parts.filter_map(|(key, raison)| Some((key, raison?.as_str()))).collect();
        let net = |evolution: Evolution| evolution.net.is_none();
        for (key, uncounted) in [
            ("evolution_part_en_emploi_6_mois_net", contexte.emploi.known().is_some_and(net)),
            ("evolution_part_poursuite_etudes_net", contexte.poursuite.known().is_some_and(net)),
            ("rang_region_nettement", contexte.rang.known().is_some_and(|rang| rang.beyond_chance.is_none())),
        ] {
            if uncounted {
                absences.insert(key, RaisonContexte::SansEffectif.as_str());
            }
        }
        // An entry without figures that points to its terminal years stands nowhere.
        let figures = position(&self.figures).is_some();
        if figures || self.origine.type_origine != TypeOrigine::AnneeTerminale {
            let (points, standing) = (RaisonContexte::TropPeu.as_str(), RaisonContexte::SansEffectif.as_str());
            absences.extend((!has_points).then_some(("reperes", points)));
            for key in ["quart", "quadrant"] {
                absences.extend((!has_points).then_some((key, points)));
                absences.extend((has_points && !figures).then_some((key, standing)));
            }
        }
        absences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_survives_its_storage() {
        let evolution = Evolution { millesime: Millesime::pooled(2021), ecart: -2, net: None };
        let rang = Rang { rang: 1, sur: 5, beyond_chance: None };
        for contexte in [
            Contexte::default(),
            Contexte {
                region: Relative::Known(38),
                france: Relative::Absent(RaisonContexte::RuptureDeSerie),
                emploi: Relative::Absent(RaisonContexte::SansPrecedent),
                poursuite: Relative::Known(evolution),
                rang: Relative::Absent(RaisonContexte::TropPeu),
            },
            Contexte {
                region: Relative::Meaningless,
                france: Relative::Absent(RaisonContexte::SansEffectif),
                emploi: Relative::Known(evolution),
                poursuite: Relative::Absent(RaisonContexte::SansPrecedent),
                rang: Relative::Known(rang),
            },
        ] {
            let parts = Parts {
                region: contexte.region.known(),
                france: contexte.france.known(),
                emploi: contexte.emploi.known(),
                poursuite: contexte.poursuite.known(),
                rang: contexte.rang.known(),
            };
            assert_eq!(Contexte::unpack(parts, contexte.pack_absences()), contexte);
        }
    }
}
