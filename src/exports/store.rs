//! Where the server keeps the files of publications, made on the first demand and never changed.
//!
//! One folder each, whose name says what it was made from: another database, another version of the program
//! or another address has another folder. A folder is whole or not there, so several servers may share one
//! place; each makes one publication at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::ExportError;
use super::file::ExportFile;
use super::write::{Releasing, SUMS, release_to};
use crate::db::Db;
use crate::db::publications::Publication;

/// Changes when the files of the same rows become others.
const FORMAT: &str = "1";
/// Digits of a hash in a name: no two publications of one service share them.
const DIGITS: usize = 16;

/// The files of one publication.
#[derive(Debug, Clone)]
pub struct Release {
    /// Where they are.
    pub folder: PathBuf,
    /// What they are, by name, the sums last.
    pub files: Vec<ExportFile>,
}

/// The files of all publications. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Exports {
    db: Db,
    folder: Arc<Path>,
    ready: Arc<Mutex<BTreeMap<String, Arc<Release>>>>,
    making: Arc<tokio::sync::Mutex<()>>,
}

impl Exports {
    /// Keeps files in `folder`, which need not exist.
    #[must_use]
    pub fn new(db: Db, folder: &Path) -> Self {
        Self { db, folder: folder.into(), ready: Arc::default(), making: Arc::default() }
    }

    /// The files of a publication; made if nobody has.
    ///
    /// # Errors
    /// Those of [`release_to`]; the next who asks tries again.
    pub async fn get(&self, releasing: &Releasing) -> Result<Arc<Release>, ExportError> {
        let name = name(releasing);
        if let Some(found) = self.known(&name) {
            return Ok(found);
        }
        let _making = self.making.lock().await;
        if let Some(found) = self.known(&name) {
            return Ok(found);
        }
        let folder = self.folder.join(&name);
        let files = match read(&folder) {
            Some(files) => files,
            None => release_to(&self.db, releasing, &folder).await?,
        };
        let release = Arc::new(Release { folder, files });
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&release));
        Ok(release)
    }

    /// What is ready, unless somebody has removed its folder.
    fn known(&self, name: &str) -> Option<Arc<Release>> {
        let found = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        found.filter(|release| release.folder.is_dir())
    }

    /// Removes the files of publications whose rows are gone: nobody is told of them any more.
    pub fn forget(&self, gone: &[Arc<Publication>]) {
        let Ok(folders) = std::fs::read_dir(&*self.folder) else { return };
        for folder in folders.flatten() {
            let name = folder.file_name().to_string_lossy().into_owned();
            if !gone.iter().any(|publication| name.starts_with(&prefix(publication))) {
                continue;
            }
            self.ready.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
            if let Err(error) = std::fs::remove_dir_all(folder.path()) {
                tracing::warn!(%error, folder = name, "the files of a retired publication could not be removed");
            }
        }
    }
}

fn digits(text: &str) -> &str {
    text.get(..DIGITS).unwrap_or(text)
}

/// What the names of a publication's folders begin with.
fn prefix(publication: &Publication) -> String {
    format!("{}-{}-", publication.version, digits(&publication.empreinte))
}

fn name(releasing: &Releasing) -> String {
    let Releasing { publication, before, origin } = releasing;
    let mut hash = Sha256::new();
    let before = before.as_ref().map_or("", |before| before.empreinte.as_str());
    for part in [FORMAT, env!("CARGO_PKG_VERSION"), before, origin] {
        hash.update(part);
        hash.update([0]);
    }
    // The same rows may come from other files, which the files name.
    for sha256 in publication.fichiers.values() {
        hash.update(sha256);
    }
    format!("{}{}", prefix(publication), digits(&hex::encode(hash.finalize())))
}

/// The files of a folder that an earlier start or another server has made; `None` unless all are there.
fn read(folder: &Path) -> Option<Vec<ExportFile>> {
    let sums = std::fs::read_to_string(folder.join(SUMS)).ok()?;
    let file = |name: &str, sha256: &str| {
        let bytes = std::fs::metadata(folder.join(name)).ok()?.len();
        Some(ExportFile { name: name.to_owned(), bytes, sha256: sha256.to_owned(), rows: None })
    };
    let mut files = sums
        .lines()
        .map(|line| line.split_once("  ").and_then(|(sha256, name)| file(name, sha256)))
        .collect::<Option<Vec<_>>>()?;
    files.push(file(SUMS, &hex::encode(Sha256::digest(&sums)))?);
    Some(files)
}
