//! Days: years of two digits and years of another age are errors, and some days mean «no end».

use chrono::{Datelike as _, NaiveDate};

/// What the text of a day says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingestion) enum Day {
    /// A day.
    On(NaiveDate),
    /// None: `31/12/9999` and `31/12/2999` stand for it.
    Endless,
    /// No day, or none of this age.
    Invalid,
}

/// Whether a diploma can open, close or be examined in this year.
pub(in crate::ingestion) fn is_year(year: i32) -> bool {
    (1900..=2100).contains(&year)
}

/// Reads `31/08/2025` or `2025-08-31`; the year has four digits.
pub(in crate::ingestion) fn day(text: &str) -> Day {
    let (format, year) = match text.rsplit_once('/') {
        Some((_, year)) => ("%d/%m/%Y", Some(year)),
        None => ("%Y-%m-%d", text.split('-').next()),
    };
    let four_digits = year.is_some_and(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(day) = NaiveDate::parse_from_str(text, format).ok().filter(|_| four_digits) else { return Day::Invalid };
    match (day.year(), day.month(), day.day()) {
        (9999 | 2999, 12, 31) => Day::Endless,
        (year, ..) if is_year(year) => Day::On(day),
        _ => Day::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_four_digits_and_is_of_this_age() {
        for text in [
            "31/08/30",
            "01/09/20",
            "30-08-31",
            "31/08/0030",
            "31/08/1899",
            "31/08/2101",
            "15/05/0998",
            "31/12/9998",
            "30/12/9999",
            "31/02/2020",
            "2020/08/31",
            "+2020-08-31",
            "",
            "2020",
        ] {
            assert_eq!(day(text), Day::Invalid, "{text}");
        }
        for (text, (year, month, of_month)) in [
            ("31/08/2025", (2025, 8, 31)),
            ("2025-08-31", (2025, 8, 31)),
            ("01/01/1900", (1900, 1, 1)),
            ("31/12/2100", (2100, 12, 31)),
        ] {
            assert_eq!(day(text), Day::On(NaiveDate::from_ymd_opt(year, month, of_month).unwrap()), "{text}");
        }
    }

    #[test]
    fn two_days_mean_no_end() {
        for text in ["31/12/9999", "31/12/2999", "9999-12-31", "2999-12-31"] {
            assert_eq!(day(text), Day::Endless, "{text}");
        }
    }
}
