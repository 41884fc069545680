//! What spreadsheets leave in a cell, and what of it can be mended with certainty (rule `nettoyage`).

use std::borrow::Cow;

use super::index::Index;
use crate::domain::{CodeCertification, CodeSystem, PlatformCode, TypeCode, Uai};

/// A cell without what surrounds its text: byte order marks and what nobody sees, spaces, the
/// `="…"` and the `'` by which texts are told from numbers.
#[must_use]
pub fn clean(cell: &str) -> Cow<'_, str> {
    let invisible = |c: char| matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}');
    let text = if cell.is_ascii() || !cell.contains(invisible) {
        Cow::Borrowed(cell.trim())
    } else {
        Cow::Owned(cell.replace(invisible, "").trim().to_owned())
    };
    let inner = |text: &str| -> Option<String> {
        let quoted = text.strip_prefix("=\"").or_else(|| text.strip_prefix('"'))?.strip_suffix('"')?;
        Some(quoted.trim().to_owned())
    };
    if let Some(inner) = inner(&text) {
        return Cow::Owned(inner);
    }
    match text.strip_prefix('\'') {
        Some(rest) => Cow::Owned(rest.trim().to_owned()),
        None => text,
    }
}

/// What a piece of a cell of codes is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A code that some table has.
    Known(PlatformCode),
    /// One that was mended, and what the cell held.
    Mended(PlatformCode, String),
    /// A number in scientific notation: its digits are lost.
    Exponent(String),
    /// A code that no table has.
    Unknown(String),
}

/// The codes in a cell of a column for codes of `system`; lists have `;`, `,` or `|` between them.
#[must_use]
pub fn codes(index: &Index, system: CodeSystem, cell: &str) -> Vec<Piece> {
    let cell = clean(cell);
    let mut found = Vec::new();
    for part in cell.split([';', '|']).map(str::trim).filter(|part| !part.is_empty()) {
        if is_exponent(part) {
            found.push(Piece::Exponent(part.to_owned()));
            continue;
        }
        let pieces = part.split(',').map(|piece| clean(piece).into_owned()).filter(|piece| !piece.is_empty());
        found.extend(pieces.map(|piece| code(index, system, &piece)));
    }
    found
}

/// Whether a text is a number that a spreadsheet has shortened: `4,0E+07`. A code has an E as well
/// (`46E22501`), but neither sign nor decimal separator.
fn is_exponent(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let Some((mantissa, exponent)) = upper.split_once('E') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (signed, power) = match exponent.strip_prefix(['+', '-']) {
        Some(power) => (true, power),
        None => (false, exponent),
    };
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, decimals) = match mantissa.split_once(['.', ',']) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (mantissa, None),
    };
    digits(power) && digits(whole) && decimals.is_none_or(digits) && (signed || decimals.is_some())
}

/// One code: said by its own prefix, else by the column, else by its form.
fn code(index: &Index, system: CodeSystem, text: &str) -> Piece {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let upper = compact.to_ascii_uppercase();
    let marked = upper.contains(':') || upper.starts_with("RNCP") || upper.starts_with("FOR.");
    if marked {
        return match PlatformCode::parse(&upper) {
            Ok(code) if is_known(index, code) => Piece::Known(code),
            _ => Piece::Unknown(text.to_owned()),
        };
    }
    let known = |system, text: &str| PlatformCode::read(system, text).filter(|code| is_known(index, *code));
    if let Some(code) = known(system, &upper) {
        return Piece::Known(code);
    }
    let zero = format!("0{upper}");
    let by_form = [CodeSystem::Mef11, CodeSystem::Mef, CodeSystem::Cfd, CodeSystem::Sise];
    let lost = [CodeSystem::Cfd, CodeSystem::Sise, CodeSystem::Mef];
    // A zero that the column's own codes have lost is likelier than a code in the wrong column.
    let own = lost.contains(&system).then(|| known(system, &zero)).flatten();
    let mended = own
        .or_else(|| by_form.into_iter().find_map(|system| known(system, &upper)))
        .or_else(|| lost.into_iter().find_map(|system| known(system, &zero)));
    mended.map_or_else(|| Piece::Unknown(text.to_owned()), |code| Piece::Mended(code, text.to_owned()))
}

/// Whether some table has a code.
#[must_use]
pub fn is_known(index: &Index, code: PlatformCode) -> bool {
    match code.certification() {
        Some(certification) => index.training(certification).is_some(),
        None => !index.links(code).is_empty(),
    }
}

/// A UAI as a cell holds it; the second says whether its zero was put back, which the check letter
/// proves.
#[must_use]
pub fn uai(cell: &str) -> Option<(Uai, bool)> {
    let compact: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    match Uai::parse(&compact) {
        Ok(uai) => Some((uai, false)),
        Err(_) if compact.len() == 7 => Uai::parse(&format!("0{compact}")).ok().map(|uai| (uai, true)),
        Err(_) => None,
    }
}

/// A certification as the output writes it: without prefix, SISE with its own.
#[must_use]
pub fn written(code: CodeCertification) -> String {
    match code.type_code() {
        TypeCode::Sise => format!("SISE:{code}"),
        TypeCode::Cfd | TypeCode::Mef11 => code.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_read_without_what_spreadsheets_put_around_it() {
        for (cell, text) in [
            ("=\"0750001A\"", "0750001A"),
            ("\u{FEFF}0750001A", "0750001A"),
            (" 0750001A\u{A0}", "0750001A"),
            ("'0750001A", "0750001A"),
            ("\"x\"", "x"),
            ("", ""),
        ] {
            assert_eq!(clean(cell), text, "{cell:?}");
        }
    }

    #[test]
    fn an_exponent_has_a_sign_or_a_decimal_separator_and_a_code_with_an_e_has_neither() {
        for text in ["4,0E+07", "4.0E+07", "4E+07", "1.23e11", "4E-7"] {
            assert!(is_exponent(text), "{text}");
        }
        for text in ["46E22501", "40025214", "E22501", "46E", "E+07", "FOR.8472"] {
            assert!(!is_exponent(text), "{text}");
        }
    }

    #[test]
    fn the_zero_of_a_uai_comes_back_only_where_the_letter_proves_it() {
        // 0750001 mod 23 is 1 short of the letter U: 0750001U.
        assert_eq!(uai("750001U").map(|(uai, mended)| (uai.to_string(), mended)), Some(("0750001U".to_owned(), true)));
        assert_eq!(uai(" 0750001u ").map(|(_, mended)| mended), Some(false));
        assert_eq!(uai("750001A"), None);
        assert_eq!(uai("75001U"), None);
    }
}
