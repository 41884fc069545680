//! An address becomes a file, or a reason why not.
//!
//! The address comes from an operator, or from a server as a redirect; what it answers, from
//! anybody. So each host asked is one of a list, over https, at a public address, at every redirect
//! anew ([`network`] filters where names are resolved); and what arrives is bounded in size and time.
//!
//! The file streams to the disk and is whole before anything reads it: ingestion reads a file twice,
//! and must not hold the lock of the imports while a server dawdles. What breaks on the way is tried
//! again, from where it broke when the server can tell that the file is still the same one, else
//! from the start. Compression is not asked for: a compressed part cannot be continued.
//!
//! Proxies of the environment are not used: behind one, names are not resolved here, and nothing
//! could be said of the addresses.

mod address;
mod answer;
mod attempt;
mod body;
mod failure;
mod file;
mod network;
pub mod portal;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::Rng as _;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

pub use self::address::{Address, InvalidAddress};
pub use self::failure::{DownloadError, DownloadRefusal, Fault};

use self::failure::AttemptEnd;
use self::file::{Folder, Partial};
use self::network::PublicOnly;
use crate::config::DownloadConfig;

/// How far a download is: bytes that are there, and of how many, where the server says so.
pub type Progress<'a> = &'a (dyn Fn(u64, Option<u64>) + Send + Sync);

/// What a server calls one version of a file, as it wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// `ETag`, also a weak one: whether the figures are the same is asked, not the bytes.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub modified: Option<String>,
}

impl Version {
    /// Whether the server names its versions at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.modified.is_none()
    }
}

/// What is asked for: an address, unless it still answers with the version that is known.
pub(in crate::download) struct Wanted<'a> {
    address: &'a Address,
    known: &'a Version,
}

/// A file that was fetched; it is removed when this is dropped.
#[derive(Debug)]
pub struct Downloaded {
    path: PathBuf,
    version: Version,
    _folder: Folder,
}

impl Downloaded {
    /// Where it is; its name says what the address says of dataset and millésime.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the server calls its version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// SHA-256 of its bytes, hexadecimal.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn sha256(&self) -> io::Result<String> {
        let path = self.path.clone();
        let sum = spawn_blocking(move || {
            let mut hash = Sha256::new();
            io::copy(&mut File::open(path)?, &mut hash)?;
            io::Result::Ok(hex::encode(hash.finalize()))
        });
        sum.await.map_err(io::Error::other).flatten()
    }
}

/// Fetches files.
#[derive(Debug)]
pub struct Downloader {
    client: Client,
    config: DownloadConfig,
}

impl Downloader {
    /// A client for these limits.
    ///
    /// # Errors
    /// [`Fault::Client`]: this machine has no certificates to check servers by.
    pub fn new(config: &DownloadConfig) -> Result<Self, DownloadError> {
        // Fails when one was installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("exposition/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(PublicOnly)
            .redirect(Policy::none())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(config.connection)
            .read_timeout(config.idle_timeout)
            // Each attempt gets a connection of its own: the last one may be what was broken.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| DownloadError::Fault { attempts: 0, fault: Fault::Client(attempt::causes(&error)) })?;
        Ok(Self { client, config: config.clone() })
    }

    /// Fetches one file.
    ///
    /// # Errors
    /// [`DownloadError::Refused`] for an address or an answer that may not be taken,
    /// [`DownloadError::Fault`] when network or server failed on every attempt,
    /// [`DownloadError::Disk`] when the file cannot be written. Nothing is left on the disk then.
    pub async fn download(&self, adresse: &Address, tracked: Progress<'_>) -> Result<Downloaded, DownloadError> {
        let fetched = self.download_if_changed(adresse, &Version::default(), tracked).await?;
        // Only who names a version may be told that it is still that one.
        let not_modified = || DownloadRefusal::Status { status: StatusCode::NOT_MODIFIED, excerpt: String::new() };
        fetched.ok_or_else(|| not_modified().into())
    }

    /// Fetches one file; nothing when the server says that it still has the version that is known.
    ///
    /// # Errors
    /// Those of [`Downloader::download`].
    pub async fn download_if_changed(
        &self,
        adresse: &Address,
        known: &Version,
        tracked: Progress<'_>,
    ) -> Result<Option<Downloaded>, DownloadError> {
        let parent = self.config.folder.clone();
        let folder = spawn_blocking(move || Folder::create(&parent)).await;
        let folder = folder.map_err(io::Error::other).flatten().map_err(|cause| self.disk(cause))?;
        let wanted = Wanted { address: adresse, known };
        let whole = timeout(self.config.max_duration, self.try_again(&wanted, &folder, tracked))
            .await
            .map_err(|_| DownloadError::Fault { attempts: 1, fault: Fault::Duration(self.config.max_duration) })
            .flatten()?;
        let Some((path, version)) = whole else { return Ok(None) };
        let examined = path.clone();
        let found = spawn_blocking(move || body::examine(&examined)).await;
        match found.map_err(io::Error::other).flatten().map_err(|cause| self.disk(cause))? {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Some(Downloaded { path, version, _folder: folder })),
        }
    }

    /// The whole file and its version; nothing when it is the known one.
    async fn try_again(
        &self,
        wanted: &Wanted<'_>,
        folder: &Folder,
        tracked: Progress<'_>,
    ) -> Result<Option<(PathBuf, Version)>, DownloadError> {
        let mut partial = Partial::create(folder).await.map_err(|cause| self.disk(cause))?;
        let mut attempts = 1;
        let (nom, version) = loop {
            let fault = match self.try_once(wanted, &mut partial, tracked).await {
                Ok(whole) => break whole,
                Err(AttemptEnd::Unchanged) => return Ok(None),
                Err(AttemptEnd::Refused(refusal)) => return Err(refusal.into()),
                Err(AttemptEnd::Disk(cause)) => return Err(self.disk(cause)),
                Err(AttemptEnd::Fault(fault)) => fault,
            };
            let pause = self.pause(attempts, fault).map_err(|fault| DownloadError::Fault { attempts, fault })?;
            sleep(pause).await;
            attempts += 1;
        };
        let path = partial.finish(&nom).await.map_err(|cause| self.disk(cause))?;
        Ok(Some((path, version)))
    }

    /// How long to wait after the attempt of that number, or the failure when there is no next one.
    fn pause(&self, attempts: u32, fault: Fault) -> Result<Duration, Fault> {
        let longest = self.config.max_wait;
        let asked = match fault {
            Fault::Status { status, wait: Some(wait) } if wait > longest => {
                return Err(Fault::Delay { status, wait });
            }
            Fault::Status { wait: Some(wait), .. } => wait,
            _ => Duration::ZERO,
        };
        if attempts >= self.config.attempts || !fault.is_transient() {
            return Err(fault);
        }
        let doubled = self.config.wait.saturating_mul(2_u32.saturating_pow(attempts - 1)).min(longest);
        // Half of it by chance, so that programs that failed together do not return together.
        let pause = doubled.mul_f64(rand::rng().random_range(0.5..=1.0)).max(asked);
        tracing::warn!(attempt = attempts, seconds = pause.as_secs_f64(), "{fault}; trying again");
        Ok(pause)
    }

    fn disk(&self, cause: io::Error) -> DownloadError {
        DownloadError::Disk { folder: self.config.folder.clone(), cause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn downloader() -> Downloader {
        Downloader::new(&Config::from_lookup(&|_| None).unwrap().download).unwrap()
    }

    fn busy(wait: Option<u64>) -> Fault {
        Fault::Status { status: StatusCode::SERVICE_UNAVAILABLE, wait: wait.map(Duration::from_secs) }
    }

    #[test]
    fn waits_double_up_to_a_limit_and_half_of_each_is_chance() {
        let mut config = Config::from_lookup(&|_| None).unwrap().download;
        config.attempts = 99;
        let downloader = Downloader::new(&config).unwrap();
        for (attempts, full) in [(1, 1.0), (2, 2.0), (5, 16.0), (7, 60.0), (90, 60.0)] {
            let pause = downloader.pause(attempts, busy(None)).unwrap().as_secs_f64();
            assert!((full / 2.0..=full).contains(&pause), "{attempts}: {pause}");
        }
    }

    #[test]
    fn the_server_may_ask_for_a_longer_wait_up_to_a_limit() {
        assert_eq!(downloader().pause(1, busy(Some(30))).unwrap(), Duration::from_secs(30));
        let error = downloader().pause(1, busy(Some(3600))).unwrap_err();
        assert!(matches!(error, Fault::Delay { .. }), "{error}");
    }

    #[test]
    fn the_last_attempt_and_a_wrong_certificate_have_no_next_one() {
        assert!(downloader().pause(5, busy(None)).is_err());
        assert!(downloader().pause(1, Fault::Certificate("expired".to_owned())).is_err());
    }
}
