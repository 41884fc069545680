//! Follows the quotes of a CSV file without reading its fields, as the CSV reader will see them:
//! a quote opens a field only at the field's beginning, `""` inside is a quote, anything may
//! follow the closing one.

use super::detect::LONGEST;
use super::encoding::BOM;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a field.
    FieldStart,
    /// In a field that is not quoted, or after the closing quote.
    Plain,
    /// In a quoted field that began at this offset.
    Quoted(u64),
    /// After a quote in a quoted field: its end, or the first half of `""`.
    Closing(u64),
}

/// The scan's state between two chunks.
#[derive(Debug)]
pub(super) struct QuoteScan {
    separator: u8,
    offset: u64,
    state: State,
    skip: usize,
}

impl QuoteScan {
    /// Starts at the file's first bytes, which may be a byte order mark.
    pub(super) fn new(separator: u8, head: &[u8]) -> Self {
        let skip = if head.starts_with(BOM) { BOM.len() } else { 0 };
        Self { separator, offset: 0, state: State::FieldStart, skip }
    }

    /// # Errors
    /// The offset of a quote that is not closed within [`LONGEST`] bytes.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), u64> {
        let skipped = std::mem::take(&mut self.skip);
        let mut rest = chunk.get(skipped..).unwrap_or_default();
        let mut at = self.offset + skipped as u64;
        while !rest.is_empty() {
            // Outside quotes nothing matters before the next quote; inside, nothing but one.
            let Some(next) = memchr::memchr(b'"', rest) else { break };
            if next > 0 {
                self.pass(rest.get(next - 1).copied());
            }
            self.quote(at + next as u64);
            at += next as u64 + 1;
            rest = rest.get(next + 1..).unwrap_or_default();
        }
        if !rest.is_empty() {
            self.pass(rest.last().copied());
        }
        self.offset += chunk.len() as u64;
        match self.state {
            State::Quoted(start) if self.offset - start > LONGEST => Err(start),
            _ => Ok(()),
        }
    }

    /// Bytes without a quote went by, the last of which is `last`.
    fn pass(&mut self, last: Option<u8>) {
        self.state = match (self.state, last) {
            (State::Quoted(start), _) => State::Quoted(start),
            (_, Some(byte)) if byte == self.separator || byte == b'\n' || byte == b'\r' => State::FieldStart,
            _ => State::Plain,
        };
    }

    fn quote(&mut self, at: u64) {
        self.state = match self.state {
            State::FieldStart => State::Quoted(at),
            State::Plain => State::Plain,
            State::Quoted(start) => State::Closing(start),
            State::Closing(start) => State::Quoted(start),
        };
    }

    /// # Errors
    /// The offset of a quote that the file's end leaves open.
    pub(super) fn finish(&self) -> Result<(), u64> {
        match self.state {
            State::Quoted(start) => Err(start),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str, chunk: usize) -> Result<(), u64> {
        let mut scan = QuoteScan::new(b';', text.as_bytes());
        for chunk in text.as_bytes().chunks(chunk) {
            scan.feed(chunk)?;
        }
        scan.finish()
    }

    #[test]
    fn quotes_that_close_are_no_damage() {
        for text in
            ["a;\"b;c\";d\n", "\"a \"\"b\"\"\";c", "a;5\" de long;c", "\"\";\"\"\n", "\"a\nb\";c", "\"a\" b;\"c\""]
        {
            for chunk in [1, 2, 3, 100] {
                assert_eq!(scan(text, chunk), Ok(()), "{text:?} by {chunk}");
            }
        }
    }

    #[test]
    fn a_quote_left_open_is_found_where_it_opens() {
        for (text, at) in [("a;\"b;c\nd;e\n", 2), ("\"a\";\"b\"\"\n", 4), ("\u{FEFF}\"a;b\n", 3)] {
            for chunk in [4, 7, 100] {
                assert_eq!(scan(text, chunk), Err(at), "{text:?} by {chunk}");
            }
        }
    }

    #[test]
    fn a_field_that_goes_on_and_on_is_taken_for_open() {
        let text = format!("a;\"{};\"b\"\n", "x;".repeat(usize::try_from(LONGEST).unwrap()));
        assert_eq!(scan(&text, 65536), Err(2));
    }
}
