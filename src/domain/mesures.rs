//! The raw figures of one cohort, as a source gives them.

use super::{Filiere, Mesure};

/// The bit of a measure in a set of them.
const fn bit(mesure: Mesure) -> u32 {
    1 << (mesure as u32)
}

/// The measures of one cohort: each one known, withheld by the source (`nd`), or absent.
///
/// A dense array and two bit sets: 84 bytes, and a publication holds a million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mesures {
    values: [i32; Mesure::COUNT],
    known: u32,
    withheld: u32,
}

impl Default for Mesures {
    fn default() -> Self {
        Self { values: [0; Mesure::COUNT], known: 0, withheld: 0 }
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
        let (Some(e), Some(p)) = (self.get(E), self.get(P)) else { return self };
        if self.get(S).is_none() && e >= p && !self.is_withheld(S) {
            self.set(S, e - p);
        }
        if e == p {
            for mesure in Mesure::IN_EMPLOI {
                if self.get(mesure).is_none() && !self.is_withheld(mesure) {
                    self.set(mesure, 0);
                }
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
    fn a_withheld_measure_is_not_deduced() {
        let mut mesures = mesures(&[(Mesure::NbAnneeTerm, 50), (Mesure::NbPoursuiteEtudes, 20)]);
        mesures.withhold(Mesure::NbSortant);
        assert_eq!(mesures.completed(Filiere::Pro).get(Mesure::NbSortant), None);
    }
}
