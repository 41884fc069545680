//! What a value may be, one small function per kind of value.
//!
//! Each turns text into a domain value or says why not, in the words that clients of this
//! contract know: English messages, a type, and a context with the value and what is allowed.
//! [`super::validation`] puts the parameter's name in front and decides the order.

use serde_json::{Map, Value, json};

use crate::domain::territoire::Academie;
use crate::domain::{CodeCertification, CodeRegion, Uai};

/// Why a value is refused; the message begins with the parameter's quoted name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueRefusal {
    pub(super) message: String,
    pub(super) kind: &'static str,
    pub(super) contexte: Map<String, Value>,
}

impl ValueRefusal {
    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { message: message.into(), kind, contexte: Map::new() }
    }

    fn with(mut self, nom: &str, valeur: Value) -> Self {
        self.contexte.insert(nom.to_owned(), valeur);
        self
    }

    /// Outside a closed list.
    pub(super) fn not_listed(valid: &[&str], message: Option<&str>) -> Self {
        let message = match (message, valid) {
            (Some(message), _) => message.to_owned(),
            (None, [seul]) => format!("must be [{seul}]"),
            (None, several) => format!("must be one of [{}]", several.join(", ")),
        };
        Self::new(NOT_LISTED, message).with("valids", json!(valid))
    }
}

/// The type of a value outside a closed list, which is reported before the type of the value.
pub(super) const NOT_LISTED: &str = "any.only";

/// 7 digits and a capital: the check letter is not verified by this contract.
pub(super) fn uai(text: &str) -> Result<Uai, ValueRefusal> {
    let forme = text.len() == 8
        && text.bytes().take(7).all(|b| b.is_ascii_digit())
        && text.bytes().skip(7).all(|b| b.is_ascii_uppercase());
    forme.then(|| Uai::from_stored(text)).flatten().ok_or_else(|| {
        let message = format!("with value \"{text}\" fails to match the required pattern: /^[0-9]{{7}}[A-Z]{{1}}$/");
        ValueRefusal::new("string.pattern.base", message).with("regex", json!({}))
    })
}

/// A code as this contract writes it: upper case, `CFD:` before 8 characters, `MEFSTAT11:` before
/// 11, `SISE:` (never without) before 7.
fn code_form(text: &str) -> Option<CodeCertification> {
    let (code, lengths) = match text.split_once(':') {
        Some(("CFD", rest)) => (rest, &[8][..]),
        Some(("MEFSTAT11", rest)) => (rest, &[11][..]),
        Some(("SISE", rest)) => (rest, &[7][..]),
        Some(_) => return None,
        None => (text, &[8, 11][..]),
    };
    CodeCertification::from_stored(code).filter(|found| lengths.contains(&found.as_str().len()))
}

/// The one code of a formation.
pub(super) fn code(text: &str) -> Result<CodeCertification, ValueRefusal> {
    code_form(text)
        .ok_or_else(|| ValueRefusal::new("code_certification.invalid", "must be a valid certification code."))
}

/// A list of codes: one bad code refuses the whole.
pub(super) fn codes(texts: &[String]) -> Result<Vec<CodeCertification>, ValueRefusal> {
    let refusal = || ValueRefusal::new("codes_certification.invalid", "must have the type CFD, MEFSTAT11 or SISE");
    texts.iter().map(|text| code_form(text).ok_or_else(refusal)).collect()
}

/// A millésime as it was asked for. `2020_2023` is accepted and matches nothing, so the text is
/// kept: no domain millésime has that form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedMillesime(String);

impl WantedMillesime {
    /// A millésime that exists.
    pub(super) fn known(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// What was asked and its other form: `2023` and `2022_2023`.
    pub(super) fn forms(&self) -> [String; 2] {
        let other = if let Some((_, end)) = self.0.split_once('_') {
            end.to_owned()
        } else {
            let end: u16 = self.0.parse().unwrap_or(0);
            format!("{}_{end}", end.saturating_sub(1))
        };
        [self.0.clone(), other]
    }
}

/// `XXXX` or `XXXX_YYYY`, the second year not before the first.
pub(super) fn millesime(text: &str) -> Result<WantedMillesime, ValueRefusal> {
    let annee = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let forme = match text.split_once('_') {
        Some((start, end)) => annee(start) && annee(end) && start <= end,
        None => annee(text),
    };
    forme
        .then(|| WantedMillesime(text.to_owned()))
        .ok_or_else(|| ValueRefusal::new("millesime.invalid", "must have format XXXX or XXXX-1_XXXX"))
}

/// A région, by INSEE code or, with five characters, by postal code.
pub(super) fn region(text: &str) -> Result<CodeRegion, ValueRefusal> {
    if text.chars().count() == 5 {
        let postal = || ValueRefusal::new("postal_code.invalid", "must be a valid postal code or region code");
        return CodeRegion::parse(text).map_err(|_| postal());
    }
    CodeRegion::from_stored(text).ok_or_else(|| {
        let valid: Vec<_> = CodeRegion::all().map(|region| region.as_str()).collect();
        ValueRefusal::not_listed(&valid, None)
    })
}

/// The codes that this contract accepts for an académie, in its order: today's, Clermont to Nice,
/// and `77` and `78`, which no établissement has.
pub(super) const ACADEMIES: [&str; 36] = [
    "40", "42", "44", "41", "77", "78", "32", "31", "33", "28", "43", "01", "24", "25", "18", "07", "03", "70", "20",
    "09", "19", "12", "15", "17", "14", "13", "22", "04", "16", "11", "10", "06", "08", "02", "23", "27",
];

/// An académie; `None` for a code that is accepted and that no établissement has.
pub(super) fn academie(text: &str) -> Result<Option<&'static Academie>, ValueRefusal> {
    if ACADEMIES.contains(&text) {
        return Ok(Academie::from_code(text));
    }
    Err(ValueRefusal::not_listed(&ACADEMIES, Some("must be a valid academie code")))
}

/// One word of a closed list, and what it stands for.
pub(super) fn among<T: Copy>(words: &[(&str, T)], text: &str) -> Result<T, ValueRefusal> {
    words.iter().find(|(word, _)| *word == text).map(|(_, direction)| *direction).ok_or_else(|| {
        let valid: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        ValueRefusal::not_listed(&valid, None)
    })
}

/// A whole number, 0 or more. The old system never answered a negative page and echoed a negative
/// number of items; here both are refused.
pub(super) fn number(text: &str) -> Result<u64, ValueRefusal> {
    let text = text.trim();
    let (negative, chiffres) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    if chiffres.is_empty() || !chiffres.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ValueRefusal::new("number.base", "must be a number"));
    }
    // Beyond 2^53 a client's own numbers are no longer exact.
    let read = chiffres.parse::<u64>().ok().filter(|read| *read < 1 << 53);
    match read {
        None => Err(ValueRefusal::new("number.unsafe", "must be a safe number")),
        Some(read) if negative && read > 0 => {
            Err(ValueRefusal::new("number.min", "must be greater than or equal to 0").with("limit", json!(0)))
        }
        Some(read) => Ok(read),
    }
}

/// A number of items beyond what one answer holds.
pub(super) fn too_many(limite: u64) -> ValueRefusal {
    ValueRefusal::new("number.max", format!("must be less than or equal to {limite}")).with("limit", json!(limite))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_judged_by_its_shape_and_its_prefix() {
        for text in ["5002200X", "CFD:50022001", "99999999999", "MEFSTAT11:99999999999", "SISE:2500001", "ABCDEFGH"] {
            assert!(code(text).is_ok(), "{text}");
        }
        for text in ["", "2500001", "abcdefgh", "CFD:99999999999", "MEFSTAT11:50022001", "SISE:50022001", "X:50022001"]
        {
            assert_eq!(code(text).unwrap_err().kind, "code_certification.invalid", "{text}");
        }
    }

    #[test]
    fn a_millesime_has_two_forms_and_years_in_order() {
        for text in ["2031", "2030_2031", "2020_2023", "2023_2023"] {
            assert!(millesime(text).is_ok(), "{text}");
        }
        for text in ["31", "2030-2031", "2031_2030", "2030_31", "x", "20300_2031"] {
            assert!(millesime(text).is_err(), "{text}");
        }
        assert_eq!(millesime("2031").unwrap().forms(), ["2031", "2030_2031"]);
        assert_eq!(millesime("2030_2031").unwrap().forms(), ["2030_2031", "2031"]);
    }

    #[test]
    fn a_uai_is_checked_by_its_shape_alone() {
        assert!(uai("1234567A").is_ok());
        for text in ["1234567a", "123456AA", "12345678", "", "1234567É"] {
            assert_eq!(uai(text).unwrap_err().kind, "string.pattern.base", "{text}");
        }
    }

    #[test]
    fn five_characters_are_a_postal_code_and_two_a_region() {
        assert_eq!(region("20000").unwrap().as_str(), "94");
        assert_eq!(region("98800").unwrap().as_str(), "00");
        assert_eq!(region("99999").unwrap_err().kind, "postal_code.invalid");
        assert_eq!(region("99").unwrap_err().kind, "any.only");
    }

    #[test]
    fn numbers_are_whole_and_not_negative() {
        assert_eq!(number("0"), Ok(0));
        assert_eq!(number(" 12 "), Ok(12));
        for (text, kind) in [("-1", "number.min"), ("1_5", "number.base"), ("", "number.base")] {
            assert_eq!(number(text).unwrap_err().kind, kind, "{text}");
        }
        assert_eq!(number("99999999999999999999").unwrap_err().kind, "number.unsafe");
    }

    #[test]
    fn a_closed_list_of_one_is_written_otherwise() {
        let seul = among(&[("svg", ())], "csv").unwrap_err();
        assert_eq!(seul.message, "must be [svg]");
        assert_eq!(among(&[("a", 1), ("b", 2)], "c").unwrap_err().message, "must be one of [a, b]");
    }
}
