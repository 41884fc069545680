//! Follows the quotes of a CSV file without reading its fields, as the CSV reader will see them:
//! a quote opens a field only at the field's beginning, `""` inside is a quote, anything may
//! follow the closing one.
//!
//! A quote that is opened and not closed does its damage in silence: the rows behind it become
//! the text of one field, until the next quote, of another row, closes it; what is left has the
//! right number of fields and the figures of another school. It shows in one way: a line that
//! begins inside a quoted field and would be a row by itself. A label may have several lines, but
//! none of them has all the separators of a row.

use super::detect::LONGEST;

/// What is wrong with the quotes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The field that a quote at this offset opens does not end within [`LONGEST`] bytes, or at all.
    Unclosed(u64),
    /// A whole row, which begins at `row`, is text of the field that a quote at `opened` opens.
    Swallowed {
        /// Offset of the quote.
        opened: u64,
        /// Offset of the row.
        row: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a row.
    RowStart,
    /// At the beginning of another field.
    FieldStart,
    /// In a field that is not quoted, or after the closing quote.
    Plain,
    /// In a quoted field that began at this offset.
    Quoted(u64),
    /// After a quote in a quoted field: its end, or the first half of `""`.
    Closing(u64),
}

/// A line that begins inside a quoted field, read by itself.
#[derive(Debug)]
struct Inner {
    opened: u64,
    start: u64,
    /// Its separators, quotes being characters.
    all: u64,
    /// Its separators outside of quotes.
    unquoted: u64,
    state: State,
}

impl Inner {
    fn feed(&mut self, bytes: &[u8], separator: u8) {
        for byte in bytes {
            let ends = *byte == separator;
            self.all += u64::from(ends);
            self.state = match (self.state, byte) {
                (State::Quoted(_), b'"') => State::Closing(0),
                (State::Quoted(_), _) | (State::RowStart | State::FieldStart | State::Closing(_), b'"') => {
                    State::Quoted(0)
                }
                _ if ends => State::FieldStart,
                _ => State::Plain,
            };
            self.unquoted += u64::from(self.state == State::FieldStart);
        }
    }
}

/// The scan's state between two chunks.
#[derive(Debug)]
pub(super) struct QuoteScan {
    separator: u8,
    header: Extent,
    offset: u64,
    state: State,
    /// Whether the row has had no separator yet, of any kind.
    bare: bool,
    inner: Option<Inner>,
}

/// The header, as far as a row can be told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Its separators outside of quotes.
    pub(super) separators: u64,
    /// Offset of the first byte behind it.
    pub(super) end: u64,
    /// Whether it ends within a quoted field, which is no end.
    pub(super) open: bool,
}

impl Extent {
    /// Finds the end of the header in the file's first bytes; it begins after `skip` of them.
    pub(super) fn of(head: &[u8], skip: usize, separator: u8) -> Self {
        let mut line = Inner { opened: 0, start: 0, all: 0, unquoted: 0, state: State::RowStart };
        for (at, byte) in (0..).zip(head).skip(skip) {
            if *byte == b'\n' && !matches!(line.state, State::Quoted(_)) {
                return Self { separators: line.unquoted, end: at + 1, open: false };
            }
            line.feed(&[*byte], separator);
        }
        let open = matches!(line.state, State::Quoted(_));
        Self { separators: line.unquoted, end: head.len() as u64, open }
    }
}

impl QuoteScan {
    /// Begins at offset `skip` of the file, where its header begins.
    pub(super) fn new(separator: u8, header: Extent, skip: usize) -> Self {
        Self { separator, header, offset: skip as u64, state: State::RowStart, bare: true, inner: None }
    }

    /// # Errors
    /// The first fault. The scan is of no use afterwards.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        let mut rest = chunk;
        while !rest.is_empty() {
            // Outside quotes nothing matters before the next quote; inside, line ends and one.
            let Some(next) = memchr::memchr(b'"', rest) else { break };
            let (span, quote) = rest.split_at(next);
            self.pass(span)?;
            self.quote();
            rest = quote.get(1..).unwrap_or_default();
        }
        self.pass(rest)?;
        match self.state {
            State::Quoted(start) if self.offset - start > LONGEST => Err(Fault::Unclosed(start)),
            _ => Ok(()),
        }
    }

    /// Bytes without a quote go by.
    fn pass(&mut self, span: &[u8]) -> Result<(), Fault> {
        let Some(last) = span.last().copied() else { return Ok(()) };
        if let State::Quoted(opened) = self.state {
            self.pass_quoted(span, opened)?;
        } else {
            self.end_inner(span)?;
            self.bare = last == b'\n';
            self.state = match last {
                b'\n' => State::RowStart,
                last if last == self.separator || last == b'\r' => State::FieldStart,
                _ => State::Plain,
            };
        }
        self.offset += span.len() as u64;
        Ok(())
    }

    fn pass_quoted(&mut self, span: &[u8], opened: u64) -> Result<(), Fault> {
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', span) {
            let line = span.get(from..end).unwrap_or_default();
            self.feed_inner(line);
            self.check_inner()?;
            from = end + 1;
            let start = self.offset + from as u64;
            // A row that has no separator yet has not swallowed another one: its first field has
            // several lines.
            self.bare = self.bare && memchr::memchr(self.separator, line).is_none();
            let inner = Inner { opened, start, all: 0, unquoted: 0, state: State::RowStart };
            self.inner = Some(inner).filter(|_| !self.bare && start >= self.header.end && self.header.separators > 0);
        }
        let line = span.get(from..).unwrap_or_default();
        self.feed_inner(line);
        self.bare = self.bare && memchr::memchr(self.separator, line).is_none();
        Ok(())
    }

    fn quote(&mut self) {
        self.feed_inner(b"\"");
        self.state = match self.state {
            State::RowStart | State::FieldStart => State::Quoted(self.offset),
            State::Plain => State::Plain,
            State::Quoted(start) => State::Closing(start),
            State::Closing(start) => State::Quoted(start),
        };
        self.offset += 1;
    }

    fn feed_inner(&mut self, bytes: &[u8]) {
        if let Some(inner) = &mut self.inner {
            inner.feed(bytes, self.separator);
        }
    }

    /// Outside of quotes, the end of the line is that of the row.
    fn end_inner(&mut self, span: &[u8]) -> Result<(), Fault> {
        if self.inner.is_none() {
            return Ok(());
        }
        let end = memchr::memchr(b'\n', span);
        self.feed_inner(span.get(..end.unwrap_or(span.len())).unwrap_or_default());
        if end.is_some() {
            self.check_inner()?;
        }
        Ok(())
    }

    fn check_inner(&mut self) -> Result<(), Fault> {
        match self.inner.take() {
            Some(inner) if [inner.all, inner.unquoted].contains(&self.header.separators) => {
                Err(Fault::Swallowed { opened: inner.opened, row: inner.start })
            }
            _ => Ok(()),
        }
    }

    /// # Errors
    /// What only the end of the file shows.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        self.check_inner()?;
        match self.state {
            State::Quoted(start) => Err(Fault::Unclosed(start)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str, chunk: usize) -> Result<(), Fault> {
        let bytes = text.as_bytes();
        let mut scan = QuoteScan::new(b';', Extent::of(bytes, 0, b';'), 0);
        bytes.chunks(chunk).try_for_each(|chunk| scan.feed(chunk))?;
        scan.finish()
    }

    fn everywhere(text: &str) -> Result<(), Fault> {
        let whole = scan(text, 1000);
        for chunk in [1, 2, 3, 7] {
            assert_eq!(scan(text, chunk), whole, "{text:?} by {chunk}");
        }
        whole
    }

    #[test]
    fn quotes_that_close_are_followed_whatever_the_chunks() {
        for text in [
            "a;b",
            "\"a;b\";c\n",
            "\"a \"\" b\nc\";d\n",
            "a\"b;c\n",
            "\"\"\n",
            "\"a\"b;c\"\n",
            "a;b;c\n1;\"x\ny\";2\n",
            "a;b;c\n1;2;\"x\r\ny;z\"\r\n",
            // The header spans lines itself.
            "\"a\nb\";\"c\nd;e\";f\n1;2;3\n",
            // The first field of a row has several lines, the last of them its separators.
            "a;b;c\n\"x\ny\";2;3\n\"x\n\ny\n\";2;3\n",
        ] {
            assert_eq!(everywhere(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found_where_it_opens() {
        assert_eq!(everywhere("a;b\n1;\"x;y\n"), Err(Fault::Unclosed(6)));
        assert_eq!(everywhere("a;\"b"), Err(Fault::Unclosed(2)));
    }

    #[test]
    fn a_row_within_a_field_is_found_where_it_begins() {
        for (text, opened, row) in [
            // First, in the middle, last; closed on the next row, on a later one, never.
            ("a;b;c\n1;\"x;2\n3;\"y;4\n5;z;6\n", 8, 13),
            ("a;b;c\n1;\"x;2\n3;y;4\n5;\"z;6\n", 8, 13),
            ("a;b;c\n0;w;9\n1;\"x;2\n3;y;4\n", 14, 19),
            ("a;b;c\n1;2;\"x\n3;4;\"y\n", 10, 13),
            ("a;b;c\r\n1;\"x;2\r\n3;\"y;4\r\n", 9, 15),
            // The swallowed row has a separator in a quoted field of its own.
            ("a;b;c\n1;\"x;2\n3;\"y;z\";4\n", 8, 13),
            // The quote is the first character of the row, and its first line is a row.
            ("a;b;c\n\"1;x;2\n3;y;4\n\"5;z;6\n", 6, 13),
        ] {
            assert_eq!(everywhere(text), Err(Fault::Swallowed { opened, row }), "{text:?}");
        }
    }

    #[test]
    fn an_open_quote_does_not_grow_without_end() {
        let mut scan = QuoteScan::new(b';', Extent { separators: 1, end: 3, open: false }, 0);
        assert_eq!(scan.feed(b"ab;\""), Ok(()));
        let long = vec![b'x'; usize::try_from(LONGEST).unwrap() + 1];
        assert_eq!(scan.feed(&long), Err(Fault::Unclosed(3)));
    }
}
