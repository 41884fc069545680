//! Règles: what a value may be, one small function per kind of value.
//!
//! Each turns text into a domain value or says why not, in the words that clients of this
//! contract know: English messages, a type, and a context with the value and what is allowed.
//! [`super::validation`] puts the parameter's name in front and decides the order.

use serde_json::{Map, Value, json};

use crate::domain::territoire::Academie;
use crate::domain::{CodeCertification, CodeRegion, Uai};

/// Why a value is refused; the message begins with the parameter's quoted name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refus {
    pub(super) message: String,
    pub(super) kind: &'static str,
    pub(super) contexte: Map<String, Value>,
}

impl Refus {
    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { message: message.into(), kind, contexte: Map::new() }
    }

    fn avec(mut self, nom: &str, valeur: Value) -> Self {
        self.contexte.insert(nom.to_owned(), valeur);
        self
    }

    /// Outside a closed list.
    pub(super) fn hors_liste(valides: &[&str], message: Option<&str>) -> Self {
        let message = match (message, valides) {
            (Some(message), _) => message.to_owned(),
            (None, [seul]) => format!("must be [{seul}]"),
            (None, plusieurs) => format!("must be one of [{}]", plusieurs.join(", ")),
        };
        Self::new(HORS_LISTE, message).avec("valids", json!(valides))
    }
}

/// The type of a value outside a closed list, which is reported before the type of the value.
pub(super) const HORS_LISTE: &str = "any.only";

/// 7 digits and a capital: the check letter is not verified by this contract.
pub(super) fn uai(texte: &str) -> Result<Uai, Refus> {
    let forme = texte.len() == 8
        && texte.bytes().take(7).all(|b| b.is_ascii_digit())
        && texte.bytes().skip(7).all(|b| b.is_ascii_uppercase());
    forme.then(|| Uai::from_stored(texte)).flatten().ok_or_else(|| {
        let message = format!("with value \"{texte}\" fails to match the required pattern: /^[0-9]{{7}}[A-Z]{{1}}$/");
        Refus::new("string.pattern.base", message).avec("regex", json!({}))
    })
}

/// A code as this contract writes it: upper case, `CFD:` before 8 characters, `MEFSTAT11:` before
/// 11, `SISE:` (never without) before 7.
fn forme_code(texte: &str) -> Option<CodeCertification> {
    let (code, longueurs) = match texte.split_once(':') {
        Some(("CFD", reste)) => (reste, &[8][..]),
        Some(("MEFSTAT11", reste)) => (reste, &[11][..]),
        Some(("SISE", reste)) => (reste, &[7][..]),
        Some(_) => return None,
        None => (texte, &[8, 11][..]),
    };
    CodeCertification::from_stored(code).filter(|found| longueurs.contains(&found.as_str().len()))
}

/// The one code of a formation.
pub(super) fn code(texte: &str) -> Result<CodeCertification, Refus> {
    forme_code(texte).ok_or_else(|| Refus::new("code_certification.invalid", "must be a valid certification code."))
}

/// A list of codes: one bad code refuses the whole.
pub(super) fn codes(textes: &[String]) -> Result<Vec<CodeCertification>, Refus> {
    let refus = || Refus::new("codes_certification.invalid", "must have the type CFD, MEFSTAT11 or SISE");
    textes.iter().map(|texte| forme_code(texte).ok_or_else(refus)).collect()
}

/// A millésime as it was asked for. `2020_2023` is accepted and matches nothing, so the text is
/// kept: no domain millésime has that form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MillesimeDemande(String);

impl MillesimeDemande {
    /// A millésime that exists.
    pub(super) fn connu(texte: impl Into<String>) -> Self {
        Self(texte.into())
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// What was asked and its other form: `2023` and `2022_2023`.
    pub(super) fn formes(&self) -> [String; 2] {
        let autre = if let Some((_, fin)) = self.0.split_once('_') {
            fin.to_owned()
        } else {
            let fin: u16 = self.0.parse().unwrap_or(0);
            format!("{}_{fin}", fin.saturating_sub(1))
        };
        [self.0.clone(), autre]
    }
}

/// `XXXX` or `XXXX_YYYY`, the second year not before the first.
pub(super) fn millesime(texte: &str) -> Result<MillesimeDemande, Refus> {
    let annee = |texte: &str| texte.len() == 4 && texte.bytes().all(|b| b.is_ascii_digit());
    let forme = match texte.split_once('_') {
        Some((debut, fin)) => annee(debut) && annee(fin) && debut <= fin,
        None => annee(texte),
    };
    forme
        .then(|| MillesimeDemande(texte.to_owned()))
        .ok_or_else(|| Refus::new("millesime.invalid", "must have format XXXX or XXXX-1_XXXX"))
}

/// A région, by INSEE code or, with five characters, by postal code.
pub(super) fn region(texte: &str) -> Result<CodeRegion, Refus> {
    if texte.chars().count() == 5 {
        let postal = || Refus::new("postal_code.invalid", "must be a valid postal code or region code");
        return CodeRegion::parse(texte).map_err(|_| postal());
    }
    CodeRegion::from_stored(texte).ok_or_else(|| {
        let valides: Vec<_> = CodeRegion::all().map(|region| region.as_str()).collect();
        Refus::hors_liste(&valides, None)
    })
}

/// The codes that this contract accepts for an académie, in its order: today's, Clermont to Nice,
/// and `77` and `78`, which no établissement has.
const ACADEMIES: [&str; 36] = [
    "40", "42", "44", "41", "77", "78", "32", "31", "33", "28", "43", "01", "24", "25", "18", "07", "03", "70", "20",
    "09", "19", "12", "15", "17", "14", "13", "22", "04", "16", "11", "10", "06", "08", "02", "23", "27",
];

/// An académie; `None` for a code that is accepted and that no établissement has.
pub(super) fn academie(texte: &str) -> Result<Option<&'static Academie>, Refus> {
    if ACADEMIES.contains(&texte) {
        return Ok(Academie::from_code(texte));
    }
    Err(Refus::hors_liste(&ACADEMIES, Some("must be a valid academie code")))
}

/// One word of a closed list, and what it stands for.
pub(super) fn parmi<T: Copy>(mots: &[(&str, T)], texte: &str) -> Result<T, Refus> {
    mots.iter().find(|(mot, _)| *mot == texte).map(|(_, sens)| *sens).ok_or_else(|| {
        let valides: Vec<_> = mots.iter().map(|(mot, _)| *mot).collect();
        Refus::hors_liste(&valides, None)
    })
}

/// A whole number, 0 or more. The old system never answered a negative page and echoed a negative
/// number of items; here both are refused.
pub(super) fn nombre(texte: &str) -> Result<u64, Refus> {
    let texte = texte.trim();
    let (negatif, chiffres) = texte.strip_prefix('-').map_or((false, texte), |reste| (true, reste));
    if chiffres.is_empty() || !chiffres.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refus::new("number.base", "must be a number"));
    }
    // Beyond 2^53 a client's own numbers are no longer exact.
    let lu = chiffres.parse::<u64>().ok().filter(|lu| *lu < 1 << 53);
    match lu {
        None => Err(Refus::new("number.unsafe", "must be a safe number")),
        Some(lu) if negatif && lu > 0 => {
            Err(Refus::new("number.min", "must be greater than or equal to 0").avec("limit", json!(0)))
        }
        Some(lu) => Ok(lu),
    }
}

/// A number of items beyond what one answer holds.
pub(super) fn trop(limite: u64) -> Refus {
    Refus::new("number.max", format!("must be less than or equal to {limite}")).avec("limit", json!(limite))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_judged_by_its_shape_and_its_prefix() {
        for texte in ["5002200X", "CFD:50022001", "99999999999", "MEFSTAT11:99999999999", "SISE:2500001", "ABCDEFGH"] {
            assert!(code(texte).is_ok(), "{texte}");
        }
        for texte in ["", "2500001", "abcdefgh", "CFD:99999999999", "MEFSTAT11:50022001", "SISE:50022001", "X:50022001"]
        {
            assert_eq!(code(texte).unwrap_err().kind, "code_certification.invalid", "{texte}");
        }
    }

    #[test]
    fn a_millesime_has_two_forms_and_years_in_order() {
        for texte in ["2031", "2030_2031", "2020_2023", "2023_2023"] {
            assert!(millesime(texte).is_ok(), "{texte}");
        }
        for texte in ["31", "2030-2031", "2031_2030", "2030_31", "x", "20300_2031"] {
            assert!(millesime(texte).is_err(), "{texte}");
        }
        assert_eq!(millesime("2031").unwrap().formes(), ["2031", "2030_2031"]);
        assert_eq!(millesime("2030_2031").unwrap().formes(), ["2030_2031", "2031"]);
    }

    #[test]
    fn a_uai_is_checked_by_its_shape_alone() {
        assert!(uai("1234567A").is_ok());
        for texte in ["1234567a", "123456AA", "12345678", "", "1234567É"] {
            assert_eq!(uai(texte).unwrap_err().kind, "string.pattern.base", "{texte}");
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
        assert_eq!(nombre("0"), Ok(0));
        assert_eq!(nombre(" 12 "), Ok(12));
        for (texte, kind) in [("-1", "number.min"), ("1_5", "number.base"), ("", "number.base")] {
            assert_eq!(nombre(texte).unwrap_err().kind, kind, "{texte}");
        }
        assert_eq!(nombre("99999999999999999999").unwrap_err().kind, "number.unsafe");
    }

    #[test]
    fn a_closed_list_of_one_is_written_otherwise() {
        let seul = parmi(&[("svg", ())], "csv").unwrap_err();
        assert_eq!(seul.message, "must be [svg]");
        assert_eq!(parmi(&[("a", 1), ("b", 2)], "c").unwrap_err().message, "must be one of [a, b]");
    }
}
