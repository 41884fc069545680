//! Figures of one row that say the same thing twice: where the two differ, one of them is wrong.
//!
//! Six checks, each alone. On more than one row in twenty of those that it can check, and on three
//! at least, chance is no explanation: columns are swapped or shifted, and the file is refused.
//! Below that each case is reported and the row goes in.

use super::{Findings, Rule};
use crate::domain::taux::percent;
use crate::domain::{Mesure, MesureEtablissement, Mesures};
use crate::ingestion::refusal::FileRefusal;
use crate::ingestion::report::Example;

/// The checks; the counters stand in this order.
const CHECKS: [Rule; 6] = [
    Rule::RateAgainstCounts,
    Rule::SumOfParts,
    Rule::FurtherStudy,
    Rule::EmploymentPart,
    Rule::AddedValue,
    Rule::RegionAgainstUai,
];
/// Cases under which no share of them refuses a file.
const FEW: u64 = 3;
/// Percent of the rows that a check can check, above which they do.
const SHARE: u64 = 5;

/// The published percents of one row, as far as they can be compared.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::ingestion) struct Published {
    pub(in crate::ingestion) further_study_rate: Option<i32>,
    pub(in crate::ingestion) further_study_part: Option<i32>,
    pub(in crate::ingestion) employment_part: Option<i32>,
    pub(in crate::ingestion) other_part: Option<i32>,
    pub(in crate::ingestion) employment_rate: Option<i32>,
    pub(in crate::ingestion) expected_rate: Option<i32>,
    pub(in crate::ingestion) added_value: Option<i32>,
}

impl From<&Mesures> for Published {
    /// Rows that are sums of partly blank ones have S + P < E: their rate is over fewer than all who
    /// did not go on, and cannot be compared with a part of everybody.
    fn from(mesures: &Mesures) -> Self {
        let counts = [Mesure::NbAnneeTerm, Mesure::NbPoursuiteEtudes, Mesure::NbSortant].map(|m| mesures.get(m));
        let partial = matches!(counts, [Some(all), Some(gone_on), Some(left)] if all != gone_on + left);
        Self {
            further_study_rate: mesures.get(Mesure::TauxPoursuiteEtudes),
            further_study_part: mesures.get(Mesure::PartPoursuiteEtudes),
            employment_part: mesures.get(Mesure::PartEnEmploi6Mois),
            other_part: mesures.get(Mesure::PartAutresSituations6Mois),
            employment_rate: mesures.get(Mesure::TauxEmploi6Mois).filter(|_| !partial),
            expected_rate: None,
            added_value: None,
        }
    }
}

/// A published figure, and the one that the others of its row give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingestion) struct Contradiction {
    /// Name of the figure, which is that of its column in every dataset that has it.
    pub(in crate::ingestion) figure: &'static str,
    /// As published.
    pub(in crate::ingestion) published: i32,
    /// As the others say.
    pub(in crate::ingestion) computed: i32,
}

impl Contradiction {
    /// The sentence.
    pub(in crate::ingestion) fn reason(&self) -> String {
        format!("La valeur publiée s'écarte de la valeur recalculée ({}).", self.computed)
    }
}

/// What a check says of one row: nothing where it cannot check it.
type Verdict = Option<Result<(), Contradiction>>;

fn compare(figure: &'static str, published: Option<i32>, computed: Option<i32>, tolerance: i32) -> Verdict {
    let (published, computed) = (published?, computed?);
    let agree = (published - computed).abs() <= tolerance;
    Some(if agree { Ok(()) } else { Err(Contradiction { figure, published, computed }) })
}

impl Published {
    /// Three parts make up everybody; each of them is rounded.
    fn sum_of_parts(self) -> Verdict {
        let rest = 100 - self.further_study_part? - self.employment_part?;
        compare(Mesure::PartAutresSituations6Mois.as_str(), self.other_part, Some(rest), 2)
    }

    /// The same figure under two names.
    fn further_study(self) -> Verdict {
        compare(Mesure::TauxPoursuiteEtudes.as_str(), self.further_study_rate, self.further_study_part, 1)
    }

    /// Those in employment, of all: the rate over the leavers times the part that left. Compared in
    /// whole percents, as both sides are published.
    fn employment_part(self) -> Verdict {
        let gone_on = self.further_study_part.or(self.further_study_rate)?;
        let computed = percent(self.employment_rate? * (100 - gone_on), 10_000);
        compare(Mesure::PartEnEmploi6Mois.as_str(), self.employment_part, computed, 1)
    }

    /// The added value is the rate minus the expected one.
    fn added_value(self) -> Verdict {
        let computed = self.employment_rate? - self.expected_rate?;
        compare(MesureEtablissement::ValeurAjouteeEmploi6Mois.as_str(), self.added_value, Some(computed), 1)
    }
}

/// Published rates against the counts of the same row; a row counts once.
fn against_counts(mesures: &Mesures) -> Verdict {
    use Mesure::{NbAnneeTerm as E, NbEnEmploi6Mois as J6, NbPoursuiteEtudes as P, NbSortant as S};
    let rates = Mesure::TAUX_EMPLOI.into_iter().zip(Mesure::IN_EMPLOI).map(|(rate, count)| (rate, count, S));
    let of_all =
        [(Mesure::TauxPoursuiteEtudes, P, E), (Mesure::PartPoursuiteEtudes, P, E), (Mesure::PartEnEmploi6Mois, J6, E)];
    let mut verdict = None;
    for (published, part, whole) in rates.chain(of_all) {
        let computed = mesures.get(part).zip(mesures.get(whole)).and_then(|(part, whole)| percent(part, whole));
        match compare(published.as_str(), mesures.get(published), computed, 1) {
            Some(Err(contradiction)) => return Some(Err(contradiction)),
            Some(Ok(())) => verdict = Some(Ok(())),
            None => {}
        }
    }
    verdict
}

/// What the six checks found in a file.
#[derive(Debug, Default)]
pub(in crate::ingestion) struct Contradictions([Count; CHECKS.len()]);

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    checked: u64,
    wrong: u64,
}

impl Contradictions {
    /// Checks the measures of one row; `found` is told of each contradiction.
    pub(in crate::ingestion) fn check(&mut self, mesures: &Mesures, mut found: impl FnMut(Rule, Contradiction)) {
        self.note(Rule::RateAgainstCounts, against_counts(mesures), &mut found);
        self.check_published(Published::from(mesures), found);
    }

    /// Checks the percents of one row.
    pub(in crate::ingestion) fn check_published(
        &mut self,
        published: Published,
        mut found: impl FnMut(Rule, Contradiction),
    ) {
        self.note(Rule::SumOfParts, published.sum_of_parts(), &mut found);
        self.note(Rule::FurtherStudy, published.further_study(), &mut found);
        self.note(Rule::EmploymentPart, published.employment_part(), &mut found);
        self.note(Rule::AddedValue, published.added_value(), &mut found);
    }

    /// Notes whether the région of a row is that of its UAI.
    pub(in crate::ingestion) fn region(&mut self, agrees: bool) {
        self.count(Rule::RegionAgainstUai, agrees);
    }

    fn note(&mut self, rule: Rule, verdict: Verdict, found: &mut impl FnMut(Rule, Contradiction)) {
        let Some(verdict) = verdict else { return };
        self.count(rule, verdict.is_ok());
        if let Err(contradiction) = verdict {
            found(rule, contradiction);
        }
    }

    fn count(&mut self, rule: Rule, agrees: bool) {
        let counts = CHECKS.iter().zip(&mut self.0).find(|(check, _)| **check == rule);
        if let Some((_, count)) = counts {
            count.checked += 1;
            count.wrong += u64::from(!agrees);
        }
    }

    /// Judges a file that was read to its end.
    ///
    /// # Errors
    /// A check fails on more rows than chance explains; the message has its first case.
    pub(in crate::ingestion) fn judge(&self, findings: &Findings) -> Result<(), FileRefusal> {
        for (rule, Count { checked, wrong }) in CHECKS.iter().zip(&self.0) {
            if *wrong >= FEW && wrong * 100 > checked * SHARE {
                return Err(FileRefusal::Contradictions {
                    sentence: rule.sentence(),
                    contradicting: *wrong,
                    compared: *checked,
                    example: findings.first(*rule).map(as_text).unwrap_or_default(),
                });
            }
        }
        Ok(())
    }
}

fn as_text(example: &Example) -> String {
    let column = example.column.as_deref().unwrap_or_default();
    format!("line {}, column «{column}», «{}»: {}", example.line, example.valeur, example.raison)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E 100, P 40, S 60, J6 30 and the rates that they give.
    fn coherent() -> Mesures {
        let mut mesures = Mesures::default();
        for (mesure, value) in [
            (Mesure::NbAnneeTerm, 100),
            (Mesure::NbPoursuiteEtudes, 40),
            (Mesure::NbSortant, 60),
            (Mesure::NbEnEmploi6Mois, 30),
            (Mesure::TauxPoursuiteEtudes, 40),
            (Mesure::PartPoursuiteEtudes, 40),
            (Mesure::PartEnEmploi6Mois, 30),
            (Mesure::PartAutresSituations6Mois, 30),
            (Mesure::TauxEmploi6Mois, 50),
        ] {
            mesures.set(mesure, value);
        }
        mesures
    }

    fn broken(changes: &[(Mesure, i32)]) -> Vec<Rule> {
        let mut mesures = coherent();
        for (mesure, value) in changes {
            mesures.set(*mesure, *value);
        }
        let mut rules = Vec::new();
        Contradictions::default().check(&mesures, |rule, _| rules.push(rule));
        rules
    }

    #[test]
    fn each_check_finds_its_contradiction_alone() {
        use Mesure::{PartAutresSituations6Mois as Others, TauxEmploi6Mois as Rate, TauxPoursuiteEtudes as Further};
        assert_eq!(broken(&[]), []);
        assert_eq!(broken(&[(Others, 32)]), [], "two points are rounding");
        assert_eq!(broken(&[(Others, 33)]), [Rule::SumOfParts]);
        assert_eq!(broken(&[(Rate, 51)]), [], "one point is rounding");
        assert_eq!(broken(&[(Rate, 53)]), [Rule::RateAgainstCounts, Rule::EmploymentPart]);
        assert_eq!(broken(&[(Further, 42)]), [Rule::RateAgainstCounts, Rule::FurtherStudy]);
        let partly_blank = [(Mesure::NbAnneeTerm, 130), (Mesure::NbPoursuiteEtudes, 52)];
        let parts = [(Mesure::PartEnEmploi6Mois, 23), (Others, 37)];
        assert_eq!(broken(&[partly_blank, parts].concat()), [], "S + P < E is no error");
    }

    #[test]
    fn the_added_value_is_the_rate_minus_the_expected_one() {
        let row = |added_value| Published {
            employment_rate: Some(60),
            expected_rate: Some(58),
            added_value: Some(added_value),
            ..Published::default()
        };
        for (added_value, wrong) in [(2, 0), (1, 0), (3, 0), (-2, 1), (4, 1)] {
            let mut found = 0;
            Contradictions::default().check_published(row(added_value), |_, _| found += 1);
            assert_eq!(found, wrong, "{added_value}");
        }
    }

    #[test]
    fn three_cases_and_more_than_a_twentieth_refuse() {
        let judged = |wrong: u64, checked: u64| {
            let mut contradictions = Contradictions::default();
            (0..checked).for_each(|row| contradictions.region(row >= wrong));
            contradictions.judge(&Findings::default()).is_err()
        };
        assert!(!judged(2, 2), "two rows may be two errors");
        assert!(judged(3, 3));
        assert!(judged(3, 59));
        assert!(!judged(3, 60), "exactly 5 % is not more");
        assert!(!judged(50, 1000));
        assert!(judged(51, 1000));
    }
}
