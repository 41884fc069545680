//! How wide a text may be, at most.
//!
//! The pictures name Arial and, where it is missing, whatever the system calls sans-serif. The
//! widest of those in common use is DejaVu Sans, so its widths are the upper bound here, in
//! hundredths of the size. What is not in the table is taken to be as wide as the widest letter.

use unicode_normalization::UnicodeNormalization as _;

/// Widths of the characters from space to tilde, hundredths of the size.
const REGULAR: [u8; 95] = [
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69,
    62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64,
    60, 82, 60, 60, 53, 64, 34, 64, 84,
];

/// The same in bold.
const BOLD: [u8; 95] = [
    35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40,
    84, 84, 84, 59, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111,
    78, 73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60,
    48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
];

/// What is not in the tables.
const WIDEST: u8 = 115;

/// A font: its size in pixels and whether it is bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Font {
    /// Pixels.
    pub(in crate::http) size: i32,
    /// Bold, else regular.
    pub(in crate::http) bold: bool,
}

impl Font {
    /// A regular one.
    pub(in crate::http) const fn regular(size: i32) -> Self {
        Self { size, bold: false }
    }

    /// A bold one.
    pub(in crate::http) const fn bold(size: i32) -> Self {
        Self { size, bold: true }
    }

    /// The most pixels that the text takes.
    pub(in crate::http) fn width(self, text: &str) -> i32 {
        let table = if self.bold { &BOLD } else { &REGULAR };
        let hundredths: i32 = text.chars().map(|c| i32::from(advance(table, c))).sum();
        (hundredths * self.size + 99) / 100
    }

    /// The text, cut with an ellipsis where it is wider than `most` pixels.
    pub(in crate::http) fn cut(self, text: &str, most: i32) -> String {
        if self.width(text) <= most {
            return text.to_owned();
        }
        let mut kept = String::new();
        for c in text.chars() {
            kept.push(c);
            if self.width(&kept) + self.width("…") > most {
                kept.pop();
                break;
            }
        }
        format!("{}…", kept.trim_end())
    }

    /// The text in at most `lines` lines of `most` pixels, broken at spaces; what does not fit into
    /// the last one is cut.
    pub(in crate::http) fn wrap(self, text: &str, most: i32, lines: usize) -> Vec<String> {
        let mut wrapped: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let full = wrapped.len() >= lines;
            match wrapped.last_mut() {
                // In the last line everything goes on, to be cut below.
                Some(line) if full || self.width(&format!("{line} {word}")) <= most => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => wrapped.push(word.to_owned()),
            }
        }
        wrapped.into_iter().map(|line| self.cut(&line, most)).collect()
    }
}

/// The width of a character, an accented letter being as wide as the plain one.
fn advance(table: &[u8; 95], c: char) -> u8 {
    let plain = c.nfd().next().unwrap_or(c);
    let plain = match plain {
        '\u{a0}' => ' ',
        '’' | '·' => '!',
        '–' => '0',
        other => other,
    };
    let index = u32::from(plain).checked_sub(32).and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| table.get(index)).copied().unwrap_or(WIDEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_as_wide_as_its_letters() {
        // i 28, l 28, W 99 hundredths of 10 pixels: 15.5, rounded up.
        assert_eq!(Font::regular(10).width("ilW"), 16);
        assert_eq!(Font::regular(10).width("É"), Font::regular(10).width("E"));
        assert!(Font::bold(10).width("abc") > Font::regular(10).width("abc"));
    }

    #[test]
    fn words_go_on_in_the_next_line_and_the_last_line_is_cut() {
        let font = Font::regular(10);
        assert_eq!(font.wrap("un deux trois", 1000, 2), ["un deux trois"]);
        let lines = font.wrap("METIERS DE LA COIFFURE ET DE LA BEAUTE", 110, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_place(text in "\\PC{0,80}", most in 30..300i32, lines in 1..4usize, bold in any::<bool>()) {
            let font = Font { size: 13, bold };
            let wrapped = font.wrap(&text, most, lines);
            prop_assert!(wrapped.len() <= lines);
            for line in wrapped {
                prop_assert!(font.width(&line) <= most, "{line:?}");
            }
        }
    }
}
