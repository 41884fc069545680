//! What a body says of itself: a page or a message instead of a file, an export that broke off.
//!
//! A portal begins an export before it knows whether it can finish it. When it cannot, the status
//! was 200 long ago: the reason, or nothing, stands where the next row should, and the body ends
//! as a whole one does. Only its beginning and its last line tell.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::failure::DownloadRefusal;

/// How much is looked at, at either end.
const WINDOW: u64 = 64 << 10;
/// Longest text that is quoted, in characters.
const EXCERPT: usize = 200;

/// Looks at both ends of a file.
///
/// # Errors
/// The file cannot be read.
pub(super) fn examine(path: &Path) -> io::Result<Option<DownloadRefusal>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut beginning = Vec::new();
    (&mut file).take(WINDOW).read_to_end(&mut beginning)?;
    if compressed(&beginning) {
        return Ok(None);
    }
    if let Some(what) = not_csv(&beginning) {
        return Ok(Some(DownloadRefusal::NotCsv { what, excerpt: excerpt(&beginning) }));
    }
    file.seek(SeekFrom::Start(size.saturating_sub(WINDOW)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    Ok(interrupted(&beginning, &end).map(|line| DownloadRefusal::Interrupted { excerpt: excerpt(line) }))
}

/// Whether a body is compressed: it ends with a sum of what it holds, which is checked when it is
/// expanded, and says whether anything is missing.
fn compressed(beginning: &[u8]) -> bool {
    beginning.starts_with(&[0x1F, 0x8B]) || beginning.starts_with(b"PK\x03\x04")
}

/// What a body is that is no CSV file, by its first characters. No header begins like that.
pub(super) fn not_csv(beginning: &[u8]) -> Option<&'static str> {
    let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(beginning).trim_ascii_start();
    match text.first()? {
        b'<' => Some("an HTML or XML page"),
        b'{' | b'[' => Some("JSON, probably an error message,"),
        _ => None,
    }
}

/// What the content type says that is no CSV file.
pub(super) fn refused_type(content_type: &str) -> Option<&'static str> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/html" | "application/xhtml+xml" | "text/xml" | "application/xml" => Some("an HTML or XML page"),
        "application/json" => Some("JSON, probably an error message,"),
        other if other.ends_with("+json") => Some("JSON, probably an error message,"),
        _ => None,
    }
}

/// The last line, if it is no row of the file.
///
/// Too few fields is no row. Where quotes are open the line is the end of a row that began on an
/// earlier one, and says nothing. A message right behind a row may leave it its fields: it is known
/// by `{"…}`, which in a field would be written `{""…}`.
fn interrupted<'a>(beginning: &[u8], end: &'a [u8]) -> Option<&'a [u8]> {
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let end = end.trim_ascii_end();
    let start = end.iter().rposition(|byte| *byte == b'\n')? + 1;
    let last = end.get(start..).unwrap_or_default();
    let separator = separator(header);
    let message = message(last);
    let open = last.iter().fold(false, |open, byte| open ^ (*byte == b'"'));
    let short = !open && fields(last, separator) < fields(header, separator);
    (message || short).then_some(last)
}

fn message(last: &[u8]) -> bool {
    let opens = last.windows(3).any(|window| matches!(window, [b'{', b'"', third] if *third != b'"'));
    let closing_tag = last.windows(2).any(|window| window == b"</") && last.ends_with(b">");
    closing_tag || (opens && last.ends_with(b"}"))
}

fn separator(header: &[u8]) -> u8 {
    [b';', b',', b'|', b'\t'].into_iter().max_by_key(|one| fields(header, *one)).unwrap_or(b';')
}

/// Fields of a line whose quotes are closed.
fn fields(line: &[u8], separator: u8) -> usize {
    let mut quoted = false;
    let separators = line.iter().filter(|byte| {
        quoted ^= **byte == b'"';
        !quoted && **byte == separator
    });
    1 + separators.count()
}

/// The beginning of a text, on one line, fit for a terminal.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let bytes = bytes.get(..bytes.len().min(4 * EXCERPT)).unwrap_or_default();
    let text: String = String::from_utf8_lossy(bytes).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = words.join(" ");
    let mut short: String = joined.chars().take(EXCERPT).collect();
    if short.len() < joined.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_or_a_message_is_known_by_its_first_characters() {
        for (body, expected) in [
            ("<!DOCTYPE html><html>", true),
            ("\u{FEFF}\n  <HTML>", true),
            ("{\"error_code\": \"x\"}", true),
            ("[]", true),
            ("annee;uai\n", false),
            ("\u{FEFF}annee;uai\n", false),
            ("\"{\";b\n", false),
            ("", false),
        ] {
            assert_eq!(not_csv(body.as_bytes()).is_some(), expected, "{body:?}");
        }
    }

    #[test]
    fn a_last_line_that_is_no_row_is_found_and_a_row_is_not() {
        let broken = |body: &str| interrupted(body.as_bytes(), body.as_bytes()).is_some();
        for body in [
            "a;b;c\n1;2;3\n{\"error_code\": \"InternalError\"}",
            "a;b;c\n1;2;3\nInternal server error\n",
            "a;b;c\n1;2;3\n4;5",
            "a;b;c\n1;2;3\n4;5{\"message\": \"x;y\"}\n",
            "a;b;c\n1;2;3{\"message\": \"too many; rows\"}",
            "a;b;c\n1;2;3\n{\n \"error\": \"x\"\n}\n",
            "a;b;c\n1;2;3<html><body>502 Bad Gateway</body></html>",
            "\"a\",\"b,c\",d\r\n1,\"2,3\"\r\n",
        ] {
            assert!(broken(body), "{body:?}");
        }
        for body in [
            "a;b;c\n1;2;3",
            "a;b;c\n1;2;3\r\n\r\n",
            "a;b;c\n1;\"x\ny;z\";3\n",
            "a;b;c\n1;\"2;2\";3\n",
            "a;b;c\n1;2;\"{\"\"type\"\":\"\"Point\"\"}\"\n",
            "a\n1\n",
            "a;b;c\n",
            "a;b;c",
        ] {
            assert!(!broken(body), "{body:?}");
        }
    }

    #[test]
    fn an_excerpt_is_short_and_harmless() {
        assert_eq!(excerpt(b"  <html>\r\n\t<b>\x1b[31mNon</b>"), "<html> <b> [31mNon</b>");
        assert_eq!(excerpt("é".repeat(900).as_bytes()).chars().count(), EXCERPT + 1);
    }
}
