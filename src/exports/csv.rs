//! A table as CSV, compressed with gzip. The dialect is that of the lists: commas, CRLF, a header, texts that
//! a spreadsheet would run disarmed. The header of gzip holds no time and no system, so that the same rows
//! are the same bytes.
//!
//! Compressing takes as long as all else together, so a thread of its own does it.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use ::csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use flate2::{Compression, GzBuilder};

use super::file::{ExportFile, Hashed};
use crate::domain::flat::{Cell, Description};

/// Bytes that are handed on at once.
const BLOCK: usize = 1 << 18;
/// So many blocks may wait to be compressed.
const AHEAD: usize = 4;

/// A file that is being written.
pub(super) struct CsvFile {
    writer: Writer<Blocks>,
    /// Where a number is written before it is a field.
    number: String,
    rows: u64,
}

impl CsvFile {
    pub(super) fn new(file: Hashed, columns: &[&Description]) -> io::Result<Self> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::Necessary)
            .buffer_capacity(1 << 16)
            .from_writer(Blocks::new(file));
        writer.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self { writer, number: String::new(), rows: 0 })
    }

    pub(super) fn push(&mut self, cell: &Cell<'_>) -> io::Result<()> {
        if let Cell::Number(number) = cell {
            self.number.clear();
            // A String takes whatever is written to it.
            let _ = write!(self.number, "{number}");
            return Ok(self.writer.write_field(&self.number)?);
        }
        Ok(self.writer.write_field(cell.written(true).as_bytes())?)
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.rows += 1;
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    pub(super) fn finish(self, name: String) -> io::Result<ExportFile> {
        let mut blocks = self.writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        blocks.hand_on()?;
        blocks.end()?.finish(name, Some(self.rows))
    }
}

/// What is written goes to the thread that compresses.
struct Blocks {
    block: Vec<u8>,
    sender: Option<SyncSender<Vec<u8>>>,
    compressing: Option<JoinHandle<io::Result<Hashed>>>,
}

impl Blocks {
    fn new(file: Hashed) -> Self {
        let (sender, receiver) = sync_channel(AHEAD);
        let compressing = thread::spawn(move || compress(file, &receiver));
        Self { block: Vec::with_capacity(BLOCK), sender: Some(sender), compressing: Some(compressing) }
    }

    /// Hands on what there is.
    ///
    /// # Errors
    /// Those of the file: the thread has ended with one.
    fn hand_on(&mut self) -> io::Result<()> {
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK));
        let sent = self.sender.as_ref().is_some_and(|sender| sender.send(block).is_ok());
        if sent { Ok(()) } else { self.end().and(Err(io::Error::other("the compression ended early"))) }
    }

    /// Waits for the thread.
    ///
    /// # Errors
    /// Those of the file.
    fn end(&mut self) -> io::Result<Hashed> {
        self.sender = None;
        let ended = || io::Error::other("the compression has ended");
        self.compressing.take().ok_or_else(ended)?.join().map_err(|_| ended())?
    }
}

impl Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn compress(file: Hashed, blocks: &Receiver<Vec<u8>>) -> io::Result<Hashed> {
    // Of no system in particular: RFC 1952, 255.
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(file, Compression::new(4));
    for block in blocks {
        gzip.write_all(&block)?;
    }
    gzip.finish()
}
