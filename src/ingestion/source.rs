//! Where the bytes of a CSV file are: in a file of their own, in a `.gz`, in a `.zip`.
//!
//! What a file is compressed in is told by its first bytes, which no text has. A compressed file
//! is expanded while it is read, as often as it is read, and never onto the disk: the memory is
//! the same whatever its size. What comes out is bounded in bytes and in how many times more it is
//! than what went in, since a few kilobytes can be made to fill any disk; and it is complete, or
//! refused: both forms end with a sum of what they hold.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Crc;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::refusal::FileRefusal;
use crate::config::IngestionConfig;

const CHUNK: usize = 64 * 1024;

/// Compressed files are small: what a sound one of a megabyte may become is never too much.
const HARMLESS: u64 = 64 * 1024 * 1024;

/// The most files that an archive may hold.
const MOST_ENTRIES: usize = 1000;

/// One CSV file, wherever its bytes are.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Plain,
    Memory(Arc<[u8]>),
    Gzip { limit: Limit },
    Zipped { entry: Entry, limit: Limit },
}

/// A file in a `.zip`.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    start: u64,
    compressed: u64,
    size: u64,
    crc: u32,
    deflated: bool,
}

/// The most bytes that may come out of a compressed file, and the setting that says so.
#[derive(Debug, Clone, Copy)]
struct Limit {
    bytes: u64,
    setting: &'static str,
}

impl Limit {
    fn new(config: &IngestionConfig, compressed: u64) -> Self {
        let by_ratio = compressed.saturating_mul(config.expansion_max_ratio).max(HARMLESS);
        if by_ratio < config.expansion_max_bytes {
            Self { bytes: by_ratio, setting: "EXPOSITION_EXPANSION_MAX_RATIO" }
        } else {
            Self { bytes: config.expansion_max_bytes, setting: "EXPOSITION_EXPANSION_MAX_BYTES" }
        }
    }

    fn check(self, bytes: u64) -> Result<(), FileRefusal> {
        if bytes <= self.bytes {
            return Ok(());
        }
        Err(FileRefusal::Expansion { limite: self.bytes, setting: self.setting })
    }
}

impl Source {
    /// The CSV files that a file is or holds, in the order of the archive.
    ///
    /// # Errors
    /// It cannot be read, or it is an archive that is damaged, holds no CSV file, or more than the
    /// limits allow.
    pub fn all(path: &Path, config: &IngestionConfig) -> Result<Vec<Self>, FileRefusal> {
        let mut file = File::open(path)?;
        let limit = Limit::new(config, file.metadata()?.len());
        let form = |form| Self { path: path.to_owned(), form };
        let mut magic = Vec::new();
        (&mut file).take(4).read_to_end(&mut magic)?;
        match magic.as_slice() {
            [0x1F, 0x8B, ..] => Ok(vec![form(Form::Gzip { limit })]),
            b"PK\x03\x04" | b"PK\x05\x06" => {
                let entries = entries(file, limit)?;
                Ok(entries.into_iter().map(|entry| form(Form::Zipped { entry, limit })).collect())
            }
            _ => Ok(vec![form(Form::Plain)]),
        }
    }

    /// Bytes that came over the network and are in no file.
    #[must_use]
    pub fn memory(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { path: PathBuf::from(name), form: Form::Memory(bytes.into()) }
    }

    /// A file that is not compressed.
    #[cfg(test)]
    pub(super) fn plain(path: &Path) -> Self {
        Self { path: path.to_owned(), form: Form::Plain }
    }

    /// Its name, without folders: `a.csv`, `a.csv.gz`, `a.zip/b.csv`.
    #[must_use]
    pub fn name(&self) -> String {
        self.inside(&self.path.file_name().unwrap_or_default().to_string_lossy())
    }

    /// The whole of it: where the file is that it is in, or where that came from, and its name there.
    pub(super) fn shown(&self, origine: Option<&str>) -> String {
        self.inside(&origine.map_or_else(|| self.path.display().to_string(), str::to_owned))
    }

    fn inside(&self, outer: &str) -> String {
        match &self.form {
            Form::Plain | Form::Memory(_) | Form::Gzip { .. } => outer.to_owned(),
            Form::Zipped { entry, .. } => format!("{outer}/{}", entry.name),
        }
    }

    /// The names that may say what it is, the nearest first: its own, that of its archive.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let inner = match &self.form {
            Form::Plain | Form::Memory(_) | Form::Gzip { .. } => None,
            Form::Zipped { entry, .. } => entry.name.rsplit('/').next().map(str::to_owned),
        };
        inner.into_iter().chain(self.path.file_name().map(|name| name.to_string_lossy().into_owned()))
    }

    /// How many bytes it has, where that is known before they are read.
    pub(super) fn size(&self) -> io::Result<Option<u64>> {
        match &self.form {
            Form::Plain => Ok(Some(std::fs::metadata(&self.path)?.len())),
            Form::Memory(bytes) => Ok(Some(bytes.len() as u64)),
            Form::Gzip { .. } => Ok(None),
            Form::Zipped { entry, .. } => Ok(Some(entry.size)),
        }
    }

    /// Its bytes, from the first one.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        if let Form::Memory(bytes) = &self.form {
            return Ok(Box::new(io::Cursor::new(Arc::clone(bytes))));
        }
        let mut file = File::open(&self.path)?;
        Ok(match &self.form {
            Form::Plain | Form::Memory(_) => Box::new(file),
            Form::Gzip { limit } => {
                let inner = MultiGzDecoder::new(BufReader::with_capacity(CHUNK, file));
                Box::new(Expanded { inner, limit: *limit, given: 0, promise: None })
            }
            Form::Zipped { entry, limit } => {
                file.seek(SeekFrom::Start(entry.start))?;
                let raw = BufReader::with_capacity(CHUNK, file.take(entry.compressed));
                let promise = Some(Promise { size: entry.size, crc: entry.crc, found: Crc::new() });
                let limit = *limit;
                if entry.deflated {
                    Box::new(Expanded { inner: DeflateDecoder::new(raw), limit, given: 0, promise })
                } else {
                    Box::new(Expanded { inner: raw, limit, given: 0, promise })
                }
            }
        })
    }
}

/// The CSV files of a `.zip`.
fn entries(file: File, limit: Limit) -> Result<Vec<Entry>, FileRefusal> {
    let damaged = |error: zip::result::ZipError| FileRefusal::Compressed(error.to_string());
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let (mut found, mut others, mut total) = (Vec::new(), Vec::new(), 0u64);
    if archive.len() > MOST_ENTRIES {
        return Err(FileRefusal::Compressed(format!("it holds more than {MOST_ENTRIES} files")));
    }
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.replace('\\', "/");
        if entry.is_dir() {
            continue;
        }
        if !is_csv(&name) {
            others.push(name);
            continue;
        }
        let deflated = match entry.compression() {
            _ if entry.encrypted() => return Err(FileRefusal::Compressed(format!("{name} is encrypted"))),
            CompressionMethod::Stored => false,
            CompressionMethod::DEFLATE => true,
            other => {
                return Err(FileRefusal::Compressed(format!("{name} is compressed by {other}, which is not read")));
            }
        };
        let start = entry.data_start().ok_or_else(|| FileRefusal::Compressed(format!("{name} has no data")))?;
        total = total.saturating_add(entry.size());
        let (compressed, size, crc) = (entry.compressed_size(), entry.size(), entry.crc32());
        found.push(Entry { name, start, compressed, size, crc, deflated });
    }
    // Together, since entries may share their compressed bytes.
    limit.check(total)?;
    if found.is_empty() { Err(FileRefusal::ArchiveWithoutCsv(shown(&others))) } else { Ok(found) }
}

/// Whether an entry is a CSV file; the shadows that macOS adds to archives are none.
fn is_csv(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or_default();
    let extension = Path::new(base).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    extension && !base.starts_with("._") && !name.starts_with("__MACOSX/")
}

/// What an archive holds instead of CSV files.
fn shown(names: &[String]) -> String {
    let is = |part: &str| names.iter().any(|name| name.starts_with(part));
    if is("xl/") || is("content.xml") {
        return "it is a spreadsheet: export each of its sheets as CSV".to_owned();
    }
    match names.get(..3) {
        Some(first) => format!("it holds {}, …", first.join(", ")),
        None if names.is_empty() => "it is empty".to_owned(),
        None => format!("it holds {}", names.join(", ")),
    }
}

/// What a `.zip` says of one of its files.
struct Promise {
    size: u64,
    crc: u32,
    found: Crc,
}

/// Reads what comes out of a compressed file, within its limit and to its end.
struct Expanded<R> {
    inner: R,
    limit: Limit,
    given: u64,
    promise: Option<Promise>,
}

impl<R: Read> Read for Expanded<R> {
    /// Fills what it is given, as a file would: what comes out of a decoder comes in drops.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while let Some(rest) = out.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match self.inner.read(rest).map_err(damage)? {
                0 => break,
                more => read += more,
            }
        }
        self.given += read as u64;
        self.limit.check(self.given).map_err(io::Error::other)?;
        if let Some(promise) = &mut self.promise {
            promise.found.update(out.get(..read).unwrap_or_default());
            let kept = self.given == promise.size && promise.found.sum() == promise.crc;
            if self.given > promise.size || (read == 0 && !out.is_empty() && !kept) {
                let cause = "the sum of what it holds is not the one that it says".to_owned();
                return Err(io::Error::other(FileRefusal::Compressed(cause)));
            }
        }
        Ok(read)
    }
}

/// What the expanding says is about the archive; anything else is about the disk.
fn damage(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::other(FileRefusal::Compressed("it ends too early".to_owned())),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            io::Error::other(FileRefusal::Compressed(error.to_string()))
        }
        _ => error,
    }
}
