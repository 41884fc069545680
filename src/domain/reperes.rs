//! How the statistics of one kind of diploma in one territory are spread, so that a figure can be
//! seen beside its like (DATA.md §6.8).
//!
//! Everything is computed over the whole percents that are shown, each statistic counting once:
//! who reads the lists finds the same figures. They are kept in hundredths of a percent, which is
//! exact for quartiles (quarters of a whole number) and rounds a mean as rates are rounded.

use std::collections::BTreeMap;
use std::fmt;

use super::filiere::closed_list;
use super::taux::percent;
use super::{CodeRegion, Diplome, Figures, Filiere, Indicateur, Invalid, Lieu, Maille, Millesime, Statistique};

/// A group of fewer statistics than this is no reference.
pub const FEWEST: usize = 20;

closed_list! {
    /// A figure that has reference points.
    FigureRepere {
        /// J6 / E.
        PartEnEmploi6Mois = "part_en_emploi_6_mois",
        /// P / E.
        PartPoursuiteEtudes = "part_poursuite_etudes",
        /// (J6 + P) / E: in employment after 6 months, or studying.
        DevenirFavorable = "devenir_favorable",
    }
}

impl FigureRepere {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();
}

closed_list! {
    /// Which statistics a reference is made of.
    GroupeRepere {
        /// Those of the same kind of diploma.
        Type = "type",
        /// Those of the same level, the kind having too few.
        Niveau = "niveau",
    }
}

closed_list! {
    /// Where a statistic stands against the means of employment and of further study; a figure
    /// that equals the mean stands below.
    Quadrant {
        /// Both above.
        EmploiHautPoursuiteHaute = "emploi_haut_poursuite_haute",
        /// Employment above.
        EmploiHautPoursuiteBasse = "emploi_haut_poursuite_basse",
        /// Further study above.
        EmploiBasPoursuiteHaute = "emploi_bas_poursuite_haute",
        /// None above.
        EmploiBasPoursuiteBasse = "emploi_bas_poursuite_basse",
    }
}

/// The three figures of a statistic, whole percents.
pub type Position = [i32; FigureRepere::COUNT];

/// The figures of a statistic that can be seen beside others; `None` unless both parts are shown.
///
/// Where the source gives the two parts without the counts, what became well of a hundred is
/// their sum.
#[must_use]
pub fn position(figures: &Figures) -> Option<Position> {
    let get = |indicateur| figures.get(indicateur).known();
    let (emploi, poursuite) = (get(Indicateur::PartEnEmploi6Mois)?, get(Indicateur::PartPoursuiteEtudes)?);
    let counted = || {
        let favorable = get(Indicateur::NbEnEmploi6Mois)? + get(Indicateur::NbPoursuiteEtudes)?;
        percent(favorable, get(Indicateur::NbAnneeTerm)?)
    };
    Some([emploi, poursuite, counted().unwrap_or(emploi + poursuite).min(100)])
}

/// How the values of one figure are spread, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repartition {
    /// A quarter are not above.
    pub q1: i32,
    /// Half are not above.
    pub mediane: i32,
    /// Three quarters are not above.
    pub q3: i32,
    /// The mean, each statistic counting once.
    pub moyenne: i32,
}

impl Repartition {
    /// The spread of some whole percents, at least one. Quartiles by linear interpolation (type 7
    /// of Hyndman and Fan, what spreadsheets, R and NumPy do).
    #[must_use]
    pub fn of(mut values: Vec<i32>) -> Option<Self> {
        values.sort_unstable();
        let moyenne = percent(values.iter().sum(), i32::try_from(values.len()).ok()?)?;
        let quartile = |quarters: usize| {
            let place = (values.len() - 1) * quarters;
            let (below, rest) = (place / 4, i32::try_from(place % 4).ok()?);
            let low = *values.get(below)?;
            let high = values.get(below + 1).copied().unwrap_or(low);
            Some(low * 100 + (high - low) * 25 * rest)
        };
        Some(Self { q1: quartile(1)?, mediane: quartile(2)?, q3: quartile(3)?, moyenne })
    }

    /// The quarter in which a whole percent stands, 1 to 4; on a limit, the lower one.
    #[must_use]
    pub fn quart(self, percent: i32) -> i32 {
        1 + [self.q1, self.mediane, self.q3].into_iter().map(|limit| i32::from(percent * 100 > limit)).sum::<i32>()
    }
}

/// What the statistics of a reference have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReferenceKey {
    /// France or a région.
    pub lieu: Lieu,
    /// The level that they describe.
    pub maille: Maille,
    /// How they are taught.
    pub filiere: Filiere,
    /// The cohort.
    pub millesime: Millesime,
    /// Level of the diploma.
    pub niveau: String,
    /// Short label of its kind.
    pub type_diplome: String,
}

/// The reference points of one kind of diploma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repere {
    /// Which.
    pub key: ReferenceKey,
    /// How many statistics were looked at: those of the kind, or those of the level where the
    /// kind has too few.
    pub nombre: i32,
    /// What they are; `None` where the level has too few as well.
    pub points: Option<Points>,
}

/// The reference points of a publication.
#[derive(Debug, Clone, Default)]
pub struct Reperes(BTreeMap<ReferenceKey, Repere>);

impl Reperes {
    /// Some reference points.
    #[must_use]
    pub fn new(reperes: Vec<Repere>) -> Self {
        Self(reperes.into_iter().map(|repere| (repere.key.clone(), repere)).collect())
    }

    /// All of them, in the order of their keys.
    pub fn all(&self) -> impl Iterator<Item = &Repere> {
        self.0.values()
    }

    /// Those beside which a statistic is seen: its kind of diploma, maille, filière and millésime,
    /// in its région (`region`, for an établissement) or, for France, in the country.
    #[must_use]
    pub fn beside(&self, statistique: &Statistique, diplome: &Diplome, region: Option<CodeRegion>) -> Option<&Repere> {
        let lieu = match statistique.lieu {
            Lieu::Etablissement(_) => Lieu::Region(region?),
            territory => territory,
        };
        self.0.get(&ReferenceKey {
            lieu,
            maille: statistique.lieu.maille(),
            filiere: statistique.filiere,
            millesime: statistique.millesime,
            niveau: diplome.code.clone(),
            type_diplome: diplome.libelle.clone(),
        })
    }
}

/// Reference points that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Points {
    /// Which statistics they are made of.
    pub groupe: GroupeRepere,
    /// The spread of each figure, in the order of [`FigureRepere::ALL`].
    pub repartitions: [Repartition; FigureRepere::COUNT],
}

impl Points {
    /// The quarter in which each figure of a statistic stands.
    #[must_use]
    pub fn quarters(&self, position: Position) -> [i32; FigureRepere::COUNT] {
        let mut quarters = position;
        for (quart, repartition) in quarters.iter_mut().zip(self.repartitions) {
            *quart = repartition.quart(*quart);
        }
        quarters
    }

    /// Where a statistic stands against the two means.
    #[must_use]
    pub fn quadrant(&self, position: Position) -> Quadrant {
        let ([emploi, poursuite, _], [means_emploi, means_poursuite, _]) = (position, self.repartitions);
        match (emploi * 100 > means_emploi.moyenne, poursuite * 100 > means_poursuite.moyenne) {
            (true, true) => Quadrant::EmploiHautPoursuiteHaute,
            (true, false) => Quadrant::EmploiHautPoursuiteBasse,
            (false, true) => Quadrant::EmploiBasPoursuiteHaute,
            (false, false) => Quadrant::EmploiBasPoursuiteBasse,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Valeur;

    #[test]
    fn quartiles_are_those_of_spreadsheets() {
        // QUARTILE.INC of {1, 2, 4, 7, 8, 9, 10, 12} is 3.5; 7.5; 9.25, as its documentation says.
        let found = Repartition::of(vec![10, 1, 2, 12, 4, 7, 8, 9]).unwrap();
        assert_eq!((found.q1, found.mediane, found.q3), (350, 750, 925));
        assert_eq!(found.moyenne, 662, "53 / 8 = 6.625, half to the even side");
        let one = Repartition::of(vec![40]).unwrap();
        assert_eq!((one.q1, one.mediane, one.q3, one.moyenne), (4000, 4000, 4000, 4000));
        assert_eq!(Repartition::of(vec![]), None);
    }

    #[test]
    fn a_figure_on_a_limit_stands_in_the_lower_quarter() {
        let spread = Repartition { q1: 2000, mediane: 3050, q3: 4000, moyenne: 3000 };
        for (percent, quart) in [(0, 1), (20, 1), (21, 2), (30, 2), (31, 3), (40, 3), (41, 4), (100, 4)] {
            assert_eq!(spread.quart(percent), quart, "{percent}");
        }
    }

    #[test]
    fn a_figure_that_equals_the_mean_is_not_above_it() {
        let spread = |moyenne| Repartition { q1: 0, mediane: 0, q3: 0, moyenne };
        let points = Points { groupe: GroupeRepere::Type, repartitions: [spread(3000), spread(4050), spread(0)] };
        for (emploi, poursuite, quadrant) in [
            (31, 41, Quadrant::EmploiHautPoursuiteHaute),
            (31, 40, Quadrant::EmploiHautPoursuiteBasse),
            (30, 41, Quadrant::EmploiBasPoursuiteHaute),
            (30, 40, Quadrant::EmploiBasPoursuiteBasse),
        ] {
            assert_eq!(points.quadrant([emploi, poursuite, 0]), quadrant, "{emploi} {poursuite}");
        }
    }

    #[test]
    fn a_good_outcome_is_counted_where_there_are_counts_and_added_where_there_are_none() {
        let mut figures = Figures::default();
        assert_eq!(position(&figures), None);
        figures.set(Indicateur::PartEnEmploi6Mois, Valeur::Connue(38));
        assert_eq!(position(&figures), None, "one part is not enough");
        figures.set(Indicateur::PartPoursuiteEtudes, Valeur::Connue(38));
        assert_eq!(position(&figures), Some([38, 38, 76]));
        for (indicateur, count) in
            [(Indicateur::NbAnneeTerm, 40), (Indicateur::NbEnEmploi6Mois, 15), (Indicateur::NbPoursuiteEtudes, 15)]
        {
            figures.set(indicateur, Valeur::Connue(count));
        }
        assert_eq!(position(&figures), Some([38, 38, 75]), "30 of 40");
    }

    proptest! {
        #[test]
        fn each_quarter_holds_no_more_than_its_share_below_its_limit(values in proptest::collection::vec(0..=100i32, 1..200)) {
            let spread = Repartition::of(values.clone()).unwrap();
            prop_assert!(spread.q1 <= spread.mediane && spread.mediane <= spread.q3);
            for (limit, quarters) in [(spread.q1, 1), (spread.mediane, 2), (spread.q3, 3)] {
                let below = values.iter().filter(|value| *value * 100 < limit).count();
                let above = values.iter().filter(|value| *value * 100 > limit).count();
                prop_assert!(below * 4 <= values.len() * quarters + 3);
                prop_assert!(above * 4 <= values.len() * (4 - quarters) + 3);
            }
        }
    }
}
