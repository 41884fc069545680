//! The identifier of a school, a CFA or a university.

use std::fmt;

use super::Invalid;

/// The check letters; the letter of a UAI is the one at its number modulo 23.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

/// The identifier of an établissement: 7 digits and the check letter that they call for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uai([u8; 8]);

impl Uai {
    /// The shape of what [`Uai::parse`] reads, as a regular expression; it says which letters there
    /// are, not which one a number calls for.
    pub const PATTERN: &'static str = "[0-9]{7}[A-HJ-NPR-Za-hj-npr-z]";

    /// Parses a UAI in any case and verifies its check letter.
    ///
    /// # Errors
    /// When the shape is not 7 digits and a letter, or the letter is another one.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let upper = text.trim().to_ascii_uppercase();
        let shape = || Invalid("attendu : 7 chiffres et une lettre de contrôle, par exemple 0750001U".to_owned());
        let bytes: [u8; 8] = upper.as_bytes().try_into().map_err(|_| shape())?;
        let number = upper.get(..7).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())).ok_or_else(shape)?;
        let number: u32 = number.parse().map_err(|_| shape())?;
        let expected = Self::letter(number);
        match bytes.last() {
            Some(letter) if *letter == expected => Ok(Self(bytes)),
            Some(letter) if letter.is_ascii_uppercase() => {
                Err(Invalid(format!("clé de contrôle fausse : la lettre de {number:07} est {}", char::from(expected))))
            }
            _ => Err(shape()),
        }
    }

    /// A UAI as people type it: in any case, and without the leading zero that a spreadsheet took.
    /// The check letter makes it certain.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse(text).or_else(|_| Self::parse(&format!("0{text}"))).ok()
    }

    /// The check letter that a number of 7 digits calls for.
    #[must_use]
    pub fn letter(number: u32) -> u8 {
        LETTERS.get((number % 23) as usize).copied().unwrap_or(b'A')
    }

    /// Takes a UAI as the database holds it, already verified.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }

    /// The eight characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Uai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn real_uais_are_accepted_in_any_case() {
        // Public identifiers, the letters being those of the ministry's directory.
        for text in ["0010001W", "0932492D", "0673043U", "9741177L", "0350017d"] {
            assert_eq!(Uai::parse(text).unwrap().as_str(), text.to_uppercase());
        }
    }

    #[test]
    fn a_wrong_check_letter_is_refused_and_the_right_one_named() {
        let error = Uai::parse("0010001A").unwrap_err();
        assert!(error.0.contains("est W"), "{error}");
    }

    #[test]
    fn another_shape_is_refused() {
        for text in ["", "0010001", "0010001WW", "001000WW", "0010001\0", "00100É1W", "0010001I"] {
            assert!(Uai::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_fits_the_pattern_lacks_the_right_letter_at_most(text in Uai::PATTERN) {
            let (number, letter) = text.split_at(7);
            let right = Uai::letter(number.parse().unwrap()).eq_ignore_ascii_case(&letter.as_bytes()[0]);
            prop_assert_eq!(Uai::parse(&text).is_ok(), right);
        }

        #[test]
        fn exactly_one_letter_fits_each_number(number in 0u32..10_000_000) {
            let fitting = (b'A'..=b'Z').filter(|l| Uai::parse(&format!("{number:07}{}", char::from(*l))).is_ok()).count();
            prop_assert_eq!(fitting, 1);
        }
    }
}
