//! The cohort of leavers that a statistic describes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Invalid;

/// One leaving year (`2023`) or two consecutive pooled ones (`2022_2023`).
///
/// Ordered by last year, the pooled one after the single one that ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Millesime {
    #[serde(rename = "debut")]
    start: u16,
    #[serde(rename = "fin")]
    end: u16,
}

impl TryFrom<String> for Millesime {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Millesime> for String {
    fn from(millesime: Millesime) -> Self {
        millesime.to_string()
    }
}

impl Millesime {
    /// The shape of what [`Millesime::parse`] reads, as a regular expression; it does not say that
    /// the second year follows the first.
    pub const PATTERN: &'static str = "(?:199[0-9]|20[0-9]{2}|2100)(?:_(?:199[0-9]|20[0-9]{2}|2100))?";

    /// One leaving year.
    #[must_use]
    pub const fn single(year: u16) -> Self {
        Self { start: year, end: year }
    }

    /// Two pooled years, named by the last one.
    #[must_use]
    pub const fn pooled(last: u16) -> Self {
        Self { start: last.saturating_sub(1), end: last }
    }

    /// Parses the form of requests and answers: `2023` or `2022_2023`.
    ///
    /// # Errors
    /// When the text is neither, or the two years do not follow each other.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let years: Option<Vec<u16>> = text.trim().split('_').map(year).collect();
        match years.as_deref() {
            Some([one]) => Ok(Self::single(*one)),
            Some([first, last]) if first + 1 == *last => Ok(Self::pooled(*last)),
            _ => Err(Invalid("attendu : une année (2023) ou deux années qui se suivent (2022_2023)".to_owned())),
        }
    }

    /// Parses any of the forms that files use: `2023`, `2022_2023`, `cumul 2022-2023`,
    /// `2022,2023`.
    ///
    /// # Errors
    /// As [`Millesime::parse`].
    pub fn parse_source(text: &str) -> Result<Self, Invalid> {
        let lower = text.trim().to_lowercase();
        let bare = lower.strip_prefix("cumul").unwrap_or(&lower);
        Self::parse(&bare.trim().replace(['-', ','], "_").replace(' ', ""))
    }

    /// The first of its years.
    #[must_use]
    pub fn start(self) -> u16 {
        self.start
    }

    /// The last of its years: the one in which its (youngest) leavers left.
    #[must_use]
    pub fn end(self) -> u16 {
        self.end
    }

    /// Whether two years are pooled.
    #[must_use]
    pub fn is_pooled(self) -> bool {
        self.start != self.end
    }

    /// The other form that ends with the same year: `2023` ↔ `2022_2023`.
    #[must_use]
    pub fn other_form(self) -> Self {
        if self.is_pooled() { Self::single(self.end) } else { Self::pooled(self.end) }
    }

    /// The cohort of the same form a year before: `2022` of `2023`, `2021_2022` of `2022_2023`.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { start: self.start.saturating_sub(1), end: self.end.saturating_sub(1) }
    }

    /// Whether some of its leavers are also among those of `other`.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The stored one that answers a request for `self`: itself, else its other form.
    #[must_use]
    pub fn find_in(self, stored: &[Self]) -> Option<Self> {
        [self, self.other_form()].into_iter().find(|wanted| stored.contains(wanted))
    }
}

/// A year of four digits that a cohort can have.
fn year(text: &str) -> Option<u16> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|year| (1990..=2100).contains(year))
}

impl Ord for Millesime {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.end, self.is_pooled()).cmp(&(other.end, other.is_pooled()))
    }
}

impl PartialOrd for Millesime {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Millesime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_pooled() { write!(f, "{}_{}", self.start, self.end) } else { write!(f, "{}", self.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_sources_is_read() {
        for (text, expected) in [
            ("2023", Millesime::single(2023)),
            ("2022_2023", Millesime::pooled(2023)),
            ("cumul 2022-2023", Millesime::pooled(2023)),
            ("Cumul 2022-2023 ", Millesime::pooled(2023)),
            ("2022,2023", Millesime::pooled(2023)),
        ] {
            assert_eq!(Millesime::parse_source(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn requests_use_the_underscore_alone() {
        for text in [
            "2022-2023",
            "2022,2023",
            "cumul 2022-2023",
            "2023_2022",
            "2020_2023",
            "2023_2023",
            "23",
            "",
            "20233",
            "2022_2023_2024",
            "²023",
            "1850",
            "cumulé",
        ] {
            assert!(Millesime::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_finds_the_pooled_one_that_ends_with_it_and_the_reverse() {
        let stored = [Millesime::pooled(2022), Millesime::single(2023)];
        assert_eq!(Millesime::single(2022).find_in(&stored), Some(Millesime::pooled(2022)));
        assert_eq!(Millesime::pooled(2023).find_in(&stored), Some(Millesime::single(2023)));
        assert_eq!(Millesime::single(2021).find_in(&stored), None);
    }

    #[test]
    fn consecutive_pooled_years_share_one_and_single_ones_none() {
        assert!(Millesime::pooled(2023).overlaps(Millesime::pooled(2022)));
        assert!(Millesime::pooled(2022).overlaps(Millesime::pooled(2023)));
        assert!(!Millesime::pooled(2023).overlaps(Millesime::pooled(2021)));
        assert!(!Millesime::single(2023).overlaps(Millesime::single(2022)));
    }

    #[test]
    fn the_latest_is_the_one_that_ends_last() {
        assert!(Millesime::single(2023) > Millesime::pooled(2022));
        assert!(Millesime::pooled(2023) > Millesime::single(2023));
    }

    proptest::proptest! {
        #[test]
        fn what_fits_the_pattern_lacks_consecutive_years_at_most(text in Millesime::PATTERN) {
            let years: Vec<u16> = text.split('_').map(|year| year.parse().unwrap()).collect();
            let consecutive = years.windows(2).all(|pair| pair[0] + 1 == pair[1]);
            proptest::prop_assert_eq!(Millesime::parse(&text).is_ok(), consecutive);
        }
    }
}
