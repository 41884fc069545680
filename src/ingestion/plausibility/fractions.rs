//! Rates written as fractions of 1: `0,58` for 58 %. Rounded to whole percents they would all be 0
//! or 1, and every course without prospects.
//!
//! A column tells: one that has nothing above 1 and something between 0 and 1 holds fractions, and
//! the file is refused. A single fraction among percents may be one: it is reported.

use super::{Findings, Rule};
use crate::ingestion::refusal::FileRefusal;
use crate::ingestion::report::Example;

/// What was seen of the rate columns of a file; a long form has one for each measure.
#[derive(Debug, Default)]
pub(in crate::ingestion) struct Fractions(Vec<Column>);

#[derive(Debug, Default)]
struct Column {
    above_one: bool,
    fractions: u64,
    first: Option<Place>,
}

/// Where a fraction was first seen.
#[derive(Debug)]
struct Place {
    line: u64,
    label: String,
    value: String,
}

impl Fractions {
    /// Notes a rate that was read, rounded to `percent`, in the column of this number.
    pub(in crate::ingestion) fn see(
        &mut self,
        column: usize,
        percent: i32,
        text: &str,
        place: impl FnOnce() -> (u64, String),
    ) {
        if percent > 1 && self.0.get(column).is_some_and(|seen| seen.above_one) {
            return;
        }
        if self.0.len() <= column {
            self.0.resize_with(column + 1, Column::default);
        }
        let Some(seen) = self.0.get_mut(column) else { return };
        match size(percent, text) {
            Size::Above => seen.above_one = true,
            Size::Fraction => {
                seen.fractions += 1;
                seen.first.get_or_insert_with(|| {
                    let (line, label) = place();
                    Place { line, label, value: text.to_owned() }
                });
            }
            Size::ZeroOrOne => {}
        }
    }

    /// Judges the columns of a file that was read to its end.
    ///
    /// # Errors
    /// A column holds fractions.
    pub(in crate::ingestion) fn judge(self, findings: &mut Findings) -> Result<(), FileRefusal> {
        for Column { above_one, fractions, first } in self.0 {
            let Some(Place { line, label, value }) = first else { continue };
            if !above_one {
                return Err(FileRefusal::Fractions { line, column: label, valeur: value });
            }
            findings.count(Rule::FractionAmongPercents, fractions, || Example {
                line,
                column: Some(label),
                valeur: value,
                raison: "Une valeur entre 0 et 1 parmi des pourcentages : une fraction ? Elle est lue en %.".to_owned(),
            });
        }
        Ok(())
    }
}

enum Size {
    ZeroOrOne,
    Fraction,
    Above,
}

/// How a rate compares with 1: its rounded value decides nearly always, its decimals the rest.
fn size(percent: i32, text: &str) -> Size {
    if percent > 1 {
        return Size::Above;
    }
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let decimals = decimals.bytes().any(|byte| byte != b'0');
    let one = whole.ends_with('1');
    match (one, decimals) {
        (_, false) => Size::ZeroOrOne,
        (true, true) => Size::Above,
        (false, true) => Size::Fraction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(values: &[(usize, i32, &str)]) -> (Result<(), FileRefusal>, u64) {
        let (mut seen, mut findings) = (Fractions::default(), Findings::default());
        for (line, (column, percent, text)) in (2..).zip(values) {
            seen.see(*column, *percent, text, || (line, format!("colonne {column}")));
        }
        let result = seen.judge(&mut findings);
        (result, findings.of(Rule::FractionAmongPercents))
    }

    #[test]
    fn a_column_of_fractions_refuses_the_file_at_the_first_of_them() {
        let (result, _) = judged(&[(0, 58, "58"), (1, 1, "1"), (1, 0, "0"), (1, 1, "0,58"), (1, 0, "0.35")]);
        let message = result.unwrap_err().to_string();
        assert!(message.contains("line 5") && message.contains("colonne 1") && message.contains("0,58"), "{message}");
    }

    #[test]
    fn zeros_and_ones_alone_are_percents() {
        assert!(judged(&[(0, 0, "0"), (0, 1, "1"), (0, 0, "0.0"), (0, 1, "1,0")]).0.is_ok());
    }

    #[test]
    fn one_value_above_1_makes_a_column_of_percents_and_its_fractions_are_reported() {
        for above in ["58", "1.2", "100"] {
            let rounded = if above == "1.2" { 1 } else { 58 };
            let (result, reported) = judged(&[(3, 0, "0.4"), (3, rounded, above), (3, 1, "0,9")]);
            assert!(result.is_ok(), "{above}");
            assert_eq!(reported, 2, "{above}");
        }
    }
}
