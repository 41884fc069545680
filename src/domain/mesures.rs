//! The raw figures of one cohort, as a source gives them.

use super::catalogue::indicators::HORIZONS;
use super::{Filiere, Mesure};

/// The bit of a measure in a set of them.
const fn bit(mesure: Mesure) -> u32 {
    1 << (mesure as u32)
}

/// S, P and E behind the figures of one horizon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effectifs {
    /// S.
    pub sortants: Option<i32>,
    /// P.
    pub poursuite: Option<i32>,
    /// E.
    pub taille: Option<i32>,
}

/// The horizons after the first, which may have an S and a P of their own: 12, 18 and 24 months.
pub const LATER: usize = HORIZONS.len() - 1;
/// No number at a later horizon.
const ABSENT: i32 = -1;

/// The measures of one cohort: each one known, withheld by the source (`nd`), or absent.
///
/// Dense arrays and bit sets: 112 bytes, and a publication holds a million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mesures {
    values: [i32; Mesure::COUNT],
    known: u32,
    withheld: u32,
    /// Whether S and P are counted anew at each horizon.
    by_horizon: bool,
    /// S and P at the later horizons.
    later: [[i32; 2]; LATER],
}

impl Default for Mesures {
    fn default() -> Self {
        let (values, later) = ([0; Mesure::COUNT], [[ABSENT; 2]; LATER]);
        Self { values, known: 0, withheld: 0, by_horizon: false, later }
    }
}

impl Mesures {
    /// The measures of a row: the columns in the order of [`Mesure::ALL`], and which of them the
    /// source withholds, as [`Mesures::withheld_bits`].
    #[must_use]
    pub fn of_row(values: [Option<i32>; Mesure::COUNT], withheld: i32) -> Self {
        let mut mesures = Self::default();
        for (mesure, value) in Mesure::ALL.iter().zip(values) {
            if let Some(value) = value {
                mesures.set(*mesure, value);
            }
        }
        mesures.set_withheld_bits(withheld);
        mesures
    }

    /// The figure of a measure, if the source gives one.
    #[must_use]
    pub fn get(&self, mesure: Mesure) -> Option<i32> {
        (self.known & bit(mesure) != 0).then(|| self.values.get(mesure as usize).copied()).flatten()
    }

    /// Records a figure.
    pub fn set(&mut self, mesure: Mesure, value: i32) {
        if let Some(slot) = self.values.get_mut(mesure as usize) {
            *slot = value;
            self.known |= bit(mesure);
            self.withheld &= !bit(mesure);
        }
    }

    /// Records that the source withholds the figure (`nd`, `ns`, `na`).
    pub fn withhold(&mut self, mesure: Mesure) {
        self.withheld |= bit(mesure);
    }

    /// Whether the source says that it withholds the figure.
    #[must_use]
    pub fn is_withheld(&self, mesure: Mesure) -> bool {
        self.withheld & bit(mesure) != 0
    }

    /// Records S and P of each later horizon: those of the first are the measures themselves.
    pub fn set_later(&mut self, later: [[Option<i32>; 2]; LATER]) {
        self.by_horizon = true;
        self.later = later.map(|pair| pair.map(|count| count.unwrap_or(ABSENT)));
    }

    /// S and P of each later horizon, where they are counted anew at each.
    #[must_use]
    pub fn later(&self) -> Option<[[Option<i32>; 2]; LATER]> {
        self.by_horizon.then(|| self.later.map(|pair| pair.map(|count| Some(count).filter(|count| *count != ABSENT))))
    }

    /// S, P and E behind the figures of a horizon, by its rank in [`HORIZONS`]: those of the cohort
    /// or, where they are counted anew at each horizon, its own, of which E is the sum.
    #[must_use]
    pub fn effectifs(&self, rang: usize) -> Effectifs {
        let own = rang.checked_sub(1).and_then(|index| self.later()?.get(index).copied());
        match own {
            Some([sortants, poursuite]) => {
                Effectifs { sortants, poursuite, taille: sortants.zip(poursuite).map(|(s, p)| s + p) }
            }
            None => Effectifs {
                sortants: self.get(Mesure::NbSortant),
                poursuite: self.get(Mesure::NbPoursuiteEtudes),
                taille: self.get(Mesure::NbAnneeTerm),
            },
        }
    }

    /// The measures that are known or can be deduced, as a bit set in the order of
    /// [`Mesure::ALL`]. It depends on what the source leaves blank, never on a figure: S counts
    /// when E and P are there, and so do the counts in employment when the first of them is
    /// blank, which is how sources write a cohort of which everybody goes on.
    #[must_use]
    pub fn presence_bits(&self) -> i32 {
        use Mesure::{NbAnneeTerm as E, NbPoursuiteEtudes as P, NbSortant as S};
        let mut bits = self.known;
        if bits & bit(E) != 0 && bits & bit(P) != 0 {
            if (bits | self.withheld) & bit(Mesure::NbEnEmploi6Mois) == 0 {
                bits |= Mesure::IN_EMPLOI.iter().fold(0, |bits, mesure| bits | bit(*mesure));
            }
            bits |= bit(S);
        }
        i32::try_from(bits).unwrap_or(0)
    }

    /// The withheld measures as a bit set, in the order of [`Mesure::ALL`], for storage.
    #[must_use]
    pub fn withheld_bits(&self) -> i32 {
        i32::try_from(self.withheld).unwrap_or(0)
    }

    /// Restores the bit set of [`Mesures::withheld_bits`].
    pub fn set_withheld_bits(&mut self, bits: i32) {
        self.withheld = u32::try_from(bits).unwrap_or(0) & !self.known;
    }

    /// Fills what can be deduced without adding information: S = E − P when S is missing and E
    /// and P are there; a missing count in employment is 0 when P = E; for higher education
    /// E = S + P. P is never deduced from S: in the sources S + P < E happens, for rows that are
    /// sums of partly blank ones.
    #[must_use]
    pub fn completed(mut self, filiere: Filiere) -> Self {
        use Mesure::{NbAnneeTerm as E, NbPoursuiteEtudes as P, NbSortant as S};
        if filiere == Filiere::Superieur
            && let (None, Some(s), Some(p)) = (self.get(E), self.get(S), self.get(P))
        {
            self.set(E, s + p);
        }
        if let (Some(e), Some(p), None) = (self.get(E), self.get(P), self.get(S))
            && e >= p
            && !self.is_withheld(S)
        {
            self.set(S, e - p);
        }
        for (rang, mesure) in Mesure::IN_EMPLOI.into_iter().enumerate() {
            let Effectifs { poursuite, taille, .. } = self.effectifs(rang);
            if taille.is_some() && taille == poursuite && self.get(mesure).is_none() && !self.is_withheld(mesure) {
                self.set(mesure, 0);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mesures(values: &[(Mesure, i32)]) -> Mesures {
        let mut mesures = Mesures::default();
        for (mesure, value) in values {
            mesures.set(*mesure, *value);
        }
        mesures
    }

    #[test]
    fn leavers_are_deduced_but_never_those_who_go_on() {
        let both = mesures(&[(Mesure::NbAnneeTerm, 50), (Mesure::NbPoursuiteEtudes, 20)]).completed(Filiere::Pro);
        assert_eq!(both.get(Mesure::NbSortant), Some(30));
        assert_eq!(both.get(Mesure::NbEnEmploi6Mois), None);
        let no_p = mesures(&[(Mesure::NbAnneeTerm, 50), (Mesure::NbSortant, 20)]).completed(Filiere::Pro);
        assert_eq!(no_p.get(Mesure::NbPoursuiteEtudes), None);
    }

    #[test]
    fn nobody_is_in_employment_when_everybody_goes_on() {
        let all = mesures(&[(Mesure::NbAnneeTerm, 30), (Mesure::NbPoursuiteEtudes, 30)]).completed(Filiere::Pro);
        assert_eq!(Mesure::IN_EMPLOI.map(|m| all.get(m)), [Some(0); 4]);
        assert_eq!(all.get(Mesure::NbSortant), Some(0));
    }

    #[test]
    fn higher_education_counts_its_students_by_adding() {
        let sums = mesures(&[(Mesure::NbSortant, 35), (Mesure::NbPoursuiteEtudes, 3)]);
        assert_eq!(sums.completed(Filiere::Superieur).get(Mesure::NbAnneeTerm), Some(38));
        assert_eq!(sums.completed(Filiere::Pro).get(Mesure::NbAnneeTerm), None);
    }

    #[test]
    fn where_each_horizon_is_counted_anew_it_has_its_own_size() {
        let mut cohort = mesures(&[(Mesure::NbSortant, 35), (Mesure::NbPoursuiteEtudes, 5)]);
        let shared = Effectifs { sortants: Some(35), poursuite: Some(5), taille: Some(40) };
        assert_eq!(cohort.completed(Filiere::Superieur).effectifs(2), shared, "one for all");
        cohort.set_later([[Some(20), Some(18)], [None, Some(9)], [Some(0), Some(12)]]);
        let cohort = cohort.completed(Filiere::Superieur);
        assert_eq!(cohort.effectifs(0), shared);
        assert_eq!(cohort.effectifs(1), Effectifs { sortants: Some(20), poursuite: Some(18), taille: Some(38) });
        assert_eq!(cohort.effectifs(2), Effectifs { sortants: None, poursuite: Some(9), taille: None });
        assert_eq!(cohort.get(Mesure::NbEnEmploi24Mois), Some(0), "all go on at 24 months");
        assert_eq!(cohort.get(Mesure::NbEnEmploi12Mois), None);
    }

    #[test]
    fn a_withheld_measure_is_not_deduced() {
        let mut mesures = mesures(&[(Mesure::NbAnneeTerm, 50), (Mesure::NbPoursuiteEtudes, 20)]);
        mesures.withhold(Mesure::NbSortant);
        assert_eq!(mesures.completed(Filiere::Pro).get(Mesure::NbSortant), None);
    }
}
