//! A table as CSV, compressed with gzip. The dialect is that of the lists: commas, CRLF, a header, texts that
//! a spreadsheet would run disarmed. The header of gzip holds no time and no system, so that the same rows
//! are the same bytes.

use std::io;

use ::csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use super::file::{ExportFile, Hashed};
use crate::domain::flat::{Cell, Description};

/// A file that is being written.
pub(super) struct CsvFile {
    writer: Writer<GzEncoder<Hashed>>,
    rows: u64,
}

impl CsvFile {
    pub(super) fn new(file: Hashed, columns: &[&Description]) -> io::Result<Self> {
        // Of no system in particular: RFC 1952, 255.
        let gzip = GzBuilder::new().mtime(0).operating_system(255).write(file, Compression::new(4));
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::Necessary)
            .buffer_capacity(1 << 16)
            .from_writer(gzip);
        writer.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self { writer, rows: 0 })
    }

    pub(super) fn push(&mut self, cell: &Cell<'_>) -> io::Result<()> {
        Ok(self.writer.write_field(cell.written(true).as_bytes())?)
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.rows += 1;
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    pub(super) fn finish(self, name: String) -> io::Result<ExportFile> {
        let gzip = self.writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        gzip.finish()?.finish(name, Some(self.rows))
    }
}
