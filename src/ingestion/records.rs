//! The rows of a file, with the number of the physical line each begins on.

use std::io;
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::detect::FirstPass;
use super::text::{Text, count};

/// Reads records one after the other into one buffer.
pub(super) struct Records {
    reader: Reader<Text>,
    record: ByteRecord,
}

impl Records {
    /// Opens a file that was found sound, or that is examined while it is read.
    pub(super) fn open(path: &Path, finding: &FirstPass) -> io::Result<Self> {
        let reader = ReaderBuilder::new()
            .delimiter(finding.separateur)
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(64 * 1024)
            .from_reader(Text::open(path, finding)?);
        Ok(Self { reader, record: ByteRecord::new() })
    }

    /// Reads the next record, skipping blank lines, and returns the line it begins on.
    pub(super) fn advance(&mut self) -> io::Result<Option<u64>> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).map_err(reading_error)? {
                return Ok(None);
            }
            let blank = self.record.len() == 1 && self.record.as_slice().trim_ascii().is_empty();
            if !blank {
                return Ok(Some(self.line()));
            }
        }
    }

    /// The reader counts from where it began to look, so that blank lines before the record are
    /// taken for its beginning: count back from its end.
    fn line(&self) -> u64 {
        let started = self.record.position().map_or(0, csv::Position::line);
        let ended = self.reader.position().line();
        let at_end = self.reader.get_ref().is_done();
        if ended - started <= 1 && !at_end {
            return started;
        }
        let inside = count(self.record.as_slice(), b'\n');
        // The record that meets the end of the file has no line end after it.
        ended - inside - u64::from(!at_end)
    }

    /// The record read last.
    pub(super) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// The sum of a file that was examined while it was read, once its end was reached.
    pub(super) fn sha256(&self) -> Option<&str> {
        self.reader.get_ref().sha256()
    }

    /// Bytes of the file read so far.
    pub(super) fn consumed(&self) -> u64 {
        self.reader.get_ref().consumed()
    }
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
