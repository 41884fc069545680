//! Mesures: the raw figures of one cohort, as a source gives them.

use super::Filiere;
use super::Invalid;
use super::filiere::closed_list;
use super::indicateur::HORIZONS;
use std::fmt;

closed_list! {
    /// What a source can measure of one cohort. The spelling is that of the SQL columns.
    Mesure {
        /// E: pupils in the final year.
        NbAnneeTerm = "nb_annee_term",
        /// P: of these, those who go on studying.
        NbPoursuiteEtudes = "nb_poursuite_etudes",
        /// S: leavers.
        NbSortant = "nb_sortant",
        /// J6: leavers in salaried employment after 6 months.
        NbEnEmploi6Mois = "nb_en_emploi_6_mois",
        /// J12: the same after 12 months.
        NbEnEmploi12Mois = "nb_en_emploi_12_mois",
        /// J18: the same after 18 months.
        NbEnEmploi18Mois = "nb_en_emploi_18_mois",
        /// J24: the same after 24 months.
        NbEnEmploi24Mois = "nb_en_emploi_24_mois",
        /// P / E as published, percent.
        TauxPoursuiteEtudes = "taux_poursuite_etudes",
        /// J6 / S as published, percent.
        TauxEmploi6Mois = "taux_emploi_6_mois",
        /// J12 / S as published, percent.
        TauxEmploi12Mois = "taux_emploi_12_mois",
        /// J18 / S as published, percent.
        TauxEmploi18Mois = "taux_emploi_18_mois",
        /// J24 / S as published, percent.
        TauxEmploi24Mois = "taux_emploi_24_mois",
        /// `DEVENIR` part of those who go on studying, percent of E.
        PartPoursuiteEtudes = "part_poursuite_etudes",
        /// `DEVENIR` part in employment after 6 months, percent of E.
        PartEnEmploi6Mois = "part_en_emploi_6_mois",
        /// `DEVENIR` part of the other situations after 6 months, percent of E.
        PartAutresSituations6Mois = "part_autres_situations_6_mois",
        /// Broken apprenticeship contracts, percent.
        TauxRuptureContrats = "taux_rupture_contrats",
        /// First quartile of the net monthly full-time-equivalent salary at 12 months, euros.
        Salaire12MoisQ1 = "salaire_12_mois_q1",
        /// Median of the same, euros.
        Salaire12MoisQ2 = "salaire_12_mois_q2",
        /// Third quartile of the same, euros.
        Salaire12MoisQ3 = "salaire_12_mois_q3",
    }
}

/// The nature of a measure, which decides what values are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of persons, 0 or more.
    Personnes,
    /// A whole percent, 0 to 100.
    Pourcent,
    /// Whole euros a month.
    Euros,
}

impl Mesure {
    /// How many measures there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The counts of persons in employment, by increasing horizon.
    pub const IN_EMPLOI: [Self; 4] =
        [Self::NbEnEmploi6Mois, Self::NbEnEmploi12Mois, Self::NbEnEmploi18Mois, Self::NbEnEmploi24Mois];

    /// The published employment rates, by increasing horizon.
    pub const TAUX_EMPLOI: [Self; 4] =
        [Self::TauxEmploi6Mois, Self::TauxEmploi12Mois, Self::TauxEmploi18Mois, Self::TauxEmploi24Mois];

    /// What its figures count.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::Salaire12MoisQ1 | Self::Salaire12MoisQ2 | Self::Salaire12MoisQ3 => Unit::Euros,
            counts if (counts as usize) <= Self::NbEnEmploi24Mois as usize => Unit::Personnes,
            _ => Unit::Pourcent,
        }
    }

    /// The months after leaving at which it counts, of a count or rate of employment.
    #[must_use]
    pub fn horizon(self) -> Option<u8> {
        let at = |measures: [Self; 4]| measures.iter().position(|measure| *measure == self);
        match self {
            Self::PartEnEmploi6Mois => Some(6),
            _ => at(Self::IN_EMPLOI).or_else(|| at(Self::TAUX_EMPLOI)).and_then(|at| HORIZONS.get(at).copied()),
        }
    }

    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
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
    /// The figure of a measure, if the source gives one.
    #[must_use]
    pub fn get(&self, mesure: Mesure) -> Option<i32> {
        (self.known & mesure.bit() != 0).then(|| self.values.get(mesure as usize).copied()).flatten()
    }

    /// Records a figure.
    pub fn set(&mut self, mesure: Mesure, value: i32) {
        if let Some(slot) = self.values.get_mut(mesure as usize) {
            *slot = value;
            self.known |= mesure.bit();
            self.withheld &= !mesure.bit();
        }
    }

    /// Records that the source withholds the figure (`nd`, `ns`, `na`).
    pub fn withhold(&mut self, mesure: Mesure) {
        self.withheld |= mesure.bit();
    }

    /// Whether the source says that it withholds the figure.
    #[must_use]
    pub fn is_withheld(&self, mesure: Mesure) -> bool {
        self.withheld & mesure.bit() != 0
    }

    /// The measures that are known or can be deduced, as a bit set in the order of
    /// [`Mesure::ALL`]. It depends on what the source leaves blank, never on a figure: S counts
    /// when E and P are there, and so do the counts in employment when the first of them is
    /// blank, which is how sources write a cohort of which everybody goes on.
    #[must_use]
    pub fn presence_bits(&self) -> i32 {
        use Mesure::{NbAnneeTerm as E, NbPoursuiteEtudes as P, NbSortant as S};
        let mut bits = self.known;
        if bits & E.bit() != 0 && bits & P.bit() != 0 {
            if (bits | self.withheld) & Mesure::NbEnEmploi6Mois.bit() == 0 {
                bits |= Mesure::IN_EMPLOI.iter().fold(0, |bits, mesure| bits | mesure.bit());
            }
            bits |= S.bit();
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
