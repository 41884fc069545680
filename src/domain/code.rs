//! Codes of certifications: CFD, MEFSTAT11 and SISE.
//!
//! The three nomenclatures have codes of different lengths (8, 11 and 7), so the shape alone
//! tells which one a code belongs to. Whether the code *exists* is another question, asked of
//! the nomenclatures.

use std::fmt;

use super::Invalid;

/// Which nomenclature a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeCode {
    /// Code formation diplôme, 8 characters: the diploma.
    Cfd,
    /// MEFSTAT11, 11 characters: one year of a school-based course; the fourth is the year.
    Mef11,
    /// SISE, 7 characters: a diploma of higher education.
    Sise,
}

impl TypeCode {
    /// The word used in SQL and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cfd => "cfd",
            Self::Mef11 => "mef11",
            Self::Sise => "sise",
        }
    }
}

const MAX: usize = 11;

/// A code of a certification, 7, 8 or 11 characters of `[0-9A-Z]`.
///
/// Held inline (no allocation: a publication handles millions of them) and ordered by bytes, as
/// the `COLLATE "C"` columns of the database are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeCertification {
    bytes: [u8; MAX],
    len: u8,
}

impl CodeCertification {
    /// What [`CodeCertification::parse`] reads, as a regular expression.
    pub const PATTERN: &'static str = "(?:CFD:)?[0-9A-Za-z]{8}|(?:MEFSTAT11:)?[0-9A-Za-z]{11}|SISE:[0-9A-Za-z]{7}";

    /// Parses a code as requests write it: any case, with an optional prefix `CFD:` or
    /// `MEFSTAT11:`; a SISE code needs its prefix `SISE:`.
    ///
    /// # Errors
    /// When the text has none of the three shapes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let upper = text.trim().to_ascii_uppercase();
        let (code, expected) = match upper.split_once(':') {
            Some(("CFD", rest)) => (rest, &[8][..]),
            Some(("MEFSTAT11", rest)) => (rest, &[11][..]),
            Some(("SISE", rest)) => (rest, &[7][..]),
            Some(_) => ("", &[][..]),
            None => (upper.as_str(), &[8, 11][..]),
        };
        Self::from_stored(code).filter(|found| expected.contains(&found.as_str().len())).ok_or_else(|| {
            Invalid(
                "attendu : un CFD (8 caractères), un MEFSTAT11 (11 caractères) ou un code SISE précédé de « SISE: » \
                 (7 caractères), chiffres et lettres seulement"
                    .to_owned(),
            )
        })
    }

    /// Takes a bare code as files and the database hold it, without prefix and in upper case.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let len = u8::try_from(text.len()).ok()?;
        let shape = matches!(len, 7 | 8 | 11) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if !shape {
            return None;
        }
        let mut bytes = [0; MAX];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, len })
    }

    /// The bare code, without prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Which nomenclature the shape belongs to.
    #[must_use]
    pub fn type_code(&self) -> TypeCode {
        match self.len {
            8 => TypeCode::Cfd,
            7 => TypeCode::Sise,
            _ => TypeCode::Mef11,
        }
    }
}

impl fmt::Display for CodeCertification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CodeCertification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_recognised_by_its_length() {
        for (text, code, kind) in [
            ("32020008", "32020008", TypeCode::Cfd),
            ("cfd:46t25501", "46T25501", TypeCode::Cfd),
            ("23220022136", "23220022136", TypeCode::Mef11),
            ("MEFSTAT11:23220022136", "23220022136", TypeCode::Mef11),
            ("SISE:2500133", "2500133", TypeCode::Sise),
        ] {
            let parsed = CodeCertification::parse(text).unwrap();
            assert_eq!((parsed.as_str(), parsed.type_code()), (code, kind), "{text}");
        }
    }

    #[test]
    fn a_code_of_another_shape_is_refused() {
        for text in [
            "",
            "3202000",
            "320200080",
            "3202000é",
            "CFD:23220022136",
            "MEFSTAT11:32020008",
            "SISE:32020008",
            "XXX:32020008",
            "3202000\0",
            "32 20008",
            "2500133",
            "32020008;",
            "CFD:CFD:3202",
        ] {
            assert!(CodeCertification::parse(text).is_err(), "{text:?} was accepted");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,20}") {
            if let Ok(code) = CodeCertification::parse(&text) {
                prop_assert_eq!(CodeCertification::from_stored(code.as_str()), Some(code));
            }
        }

        #[test]
        fn what_fits_the_pattern_is_a_code(text in CodeCertification::PATTERN) {
            prop_assert!(CodeCertification::parse(&text).is_ok());
        }

        #[test]
        fn codes_are_ordered_as_their_text_when_of_one_kind(a in "[0-9A-Z]{8}", b in "[0-9A-Z]{8}") {
            let (x, y) = (CodeCertification::parse(&a).unwrap(), CodeCertification::parse(&b).unwrap());
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }
    }
}
