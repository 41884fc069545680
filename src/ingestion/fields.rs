//! What a field can hold: numbers, codes, days. No allocation: a field is read where it stands.

use super::plausibility::is_year;
use super::rejections::{Rejection, RejectionReason};
use crate::domain::Unit;
use crate::domain::{CodeCertification, Uai};

/// The record being read. Fields are UTF-8 by construction: the file was checked or decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    record: &'a csv::ByteRecord,
    /// Number of the physical line.
    pub(super) number: u64,
}

impl<'a> Line<'a> {
    /// A record and its line.
    #[must_use]
    pub(super) fn new(record: &'a csv::ByteRecord, number: u64) -> Self {
        Self { record, number }
    }

    /// The field without the spaces around it; empty for a column that the file does not have.
    #[must_use]
    pub(super) fn field(&self, column: Option<usize>) -> &'a str {
        self.raw(column).trim()
    }

    /// The field as it stands.
    #[must_use]
    pub(super) fn raw(&self, column: Option<usize>) -> &'a str {
        let bytes = column.and_then(|index| self.record.get(index)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The field, if it is filled.
    #[must_use]
    pub(super) fn filled(&self, column: Option<usize>) -> Option<&'a str> {
        Some(self.field(column)).filter(|text| !text.is_empty())
    }
}

/// A figure as a file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chiffre {
    /// Nothing, or `.`.
    Absent,
    /// `nd`, `ns`, `na`: the source has it and does not say it.
    NonDiffuse,
    /// A whole number.
    Valeur(i32),
}

impl Chiffre {
    /// The number, if the file says one.
    #[must_use]
    pub(super) fn valeur(self) -> Option<i32> {
        match self {
            Self::Valeur(valeur) => Some(valeur),
            Self::Absent | Self::NonDiffuse => None,
        }
    }
}

/// What a figure can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureKind {
    /// Persons: whole, 0 or more.
    Effectif,
    /// Percent: 0 to 100.
    Pourcent,
    /// A difference of percents: −100 to 100.
    Points,
    /// Euros: 0 or more.
    Euros,
}

impl From<Unit> for FigureKind {
    fn from(unite: Unit) -> Self {
        match unite {
            Unit::Personnes => Self::Effectif,
            Unit::Pourcent => Self::Pourcent,
            Unit::Points => Self::Points,
            Unit::Euros => Self::Euros,
        }
    }
}

/// Reads a figure: `81`, `81.0`, `81,0`, `1 234`, `+3`, `−3`. Rates and euros with decimals are
/// rounded, halves up, as the producers do.
///
/// # Errors
/// No number, one that cannot be, or one that can be read in two ways.
pub(super) fn chiffre(text: &str, kind: FigureKind) -> Result<Chiffre, RejectionReason> {
    if text.is_empty() || text == "." {
        return Ok(Chiffre::Absent);
    }
    if ["nd", "ns", "na"].iter().any(|mark| text.eq_ignore_ascii_case(mark)) {
        return Ok(Chiffre::NonDiffuse);
    }
    let decimal = Decimal::parse(text).ok_or(RejectionReason::NombreInvalide)?;
    if decimal.ambiguous && matches!(kind, FigureKind::Effectif | FigureKind::Euros) {
        return Err(RejectionReason::NombreAmbigu);
    }
    let possible = match kind {
        FigureKind::Effectif => decimal.is_whole() && !decimal.is_negative(),
        FigureKind::Pourcent => !decimal.is_negative() && decimal.is_at_most(100),
        FigureKind::Points => decimal.is_at_most(100),
        FigureKind::Euros => !decimal.is_negative(),
    };
    if !possible {
        return Err(RejectionReason::ValeurImpossible);
    }
    Ok(Chiffre::Valeur(decimal.rounded()))
}

/// Whether a number is negative, and what follows its sign: a hyphen, a true minus (U+2212) or a
/// plus, as spreadsheets show differences.
fn sign(text: &str) -> (bool, &str) {
    let minus = text.strip_prefix(['-', '\u{2212}']);
    minus.map_or((false, text.strip_prefix('+').unwrap_or(text)), |rest| (true, rest))
}

/// What stands between thousands, where anything does: a space, one that does not break, a narrow
/// one, an apostrophe.
const THOUSANDS: [char; 5] = [' ', '\u{A0}', '\u{202F}', '\'', '\u{2019}'];

/// The digits of a whole number without what stands between its thousands; `None` where the
/// groups are not of three digits, or are set apart in two ways.
fn ungrouped(whole: &str) -> Option<String> {
    let between = whole.chars().find(|c| THOUSANDS.contains(c))?;
    let mut groups = whole.split(between);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))?;
    groups.try_fold(first.to_owned(), |digits, group| (group.len() == 3).then(|| digits + group))
}

/// A decimal number, exact as far as rounding and limits need it.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    negative: bool,
    whole: i32,
    /// The first decimal, 0 to 9.
    tenth: u8,
    /// Whether a later decimal is not 0.
    more: bool,
    /// Whether it may be a thousand times what it seems: `12,000` and `1.300` are twelve thousand
    /// and one thousand three hundred in one country, 12 and 1.3 in another. What begins with 0 has
    /// no thousands, and rates never have any.
    ambiguous: bool,
}

impl Decimal {
    /// At most nine digits before the point: no measure has more.
    fn parse(text: &str) -> Option<Self> {
        let (negative, text) = sign(text);
        let (whole, decimals) = match text.split_once(['.', ',']) {
            Some((_, "")) => return None,
            Some((whole, decimals)) => (whole, decimals),
            None => (text, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let grouped = if digits(whole) { None } else { ungrouped(whole) };
        let whole = grouped.as_deref().unwrap_or(whole);
        if whole.is_empty() || whole.len() > 9 || !digits(whole) || !digits(decimals) {
            return None;
        }
        let ambiguous = decimals.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
        let mut decimals = decimals.bytes();
        let tenth = decimals.next().unwrap_or(b'0') - b'0';
        Some(Self { negative, whole: whole.parse().ok()?, tenth, more: decimals.any(|byte| byte != b'0'), ambiguous })
    }

    fn is_whole(self) -> bool {
        self.tenth == 0 && !self.more
    }

    fn is_negative(self) -> bool {
        self.negative && (self.whole > 0 || !self.is_whole())
    }

    /// Whether its absolute value is.
    fn is_at_most(self, limit: i32) -> bool {
        self.whole < limit || (self.whole == limit && self.is_whole())
    }

    /// To the nearest whole number, halves towards the greater.
    fn rounded(self) -> i32 {
        let away = if self.negative { self.tenth > 5 || (self.tenth == 5 && self.more) } else { self.tenth >= 5 };
        let magnitude = self.whole + i32::from(away);
        if self.negative { -magnitude } else { magnitude }
    }
}

/// Shortest CFD that is padded: one that lost three leading zeros.
const SHORTEST_CFD: usize = 5;

/// Reads a code of any nomenclature, in any case.
#[must_use]
pub(super) fn code(text: &str) -> Option<CodeCertification> {
    let mut upper = [0u8; 11];
    let slot = upper.get_mut(..text.len())?;
    slot.copy_from_slice(text.as_bytes());
    slot.make_ascii_uppercase();
    CodeCertification::from_stored(std::str::from_utf8(slot).ok()?)
}

/// Reads a CFD; spreadsheets have eaten the leading zeros of some, which are put back.
#[must_use]
pub(super) fn cfd(text: &str) -> Option<CodeCertification> {
    if !(SHORTEST_CFD..=8).contains(&text.len()) {
        return None;
    }
    let mut padded = *b"00000000";
    padded.get_mut(8 - text.len()..)?.copy_from_slice(text.as_bytes());
    code(std::str::from_utf8(&padded).ok()?)
}

/// Reads a MEFSTAT11.
#[must_use]
pub(super) fn mef_stat_11(text: &str) -> Option<CodeCertification> {
    code(text).filter(|_| text.len() == 11)
}

/// Reads a UAI and verifies its check letter.
///
/// # Errors
/// Another shape, or another letter.
pub(super) fn uai(line: &Line<'_>, column: Option<usize>) -> Result<Uai, Rejection> {
    let text = line.field(column);
    Uai::parse(text).map_err(|invalid| {
        Rejection::field(RejectionReason::UaiInvalide, column.unwrap_or_default(), text).car(invalid)
    })
}

/// Reads a year in which something can open, close or be examined.
///
/// # Errors
/// No such year.
pub(super) fn year(line: &Line<'_>, column: Option<usize>) -> Result<Option<i16>, Rejection> {
    let (Some(index), Some(text)) = (column, line.filled(column)) else { return Ok(None) };
    match text.parse() {
        Ok(year) if text.len() == 4 && is_year(i32::from(year)) => Ok(Some(year)),
        _ => Err(Rejection::field(RejectionReason::DateInvalide, index, text)
            .expected("attendu : une année, de 1900 à 2100")),
    }
}

/// Reads a small whole number: a duration.
///
/// # Errors
/// No such number.
pub(super) fn small(line: &Line<'_>, column: Option<usize>) -> Result<Option<i16>, Rejection> {
    let (Some(index), Some(text)) = (column, line.filled(column)) else { return Ok(None) };
    match text.parse() {
        Ok(value) if value >= 0 => Ok(Some(value)),
        _ => Err(Rejection::field(RejectionReason::NombreInvalide, index, text)),
    }
}

/// Remembers what the last text of a column meant: neighbouring rows mostly repeat it.
#[derive(Debug)]
pub(super) struct Memory<T> {
    text: String,
    value: Option<T>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self { text: String::new(), value: None }
    }
}

impl<T: Copy> Memory<T> {
    /// The meaning of `text`, computed only when it changes; errors are not remembered.
    ///
    /// # Errors
    /// Whatever `read` returns for `text`.
    pub(super) fn get<E>(&mut self, text: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, E> {
        match self.value {
            Some(value) if self.text == text => Ok(value),
            _ => {
                let value = read(text)?;
                self.text.clear();
                self.text.push_str(text);
                self.value = Some(value);
                Ok(value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_every_spelling() {
        for (text, kind, expected) in [
            ("81", FigureKind::Pourcent, Ok(Chiffre::Valeur(81))),
            ("81.0", FigureKind::Pourcent, Ok(Chiffre::Valeur(81))),
            ("81,0", FigureKind::Effectif, Ok(Chiffre::Valeur(81))),
            ("57.5", FigureKind::Pourcent, Ok(Chiffre::Valeur(58))),
            ("56,5", FigureKind::Pourcent, Ok(Chiffre::Valeur(57))),
            ("56.49", FigureKind::Pourcent, Ok(Chiffre::Valeur(56))),
            ("-2.5", FigureKind::Points, Ok(Chiffre::Valeur(-2))),
            ("-2.51", FigureKind::Points, Ok(Chiffre::Valeur(-3))),
            ("-0.0", FigureKind::Effectif, Ok(Chiffre::Valeur(0))),
            ("", FigureKind::Pourcent, Ok(Chiffre::Absent)),
            (".", FigureKind::Pourcent, Ok(Chiffre::Absent)),
            ("nd", FigureKind::Pourcent, Ok(Chiffre::NonDiffuse)),
            ("NS", FigureKind::Effectif, Ok(Chiffre::NonDiffuse)),
            ("na", FigureKind::Euros, Ok(Chiffre::NonDiffuse)),
            ("100.2", FigureKind::Pourcent, Err(RejectionReason::ValeurImpossible)),
            ("101", FigureKind::Pourcent, Err(RejectionReason::ValeurImpossible)),
            ("-0.1", FigureKind::Pourcent, Err(RejectionReason::ValeurImpossible)),
            ("-1", FigureKind::Effectif, Err(RejectionReason::ValeurImpossible)),
            ("12.5", FigureKind::Effectif, Err(RejectionReason::ValeurImpossible)),
            ("-101", FigureKind::Points, Err(RejectionReason::ValeurImpossible)),
            ("81%", FigureKind::Pourcent, Err(RejectionReason::NombreInvalide)),
            ("81.", FigureKind::Pourcent, Err(RejectionReason::NombreInvalide)),
            ("--1", FigureKind::Points, Err(RejectionReason::NombreInvalide)),
            ("1e3", FigureKind::Effectif, Err(RejectionReason::NombreInvalide)),
            ("99999999999", FigureKind::Effectif, Err(RejectionReason::NombreInvalide)),
        ] {
            assert_eq!(chiffre(text, kind), expected, "{text:?}");
        }
    }

    #[test]
    fn a_count_or_a_salary_that_can_be_read_in_two_ways_is_no_figure() {
        use FigureKind::{Effectif, Euros, Points, Pourcent};
        for text in ["12,000", "1.300", "999.999", "1,500", "+1.300", "10.250"] {
            assert_eq!(chiffre(text, Effectif), Err(RejectionReason::NombreAmbigu), "{text}");
            assert_eq!(chiffre(text, Euros), Err(RejectionReason::NombreAmbigu), "{text}");
        }
        for (text, kind, expected) in [
            ("58,333", Pourcent, 58),
            ("-1.300", Points, -1),
            ("0,000", Effectif, 0),
            ("0.000", Euros, 0),
            ("1300.00", Euros, 1300),
            ("1300.000", Effectif, 1300),
            ("12,0000", Effectif, 12),
            ("12,00", Effectif, 12),
        ] {
            assert_eq!(chiffre(text, kind), Ok(Chiffre::Valeur(expected)), "{text}");
        }
    }

    #[test]
    fn thousands_are_set_apart_by_spaces_and_apostrophes_in_groups_of_three() {
        for text in ["1 234", "1\u{A0}234", "1\u{202F}234", "1'234", "1\u{2019}234", "1 234,0", "+1 234"] {
            assert_eq!(chiffre(text, FigureKind::Effectif), Ok(Chiffre::Valeur(1234)), "{text}");
        }
        assert_eq!(chiffre("12 345 678", FigureKind::Effectif), Ok(Chiffre::Valeur(12_345_678)));
        assert_eq!(chiffre("1 234,5", FigureKind::Euros), Ok(Chiffre::Valeur(1235)));
        for text in [
            "12 34",
            "1 2345",
            "1234 567",
            "1  234",
            "0 123",
            "1 234'567",
            "1.234.567",
            "1.234,5",
            "1,234.5",
            "1 23",
            "3.",
            " '123",
            "3 ,5",
            "1 234 5",
        ] {
            assert_eq!(chiffre(text, FigureKind::Euros), Err(RejectionReason::NombreInvalide), "{text}");
        }
    }

    #[test]
    fn a_sign_is_read_as_spreadsheets_write_it() {
        for (text, expected) in [("+3", 3), ("\u{2212}3", -3), ("-3", -3), ("+0", 0), ("\u{2212}2,51", -3), ("+2.5", 3)]
        {
            assert_eq!(chiffre(text, FigureKind::Points), Ok(Chiffre::Valeur(expected)), "{text}");
        }
        assert_eq!(chiffre("\u{2212}1", FigureKind::Effectif), Err(RejectionReason::ValeurImpossible));
        for text in ["+", "-", "+-3", "-+3", "\u{2212}\u{2212}3", "3+", "+ 3", "\u{2013}3"] {
            assert_eq!(chiffre(text, FigureKind::Points), Err(RejectionReason::NombreInvalide), "{text}");
        }
    }

    #[test]
    fn leading_zeros_of_a_cfd_are_put_back() {
        assert_eq!(cfd("1022105").unwrap().as_str(), "01022105");
        assert_eq!(cfd("46t25501").unwrap().as_str(), "46T25501");
        for wrong in ["", "1234", "123456789", "3202 008", "3202000é"] {
            assert!(cfd(wrong).is_none(), "{wrong:?}");
        }
        assert!(mef_stat_11("32020008").is_none());
    }
}
