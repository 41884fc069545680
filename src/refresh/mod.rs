//! Keeping up with the producers: fetch what changed, ingest it, publish it. Made for a schedule,
//! where nobody looks on.
//!
//! An address is asked for what is not the version that is in ([`Version`]); a server that names no
//! versions sends the file again, and its sum tells. Either way a file that an operator withdrew
//! does not come back by itself: only another version does. What is refused is remembered nowhere,
//! so that it is asked for and said again until somebody acts.
//!
//! One address that cannot be reached stops no other. What went in and is not published yet is
//! remembered too, so that a run that ended early, or that the guard against losses refused, leaves
//! it to the next one. A publication that was rolled back is not made again by a run that brings
//! nothing new.

use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::db::refresh::KnownDownload;
use crate::db::{Db, DbError};
use crate::download::{Address, DownloadError, Downloaded, Downloader, Version};
use crate::ingestion::{FileStatus, IngestionError, Options, Report, ingest_all};
use crate::publication::{self, PublicationError};

/// Whether anything may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What changed goes in and is published.
    Apply,
    /// What changed is fetched, read and checked, and given up.
    Trial,
}

/// What a run did.
#[derive(Debug)]
pub struct Refresh {
    /// Every address, in the order in which they were asked.
    pub visits: Vec<Visit>,
    /// What became of the publication.
    pub publishing: Publishing,
}

/// One address, and what came of asking it.
#[derive(Debug)]
pub struct Visit {
    /// The address without what follows `?`, which may hold a key.
    pub address: String,
    /// What came of it.
    pub found: Found,
}

/// What came of asking an address.
#[derive(Debug)]
pub enum Found {
    /// The server says that it still has the version that is in.
    SameVersion,
    /// The server sent what is in.
    SameBytes,
    /// A file, and what became of each CSV file in it.
    File(Vec<Report>),
    /// Nothing.
    NotFetched(DownloadError),
}

/// What became of the publication.
#[derive(Debug)]
pub enum Publishing {
    /// There was nothing to publish.
    NothingNew,
    /// Something would be published.
    Due,
    /// One was made, or the files say what is served.
    Done(publication::Outcome),
    /// None was made; the one before stays.
    Failed(PublicationError),
}

/// Why a run ended early. What went in until then stays.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Another run is under way: there is nothing to do.
    #[error("another `exposition actualiser` is running on this database; nothing was done")]
    Running,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database failed while a file was read.
    #[error(transparent)]
    Ingestion(#[from] IngestionError),
}

impl Found {
    /// Whether what was fetched is in, or would be: one CSV file at least, and none refused.
    fn is_taken(&self) -> bool {
        let Self::File(reports) = self else { return false };
        let taken = |report: &Report| {
            matches!(report.state, FileStatus::Importe | FileStatus::DejaPresent | FileStatus::AImporter)
        };
        reports.iter().any(taken) && !reports.iter().any(|report| report.state == FileStatus::Refuse)
    }

    /// Whether network, server or disk failed: the next run may succeed.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::NotFetched(DownloadError::Fault { .. } | DownloadError::Disk { .. }))
    }

    /// Whether the address, or what it answers, is refused.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::NotFetched(DownloadError::Refused(_)) => true,
            Self::File(_) => !self.is_taken(),
            Self::NotFetched(_) | Self::SameVersion | Self::SameBytes => false,
        }
    }
}

/// Asks every address, takes in what changed, publishes it.
///
/// # Errors
/// [`RefreshError::Running`] when another run is under way, else those of the database.
pub async fn refresh(
    db: &Db,
    config: &Config,
    addresses: &[Address],
    mode: Mode,
    done: &mut (dyn FnMut(&Visit) + Send),
) -> Result<Refresh, RefreshError> {
    // A trial changes nothing, and so is in nobody's way.
    if mode == Mode::Trial {
        return run(db, config, addresses, mode, done).await;
    }
    let lock = db.begin_refresh().await?.ok_or(RefreshError::Running)?;
    let end = run(db, config, addresses, mode, done).await;
    let released = lock.release().await;
    end.and_then(|end| released.map(|()| end).map_err(RefreshError::from))
}

async fn run(
    db: &Db,
    config: &Config,
    addresses: &[Address],
    mode: Mode,
    done: &mut (dyn FnMut(&Visit) + Send),
) -> Result<Refresh, RefreshError> {
    let mut visits = Vec::new();
    for address in addresses {
        let found = visit(db, config, address, mode).await?;
        let visit = Visit { address: address.shown(), found };
        done(&visit);
        visits.push(visit);
    }
    let due = visits.iter().any(|visit| visit.found.is_taken()) || db.has_unpublished_downloads().await?;
    let publishing = match (due, mode) {
        (false, _) => Publishing::NothingNew,
        (true, Mode::Trial) => Publishing::Due,
        (true, Mode::Apply) => publish(db, config).await?,
    };
    Ok(Refresh { visits, publishing })
}

async fn publish(db: &Db, config: &Config) -> Result<Publishing, DbError> {
    match publication::publish(db, &config.publication).await {
        Ok(outcome) => {
            db.downloads_published().await?;
            Ok(Publishing::Done(outcome))
        }
        Err(error) => Ok(Publishing::Failed(error)),
    }
}

/// Asks one address and takes in what changed.
async fn visit(db: &Db, config: &Config, address: &Address, mode: Mode) -> Result<Found, RefreshError> {
    let key = hex::encode(Sha256::digest(address.whole()));
    let known = db.known_download(&key).await?;
    let (file, sha256) = match fetch(config, address, known.as_ref()).await {
        Ok(Some(fetched)) => fetched,
        Ok(None) => return Ok(Found::SameVersion),
        Err(failure) => return Ok(Found::NotFetched(failure)),
    };
    let Version { etag, modified } = file.version().clone();
    let same = known.is_some_and(|known| known.sha256 == sha256);
    let found = if same { Found::SameBytes } else { ingest(db, config, address, &file, mode).await? };
    let now_known = KnownDownload { etag, modified, sha256 };
    match mode {
        Mode::Apply if same => db.rename_download(&key, &now_known).await?,
        Mode::Apply if found.is_taken() => db.remember_download(&key, &address.shown(), &now_known).await?,
        Mode::Apply | Mode::Trial => {}
    }
    Ok(found)
}

/// The file and its sum, unless the server has the version that is known.
async fn fetch(
    config: &Config,
    address: &Address,
    known: Option<&KnownDownload>,
) -> Result<Option<(Downloaded, String)>, DownloadError> {
    let version = known.map(|known| Version { etag: known.etag.clone(), modified: known.modified.clone() });
    let downloader = Downloader::new(&config.download)?;
    let file = downloader.download_if_changed(address, &version.unwrap_or_default(), &|_, _| {}).await?;
    let Some(file) = file else { return Ok(None) };
    let unreadable = |cause| DownloadError::Disk { folder: config.download.folder.clone(), cause };
    let sha256 = file.sha256().await.map_err(unreadable)?;
    Ok(Some((file, sha256)))
}

async fn ingest(
    db: &Db,
    config: &Config,
    address: &Address,
    file: &Downloaded,
    mode: Mode,
) -> Result<Found, IngestionError> {
    let options = Options { origine: Some(address.shown()), trial: mode == Mode::Trial, ..Options::default() };
    let mut reports = Vec::new();
    let mut done = |report| reports.push(report);
    ingest_all(db, &config.ingestion, file.path(), &options, &|_| None, &mut done).await?;
    Ok(Found::File(reports))
}
