//! The check before the switch refuses what it is there for.

use exposition::db::check::Violations;
use exposition::domain::Indicateur::{self as I, NbAnneeTerm, NbSortant};
use exposition::domain::SEUIL;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::common::{TestDb, sample_database};

/// The sample publication, to which cells are added behind the program's back.
struct Written {
    test: TestDb,
    connection: PgConnection,
    publication: i32,
}

impl Written {
    async fn new() -> Self {
        let test = sample_database().await;
        let (connection, publication) =
            (test.connection().await, test.db.current_publication().await.unwrap().unwrap().id);
        Self { test, connection, publication }
    }

    /// A cell of its own with these figures and reasons.
    async fn cell(&mut self, millesime: i32, figures: &[(I, i32)], absences: i64) {
        self.cell_of("(SELECT min(code_certification) FROM certifications)", millesime, figures, absences).await;
    }

    async fn cell_of(&mut self, code: &str, millesime: i32, figures: &[(I, i32)], absences: i64) {
        let columns = figures.iter().map(|(indicateur, _)| format!(", {indicateur}")).collect::<Vec<_>>().concat();
        let values = figures.iter().map(|(_, value)| format!(", {value}")).collect::<Vec<_>>().concat();
        let sql = format!(
            "INSERT INTO statistiques (publication_id, lieu, code_certification, filiere, millesime, maille, absences,
                                       origine, source{columns})
             VALUES ({}, '11', {code}, 'pro', '{millesime}', 'regionale', {absences}, 'propre', 'test'{values})",
            self.publication
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut self.connection).await.unwrap();
    }

    /// Gives the cells of a millésime an E and an S of their own at 12 months.
    async fn counted_anew(&mut self, millesime: i32, e: i32, s: i32) {
        let sql = format!(
            "UPDATE statistiques SET nb_annee_term_12_mois = {e}, nb_sortant_12_mois = {s} WHERE millesime = '{millesime}'"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut self.connection).await.unwrap();
    }

    async fn violations(&self) -> Violations {
        let (mut drafting, _) = self.test.db.begin_publication().await.unwrap();
        let found = drafting.violations(self.publication).await.unwrap();
        drafting.abandon().await.unwrap();
        found
    }

    /// Which indicators are named, each with one cell.
    async fn named(&self) -> Vec<I> {
        let found = self.violations().await;
        assert_eq!(found.orphans, 0);
        assert!(found.disclosed.iter().all(|(_, cells)| *cells == 1), "{found:?}");
        found.disclosed.into_iter().map(|(indicateur, _)| indicateur).collect()
    }
}

/// What no size of the cohort hides: the size itself, and salaries.
const ALWAYS: [I; 4] = [NbAnneeTerm, I::Salaire12MoisQ1, I::Salaire12MoisQ2, I::Salaire12MoisQ3];

fn all_but(never: &[I]) -> Vec<I> {
    I::ALL.iter().copied().filter(|indicateur| !never.contains(indicateur)).collect()
}

#[tokio::test]
async fn what_the_program_writes_passes() {
    assert!(Written::new().await.violations().await.is_empty());
}

#[tokio::test]
async fn each_indicator_that_a_small_cohort_shows_is_named() {
    let mut written = Written::new().await;
    for (year, indicateur) in (3000..).zip(all_but(&[NbAnneeTerm])) {
        written.cell(year, &[(NbAnneeTerm, SEUIL - 1), (indicateur, 7)], 0).await;
    }
    assert_eq!(written.named().await, all_but(&ALWAYS));
}

#[tokio::test]
async fn each_rate_over_few_leavers_is_named_and_nothing_else() {
    let mut written = Written::new().await;
    for (year, indicateur) in (3000..).zip(all_but(&[NbAnneeTerm, NbSortant])) {
        written.cell(year, &[(NbAnneeTerm, 60), (NbSortant, SEUIL - 1), (indicateur, 7)], 0).await;
    }
    assert_eq!(written.named().await, I::TAUX_EMPLOI);
}

#[tokio::test]
async fn each_figure_of_a_cohort_that_is_hidden_without_its_size_is_named() {
    // The size was never known, and the number of leavers is absent for being too small.
    let reasons = !(0b11 << (2 * NbSortant as u32)) & 0xffff_ffff_ffff;
    let mut written = Written::new().await;
    for (year, indicateur) in (3000..).zip(all_but(&[NbAnneeTerm, NbSortant])) {
        written.cell(year, &[(indicateur, 7)], reasons).await;
    }
    let never = [&ALWAYS[..], &[NbSortant]].concat();
    assert_eq!(written.named().await, all_but(&never));
}

#[tokio::test]
async fn cohorts_that_are_large_enough_show_everything() {
    let mut written = Written::new().await;
    let counts = [(NbAnneeTerm, 2 * SEUIL), (NbSortant, SEUIL)];
    let rest = all_but(&[NbAnneeTerm, NbSortant]).into_iter().map(|indicateur| (indicateur, 7));
    written.cell(3000, &counts.into_iter().chain(rest).collect::<Vec<_>>(), 0).await;
    // And where nobody knows how large it is, the producer has decided.
    written.cell(3001, &[(I::TauxEmploi6Mois, 7)], 0b01 << (2 * NbSortant as u32)).await;
    assert!(written.violations().await.is_empty());
}

#[tokio::test]
async fn each_figure_of_a_horizon_that_is_counted_anew_is_held_against_its_own_cohort() {
    let mut written = Written::new().await;
    let twelve: Vec<I> =
        all_but(&ALWAYS).into_iter().filter(|indicateur| indicateur.definition().horizon == Some(12)).collect();
    let large = [(NbAnneeTerm, 60), (NbSortant, 40)];
    for (year, indicateur) in (3000..).zip(&twelve) {
        written.cell(year, &[large[0], large[1], (*indicateur, 7)], 0).await;
        written.counted_anew(year, SEUIL - 1, 5).await;
        // Of a first horizon that is too small, the second may be large enough.
        written.cell(year + 1000, &[(NbAnneeTerm, SEUIL - 1), (*indicateur, 7)], 0).await;
        written.counted_anew(year + 1000, SEUIL, SEUIL).await;
    }
    written.cell(5000, &[large[0], large[1], (I::TauxEmploi12Mois, 7), (I::PartEnEmploi12Mois, 7)], 0).await;
    written.counted_anew(5000, 60, SEUIL - 1).await;
    let found = written.violations().await.disclosed;
    let expected = |indicateur: &I| (*indicateur, if *indicateur == I::TauxEmploi12Mois { 2 } else { 1 });
    assert_eq!(found, twelve.iter().map(expected).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_statistic_of_no_certification_is_counted() {
    let mut written = Written::new().await;
    written.cell_of("'99999999'", 3000, &[(NbAnneeTerm, 60)], 0).await;
    written.cell_of("'99999999'", 3001, &[(NbAnneeTerm, 60)], 0).await;
    let found = written.violations().await;
    assert_eq!((found.disclosed, found.orphans), (Vec::new(), 2));
}
