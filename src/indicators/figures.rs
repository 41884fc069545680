//! From the measures of one cell to its figures: rates, rounding, threshold, reasons
//! (DATA.md §3 to §5).
//!
//! A value that the source publishes wins over the one we would compute. A denominator under
//! [`SEUIL`] hides what is counted over it: a small E hides P, J, S and every part, a small S every
//! `taux_emploi`; the catalogue says which indicator has which. E itself always stays. Every
//! indicator passes through [`Cell::verdict`], the one place that decides between a figure and
//! a reason.

use super::disponibilite::{Delay, Disponibilite, View};
use crate::domain::taux::percent;
use crate::domain::{
    Denominator, Figures, Filiere, Indicateur as I, Maille, Mesure as M, Mesures, Millesime, SEUIL, Valeur,
};

/// What decides which measures exist.
pub type MesureScope = (Maille, Filiere);

/// A cell and what is known around it.
pub struct Cell<'a> {
    /// Its completed measures.
    pub mesures: &'a Mesures,
    /// What the sources cover for its maille, filière and millésime.
    pub vue: View,
}

/// Whether the size of a cohort forbids showing what is counted over it. With E unknown, a known
/// S under the threshold hides as well.
#[must_use]
pub fn is_hidden(mesures: &Mesures) -> bool {
    mesures.get(M::NbAnneeTerm).or_else(|| mesures.get(M::NbSortant)).is_some_and(|size| size < SEUIL)
}

/// Notes in `disponibilite` what a cell shows; a hidden one shows nothing.
pub fn note(
    disponibilite: &mut Disponibilite<MesureScope>,
    scope: MesureScope,
    millesime: Millesime,
    mesures: &Mesures,
) {
    if !is_hidden(mesures) {
        let known = M::ALL.iter().filter(|m| mesures.get(**m).is_some());
        disponibilite.note(scope, millesime, known.fold(0, |bits, m| bits | (1 << *m as u32)));
    }
}

impl Cell<'_> {
    /// Every indicator of the cell: a figure that may be shown, or a reason.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        self.given(&mut figures);
        self.parts(&mut figures);
        self.rates(&mut figures);
        figures
    }

    fn get(&self, mesure: M) -> Option<i32> {
        self.mesures.get(mesure)
    }

    /// Whether those that an indicator is counted over are too few.
    fn has_few(&self, indicateur: I) -> bool {
        indicateur.denominator().is_some_and(|denominator| match denominator {
            Denominator::FinalYear | Denominator::Contracts => is_hidden(self.mesures),
            Denominator::Leavers => is_hidden(self.mesures) || self.get(M::NbSortant).is_some_and(|s| s < SEUIL),
        })
    }

    /// A figure, or the reason why there is none. `rests_on` are the measures it can come from.
    ///
    /// What the visible neighbours have is asked before the threshold: a horizon that has not
    /// elapsed is «not yet available» for small cohorts too, and no reason depends on a hidden
    /// figure.
    fn verdict(&self, indicateur: I, value: Option<i32>, rests_on: &[M]) -> Valeur {
        let few = self.has_few(indicateur);
        if let (Some(value), false) = (value, few) {
            return Valeur::Connue(value);
        }
        let covers = |m: &M| self.vue.covers(*m as u32);
        let exists = rests_on.iter().any(|m| covers(m) || self.mesures.is_withheld(*m));
        match rests_on.first() {
            Some(first) if !exists && self.vue.is_begun() => {
                Valeur::Absente(self.vue.raison(*first as u32, Delay::of(indicateur.definition())))
            }
            _ if few => Valeur::SOUS_SEUIL,
            _ => Valeur::NON_DIFFUSE,
        }
    }

    fn decide(&self, figures: &mut Figures, indicateur: I, value: Option<i32>, rests_on: &[M]) {
        figures.set(indicateur, self.verdict(indicateur, value, rests_on));
    }

    /// What one measure says, without computation: the counts, and what is only ever given by the
    /// source.
    fn given(&self, figures: &mut Figures) {
        let counts = [M::NbAnneeTerm, M::NbPoursuiteEtudes, M::NbSortant].into_iter().chain(M::IN_EMPLOI);
        let others = [M::TauxRuptureContrats].into_iter().chain(M::SALAIRE_12_MOIS);
        for mesure in counts.chain(others) {
            self.decide(figures, mesure.indicateur(), self.get(mesure), &[mesure]);
        }
    }

    /// The parts of all: further study, in employment, other situations. The other situations
    /// are what remains, so that the three sum to 100.
    fn parts(&self, figures: &mut Figures) {
        let poursuite = [M::PartPoursuiteEtudes, M::TauxPoursuiteEtudes].into_iter().find_map(|m| self.get(m));
        let poursuite = poursuite.or_else(|| self.part(M::NbPoursuiteEtudes));
        let rests_on = [M::NbPoursuiteEtudes, M::TauxPoursuiteEtudes, M::PartPoursuiteEtudes];
        self.decide(figures, I::PartPoursuiteEtudes, poursuite, &rests_on);
        for ((count, part), other) in M::IN_EMPLOI.into_iter().zip(I::PART_EN_EMPLOI).zip(I::PART_AUTRES_SITUATIONS) {
            let published = |mesure| (count == M::NbEnEmploi6Mois).then(|| self.get(mesure)).flatten();
            let emploi = published(M::PartEnEmploi6Mois).or_else(|| self.part(count));
            let others = published(M::PartAutresSituations6Mois).or_else(|| Some((100 - poursuite? - emploi?).max(0)));
            let rests_on: &[M] =
                if count == M::NbEnEmploi6Mois { &[M::NbEnEmploi6Mois, M::PartEnEmploi6Mois] } else { &[count] };
            self.decide(figures, part, emploi, rests_on);
            self.decide(figures, other, others, rests_on);
        }
    }

    /// A part of E, computed.
    fn part(&self, count: M) -> Option<i32> {
        percent(self.get(count)?, self.get(M::NbAnneeTerm)?)
    }

    /// The rates over the leavers.
    fn rates(&self, figures: &mut Figures) {
        for ((indicateur, published), count) in I::TAUX_EMPLOI.into_iter().zip(M::TAUX_EMPLOI).zip(M::IN_EMPLOI) {
            let computed = || percent(self.get(count)?, self.get(M::NbSortant)?);
            let rate = self.get(published).or_else(computed);
            self.decide(figures, indicateur, rate, &[count, published]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::RaisonAbsence;

    const SCOPE: MesureScope = (Maille::Regionale, Filiere::Apprentissage);
    const YEAR: Millesime = Millesime::pooled(2022);

    fn mesures(values: &[(M, i32)]) -> Mesures {
        let mut mesures = Mesures::default();
        for (mesure, value) in values {
            mesures.set(*mesure, *value);
        }
        mesures.completed(SCOPE.1)
    }

    /// The figures of the first of `cells`, the others being its neighbours.
    fn figures(cells: &[Mesures]) -> Figures {
        let mut disponibilite = Disponibilite::default();
        for cell in cells {
            note(&mut disponibilite, SCOPE, YEAR, cell);
        }
        Cell { mesures: &cells[0], vue: disponibilite.view(&SCOPE, YEAR) }.figures()
    }

    fn complete(e: i32, p: i32) -> Mesures {
        let j = (e - p) / 2;
        mesures(&[(M::NbAnneeTerm, e), (M::NbPoursuiteEtudes, p), (M::NbEnEmploi6Mois, j), (M::NbEnEmploi12Mois, j)])
    }

    #[test]
    fn the_worked_example_of_the_documentation() {
        let figures = figures(&[mesures(&[
            (M::NbAnneeTerm, 162),
            (M::NbPoursuiteEtudes, 73),
            (M::NbSortant, 89),
            (M::NbEnEmploi6Mois, 57),
            (M::NbEnEmploi12Mois, 67),
            (M::NbEnEmploi18Mois, 65),
            (M::NbEnEmploi24Mois, 71),
        ])]);
        assert_eq!(figures.get(I::PartPoursuiteEtudes), Valeur::Connue(45));
        assert_eq!(I::PART_EN_EMPLOI.map(|i| figures.get(i).known()), [35, 41, 40, 44].map(Some));
        assert_eq!(I::PART_AUTRES_SITUATIONS.map(|i| figures.get(i).known()), [20, 14, 15, 11].map(Some));
        assert_eq!(I::TAUX_EMPLOI.map(|i| figures.get(i).known()), [64, 75, 73, 80].map(Some));
        assert_eq!(figures.get(I::TauxRuptureContrats), Valeur::NON_COUVERT);
    }

    #[test]
    fn under_twenty_only_the_size_is_shown() {
        let figures = figures(&[complete(19, 4), complete(50, 20)]);
        assert_eq!(figures.get(I::NbAnneeTerm), Valeur::Connue(19));
        for indicateur in [
            I::NbPoursuiteEtudes,
            I::NbSortant,
            I::NbEnEmploi6Mois,
            I::PartPoursuiteEtudes,
            I::PartEnEmploi12Mois,
            I::PartAutresSituations6Mois,
            I::TauxEmploi6Mois,
        ] {
            assert_eq!(figures.get(indicateur), Valeur::SOUS_SEUIL, "{indicateur}");
        }
    }

    #[test]
    fn a_small_cell_alone_in_the_world_is_under_the_threshold_too() {
        let figures = figures(&[complete(19, 4)]);
        assert_eq!(figures.get(I::PartEnEmploi6Mois), Valeur::SOUS_SEUIL);
        assert_eq!(figures.get(I::TauxEmploi24Mois), Valeur::SOUS_SEUIL);
    }

    #[test]
    fn few_leavers_hide_the_rates_over_them_and_nothing_else() {
        let figures = figures(&[complete(60, 41), complete(60, 20)]);
        assert_eq!(figures.get(I::NbSortant), Valeur::Connue(19));
        assert_eq!(figures.get(I::PartEnEmploi6Mois), Valeur::Connue(15));
        assert_eq!(figures.get(I::TauxEmploi6Mois), Valeur::SOUS_SEUIL);
        assert_eq!(figures.get(I::TauxEmploi18Mois), Valeur::PAS_ENCORE_DISPONIBLE);
    }

    #[test]
    fn what_the_source_publishes_wins() {
        let mut cell = complete(40, 15); // 37.5 % computed
        cell.set(M::TauxPoursuiteEtudes, 37);
        assert_eq!(figures(&[cell]).get(I::PartPoursuiteEtudes), Valeur::Connue(37));
        cell.set(M::PartPoursuiteEtudes, 39);
        assert_eq!(figures(&[cell]).get(I::PartPoursuiteEtudes), Valeur::Connue(39));
    }

    #[test]
    fn withheld_is_not_the_same_as_not_yet_there() {
        let mut withheld = mesures(&[(M::NbAnneeTerm, 40)]);
        withheld.withhold(M::NbPoursuiteEtudes);
        let figures = figures(&[withheld, complete(50, 20)]);
        assert_eq!(figures.get(I::NbPoursuiteEtudes), Valeur::NON_DIFFUSE);
        assert_eq!(figures.get(I::PartPoursuiteEtudes), Valeur::NON_DIFFUSE);
        assert_eq!(figures.get(I::NbEnEmploi18Mois), Valeur::PAS_ENCORE_DISPONIBLE);
        assert_eq!(figures.get(I::Salaire12MoisQ2), Valeur::NON_COUVERT);
    }

    #[test]
    fn with_the_size_unknown_parts_are_withheld_and_small_counts_hidden() {
        let mut unknown = mesures(&[(M::NbSortant, 30), (M::NbEnEmploi6Mois, 9)]);
        unknown.withhold(M::NbPoursuiteEtudes);
        let shown = figures(&[unknown]);
        assert_eq!(shown.get(I::NbEnEmploi6Mois), Valeur::Connue(9));
        assert_eq!(shown.get(I::PartEnEmploi6Mois), Valeur::NON_DIFFUSE);
        assert_eq!(shown.get(I::TauxEmploi6Mois), Valeur::Connue(30));
        let hidden = figures(&[mesures(&[(M::NbSortant, 19), (M::NbEnEmploi6Mois, 9)])]);
        assert_eq!(hidden.get(I::NbSortant), Valeur::SOUS_SEUIL);
        assert_eq!(hidden.get(I::NbEnEmploi6Mois), Valeur::SOUS_SEUIL);
    }

    proptest! {
        #[test]
        fn nothing_about_a_hidden_cell_changes_with_its_figures(
            e in 0..SEUIL, a in proptest::collection::vec(0..20i32, M::COUNT), b in proptest::collection::vec(0..20i32, M::COUNT),
        ) {
            let cell = |values: &[i32]| {
                let mut mesures = Mesures::default();
                for (mesure, value) in M::ALL.iter().zip(values).take(M::TauxRuptureContrats as usize + 1) {
                    mesures.set(*mesure, *value);
                }
                mesures.set(M::NbAnneeTerm, e);
                mesures.completed(SCOPE.1)
            };
            prop_assert_eq!(figures(&[cell(&a), complete(50, 20)]), figures(&[cell(&b), complete(50, 20)]));
        }

        #[test]
        fn the_three_parts_at_six_months_sum_to_a_hundred(e in SEUIL..5000, p in 0..5000i32, j in 0..5000i32) {
            let p = p % (e + 1);
            let j = j % (e - p + 1);
            let cell = mesures(&[(M::NbAnneeTerm, e), (M::NbPoursuiteEtudes, p), (M::NbEnEmploi6Mois, j)]);
            let figures = figures(&[cell]);
            let part = |i| figures.get(i).known().unwrap();
            let (poursuite, emploi, others) =
                (part(I::PartPoursuiteEtudes), part(I::PartEnEmploi6Mois), part(I::PartAutresSituations6Mois));
            prop_assert_eq!(poursuite + emploi + others, 100);
        }

        #[test]
        fn every_absent_indicator_has_a_reason_and_no_hidden_figure(e in 0..60i32, p in 0..60i32) {
            let cell = complete(e.max(p), p);
            let figures = figures(&[cell]);
            let hidden = e.max(p) < SEUIL;
            for (indicateur, raison) in figures.absences() {
                prop_assert!(hidden || raison != RaisonAbsence::SousSeuil || indicateur.as_str().starts_with("taux_emploi"));
            }
            prop_assert_eq!(figures.get(I::NbPoursuiteEtudes).known().is_some(), !hidden);
        }
    }
}
