//! The pieces of SVG.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::ink::Ink;
use super::metrics::Font;

/// What a picture that stands alone is written with.
pub(in crate::http) const FONTS: &str = "Arial, Helvetica, sans-serif";

/// Text that means nothing to XML; characters that XML cannot hold are left out.
pub(in crate::http) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')) {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Writes a text whose baseline begins at a point.
pub(in crate::http) fn text(body: &mut String, (x, y): (i32, i32), font: Font, ink: Ink, text: &str) {
    if text.is_empty() {
        return;
    }
    let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
    let (size, fill, text) = (font.size, ink.fill(), escape(text));
    let _ = write!(body, "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight} {fill}>{text}</text>");
}

/// Writes lines one under the other, and says where the next one would stand.
pub(in crate::http) fn lines(
    body: &mut String,
    (x, mut y): (i32, i32),
    (font, ink): (Font, Ink),
    texts: &[String],
) -> i32 {
    for line in texts {
        text(body, (x, y), font, ink, line);
        y += font.size * 5 / 4;
    }
    y
}

/// A picture that stands alone, with its title and description for those who do not see it.
pub(in crate::http) fn alone(
    (width, height): (i32, i32),
    paper: &str,
    title: &str,
    description: &str,
    body: &str,
) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"titre description\" lang=\"fr\" \
         font-family=\"{FONTS}\"><title id=\"titre\">{}</title><desc id=\"description\">{}</desc>\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{paper}\"/>{body}</svg>",
        escape(title),
        escape(description),
    )
}

/// 200 with a picture.
pub(in crate::http) fn answer(image: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml; charset=utf-8"))], image).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_become_markup() {
        assert_eq!(escape("<a href=\"x\">&'\u{0}\u{ffff}"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
