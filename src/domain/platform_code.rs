//! Codes of a training as platforms hold them: besides those of the nomenclatures, the MEF of ten
//! characters, RNCP, Onisep and Certif-Info.
//!
//! A code is a system and a text of that system's shape. Some shapes overlap (an RNCP number and a
//! Certif-Info number are digits), so that a code is written with its system, `RNCP:35341`; the
//! shape alone decides only where no other system has it.

use std::fmt;

use super::code::TypeCode;
use super::filiere::closed_list;
use super::{CodeCertification, Invalid};

closed_list! {
    /// Who gave a code.
    CodeSystem {
        /// Code formation diplôme: the diploma.
        Cfd = "cfd",
        /// MEFSTAT11: one year of a school-based course, as statistics have it.
        Mef11 = "mef11",
        /// SISE: a diploma of higher education.
        Sise = "sise",
        /// MEF of ten characters: one year of a school-based course, as administrations have it.
        Mef = "mef",
        /// Number of a file of the Répertoire national des certifications professionnelles.
        Rncp = "rncp",
        /// Onisep's identifier of a training, `FOR.` and a number.
        Onisep = "onisep",
        /// Certif-Info's number of a certification.
        CertifInfo = "certif_info",
    }
}

impl From<TypeCode> for CodeSystem {
    fn from(kind: TypeCode) -> Self {
        match kind {
            TypeCode::Cfd => Self::Cfd,
            TypeCode::Mef11 => Self::Mef11,
            TypeCode::Sise => Self::Sise,
        }
    }
}

impl CodeSystem {
    /// Whether statistics have its codes.
    #[must_use]
    pub const fn is_of_certifications(self) -> bool {
        matches!(self, Self::Cfd | Self::Mef11 | Self::Sise)
    }

    /// What stands before the colon.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Cfd => "CFD",
            Self::Mef11 => "MEFSTAT11",
            Self::Sise => "SISE",
            Self::Mef => "MEF",
            Self::Rncp => "RNCP",
            Self::Onisep => "ONISEP",
            Self::CertifInfo => "CERTIFINFO",
        }
    }
}

/// The longest text: that of a MEFSTAT11, and of Onisep with seven digits.
const MAX: usize = 11;
/// Digits of a number at most; the real ones have five or six.
const DIGITS: usize = 7;
/// Length of a MEF.
const MEF: usize = 10;
/// How Onisep's identifiers of trainings begin.
const FOR: &str = "FOR.";

/// A code of one of the systems, held inline and ordered by system, then text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlatformCode {
    system: CodeSystem,
    bytes: [u8; MAX],
    len: u8,
}

impl PlatformCode {
    /// What [`PlatformCode::parse`] reads, as a regular expression; it also reads `RNCP35341`,
    /// `FOR.8472` and zeros before numbers.
    pub const PATTERN: &'static str = "(?:CFD:)?[0-9A-Za-z]{8}|(?:MEF:)?[0-9A-Za-z]{10}|\
        (?:MEFSTAT11:)?[0-9A-Za-z]{11}|SISE:[0-9A-Za-z]{7}|RNCP:[1-9][0-9]{0,6}|ONISEP:FOR[.][1-9][0-9]{0,6}|\
        CERTIFINFO:[1-9][0-9]{0,6}";

    /// Parses a code as requests write it: any case, `RNCP:35341`. Without a system: a CFD, MEF or
    /// MEFSTAT11 by its length, `RNCP35341`, `FOR.8472`.
    ///
    /// # Errors
    /// Another system, or a text without its shape.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let upper = text.trim().to_ascii_uppercase();
        let found = match upper.split_once(':') {
            Some((prefix, code)) => {
                let system = CodeSystem::ALL.iter().find(|system| system.prefix() == prefix);
                system.and_then(|system| Self::read(*system, code))
            }
            None => Self::unmarked(&upper),
        };
        found.ok_or_else(|| {
            Invalid(
                "attendu : un CFD (8 caractères), un MEF (10) ou un MEFSTAT11 (11), chiffres et lettres seulement, ou un \
                 code précédé de son système : SISE:2500133, RNCP:35341, ONISEP:FOR.8472, CERTIFINFO:83467"
                    .to_owned(),
            )
        })
    }

    /// A code in upper case that says its system by its first letters, else by its length.
    fn unmarked(code: &str) -> Option<Self> {
        let marked = |start: &str, system| code.starts_with(start).then(|| Self::read(system, code)).flatten();
        let by_length = || match code.len() {
            8 => Self::read(CodeSystem::Cfd, code),
            10 => Self::read(CodeSystem::Mef, code),
            11 => Self::read(CodeSystem::Mef11, code),
            _ => None,
        };
        marked("RNCP", CodeSystem::Rncp).or_else(|| marked(FOR, CodeSystem::Onisep)).or_else(by_length)
    }

    /// Reads a code of a known system as files hold it, in any case: `RNCP` and `FOR.` may be
    /// missing, and zeros before a number say nothing.
    #[must_use]
    pub fn read(system: CodeSystem, text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        match system {
            CodeSystem::Cfd | CodeSystem::Mef11 | CodeSystem::Sise => {
                CodeCertification::from_stored(&upper).map(Self::from).filter(|code| code.system == system)
            }
            CodeSystem::Mef => {
                let shape = upper.len() == MEF && upper.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
                shape.then(|| Self::new(system, &upper)).flatten()
            }
            CodeSystem::Rncp => Self::new(system, number(upper.strip_prefix("RNCP").unwrap_or(&upper))?),
            CodeSystem::Onisep => {
                Self::new(system, &format!("{FOR}{}", number(upper.strip_prefix(FOR).unwrap_or(&upper))?))
            }
            CodeSystem::CertifInfo => Self::new(system, number(&upper)?),
        }
    }

    fn new(system: CodeSystem, text: &str) -> Option<Self> {
        let mut bytes = [0; MAX];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { system, bytes, len: u8::try_from(text.len()).ok()? })
    }

    /// Who gave it.
    #[must_use]
    pub fn system(&self) -> CodeSystem {
        self.system
    }

    /// The code without its system; Onisep's keeps `FOR.`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The code as that of a certification; `None` for a system that statistics do not have.
    #[must_use]
    pub fn certification(&self) -> Option<CodeCertification> {
        Some(self.as_str()).filter(|_| self.system.is_of_certifications()).and_then(CodeCertification::from_stored)
    }
}

/// A number without the zeros before it.
fn number(text: &str) -> Option<&str> {
    let digits = text.trim();
    let shape = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some(digits.trim_start_matches('0')).filter(|number| shape && !number.is_empty())
}

impl From<CodeCertification> for PlatformCode {
    fn from(code: CodeCertification) -> Self {
        let text = code.as_str();
        let mut bytes = [0; MAX];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        Self { system: code.type_code().into(), bytes, len: u8::try_from(text.len().min(MAX)).unwrap_or(0) }
    }
}

/// As requests write it: `RNCP:35341`.
impl fmt::Display for PlatformCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.system.prefix(), self.as_str())
    }
}

impl fmt::Debug for PlatformCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_says_its_system_or_has_a_shape_of_its_own() {
        for (text, expected) in [
            ("rncp:35341", "RNCP:35341"),
            ("RNCP35341", "RNCP:35341"),
            ("RNCP1234", "RNCP:1234"),
            ("RNCP:00492", "RNCP:492"),
            ("ONISEP:FOR.8472", "ONISEP:FOR.8472"),
            ("onisep:8472", "ONISEP:FOR.8472"),
            ("for.8472", "ONISEP:FOR.8472"),
            ("CERTIFINFO:83467", "CERTIFINFO:83467"),
            ("3112011621", "MEF:3112011621"),
            ("32020116", "CFD:32020116"),
            ("cfd:46t25501", "CFD:46T25501"),
            ("23220022136", "MEFSTAT11:23220022136"),
            ("SISE:2500133", "SISE:2500133"),
        ] {
            assert_eq!(PlatformCode::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_code_without_the_shape_of_its_system_is_refused() {
        for text in [
            "",
            "RNCP:",
            "RNCP:0",
            "RNCP:RS5000",
            "RNCP:12345678",
            "RNCP:3534A",
            "ONISEP:FOR.",
            "ONISEP:EXP.12",
            "CERTIFINFO:8,3",
            "MEF:32020116",
            "CFD:3112011621",
            "SISE:25001333",
            "2500133",
            "35341",
            "XXX:35341",
            "RNCP:RNCP:1",
            "RNCP:35\x00341",
        ] {
            assert!(PlatformCode::parse(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn only_codes_of_the_nomenclatures_are_those_of_certifications() {
        let certification = |text: &str| PlatformCode::parse(text).unwrap().certification();
        assert_eq!(certification("32020116"), CodeCertification::from_stored("32020116"));
        assert_eq!(certification("SISE:2500133"), CodeCertification::from_stored("2500133"));
        assert_eq!(certification("RNCP:35341"), None);
        assert_eq!(certification("3112011621"), None);
    }

    proptest! {
        #[test]
        fn what_fits_the_pattern_is_a_code(text in PlatformCode::PATTERN) {
            prop_assert!(PlatformCode::parse(&text).is_ok(), "{text}");
        }

        #[test]
        fn parsing_never_panics_and_what_is_shown_is_read_again(text in "\\PC{0,20}|(RNCP|ONISEP|MEF):[0-9A-Z.]{0,11}") {
            if let Ok(code) = PlatformCode::parse(&text) {
                prop_assert_eq!(PlatformCode::parse(&code.to_string()), Ok(code));
                prop_assert_eq!(PlatformCode::read(code.system(), code.as_str()), Some(code));
            }
        }
    }
}
