//! The temporary file of a download: what there is of it, and its end whatever happens.
//!
//! Each download has a folder of its own, which goes when its handle is dropped. A program that is
//! killed drops nothing: its folder is removed by the next download that finds its lock free.

use std::fs::{self, DirEntry, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::HeaderValue;
use tempfile::TempDir;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};

/// Beginning of the names of the folders.
const PREFIX: &str = "exposition-telechargement-";
/// The file in each that its program holds locked.
const LOCK: &str = "verrou";
/// What a folder is older than before it is taken for abandoned: between making and locking it
/// there is a moment.
const MIN_AGE: Duration = Duration::from_mins(1);
/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 20;

/// The folder of one download.
#[derive(Debug)]
pub(super) struct Folder {
    folder: TempDir,
    _lock: File,
}

impl Folder {
    /// Makes one under `parent`, and removes those of killed programs.
    pub(super) fn create(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let lock = File::create_new(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Best effort: a folder that cannot be looked at is another user's.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(abandoned) {
        if let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(folder = %entry.path().display(), %error, "an abandoned download cannot be removed");
        }
    }
}

fn abandoned(entry: &DirEntry) -> bool {
    let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
    // Of the entry itself: a link is not followed.
    let old = || {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_dir)?;
        metadata.modified().ok()?.elapsed().ok()
    };
    ours && old().is_some_and(|age| age > MIN_AGE)
        && match File::open(entry.path().join(LOCK)).map(|file| file.try_lock()) {
            Ok(Ok(())) => true,
            Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) | Err(_) => false,
        }
}

/// What there is of a file.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    fichier: BufWriter<tokio::fs::File>,
    /// Bytes that are there.
    pub(super) received: u64,
    /// Bytes that the server announced for the whole.
    pub(super) total: Option<u64>,
    /// What tells this version of the file from others.
    pub(super) validator: Option<HeaderValue>,
}

impl Partial {
    /// An empty one.
    pub(super) async fn create(folder: &Folder) -> io::Result<Self> {
        let path = folder.path().join("partiel");
        let fichier = BufWriter::with_capacity(BUFFER, tokio::fs::File::create(&path).await?);
        Ok(Self { path, fichier, received: 0, total: None, validator: None })
    }

    /// From where and of which version the rest can be asked for, if it can.
    pub(super) fn resumption(&self) -> Option<(u64, &HeaderValue)> {
        self.validator.as_ref().filter(|_| self.received > 0).map(|validator| (self.received, validator))
    }

    /// Forgets everything.
    pub(super) async fn start_again(&mut self) -> io::Result<()> {
        self.fichier.flush().await?;
        self.fichier.get_mut().set_len(0).await?;
        self.fichier.get_mut().rewind().await?;
        (self.received, self.total, self.validator) = (0, None, None);
        Ok(())
    }

    /// Adds bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fichier.write_all(bytes).await?;
        self.received += bytes.len() as u64;
        Ok(())
    }

    /// The complete file, under its name.
    pub(super) async fn finish(mut self, nom: &str) -> io::Result<PathBuf> {
        self.fichier.flush().await?;
        let named = self.path.with_file_name(nom);
        tokio::fs::rename(&self.path, &named).await?;
        Ok(named)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn aged(path: &Path) {
        File::open(path).unwrap().set_modified(SystemTime::now() - 2 * MIN_AGE).unwrap();
    }

    #[test]
    fn a_folder_goes_with_its_handle() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::create(parent.path()).unwrap();
        fs::write(folder.path().join("partiel"), "x").unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_folder_of_a_killed_program_is_removed_and_that_of_a_running_one_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let running = Folder::create(parent.path()).unwrap();
        aged(running.path());
        let [killed, young, foreign] = [format!("{PREFIX}killed"), format!("{PREFIX}young"), "other".to_owned()]
            .map(|name| parent.path().join(name));
        for folder in [&killed, &young, &foreign] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(LOCK), "").unwrap();
        }
        aged(&killed);
        aged(&foreign);
        let next = Folder::create(parent.path()).unwrap();
        assert!(running.path().exists() && young.exists() && foreign.exists() && next.path().exists());
        assert!(!killed.exists());
    }
}
