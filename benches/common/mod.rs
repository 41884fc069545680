//! What both benchmarks need: a private PostgreSQL that survives crashes as a real one must, the
//! program under measurement, PostgreSQL's own tools, and invented rows.
//!
//! A speed means little without another one from the same machine in the same minute: every
//! figure is measured beside its reference, in turns, and printed as a ratio.

use std::error::Error;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use exposition::embedded::{EmbeddedPostgres, EmbeddedSettings, find_binaries};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use url::Url;

pub(crate) mod rows;

/// Any error ends a benchmark, with its text.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The program under measurement, built with the same profile.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_exposition");

/// A private PostgreSQL with durable settings, and a folder for files; both end with it.
pub(crate) struct Server {
    postgres: EmbeddedPostgres,
    tools: PathBuf,
    folder: TempDir,
}

impl Server {
    /// Starts it on an empty data folder.
    pub(crate) async fn start() -> Fallible<Self> {
        let folder = tempfile::tempdir()?;
        // As root the server runs as another user, who must be able to enter.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let binaries = find_binaries(None)?;
        let settings = EmbeddedSettings {
            data_dir: folder.path().to_owned(),
            bin_dir: None,
            program: PROGRAM.into(),
            durable: true,
        };
        let postgres = EmbeddedPostgres::start(&settings).await?;
        let cores = std::thread::available_parallelism()?;
        println!("PostgreSQL {} with durable settings; {cores} cores, shared by everything below", binaries.version);
        Ok(Self { postgres, tools: binaries.dir, folder })
    }

    /// Where files may be put.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes an empty database and returns its address.
    pub(crate) async fn database(&self, name: &str) -> Fallible<String> {
        execute(self.postgres.url(), &format!("CREATE DATABASE {name}")).await?;
        // Not through the options of sqlx: they add parameters that PostgreSQL's tools refuse.
        let mut url = Url::parse(self.postgres.url())?;
        url.set_path(name);
        Ok(url.into())
    }

    /// The program, to be run on this database.
    pub(crate) fn program(&self, url: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env("DATABASE_URL", url)
            .env_remove("DATABASE_READ_URL")
            .env("EXPOSITION_DATA_DIR", self.folder.path().join("unused"))
            // Counted like any other, and never refused.
            .env("EXPOSITION_RATE_PER_ADDRESS", "4000000000")
            .env("EXPOSITION_LOG", "off");
        command
    }

    /// One of PostgreSQL's own tools: from the server's folder, else from the PATH.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let beside = self.tools.join(name);
        Command::new(if beside.exists() { beside } else { name.into() })
    }

    /// Stops PostgreSQL in good order.
    pub(crate) async fn stop(self) -> Fallible<()> {
        Ok(self.postgres.stop().await?)
    }
}

/// Runs one statement.
pub(crate) async fn execute(url: &str, sql: &str) -> Fallible<()> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// The one number that a query returns.
pub(crate) async fn number(url: &str, sql: &str) -> Fallible<i64> {
    let mut connection = PgConnection::connect(url).await?;
    let number = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(number)
}

/// The middle one of an odd number of measures; one bad moment of the machine does not move it.
pub(crate) fn median(measures: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = measures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
