//! What stands before the header, and what the header's line says of all the others.

use super::encoding::{BOM, FileEncoding};
use super::quotes::Extent;
use super::records::csv_reader;
use super::refusal::FileRefusal;
use super::text::count;

/// Separators, the first ones preferred when a header has as many of two.
const SEPARATORS: [u8; 4] = [b';', b'|', b'\t', b','];

/// Bytes behind the header in which the true one is looked for, when it is none.
const FOLLOWING: usize = 64 * 1024;
/// Lines of them.
const TITLES: usize = 20;

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preamble {
    /// Bytes before the header: a byte order mark, a `sep=;` line.
    pub(super) skip: usize,
    /// Whether there is a line `sep=;`, by which spreadsheets are told the separator.
    pub(super) separator_line: bool,
    /// The separator that the header has most of, outside quotes.
    pub(super) separateur: u8,
    /// Where the header ends.
    pub(super) header: Extent,
    /// The header's own bytes, and some of those that follow.
    head: Vec<u8>,
}

impl Preamble {
    /// Reads a file's first bytes.
    ///
    /// # Errors
    /// The header's line ends with CR alone, as no line of the file is then read.
    pub(super) fn read(head: &[u8]) -> Result<Self, FileRefusal> {
        let bom = if head.starts_with(BOM) { BOM.len() } else { 0 };
        let line_length = separator_line(head.get(bom..).unwrap_or_default());
        let skip = bom + line_length.unwrap_or(0);
        let text = head.get(skip..).unwrap_or_default();
        if ends_with_return(text) {
            return Err(FileRefusal::BareReturns { line: 1 + u64::from(line_length.is_some()) });
        }
        let separateur = separator(text);
        let header = Extent::of(head, skip, separateur);
        let end = usize::try_from(header.end).unwrap_or(usize::MAX).saturating_add(FOLLOWING).min(head.len());
        let head = head.get(skip..end).unwrap_or_default().to_vec();
        Ok(Self { skip, separator_line: line_length.is_some(), separateur, header, head })
    }

    /// The number of the header's line.
    pub(super) fn line(&self) -> u64 {
        1 + u64::from(self.separator_line)
    }

    /// The names in the header.
    ///
    /// # Errors
    /// A quote in it does not close.
    pub(super) fn names(&self, encodage: FileEncoding) -> Result<Vec<String>, FileRefusal> {
        if self.header.open {
            return Err(FileRefusal::Quote { line: self.line() });
        }
        let length = usize::try_from(self.header.end).unwrap_or(usize::MAX).saturating_sub(self.skip);
        let bytes = self.head.get(..length).unwrap_or_default();
        Ok(fields(&encodage.decode(bytes), self.separateur))
    }

    /// The lines behind the first one, each with its number and cut at the separator that it has
    /// most of: one of them may be the true header.
    pub(super) fn following(&self, encodage: FileEncoding) -> Vec<(u64, Vec<String>)> {
        let text = encodage.decode(&self.head);
        let lines = (self.line()..).zip(text.lines()).skip(1).take(TITLES);
        lines.map(|(number, line)| (number, fields(line, separator(line.as_bytes())))).collect()
    }
}

/// The fields of the first record of a text.
fn fields(text: &str, separator: u8) -> Vec<String> {
    let mut record = csv::ByteRecord::new();
    // A text in memory does not fail to be read.
    let _ = csv_reader(separator, text.trim_end_matches(['\r', '\n']).as_bytes()).read_byte_record(&mut record);
    record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

/// The length of a first line `sep=;`, its end included.
fn separator_line(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'\n', text)? + 1;
    let line = text.get(..end)?.trim_ascii();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (word, separator) = line.split_at_checked(b"sep=".len())?;
    let told = match separator {
        // The tab went with the space at the end of the line.
        [] => true,
        [first, rest @ ..] => rest.iter().all(|byte| byte == first),
    };
    (word.eq_ignore_ascii_case(b"sep=") && told).then_some(end)
}

/// Whether the first line ends with CR alone, outside of quotes.
fn ends_with_return(text: &[u8]) -> bool {
    let mut quoted = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return false,
            b'\r' if !quoted => {
                // More than one before LF comes of a conversion made twice.
                let next = text.get(at + 1..).unwrap_or_default().iter().find(|byte| **byte != b'\r');
                return next.is_some_and(|next| *next != b'\n');
            }
            _ => {}
        }
    }
    false
}

/// The separator that the first line has most of, outside quotes.
pub(super) fn separator(text: &[u8]) -> u8 {
    let mut counts = [0usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            byte => {
                for (count, separator) in counts.iter_mut().zip(SEPARATORS) {
                    *count += usize::from(*byte == separator);
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    counts.iter().zip(SEPARATORS).find(|(count, _)| **count == most).map_or(b';', |(_, separator)| separator)
}

/// The separator, other than `known`, that splits `line` into exactly `fields` fields.
pub(super) fn other_separator(line: &[u8], known: u8, fields: usize) -> Option<u8> {
    SEPARATORS
        .into_iter()
        .filter(|separator| *separator != known)
        .find(|separator| fields > 1 && count(line, *separator) + 1 == fields as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_the_header_has_most_of() {
        for (head, expected) in [
            ("a;b;c\nd,e,f,g,h", b';'),
            ("a|b,c|d\n", b'|'),
            ("\"a;b;c\",d,e\n", b','),
            ("a\tb\n", b'\t'),
            ("single\n1;2;3\n", b';'),
            ("\"a\nb;c;d;e\",f,g\n", b','),
        ] {
            assert_eq!(Preamble::read(head.as_bytes()).unwrap().separateur, expected, "{head}");
        }
    }

    #[test]
    fn rows_split_by_another_separator_are_recognised() {
        assert_eq!(other_separator(b"1,2,3", b';', 3), Some(b','));
        assert_eq!(other_separator(b"1,2", b';', 3), None);
        assert_eq!(other_separator(b"123", b';', 1), None);
    }

    #[test]
    fn a_line_that_tells_the_separator_is_no_header() {
        for line in ["sep=;\r\n", "sep=;\n", "SEP=,\n", "\"sep=;\"\n", "sep=\t\n", "\u{FEFF}sep=|\n", "sep=;;;\n"] {
            let found = Preamble::read(format!("{line}a;b\n").as_bytes()).unwrap();
            assert_eq!((found.skip, found.separator_line, found.separateur), (line.len(), true, b';'), "{line:?}");
        }
        for line in ["separation;b\n", "sep=x;y\n", "sep;b\n", "a;sep=;\n"] {
            assert!(!Preamble::read(line.as_bytes()).unwrap().separator_line, "{line:?}");
        }
    }

    #[test]
    fn lines_that_end_with_a_return_alone_are_none() {
        for head in ["a;b\r1;2\r", "\u{FEFF}a;b\r1;2\r", "sep=;\na;b\r1;2\r", "\"a\";b\r1;2\n"] {
            assert!(Preamble::read(head.as_bytes()).is_err(), "{head:?}");
        }
        for head in ["a;b\r\n1;2\r", "a;b\r\r\n1;2", "\"a\rb\";c\n", "a;b\r", "a;b"] {
            assert!(Preamble::read(head.as_bytes()).is_ok(), "{head:?}");
        }
    }
}
