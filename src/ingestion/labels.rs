//! Names and labels as people are to read them.
//!
//! A label is served as it was written, which is not always as it arrives: an accent that was
//! read in the wrong encoding once and saved again (`Ã©`), an accent as a character of its own, a
//! line break in the middle of a name, a character that nobody sees. What can be put right without
//! a doubt is put right. What was lost cannot be: where a program has written U+FFFD for what it
//! could not read, nobody knows what stood there.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::encoding::is_french;

/// What stands for a character that could not be read.
pub(super) const REPLACEMENT: char = '\u{FFFD}';

/// Wrong readings of wrong readings that are undone.
const TWICE: usize = 3;

/// A text put right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Label<'a> {
    /// The text.
    pub(super) text: Cow<'a, str>,
    /// Whether letters of it had been read in the wrong encoding.
    pub(super) repaired: bool,
    /// Whether a character of it was lost.
    pub(super) lost: bool,
}

/// Puts a field right; the spaces around it go last, since one of them may be half of an `à`.
pub(super) fn label(field: &str) -> Label<'_> {
    let plain = |byte: u8| (b' '..0x7F).contains(&byte);
    if field.bytes().all(plain) {
        return Label { text: Cow::Borrowed(field.trim()), repaired: false, lost: false };
    }
    let mut text = Cow::Borrowed(field);
    let mut repaired = false;
    for _ in 0..TWICE {
        let Some(right) = reread(&text) else { break };
        (text, repaired) = (Cow::Owned(right), true);
    }
    if text.contains(|c| is_invisible(c) || is_line_break(c)) {
        text = Cow::Owned(on_one_line(&text));
    }
    if is_nfc_quick(text.chars()) != IsNormalized::Yes {
        text = Cow::Owned(text.nfc().collect());
    }
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    Label { lost: text.contains(REPLACEMENT), text, repaired }
}

/// A text in which sequences of UTF-8 that were read as Windows-1252 or ISO-8859-1 are what they
/// were; `None` where there is none. Only what either encoding or French text has counts: `É»` is a
/// sequence too, and is none of it.
fn reread(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(first) = rest.chars().next() {
        let (length, right) = misread(rest).map_or((first.len_utf8(), first), |(length, right)| {
            found = true;
            (length, right)
        });
        out.push(right);
        rest = rest.get(length..).unwrap_or_default();
    }
    found.then_some(out)
}

/// The letter whose bytes a text begins with as characters, and how much of the text they are.
fn misread(text: &str) -> Option<(usize, char)> {
    let mut chars = text.char_indices();
    let lead = byte_of(chars.next()?.1)?;
    let count = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => return None,
    };
    let mut bytes = vec![lead];
    for _ in 1..count {
        bytes.push(byte_of(chars.next()?.1).filter(|byte| (0x80..0xC0).contains(byte))?);
    }
    let right = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    let length = chars.next().map_or(text.len(), |(at, _)| at);
    // What a wrong reading of a wrong reading has between its letters is no letter of French.
    (is_french(right) || byte_of(right).is_some()).then_some((length, right))
}

/// The byte that was read as this character, in Windows-1252 or in ISO-8859-1.
fn byte_of(c: char) -> Option<u8> {
    if ('\u{80}'..='\u{FF}').contains(&c) {
        return u8::try_from(u32::from(c)).ok();
    }
    let mut text = [0; 4];
    let (bytes, _, wrong) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut text));
    match (bytes.as_ref(), wrong) {
        ([byte], false) if *byte >= 0x80 => Some(*byte),
        _ => None,
    }
}

/// Every line break, with the spaces around it, as one space; nothing that nobody sees.
fn on_one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split(is_line_break) {
        let line: String = line.chars().filter(|c| !is_invisible(*c)).collect();
        if !out.is_empty() {
            out.truncate(out.trim_end().len());
            out.push(' ');
        }
        out.push_str(line.trim_start());
    }
    out
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character has no width and no place in a text: control characters, what joins,
/// separates or turns letters without being seen, byte order marks.
pub(super) fn is_invisible(c: char) -> bool {
    let control = matches!(c, '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{AD}' | '\u{FEFF}');
    control
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}')
}

/// A text for a message: what nobody sees is shown by its number.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) || (is_line_break(c) && c != '\t') {
            // A text in memory does not fail to be written.
            let _ = write!(out, "U+{:04X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Takes what nobody sees out of the codes of a record: of every field that is ASCII without it.
/// Labels are put right by [`label`], where some of it may be half of a letter. Returns the first
/// field that was changed.
pub(super) fn clean_codes(record: &mut csv::ByteRecord) -> Option<usize> {
    let suspect = |field: &[u8]| {
        let text = std::str::from_utf8(field).unwrap_or_default();
        text.contains(is_invisible) && text.chars().all(|c| c.is_ascii() || is_invisible(c))
    };
    let first = record.iter().position(suspect)?;
    let mut clean = csv::ByteRecord::with_capacity(record.as_slice().len(), record.len());
    for field in &*record {
        if suspect(field) {
            let text = std::str::from_utf8(field).unwrap_or_default();
            clean.push_field(text.chars().filter(|c| !is_invisible(*c)).collect::<String>().as_bytes());
        } else {
            clean.push_field(field);
        }
    }
    *record = clean;
    Some(first)
}

/// Whether [`clean_codes`] may have something to do: no byte of the record but these begins a
/// character that nobody sees.
pub(super) fn may_hide(record: &csv::ByteRecord) -> bool {
    let bytes = record.as_slice();
    if bytes.is_ascii() {
        return memchr::memchr(0x7F, bytes).is_some();
    }
    // C2: controls, soft hyphen; E2 80, E2 81: what has no width; EF BB: the byte order mark.
    let hides = |at: usize| {
        matches!(
            bytes.get(at..),
            Some(
                [0xC2, 0x80..=0x9F | 0xAD, ..]
                | [0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE, ..]
                | [0xE2, 0x81, ..]
                | [0xEF, 0xBB, 0xBF, ..],
            )
        )
    };
    memchr::memchr3_iter(0xC2, 0xE2, 0xEF, bytes).any(hides) || memchr::memchr(0x7F, bytes).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_read_in_the_wrong_encoding_is_put_right() {
        for (wrong, right) in [
            ("LycÃ©e", "Lycée"),
            ("voilÃ\u{A0}", "voilà"),
            ("Ã\u{A0} lâ€™Ã©cole", "à l’école"),
            ("Ã‰COLE", "ÉCOLE"),
            ("Ã\u{89}COLE", "ÉCOLE"),
            ("Å“uvre", "œuvre"),
            ("lâ\u{80}\u{99}eau", "l’eau"),
            ("LycÃƒÂ©e", "Lycée"),
            ("Ã©tÃ© à la mer", "été à la mer"),
            ("NÂ° 3", "N° 3"),
            ("RHÃ”NE", "RHÔNE"),
            ("Ãˆ", "È"),
            ("ÃƒË†", "È"),
        ] {
            assert_eq!(label(wrong), Label { text: right.into(), repaired: true, lost: false }, "{wrong}");
        }
    }

    #[test]
    fn what_was_read_rightly_stays() {
        for text in ["Lycée", "LYCÉ»", "PÂTISSIER", "Âge", "« à »", "São Tomé", "ÃO", "Å", "l’été – œuvre", "N° 3"]
        {
            assert_eq!(label(text), Label { text: text.into(), repaired: false, lost: false }, "{text}");
        }
    }

    #[test]
    fn a_line_break_is_one_space_and_what_nobody_sees_goes() {
        for (text, expected) in [
            ("CFA\n   annexe \"Nord\"", "CFA annexe \"Nord\""),
            ("CFA  double\r\n\r\nannexe", "CFA  double annexe"),
            ("CFA\rannexe\n", "CFA annexe"),
            ("\nCFA", "CFA"),
            ("CFA\tannexe", "CFA annexe"),
            ("CFA\u{2028}annexe", "CFA annexe"),
            ("C\u{200B}F\u{FEFF}A\u{AD}", "CFA"),
            ("e\u{301}cole", "école"),
        ] {
            assert_eq!(label(text).text, expected, "{text:?}");
        }
    }

    #[test]
    fn a_lost_character_is_noticed() {
        assert!(label("Lyc\u{FFFD}e").lost && !label("Lycée").lost);
    }

    #[test]
    fn a_code_has_nothing_that_nobody_sees() {
        let record = |fields: &[&str]| csv::ByteRecord::from(fields.to_vec());
        for hidden in ['\u{200B}', '\u{FEFF}', '\u{7F}', '\u{AD}', '\u{2060}', '\u{202C}', '\u{9F}'] {
            let mut found = record(&["1", &format!("075{hidden}0100B"), "Lycée"]);
            assert!(may_hide(&found), "{hidden:?}");
            assert_eq!(clean_codes(&mut found), Some(1), "{hidden:?}");
            assert_eq!(found, record(&["1", "0750100B", "Lycée"]), "{hidden:?}");
        }
        for fields in [&["1", "Lycée «à»", "N° 3"][..], &["abc", "12 345"], &["l’été – œuvre", "Ã\u{89}COLE"]]
        {
            let mut found = record(fields);
            assert_eq!(clean_codes(&mut found), None, "{fields:?}");
        }
        assert!(!may_hide(&record(&["1", "Lycée «à»", "N° 3\u{A0}l’été"])));
        assert_eq!(visible("075\u{200B}0100B\n"), "075U+200B0100BU+000A");
    }

    proptest! {
        #[test]
        fn french_text_survives_being_read_wrongly_once_or_twice(text in "[a-zéèàçêëîïôûùœÉÈÀÇŒ«»’– ]{0,30}") {
            let wrong = |text: &str| encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
            let (once, twice) = (wrong(&text), wrong(&wrong(&text)));
            prop_assert_eq!(label(&once).text, text.trim());
            prop_assert_eq!(label(&twice).text, text.trim());
            prop_assert_eq!(label(&text).text, text.trim());
        }

        #[test]
        fn only_records_that_may_hide_something_are_changed(fields in prop::collection::vec("\\PC{0,8}", 1..4)) {
            let mut record = csv::ByteRecord::from(fields);
            let may = may_hide(&record);
            prop_assert!(clean_codes(&mut record).is_none() || may);
        }
    }
}
