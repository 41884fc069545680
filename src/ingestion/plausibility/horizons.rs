//! Horizons that have not elapsed: some tables write 0 where there is nothing yet. A rate of 0 after
//! 24 months for everybody, where after 6 months some were in employment, is no figure.

use std::collections::BTreeMap;

use crate::db::ingestion::copy::Tally;

/// Values from which zeros alone are no chance.
const MANY: u64 = 20;

/// A horizon of a cohort that has no figures yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingestion) struct NotElapsed {
    pub(in crate::ingestion) filiere: String,
    pub(in crate::ingestion) millesime: String,
    /// Months.
    pub(in crate::ingestion) horizon: u8,
    /// Zeros that are no figures.
    pub(in crate::ingestion) zeros: u64,
}

/// What a horizon of one cohort holds.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    values: u64,
    above_zero: bool,
}

/// Finds them: `horizon` says the months of the measure of a bit, if it has a horizon.
pub(in crate::ingestion) fn not_elapsed(tallies: &[Tally], horizon: impl Fn(usize) -> Option<u8>) -> Vec<NotElapsed> {
    let mut held: BTreeMap<(&str, &str), BTreeMap<u8, Held>> = BTreeMap::new();
    for tally in tallies {
        let cohort = held.entry((&tally.scope.filiere, &tally.scope.millesime)).or_default();
        for (bit, count) in tally.values.iter().enumerate().filter(|(_, count)| **count > 0) {
            let Some(months) = horizon(bit) else { continue };
            let slot = cohort.entry(months).or_default();
            slot.values += count;
            slot.above_zero |= tally.above_zero & (1 << bit) != 0;
        }
    }
    held.into_iter().flat_map(|((filiere, millesime), horizons)| of_cohort(filiere, millesime, &horizons)).collect()
}

fn of_cohort(filiere: &str, millesime: &str, horizons: &BTreeMap<u8, Held>) -> Vec<NotElapsed> {
    let mut begun = false;
    let mut found = Vec::new();
    for (horizon, held) in horizons {
        if begun && !held.above_zero && held.values >= MANY {
            let (filiere, millesime) = (filiere.to_owned(), millesime.to_owned());
            found.push(NotElapsed { filiere, millesime, horizon: *horizon, zeros: held.values });
        }
        begun |= held.above_zero;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ingestion::ReplacementScope;

    /// Bit n is the measure at 6 (n + 1) months; each value is `(rows, above zero)`.
    fn tally(millesime: &str, values: &[(u64, bool)]) -> Tally {
        let [maille, filiere] = ["regionale", "pro"].map(str::to_owned);
        let mut tally =
            Tally::new(ReplacementScope { maille, filiere, millesime: millesime.to_owned(), lines: 0, mesures: 0 });
        for (bit, (rows, above)) in values.iter().enumerate() {
            tally.values[bit] = *rows;
            tally.above_zero |= u32::from(*above) << bit;
        }
        tally
    }

    fn found(tallies: &[Tally]) -> Vec<(String, u8, u64)> {
        let months = |bit| Some([6, 12, 18, 24][bit]);
        let found = not_elapsed(tallies, months);
        found.into_iter().map(|found| (found.millesime, found.horizon, found.zeros)).collect()
    }

    #[test]
    fn twenty_zeros_after_an_earlier_horizon_with_figures_are_no_figures() {
        let cohort = tally("2021_2022", &[(30, true), (30, true), (25, false), (20, false)]);
        assert_eq!(found(&[cohort]), [("2021_2022".to_owned(), 18, 25), ("2021_2022".to_owned(), 24, 20)]);
    }

    #[test]
    fn few_zeros_zeros_from_the_start_and_another_millesime_are_left_alone() {
        assert_eq!(found(&[tally("2021_2022", &[(30, true), (19, false)])]), []);
        assert_eq!(found(&[tally("2021_2022", &[(30, false), (30, false)])]), [], "nobody ever was in employment");
        let years = [tally("2020_2021", &[(30, true), (30, true)]), tally("2021_2022", &[(0, false), (30, false)])];
        assert_eq!(found(&years), [], "an earlier horizon of its own");
    }

    #[test]
    fn mailles_of_one_cohort_are_counted_together() {
        let (one, other) = (tally("2022", &[(15, true), (12, false)]), tally("2022", &[(15, false), (12, false)]));
        assert_eq!(found(&[one, other]), [("2022".to_owned(), 12, 24)]);
    }
}
