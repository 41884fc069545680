//! Text as people type it: accents, case and spaces do not tell words apart.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents, every run of anything that is no letter or digit as one space.
///
/// `« Métiers de l'accueil »` → `metiers de l accueil`. Serves search and the comparison of
/// column names.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            c if c.is_alphanumeric() => out.push(c),
            _ if out.is_empty() || out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The same text without its accents; case, spaces and punctuation stay.
#[must_use]
pub fn without_accents(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, without_accents};

    #[test]
    fn only_the_accents_go() {
        assert_eq!(without_accents("MÉTIERS DE L'ACCUEIL (BAC PRO)"), "METIERS DE L'ACCUEIL (BAC PRO)");
    }

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        assert_eq!(fold("  Métiers de l'ACCUEIL (bac pro) "), "metiers de l accueil bac pro");
        assert_eq!(fold("n°UAI de l'établissement"), "n uai de l etablissement");
        assert_eq!(fold("Œnologie"), "oenologie");
    }
}
