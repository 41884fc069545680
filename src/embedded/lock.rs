//! Which program runs the PostgreSQL of a data folder.
//!
//! The owner holds a lock on a file (`flock`, which the kernel lets go when the process ends,
//! however it ends) and writes into it how to join. So a second command can tell a live owner,
//! whose PostgreSQL it uses, from the remains of a dead one, which it stops; and of two that start
//! at once exactly one owns.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::{EmbeddedError, OnPath};

/// The lock, held: as long as this value lives, this program owns the data folder.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock, unless another program holds it.
    pub(super) fn take(path: &Path) -> Result<Option<Self>, EmbeddedError> {
        // Not truncated here: another program may hold it.
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(path).on("open", path)?;
        match file.try_lock() {
            Ok(()) => {
                let mut lock = Self { file, path: path.to_owned() };
                lock.announce("")?;
                Ok(Some(lock))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).on("lock", path),
        }
    }

    /// Writes the address for those who join; an empty one says “not yet” or “no longer”.
    pub(super) fn announce(&mut self, url: &str) -> Result<(), EmbeddedError> {
        let text = if url.is_empty() { String::new() } else { format!("{url}\n") };
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(text.as_bytes())
        };
        write(&mut self.file).on("write", &self.path)
    }
}

/// The address that the holder of the lock announced, once it is ready. The line must be whole:
/// it may be read while it is written.
pub(super) fn announced(path: &Path) -> Result<Option<String>, EmbeddedError> {
    let text = fs::read_to_string(path).on("read", path)?;
    Ok(text.strip_suffix('\n').map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_who_want_the_lock_one_gets_it_and_the_other_reads_the_address() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let mut first = Lock::take(&path).unwrap().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        assert_eq!(announced(&path).unwrap(), None);
        first.announce("postgres://here").unwrap();
        assert_eq!(announced(&path).unwrap().as_deref(), Some("postgres://here"));
    }

    #[test]
    fn the_address_of_a_dead_owner_is_forgotten_by_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        Lock::take(&path).unwrap().unwrap().announce("postgres://gone").unwrap();
        let _next = Lock::take(&path).unwrap().unwrap();
        assert_eq!(announced(&path).unwrap(), None);
    }
}
