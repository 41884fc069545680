//! The colours of pictures that stand alone. Text contrasts with its paper by 4.5 at least, marks by
//! 3, and a mark is never told from another by its colour alone ([`super::dots`]).

use super::ink::Ink;

/// How the page looks in which a picture stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http) enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
    /// White on black, without greys.
    Contrast,
}

/// The colours of a theme.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Palette {
    /// Behind everything.
    pub(in crate::http) paper: &'static str,
    /// What is read first.
    pub(in crate::http) text: Ink,
    /// What is read after that.
    pub(in crate::http) quiet: Ink,
    /// Lines and hatching.
    pub(in crate::http) line: &'static str,
    /// In employment, going on studying, other.
    pub(in crate::http) groups: [Ink; 3],
}

impl Theme {
    /// Every theme, with its word in an address.
    pub(in crate::http) const ALL: [(&'static str, Self); 3] =
        [("clair", Self::Light), ("sombre", Self::Dark), ("contraste", Self::Contrast)];

    /// Reads the word of an address.
    pub(in crate::http) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, theme)| *theme)
    }

    /// Its colours.
    pub(in crate::http) const fn palette(self) -> Palette {
        let (paper, text, quiet, line, groups) = match self {
            Self::Light => ("#ffffff", "#1b1b1f", "#55555e", "#8a8a94", ["#0b5cad", "#b34700", "#6b6b75"]),
            Self::Dark => ("#18181c", "#f2f2f4", "#b9b9c3", "#80808c", ["#6fb3f2", "#f0a05a", "#a3a3ae"]),
            Self::Contrast => ("#000000", "#ffffff", "#ffffff", "#ffffff", ["#ffff00", "#00ffff", "#ffffff"]),
        };
        let [first, second, third] = groups;
        Palette {
            paper,
            text: Ink::Colour(text),
            quiet: Ink::Colour(quiet),
            line,
            groups: [Ink::Colour(first), Ink::Colour(second), Ink::Colour(third)],
        }
    }
}

#[cfg(test)]
pub(in crate::http) mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.1).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(colour.get(at..at + 2).unwrap(), 16).unwrap()) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    /// The contrast of two colours (WCAG 2.1).
    pub(in crate::http) fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn colour(ink: Ink) -> &'static str {
        match ink {
            Ink::Colour(colour) => colour,
            Ink::Class(class) => panic!("{class} has no colour here"),
        }
    }

    #[test]
    fn text_and_marks_stand_out_in_every_theme() {
        for (word, theme) in Theme::ALL {
            let palette = theme.palette();
            for text in [palette.text, palette.quiet] {
                assert!(contrast(colour(text), palette.paper) >= 4.5, "{word} {text:?}");
            }
            for mark in palette.groups.map(colour).into_iter().chain([palette.line]) {
                assert!(contrast(mark, palette.paper) >= 3.0, "{word} {mark}");
            }
        }
    }

    #[test]
    fn a_theme_is_read_as_it_is_written() {
        for (word, theme) in Theme::ALL {
            assert_eq!(Theme::parse(word), Some(theme));
        }
        assert_eq!(Theme::parse("Clair"), None);
    }
}
