//! A database for the time of one command: the operator's, or the private one, started and
//! stopped around the command.

use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{CliError, Ending, stop_token};
use crate::config::{Config, DatabaseConfig};
use crate::db::{Db, DbError};
use crate::embedded::{EmbeddedPostgres, EmbeddedSettings};

/// The first pause before a database that cannot be reached is asked again; each is twice the one
/// before, up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(5);

/// A database, and the private PostgreSQL it is in, if it is.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) db: Db,
    embedded: Option<EmbeddedPostgres>,
}

impl Session {
    /// Opens the database: `DATABASE_URL`, else the private PostgreSQL of the data folder.
    pub(super) async fn open(config: &Config, data_dir: &Path) -> Result<Self, CliError> {
        match &config.database.url {
            Some(url) => Self::connect(url.expose(), config, None).await,
            None => Self::open_private(config, data_dir).await,
        }
    }

    /// Opens the private PostgreSQL, whatever `DATABASE_URL` says.
    pub(super) async fn open_private(config: &Config, data_dir: &Path) -> Result<Self, CliError> {
        let settings = EmbeddedSettings {
            data_dir: data_dir.to_owned(),
            bin_dir: config.embedded.bin_dir.clone(),
            program: std::env::current_exe().map_err(CliError::io("cannot find the program's own file"))?,
            durable: true,
        };
        let embedded = EmbeddedPostgres::start(&settings).await?;
        let url = embedded.url().to_owned();
        Self::connect(&url, config, Some(embedded)).await
    }

    /// Opens the database as [`Session::open`] does, but for one that cannot be reached: the second
    /// part is then whether it is yet to be [prepared](Session::prepare_patiently).
    pub(super) async fn open_or_wait(config: &Config, data_dir: &Path) -> Result<(Self, bool), CliError> {
        let Some(url) = &config.database.url else { return Ok((Self::open_private(config, data_dir).await?, false)) };
        let session = Self { db: Db::connect(url.expose(), &config.database)?, embedded: None };
        match session.prepare_to_serve().await {
            Ok(()) => Ok((session, false)),
            Err(DbError::Unavailable(_)) => Ok((session, true)),
            Err(error) => {
                session.close().await?;
                Err(error.into())
            }
        }
    }

    async fn connect(url: &str, config: &Config, embedded: Option<EmbeddedPostgres>) -> Result<Self, CliError> {
        // A replica is for the server: what a command reads of one that lags it would take for the present,
        // the number of the next publication too.
        let config = DatabaseConfig { read_url: None, ..config.database.clone() };
        let session = Self { db: Db::connect(url, &config)?, embedded };
        match session.prepare().await {
            Ok(()) => Ok(session),
            Err(error) => {
                session.close().await?;
                Err(error.into())
            }
        }
    }

    async fn prepare(&self) -> Result<(), DbError> {
        self.db.check_version().await?;
        self.db.migrate().await
    }

    async fn prepare_to_serve(&self) -> Result<(), DbError> {
        self.db.check_version().await?;
        self.db.migrate_to_serve().await
    }

    /// Prepares a database to be served, as soon as it can be reached.
    ///
    /// # Errors
    /// Those that waiting does not mend: too old, a migration that fails.
    pub(super) async fn prepare_patiently(&self) -> Result<(), DbError> {
        let mut pause = SHORTEST;
        loop {
            match self.prepare_to_serve().await {
                Err(DbError::Unavailable(error)) => {
                    tracing::warn!(%error, seconds = pause.as_secs_f32(), "waiting for the database");
                }
                end => return end,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Closes the connections, and stops the private PostgreSQL if this program runs it.
    pub(super) async fn close(self) -> Result<(), CliError> {
        self.db.close().await;
        match self.embedded {
            Some(embedded) => Ok(embedded.stop().await?),
            None => Ok(()),
        }
    }
}

/// Runs a command on the database. A request to stop ends it where it is: what was not committed
/// is undone by PostgreSQL.
pub(super) async fn with(
    config: &Config,
    data_dir: &Path,
    command: impl AsyncFnOnce(&Db) -> Result<Ending, CliError>,
) -> Result<Ending, CliError> {
    until(&stop_token()?, config, data_dir, command).await
}

/// The same for a command that is not the only one of its program: `stop` is that of all of them.
pub(super) async fn until(
    stop: &CancellationToken,
    config: &Config,
    data_dir: &Path,
    command: impl AsyncFnOnce(&Db) -> Result<Ending, CliError>,
) -> Result<Ending, CliError> {
    let session = Session::open(config, data_dir).await?;
    let end = tokio::select! {
        end = command(&session.db) => end,
        () = stop.cancelled() => Err(CliError::Other(
            "interrupted; what was in progress is undone, what was finished stays".to_owned(),
        )),
    };
    let closed = session.close().await;
    end.and_then(|end| closed.map(|()| end))
}
