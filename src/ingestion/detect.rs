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

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::encoding::{BOM, EncodingScan, FileEncoding, Unreadable};
use super::quotes::QuoteScan;
use super::refusal::FileRefusal;
use super::text::count;

/// Longest line and longest quoted field that are read, in bytes. The longest real ones have a
/// few thousand.
pub(super) const LONGEST: u64 = 1 << 20;

const CHUNK: usize = 256 * 1024;

/// Separators, the first ones preferred when a header has as many of two.
const SEPARATORS: [u8; 4] = [b';', b'|', b'\t', b','];

/// What the first pass found.
#[derive(Debug, Clone)]
pub(super) struct FirstPass {
    /// SHA-256 of the bytes, hexadecimal; `None` for a file that is read once, until its end.
    pub(super) sha256: Option<String>,
    /// Number of bytes.
    pub(super) taille: u64,
    /// Encoding of the whole file.
    pub(super) encodage: FileEncoding,
    /// Separator of the header.
    pub(super) separateur: u8,
}

/// Examines the whole file.
///
/// # Errors
/// Every damage that makes a file unreadable as a whole.
pub(super) fn inspect(path: &Path) -> Result<FirstPass, FileRefusal> {
    let mut reader = BufReader::with_capacity(CHUNK, File::open(path)?);
    let head = first(&mut reader)?;
    let separateur = separator(head);
    let mut examination = Examination::new(path, separateur, head);
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
    let (sha256, encodage) = examination.finish()?;
    Ok(FirstPass { sha256: Some(sha256), taille, encodage, separateur })
}

/// Looks at the beginning of a file that is to be read once; `None` when it does not say its
/// encoding there.
///
/// # Errors
/// An empty file, or one in UTF-16.
pub(super) fn declared(path: &Path) -> Result<Option<FirstPass>, FileRefusal> {
    let file = File::open(path)?;
    let taille = file.metadata()?.len();
    let mut reader = BufReader::with_capacity(CHUNK, file);
    let head = first(&mut reader)?;
    let finding = || FirstPass { sha256: None, taille, encodage: FileEncoding::Utf8Bom, separateur: separator(head) };
    Ok(head.starts_with(BOM).then(finding))
}

fn first(reader: &mut BufReader<File>) -> Result<&[u8], FileRefusal> {
    let head = reader.fill_buf()?;
    if head.is_empty() {
        return Err(FileRefusal::Empty);
    }
    refuse_utf16(head)?;
    Ok(head)
}

/// The examination of a file, chunk by chunk.
pub(super) struct Examination {
    path: PathBuf,
    sum: Sha256,
    taille: u64,
    encoding: EncodingScan,
    quotes: QuoteScan,
    lines: LineScan,
}

impl Examination {
    /// Begins with the file's first bytes, which are still to be fed.
    pub(super) fn new(path: &Path, separateur: u8, head: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            sum: Sha256::new(),
            taille: 0,
            encoding: EncodingScan::new(head),
            quotes: QuoteScan::new(separateur, head),
            lines: LineScan::default(),
        }
    }

    /// # Errors
    /// The first damage.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), FileRefusal> {
        self.sum.update(chunk);
        refuse_control(&self.path, chunk, self.taille)?;
        self.encoding.feed(chunk);
        self.encoding.contradiction().map_or(Ok(()), |bad| Err(self.unreadable(&bad)))?;
        self.quotes.feed(chunk).map_err(|at| unclosed(&self.path, at))?;
        self.lines.feed(chunk).map_err(|at| too_long(&self.path, at))?;
        self.taille += chunk.len() as u64;
        Ok(())
    }

    /// The sum and the encoding.
    ///
    /// # Errors
    /// What only the end of the file shows.
    pub(super) fn finish(self) -> Result<(String, FileEncoding), FileRefusal> {
        self.quotes.finish().map_err(|at| unclosed(&self.path, at))?;
        let Self { path, sum, encoding, .. } = self;
        let encodage = encoding
            .finish()
            .map_err(|bad| FileRefusal::Encoding { line: line_of(&path, bad.at), finding: bad.finding })?;
        Ok((hex::encode(sum.finalize()), encodage))
    }

    fn unreadable(&self, bad: &Unreadable) -> FileRefusal {
        FileRefusal::Encoding { line: line_of(&self.path, bad.at), finding: bad.finding }
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

/// Text has tabs and line ends below the space, and nothing else.
fn refuse_control(path: &Path, chunk: &[u8], offset: u64) -> Result<(), FileRefusal> {
    let control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Without an early exit, and in bytes, the compiler checks many at once.
    if chunk.iter().fold(0, |any, byte| any | u8::from(control(byte))) == 0 {
        return Ok(());
    }
    let at = chunk.iter().position(control).unwrap_or_default();
    let byte = chunk.get(at).copied().unwrap_or_default();
    Err(FileRefusal::Binary { byte, line: line_of(path, offset + at as u64) })
}

fn unclosed(path: &Path, at: u64) -> FileRefusal {
    FileRefusal::Quote { line: line_of(path, at) }
}

fn too_long(path: &Path, at: u64) -> FileRefusal {
    FileRefusal::LineTooLong { line: line_of(path, at), limite: LONGEST }
}

/// The line, from 1, on which the byte at this offset stands. Read again: only a refused file
/// pays for it.
fn line_of(path: &Path, offset: u64) -> u64 {
    let Ok(file) = File::open(path) else { return 0 };
    let mut before = BufReader::with_capacity(CHUNK, file).take(offset);
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

/// The separator that the header has most of, outside quotes.
fn separator(head: &[u8]) -> u8 {
    let mut counts = [0usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in head {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_the_header_has_most_of() {
        for (header, expected) in [
            ("a;b;c\n1,2;3,4;5,6\n", b';'),
            ("a|b|c", b'|'),
            ("a,b,c\r\n", b','),
            ("a\tb", b'\t'),
            ("\"a,b,c,d\";e;f\n", b';'),
            ("one", b';'),
        ] {
            assert_eq!(separator(header.as_bytes()), expected, "{header:?}");
        }
    }

    #[test]
    fn rows_split_by_another_separator_are_recognised() {
        assert_eq!(other_separator(b"1,2,3", b';', 3), Some(b','));
        assert_eq!(other_separator(b"1,2", b';', 3), None);
        assert_eq!(other_separator(b"123", b';', 1), None);
    }
}
