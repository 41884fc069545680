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
const PREFIXE: &str = "exposition-telechargement-";
/// The file in each that its program holds locked.
const VERROU: &str = "verrou";
/// What a folder is older than before it is taken for abandoned: between making and locking it
/// there is a moment.
const JEUNE: Duration = Duration::from_mins(1);
/// Bytes gathered before they are written.
const TAMPON: usize = 1 << 20;

/// The folder of one download.
#[derive(Debug)]
pub(super) struct Dossier {
    dossier: TempDir,
    _verrou: File,
}

impl Dossier {
    /// Makes one under `parent`, and removes those of killed programs.
    pub(super) fn create(parent: &Path) -> io::Result<Self> {
        balayer(parent);
        let dossier = tempfile::Builder::new().prefix(PREFIXE).tempdir_in(parent)?;
        let verrou = File::create_new(dossier.path().join(VERROU))?;
        verrou.lock()?;
        Ok(Self { dossier, _verrou: verrou })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.dossier.path()
    }
}

/// Best effort: a folder that cannot be looked at is another user's.
fn balayer(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(abandonne) {
        if let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(folder = %entry.path().display(), %error, "an abandoned download cannot be removed");
        }
    }
}

fn abandonne(entry: &DirEntry) -> bool {
    let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIXE));
    // Of the entry itself: a link is not followed.
    let old = || {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_dir)?;
        metadata.modified().ok()?.elapsed().ok()
    };
    ours && old().is_some_and(|age| age > JEUNE)
        && match File::open(entry.path().join(VERROU)).map(|file| file.try_lock()) {
            Ok(Ok(())) => true,
            Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) | Err(_) => false,
        }
}

/// What there is of a file.
#[derive(Debug)]
pub(super) struct Partiel {
    chemin: PathBuf,
    fichier: BufWriter<tokio::fs::File>,
    /// Bytes that are there.
    pub(super) recus: u64,
    /// Bytes that the server announced for the whole.
    pub(super) total: Option<u64>,
    /// What tells this version of the file from others.
    pub(super) validateur: Option<HeaderValue>,
}

impl Partiel {
    /// An empty one.
    pub(super) async fn create(dossier: &Dossier) -> io::Result<Self> {
        let chemin = dossier.path().join("partiel");
        let fichier = BufWriter::with_capacity(TAMPON, tokio::fs::File::create(&chemin).await?);
        Ok(Self { chemin, fichier, recus: 0, total: None, validateur: None })
    }

    /// From where and of which version the rest can be asked for, if it can.
    pub(super) fn reprise(&self) -> Option<(u64, &HeaderValue)> {
        self.validateur.as_ref().filter(|_| self.recus > 0).map(|validateur| (self.recus, validateur))
    }

    /// Forgets everything.
    pub(super) async fn recommencer(&mut self) -> io::Result<()> {
        self.fichier.flush().await?;
        self.fichier.get_mut().set_len(0).await?;
        self.fichier.get_mut().rewind().await?;
        (self.recus, self.total, self.validateur) = (0, None, None);
        Ok(())
    }

    /// Adds bytes.
    pub(super) async fn ecrire(&mut self, octets: &[u8]) -> io::Result<()> {
        self.fichier.write_all(octets).await?;
        self.recus += octets.len() as u64;
        Ok(())
    }

    /// The complete file, under its name.
    pub(super) async fn terminer(mut self, nom: &str) -> io::Result<PathBuf> {
        self.fichier.flush().await?;
        let named = self.chemin.with_file_name(nom);
        tokio::fs::rename(&self.chemin, &named).await?;
        Ok(named)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn aged(path: &Path) {
        File::open(path).unwrap().set_modified(SystemTime::now() - 2 * JEUNE).unwrap();
    }

    #[test]
    fn a_folder_goes_with_its_handle() {
        let parent = tempfile::tempdir().unwrap();
        let dossier = Dossier::create(parent.path()).unwrap();
        fs::write(dossier.path().join("partiel"), "x").unwrap();
        drop(dossier);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_folder_of_a_killed_program_is_removed_and_that_of_a_running_one_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let running = Dossier::create(parent.path()).unwrap();
        aged(running.path());
        let [killed, young, foreign] = [format!("{PREFIXE}killed"), format!("{PREFIXE}young"), "other".to_owned()]
            .map(|name| parent.path().join(name));
        for folder in [&killed, &young, &foreign] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(VERROU), "").unwrap();
        }
        aged(&killed);
        aged(&foreign);
        let next = Dossier::create(parent.path()).unwrap();
        assert!(running.path().exists() && young.exists() && foreign.exists() && next.path().exists());
        assert!(!killed.exists());
    }
}
