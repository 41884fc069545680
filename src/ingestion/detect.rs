//! What a file is, before anything of it is believed.
//!
//! Sum, size, encoding, separator, and the damages that a CSV reader would silently turn into
//! wrong rows: a quote that is never closed swallows the rest of the file into one field, a byte
//! of another encoding becomes a replacement character. One streaming examination finds them all.
//!
//! The encoding is decided on the whole file, never on its beginning: a nomenclature can have its
//! first accent after a megabyte. So a file is examined first and its rows are read afterwards.
//! One that begins with a byte order mark has said its encoding, and where reading it twice would
//! cost something it is read once: the same examination then looks at every chunk just before the
//! CSV reader does, and the first damage ends both.

use std::io::{BufRead, BufReader, Read};

use sha2::{Digest, Sha256};

use super::encoding::{BOM, EncodingScan, FileEncoding, Unreadable};
use super::preamble::Preamble;
use super::quotes::{Fault, QuoteScan};
use super::refusal::FileRefusal;
use super::source::Source;
use super::text::count;

/// Longest line and longest quoted field that are read, in bytes. The longest real ones have a
/// few thousand.
pub(super) const LONGEST: u64 = 1 << 20;

const CHUNK: usize = 256 * 1024;

/// What spreadsheets of another age end a file with.
pub(super) const SUBSTITUTE: u8 = 0x1A;

/// What the first pass found.
#[derive(Debug, Clone)]
pub(super) struct FirstPass {
    /// SHA-256 of the bytes, hexadecimal; `None` for a file that is read once, until its end.
    pub(super) sha256: Option<String>,
    /// Number of bytes.
    pub(super) taille: u64,
    /// Encoding of the whole file.
    pub(super) encodage: FileEncoding,
    /// Its beginning: what stands before the header, separator, header.
    pub(super) start: Preamble,
    /// What is wrong with its quotes, which may be none: that depends on the dataset.
    pub(super) quotes: Option<Fault>,
}

/// Examines the whole file.
///
/// # Errors
/// Every damage that makes a file unreadable as a whole; what is wrong with its quotes is in the
/// result.
pub(super) fn inspect(source: &Source) -> Result<FirstPass, FileRefusal> {
    let mut reader = BufReader::with_capacity(CHUNK, source.open()?);
    let head = first(&mut reader)?;
    let start = Preamble::read(head)?;
    let mut examination = Examination::new(source, &start, head.starts_with(BOM));
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        examination.feed(chunk)?;
        let read = chunk.len();
        reader.consume(read);
    }
    let taille = examination.taille;
    let Verdict { sha256, encodage, quotes } = examination.finish(false)?;
    Ok(FirstPass { sha256: Some(sha256), taille, encodage, start, quotes })
}

/// Looks at the beginning of a file that is to be read once; `None` when it does not say its
/// encoding there, or when nothing says its size.
///
/// # Errors
/// An empty file, or one in UTF-16.
pub(super) fn declared(source: &Source) -> Result<Option<FirstPass>, FileRefusal> {
    let Some(taille) = source.size()? else { return Ok(None) };
    let mut reader = BufReader::with_capacity(CHUNK, source.open()?);
    let head = first(&mut reader)?;
    if !head.starts_with(BOM) {
        return Ok(None);
    }
    let start = Preamble::read(head)?;
    Ok(Some(FirstPass { sha256: None, taille, encodage: FileEncoding::Utf8Bom, start, quotes: None }))
}

/// The first bytes: all that fit, also where they come in drops.
fn first<R: Read>(reader: &mut BufReader<R>) -> Result<&[u8], FileRefusal> {
    let head = reader.fill_buf()?;
    if head.is_empty() {
        return Err(FileRefusal::Empty);
    }
    refuse_utf16(head)?;
    Ok(head)
}

/// What the whole of a file says.
pub(super) struct Verdict {
    pub(super) sha256: String,
    pub(super) encodage: FileEncoding,
    pub(super) quotes: Option<Fault>,
}

/// The examination of a file, chunk by chunk.
pub(super) struct Examination {
    source: Source,
    sum: Sha256,
    taille: u64,
    encoding: EncodingScan,
    /// Bytes before the header, which are no part of its quotes.
    skip: usize,
    quotes: QuoteScan,
    fault: Option<Fault>,
    lines: LineScan,
    /// Where the end of the text was marked, after which no text may follow.
    end: Option<u64>,
}

impl Examination {
    /// Begins before the file's first byte, which is or is not that of a byte order mark.
    pub(super) fn new(source: &Source, start: &Preamble, bom: bool) -> Self {
        Self {
            source: source.clone(),
            sum: Sha256::new(),
            taille: 0,
            encoding: EncodingScan::new(if bom { BOM } else { &[] }),
            skip: start.skip,
            quotes: QuoteScan::new(start.separateur, start.header, start.skip),
            fault: None,
            lines: LineScan::default(),
            end: None,
        }
    }

    /// # Errors
    /// The first damage.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), FileRefusal> {
        self.sum.update(chunk);
        self.refuse_control(chunk)?;
        self.encoding.feed(chunk);
        self.encoding.contradiction().map_or(Ok(()), |bad| Err(self.unreadable(&bad)))?;
        let skipped = self.skip.min(chunk.len());
        self.skip -= skipped;
        if self.fault.is_none() {
            self.fault = self.quotes.feed(chunk.get(skipped..).unwrap_or_default()).err();
        }
        self.lines.feed(chunk).map_err(|at| self.too_long(at))?;
        self.taille += chunk.len() as u64;
        Ok(())
    }

    /// What is wrong with the quotes so far.
    ///
    /// # Errors
    /// The first fault, for a file whose quotes are some.
    pub(super) fn check_quotes(&self) -> Result<(), FileRefusal> {
        self.fault.map_or(Ok(()), |fault| Err(refuse_quotes(&self.source, fault)))
    }

    /// Looks at the end of the file.
    ///
    /// # Errors
    /// What only the end shows; also of the quotes, if they are `quoted`.
    pub(super) fn finish(mut self, quoted: bool) -> Result<Verdict, FileRefusal> {
        self.fault = self.fault.or_else(|| self.quotes.finish().err());
        if quoted {
            self.check_quotes()?;
        }
        let Self { source, sum, encoding, fault, .. } = self;
        let encodage = encoding
            .finish()
            .map_err(|bad| FileRefusal::Encoding { line: line_of(&source, bad.at), finding: bad.finding })?;
        Ok(Verdict { sha256: hex::encode(sum.finalize()), encodage, quotes: fault })
    }

    fn unreadable(&self, bad: &Unreadable) -> FileRefusal {
        FileRefusal::Encoding { line: line_of(&self.source, bad.at), finding: bad.finding }
    }

    fn too_long(&self, at: u64) -> FileRefusal {
        FileRefusal::LineTooLong { line: line_of(&self.source, at), limite: LONGEST }
    }

    /// Text has tabs and line ends below the space, and nothing else; and it may end with 0x1A.
    fn refuse_control(&mut self, chunk: &[u8]) -> Result<(), FileRefusal> {
        let control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
        // Without an early exit, and in bytes, the compiler checks many at once.
        let any = chunk.iter().fold(0, |any, byte| any | u8::from(control(byte))) != 0;
        if !any && self.end.is_none() {
            return Ok(());
        }
        for (at, byte) in (self.taille..).zip(chunk) {
            match (*byte, self.end) {
                (SUBSTITUTE, _) => self.end = Some(self.end.unwrap_or(at)),
                (b'\n' | b'\r', Some(_)) => {}
                (_, Some(end)) => return Err(self.binary(SUBSTITUTE, end)),
                (byte, None) if control(&byte) => return Err(self.binary(byte, at)),
                (_, None) => {}
            }
        }
        Ok(())
    }

    fn binary(&self, byte: u8, at: u64) -> FileRefusal {
        FileRefusal::Binary { byte, nom: control_name(byte), line: line_of(&self.source, at) }
    }
}

/// How an editor or a table of characters calls a control byte.
fn control_name(byte: u8) -> &'static str {
    match byte {
        0x00 => "NUL",
        0x07 => "bell",
        0x08 => "backspace",
        0x0B => "vertical tab",
        0x0C => "form feed",
        SUBSTITUTE => "end of file, Ctrl-Z",
        0x1B => "escape",
        _ => "control byte",
    }
}

/// What a fault of the quotes means for a file whose quotes are some.
pub(super) fn refuse_quotes(source: &Source, fault: Fault) -> FileRefusal {
    match fault {
        Fault::Unclosed(at) => FileRefusal::Quote { line: line_of(source, at) },
        Fault::Swallowed { opened, row } => {
            FileRefusal::SwallowedRow { line: line_of(source, row), opened: line_of(source, opened) }
        }
    }
}

fn refuse_utf16(head: &[u8]) -> Result<(), FileRefusal> {
    for (mark, name) in [
        (&[0xFF, 0xFE, 0, 0][..], "UTF-32"),
        (&[0, 0, 0xFE, 0xFF], "UTF-32"),
        (&[0xFF, 0xFE], "UTF-16"),
        (&[0xFE, 0xFF], "UTF-16"),
    ] {
        if head.starts_with(mark) {
            return Err(FileRefusal::Unicode16(name));
        }
    }
    Ok(())
}

/// The line, from 1, on which the byte at this offset stands. Read again: only a refused file
/// pays for it.
fn line_of(source: &Source, offset: u64) -> u64 {
    let Ok(bytes) = source.open() else { return 0 };
    let mut before = BufReader::with_capacity(CHUNK, bytes).take(offset);
    let mut line = 1;
    while let Ok(chunk) = before.fill_buf()
        && !chunk.is_empty()
    {
        line += count(chunk, b'\n');
        let read = chunk.len();
        before.consume(read);
    }
    line
}

/// Watches that lines end.
#[derive(Debug, Default)]
struct LineScan {
    offset: u64,
    line_start: u64,
}

impl LineScan {
    fn feed(&mut self, chunk: &[u8]) -> Result<(), u64> {
        match memchr::memrchr(b'\n', chunk) {
            Some(last) => self.line_start = self.offset + last as u64 + 1,
            None if self.offset + chunk.len() as u64 - self.line_start > LONGEST => return Err(self.line_start),
            None => {}
        }
        self.offset += chunk.len() as u64;
        Ok(())
    }
}
