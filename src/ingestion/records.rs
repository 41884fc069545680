//! The rows of a file, with the number of the physical line each begins on.

use std::io;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use serde::Serialize;

use super::detect::FirstPass;
use super::labels;
use super::lines::Lines;
use super::source::Source;
use super::text::{Text, count};

/// What quotes are in a file; its dataset says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quotes {
    /// They enclose fields, as CSV has it.
    Csv,
    /// Characters like others, where the separators alone make a row of the line.
    Literal,
}

impl Quotes {
    /// How the operator's table says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "enclose fields",
            Self::Literal => "are characters",
        }
    }
}

/// Reads records one after the other into one buffer.
pub(super) struct Records {
    reader: Form,
    record: ByteRecord,
    /// Lines before the header.
    before: u64,
    /// The line of a record that was looked at and is still to be given.
    peeked: Option<Peeked>,
}

/// The line of a record, or the end of the file.
#[derive(Clone, Copy)]
struct Peeked(Option<u64>);

enum Form {
    Csv(Box<Reader<Text>>),
    Literal(Box<Lines>),
}

impl Records {
    /// Opens a file that was found sound, or that is examined while it is read, at its header,
    /// which has so many fields.
    pub(super) fn open(source: &Source, finding: &FirstPass, quotes: Quotes, fields: usize) -> io::Result<Self> {
        let text = Text::open(source, finding, quotes)?;
        let separator = finding.start.separateur;
        let reader = match quotes {
            Quotes::Csv => Form::Csv(Box::new(csv_reader(separator, text))),
            Quotes::Literal => Form::Literal(Box::new(Lines::new(text, separator, fields))),
        };
        let before = u64::from(finding.start.separator_line);
        Ok(Self { reader, record: ByteRecord::new(), before, peeked: None })
    }

    /// Reads the next record, skipping blank lines, and returns the line it begins on.
    pub(super) fn advance(&mut self) -> io::Result<Option<u64>> {
        if let Some(Peeked(line)) = self.peeked.take() {
            return Ok(line);
        }
        loop {
            let line = match &mut self.reader {
                Form::Csv(reader) => {
                    let read = reader.read_byte_record(&mut self.record).map_err(reading_error)?;
                    read.then(|| line(reader, &self.record))
                }
                Form::Literal(lines) => lines.read(&mut self.record)?,
            };
            let blank = self.record.len() == 1 && self.record.as_slice().trim_ascii().is_empty();
            if line.is_none() || !blank {
                return Ok(line.map(|line| line + self.before));
            }
        }
    }

    /// Reads the next record, and gives it again the next time.
    pub(super) fn peek(&mut self) -> io::Result<Option<u64>> {
        let line = self.advance()?;
        self.peeked = Some(Peeked(line));
        Ok(line)
    }

    /// From now on, the rows have so many fields.
    pub(super) fn set_fields(&mut self, fields: usize) {
        if let Form::Literal(lines) = &mut self.reader {
            lines.set_fields(fields);
        }
    }

    /// The record read last.
    pub(super) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// Takes what nobody sees out of the codes of the record read last; returns the first column
    /// that had any.
    pub(super) fn clean(&mut self) -> Option<usize> {
        if labels::may_hide(&self.record) { labels::clean_codes(&mut self.record) } else { None }
    }

    /// The sum of a file that was examined while it was read, once its end was reached.
    pub(super) fn sha256(&self) -> Option<&str> {
        self.text().sha256()
    }

    /// Whether the end of the text is marked by a 0x1A, once it was reached.
    pub(super) fn marked_end(&self) -> bool {
        self.text().marked_end()
    }

    /// Bytes of the file read so far.
    pub(super) fn consumed(&self) -> u64 {
        self.text().consumed()
    }

    fn text(&self) -> &Text {
        match &self.reader {
            Form::Csv(reader) => reader.get_ref(),
            Form::Literal(lines) => lines.text(),
        }
    }
}

/// A reader of CSV, lines ending with `\n`.
pub(super) fn csv_reader<R: io::Read>(separator: u8, text: R) -> Reader<R> {
    ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(64 * 1024)
        .from_reader(text)
}

/// The reader counts from where it began to look, so that blank lines before the record are taken
/// for its beginning: count back from its end.
fn line(reader: &Reader<Text>, record: &ByteRecord) -> u64 {
    let started = record.position().map_or(0, csv::Position::line);
    let ended = reader.position().line();
    let at_end = reader.get_ref().is_done();
    if ended - started <= 1 && !at_end {
        return started;
    }
    let inside = count(record.as_slice(), b'\n');
    // The record that meets the end of the file has no line end after it.
    ended - inside - u64::from(!at_end)
}

/// What the file itself said, out of what the CSV reader makes of it.
fn reading_error(error: csv::Error) -> io::Error {
    if !error.is_io_error() {
        return error.into();
    }
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
