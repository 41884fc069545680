//! A database for the time of one command: the operator's, or the private one, started and
//! stopped around the command.

use std::path::Path;

use super::{CliError, Ending, stop_token};
use crate::config::Config;
use crate::db::Db;
use crate::embedded::{EmbeddedPostgres, EmbeddedSettings};

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

    async fn connect(url: &str, config: &Config, embedded: Option<EmbeddedPostgres>) -> Result<Self, CliError> {
        let session = Self { db: Db::connect(url, &config.database)?, embedded };
        match session.prepare().await {
            Ok(()) => Ok(session),
            Err(error) => {
                session.close().await?;
                Err(error)
            }
        }
    }

    async fn prepare(&self) -> Result<(), CliError> {
        self.db.check_version().await?;
        Ok(self.db.migrate().await?)
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
    let stop = stop_token()?;
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
