//! Rows of tables that are not quoted: the separators alone make a row of each line.
//!
//! The tables of the BCN are written without quotes, and a comment may begin with `"`: read as
//! CSV, sixty certifications become the text of one field. So a line that has the header's number
//! of fields is a row, its quotes being characters; only a field that is wholly in quotes, as a
//! table has it that was opened and saved again, is taken out of them. A line that has not is read
//! as CSV, with as many of the next ones as its quotes enclose, none of which may be a row by
//! itself. What is no row then either is given as it stands, and rejected for its length.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader};

use csv::ByteRecord;

use super::detect::LONGEST;
use super::records::csv_reader;
use super::text::{Text, count};

/// Reads lines.
pub(super) struct Lines {
    reader: BufReader<Text>,
    separator: u8,
    fields: usize,
    /// Lines that were looked at and are still to be read.
    ahead: VecDeque<Vec<u8>>,
    /// Number of the line read last.
    number: u64,
}

impl Lines {
    pub(super) fn new(text: Text, separator: u8, fields: usize) -> Self {
        let reader = BufReader::with_capacity(64 * 1024, text);
        Self { reader, separator, fields, ahead: VecDeque::new(), number: 0 }
    }

    pub(super) fn set_fields(&mut self, fields: usize) {
        self.fields = fields;
    }

    pub(super) fn text(&self) -> &Text {
        self.reader.get_ref()
    }

    /// Reads the next row, and returns the number of the line it begins on.
    pub(super) fn read(&mut self, record: &mut ByteRecord) -> io::Result<Option<u64>> {
        record.clear();
        let Some(line) = self.next_line()? else { return Ok(None) };
        self.number += 1;
        let number = self.number;
        if !self.is_row(&line) && memchr::memchr(b'"', &line).is_some() && self.read_quoted(&line, record)? {
            return Ok(Some(number));
        }
        for field in line.split(|byte| *byte == self.separator) {
            record.push_field(&unquoted(field));
        }
        Ok(Some(number))
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        if self.reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Some(line))
    }

    /// Whether the separators alone make a row of it.
    fn is_row(&self, line: &[u8]) -> bool {
        count(line, self.separator) + 1 == self.fields as u64
    }

    /// Reads a line as CSV, with those that its quotes enclose; `false` when that is no row, and
    /// the lines behind it are as they were.
    fn read_quoted(&mut self, line: &[u8], record: &mut ByteRecord) -> io::Result<bool> {
        let (mut text, mut taken) = (line.to_vec(), Vec::new());
        while is_open(&text, self.separator) {
            let Some(next) = self.next_line()? else { break };
            let (row, long) = (self.is_row(&next), (text.len() + next.len()) as u64 > LONGEST);
            text.push(b'\n');
            text.extend_from_slice(&next);
            taken.push(next);
            if row || long {
                break;
            }
        }
        let closed = !is_open(&text, self.separator);
        let swallows = taken.iter().any(|line| self.is_row(line));
        let read = closed && !swallows && csv_reader(self.separator, text.as_slice()).read_byte_record(record)?;
        // A line of its own is what its quotes make of it, even if it is no row.
        if read && (record.len() == self.fields || taken.is_empty()) {
            self.number += taken.len() as u64;
            return Ok(true);
        }
        record.clear();
        for line in taken.into_iter().rev() {
            self.ahead.push_front(line);
        }
        Ok(false)
    }
}

/// Whether a quoted field goes on at the end of a text.
fn is_open(text: &[u8], separator: u8) -> bool {
    let (mut open, mut field_start) = (false, true);
    for byte in text {
        match byte {
            // A doubled one closes and opens again.
            b'"' if open => (open, field_start) = (false, true),
            b'"' if field_start => open = true,
            byte => field_start = !open && (*byte == separator || *byte == b'\n'),
        }
    }
    open
}

/// A field wholly in quotes, those inside it being doubled, without them; any other as it is.
fn unquoted(field: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let inner = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\""));
    let Some(inner) = inner else { return field.into() };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        if *byte == b'"' && bytes.next() != Some(&b'"') {
            return field.into();
        }
        out.push(*byte);
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_field_wholly_in_quotes_is_taken_out_of_them() {
        for (field, expected) in [
            ("a", "a"),
            ("\"a\"", "a"),
            ("\"\"", ""),
            ("\"le \"\"a\"\"\"", "le \"a\""),
            ("\"le \"a\"\"", "\"le \"a\"\""),
            ("\"a", "\"a"),
            ("a\"", "a\""),
            ("\"", "\""),
            ("\"a\" b \"c\"", "\"a\" b \"c\""),
        ] {
            assert_eq!(unquoted(field.as_bytes()).as_ref(), expected.as_bytes(), "{field}");
        }
    }

    #[test]
    fn a_text_is_open_within_a_quoted_field_alone() {
        for (text, expected) in [
            ("a;\"b", true),
            ("a;\"b\"", false),
            ("a;b\"c", false),
            ("a;\"b\"\"", true),
            ("a;\"b\"\"\"", false),
            ("a;\"b;c\nd", true),
            ("\"a\nb\";\"c", true),
        ] {
            assert_eq!(is_open(text.as_bytes(), b';'), expected, "{text:?}");
        }
    }
}
