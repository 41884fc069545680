//! A file that is written once: counted and hashed on its way.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 of them, hexadecimal.
    pub sha256: String,
    /// How many rows a table has; `None` for a document.
    pub rows: Option<u64>,
}

/// Counts and hashes what is written.
#[derive(Debug)]
pub struct Hashed {
    inner: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Hashed {
    /// Makes a new file.
    ///
    /// # Errors
    /// Those of the system.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { inner: BufWriter::with_capacity(1 << 17, File::create_new(path)?), hash: Sha256::new(), bytes: 0 })
    }

    /// Writes the rest to the disk and tells what it is.
    ///
    /// # Errors
    /// Those of the system.
    pub fn finish(self, name: String, rows: Option<u64>) -> io::Result<ExportFile> {
        let file = self.inner.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(ExportFile { name, bytes: self.bytes, sha256: hex::encode(self.hash.finalize()), rows })
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
