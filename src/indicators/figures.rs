//! From the measures of one cell to its figures: rates, rounding, threshold, reasons
//! (DATA.md §3 to §5).
//!
//! A value that the source publishes wins over the one we would compute. A denominator under
//! [`SEUIL`] hides what is counted over it: a small E hides P, J, S and every part, a small S every
//! `taux_emploi`; the catalogue says which indicator has which. E itself always stays. Every
//! indicator passes through [`Cell::verdict`], the one place that decides between a figure and
//! a reason.

use super::disponibilite::{Delay, Disponibilite, View};
use crate::domain::catalogue::indicators::HORIZONS;
use crate::domain::mesures::Effectifs;
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

/// The same for the figures of one horizon, by its rank in `HORIZONS`:
/// where S and P are counted anew at each, its own size decides.
#[must_use]
pub fn is_hidden_at(mesures: &Mesures, rang: usize) -> bool {
    let Effectifs { sortants, taille, .. } = mesures.effectifs(rang);
    taille.or(sortants).map_or_else(|| is_hidden(mesures), |size| size < SEUIL)
}

/// The horizon of a measure, by its rank; the first for what has none.
fn rang(mesure: M) -> usize {
    let of = |horizons: [M; 4]| horizons.iter().position(|m| *m == mesure);
    of(M::IN_EMPLOI).or_else(|| of(M::TAUX_EMPLOI)).unwrap_or(0)
}

/// Notes in `disponibilite` what a cell shows; a hidden one shows nothing.
pub fn note(
    disponibilite: &mut Disponibilite<MesureScope>,
    scope: MesureScope,
    millesime: Millesime,
    mesures: &Mesures,
) {
    let hidden = [0, 1, 2, 3].map(|rang| is_hidden_at(mesures, rang));
    let shown = |m: &&M| mesures.get(**m).is_some() && hidden.get(rang(**m)) == Some(&false);
    let shown = M::ALL.iter().filter(shown).fold(0, |bits, m| bits | (1 << *m as u32));
    if shown != 0 {
        disponibilite.note(scope, millesime, shown);
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
        figures.set_later(self.mesures.later().map(|_| {
            [1, 2, 3].map(|rang| {
                let Effectifs { taille, sortants, .. } = self.mesures.effectifs(rang);
                [taille, sortants.filter(|_| !is_hidden_at(self.mesures, rang))]
            })
        }));
        figures
    }

    fn get(&self, mesure: M) -> Option<i32> {
        self.mesures.get(mesure)
    }

    /// Whether those that an indicator is counted over, at its horizon, are too few.
    fn has_few(&self, indicateur: I) -> bool {
        let months = indicateur.definition().horizon;
        let rang = HORIZONS.iter().position(|horizon| Some(*horizon) == months).unwrap_or(0);
        let hidden = is_hidden_at(self.mesures, rang);
        indicateur.denominator().is_some_and(|denominator| match denominator {
            Denominator::FinalYear | Denominator::Contracts => hidden,
            Denominator::Leavers => hidden || self.mesures.effectifs(rang).sortants.is_some_and(|s| s < SEUIL),
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
    /// are what remains, so that the three sum to 100, also where published parts were rounded one by
    /// one; what the source gives is kept beside for the legacy contract.
    fn parts(&self, figures: &mut Figures) {
        let poursuite = self.poursuite(0);
        let rests_on = [M::NbPoursuiteEtudes, M::TauxPoursuiteEtudes, M::PartPoursuiteEtudes];
        self.decide(figures, I::PartPoursuiteEtudes, poursuite, &rests_on);
        let horizons = M::IN_EMPLOI.into_iter().zip(I::PART_EN_EMPLOI).zip(I::PART_AUTRES_SITUATIONS);
        for (rang, ((count, part), other)) in horizons.enumerate() {
            let published = |mesure| (rang == 0).then(|| self.get(mesure)).flatten();
            let emploi = published(M::PartEnEmploi6Mois).or_else(|| self.part(self.get(count), rang));
            let poursuite = self.poursuite(rang);
            let rest = poursuite.zip(emploi).map(|(poursuite, emploi)| (100 - poursuite - emploi).max(0));
            let given = published(M::PartAutresSituations6Mois);
            let others = rest.or(given);
            if !self.has_few(other) && given != others {
                figures.set_published_others(given);
            }
            let rests_on: &[M] = if rang == 0 { &[M::NbEnEmploi6Mois, M::PartEnEmploi6Mois] } else { &[count] };
            self.decide(figures, part, emploi, rests_on);
            self.decide(figures, other, others, rests_on);
        }
    }

    /// The part of those who study: the published one, else P / E. Where the horizon is counted anew
    /// it is of that horizon alone: a published part is of the first, which may be hidden.
    fn poursuite(&self, rang: usize) -> Option<i32> {
        let anew = rang > 0 && self.mesures.later().is_some();
        let published = [M::PartPoursuiteEtudes, M::TauxPoursuiteEtudes].into_iter().find_map(|m| self.get(m));
        published.filter(|_| !anew).or_else(|| self.part(self.mesures.effectifs(rang).poursuite, rang))
    }

    /// A part of E, computed.
    fn part(&self, count: Option<i32>, rang: usize) -> Option<i32> {
        percent(count?, self.mesures.effectifs(rang).taille?)
    }

    /// The rates over the leavers.
    fn rates(&self, figures: &mut Figures) {
        let horizons = I::TAUX_EMPLOI.into_iter().zip(M::TAUX_EMPLOI).zip(M::IN_EMPLOI);
        for (rang, ((indicateur, published), count)) in horizons.enumerate() {
            let computed = || percent(self.get(count)?, self.mesures.effectifs(rang).sortants?);
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

    /// A cohort of which S, P and J are counted anew after 12 months.
    fn counted_anew([s6, p6, j6]: [i32; 3], [s12, p12, j12]: [i32; 3]) -> Mesures {
        let mut cohort = Mesures::default();
        for (mesure, value) in
            [(M::NbSortant, s6), (M::NbPoursuiteEtudes, p6), (M::NbEnEmploi6Mois, j6), (M::NbEnEmploi12Mois, j12)]
        {
            cohort.set(mesure, value);
        }
        cohort.set_later([[Some(s12), Some(p12)], [None; 2], [None; 2]]);
        cohort.completed(Filiere::Superieur)
    }

    #[test]
    fn everything_at_a_horizon_is_over_its_own_cohort() {
        // 6 months: 15 of E 40 and S 30; 12 months: 30 of E 50 and S 40, of whom 10 study.
        let figures = figures(&[counted_anew([30, 10, 15], [40, 10, 30])]);
        let found = |indicateurs: [I; 4]| {
            let [six, twelve, ..] = indicateurs.map(|indicateur| figures.get(indicateur).known());
            [six, twelve]
        };
        assert_eq!(found(I::PART_EN_EMPLOI), [Some(38), Some(60)]);
        assert_eq!(found(I::TAUX_EMPLOI), [Some(50), Some(75)]);
        assert_eq!(found(I::PART_AUTRES_SITUATIONS), [Some(37), Some(20)]);
        let first = [I::NbAnneeTerm, I::NbPoursuiteEtudes, I::NbSortant, I::PartPoursuiteEtudes];
        assert_eq!(first.map(|indicateur| figures.get(indicateur).known()), [40, 10, 30, 25].map(Some));
        assert_eq!(figures.later(), Some([[Some(50), Some(40)], [None; 2], [None; 2]]));
    }

    #[test]
    fn the_threshold_is_that_of_the_horizon() {
        let neighbour = counted_anew([30, 10, 15], [40, 10, 30]);
        let shown = |six, twelve| figures(&[counted_anew(six, twelve), neighbour]);
        let later = shown([30, 10, 15], [10, 9, 5]);
        for indicateur in
            [I::NbEnEmploi12Mois, I::PartEnEmploi12Mois, I::PartAutresSituations12Mois, I::TauxEmploi12Mois]
        {
            assert_eq!(later.get(indicateur), Valeur::SOUS_SEUIL, "{indicateur}");
        }
        assert_eq!(later.get(I::PartEnEmploi6Mois), Valeur::Connue(38));
        assert_eq!(later.later(), Some([[Some(19), None], [None; 2], [None; 2]]), "the size alone");
        let first = shown([10, 9, 5], [30, 10, 15]);
        assert_eq!(first.get(I::PartEnEmploi6Mois), Valeur::SOUS_SEUIL);
        assert_eq!(first.get(I::NbSortant), Valeur::SOUS_SEUIL);
        assert_eq!(first.get(I::PartEnEmploi12Mois), Valeur::Connue(38));
        let leavers = shown([30, 10, 15], [19, 21, 10]);
        assert_eq!(leavers.get(I::PartEnEmploi12Mois), Valeur::Connue(25));
        assert_eq!(
            (leavers.get(I::TauxEmploi12Mois), leavers.get(I::TauxEmploi6Mois)),
            (Valeur::SOUS_SEUIL, Valeur::Connue(50))
        );
    }

    #[test]
    fn published_parts_that_miss_a_hundred_leave_the_difference_to_the_other_situations() {
        // 33.5, 33.5 and 33.0 percent, each rounded half up by the producer.
        let published = |others| {
            mesures(&[
                (M::NbAnneeTerm, 200),
                (M::PartEnEmploi6Mois, 34),
                (M::PartPoursuiteEtudes, 34),
                (M::PartAutresSituations6Mois, others),
            ])
        };
        let rounded = figures(&[published(33)]);
        assert_eq!(rounded.get(I::PartAutresSituations6Mois), Valeur::Connue(32));
        assert_eq!(rounded.published_others(), Some(33), "as it was published");
        assert_eq!(figures(&[published(32)]).published_others(), None);
        let mut hidden = published(33);
        hidden.set(M::NbAnneeTerm, 19);
        assert_eq!(figures(&[hidden]).published_others(), None);
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
