//! The command line: one file per command.
//!
//! Results go to stdout; logs, progress and errors to stderr. The exit code says who has to act:
//! 0 nobody, 1 the operator (the service or the machine failed), 2 whoever sent the file, 64
//! whoever typed the command.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, ConfigError, Setting};
use crate::db::DbError;
use crate::embedded::{self, EmbeddedError, GuardArgs};
use crate::exports::ExportError;
use crate::offers::OffersRefusal;
use crate::publication::PublicationError;
use crate::refresh::RefreshError;
use crate::telemetry::{self, TelemetryError};

mod accounts;
mod appariement;
pub mod data_dir;
mod demo;
pub mod doctor;
mod exporter;
mod healthcheck;
pub mod ingest;
mod keys;
mod openapi;
mod publications;
mod publish;
pub mod refresh;
mod serve;
mod session;
pub mod sources;
mod table;
mod usage;

const ABOUT: &str = "What became of those who took a course before: employment and further study by certification, \
                     région and établissement, from the files of InserJeunes.";

const AFTER: &str = "Without DATABASE_URL the program runs its own private PostgreSQL in the data folder.\n\
                     Exit codes: 0 done, 1 failed, 2 refused input, 64 wrong usage.\n\
                     A first look: exposition demo. Real files: exposition ingest PATH… && exposition publish && \
                     exposition serve.";

/// What `--help` adds: every setting, as it is declared.
fn settings() -> String {
    let entry = |setting: Setting| {
        let Setting { name, default, meaning, .. } = setting;
        format!("\n  {name} [default: {default}]\n          {meaning} Takes {}.\n", setting.accepted())
    };
    let entries: String = Config::described().into_iter().map(entry).collect();
    format!("{AFTER}\n\nEnvironment (`exposition doctor` prints the values in effect):\n{entries}")
}

#[derive(Debug, Parser)]
#[command(name = "exposition", version, about = ABOUT, after_help = AFTER)]
struct Arguments {
    /// Folder of the private PostgreSQL and of the demo [env: EXPOSITION_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything with fictitious sample data: private PostgreSQL, ingestion, publication, server
    ///
    /// Needs the programs of PostgreSQL 14 or newer, none of them running. DATABASE_URL is ignored:
    /// the demo lives in demo/ of the data folder and refuses to mix its data with real ones.
    /// Prints the addresses to open and three requests with their answers. Ctrl-C stops everything.
    Demo(serve::ServeArgs),
    /// Read files of the statistical services into the database
    ///
    /// Each file stands alone: it goes in whole, in one transaction, or not at all. Its dataset is
    /// recognised by its header. A newer file replaces the rows of older ones of the same dataset,
    /// maille, filière and millésime; a file that is already in changes nothing. Bad rows are
    /// rejected one by one, with their reason; above a share of them (EXPOSITION_MAX_REJECTED_PERCENT)
    /// the file is refused.
    ///
    /// In a folder, sub-folders included, only *.csv, *.csv.gz and *.zip are looked at, and files of
    /// unknown or later datasets are skipped; when nothing there is read, the exit code is 2. An
    /// address, and a dataset of --portail, is fetched into a temporary file first, from the hosts of
    /// EXPOSITION_DOWNLOAD_HOSTS only; when one cannot be reached, the other files go in and the exit
    /// code is 1. Nothing that is served changes before `exposition publish`.
    Ingest(ingest::IngestArgs),
    /// Compute a publication from the ingested files and serve it
    ///
    /// Computes every indicator, writes the result beside the publication that is served, checks
    /// that it discloses nothing, then switches in one transaction; running servers follow within a
    /// moment. When it fails or is killed, the previous publication stays. When the files say
    /// nothing new, nothing is made.
    Publish(publish::PublishArgs),
    /// Fetch what changed at the producers, ingest it and publish it: for a schedule
    ///
    /// Asks the open data portals, and the addresses of --adresse, for what is not the version that is
    /// in. What comes is ingested as by `exposition ingest` and published as by `exposition publish`,
    /// unless too much of what is served would go: the publication before stays then, and the next run
    /// tries again. Nothing can be accepted or forced here. A second run on the same database says so
    /// and ends.
    ///
    /// Exit code 0 when everything is in, or was; 1 when an address cannot be reached, while the others
    /// go in; 2 when a file or the publication is refused.
    #[command(name = "actualiser")]
    Refresh(refresh::RefreshArgs),
    /// Match a platform's catalogue with a publication: a verdict per offer, and a report
    ///
    /// Each row becomes the pair (UAI, code) that has figures, or a reason and who can repair it.
    /// Columns are recognised by name; --profil and --colonne say what is not. Nothing of the
    /// catalogue is kept. Exit code 2 when the catalogue or the corrections are refused.
    Appariement(appariement::AppariementArgs),
    /// Run the HTTP server
    ///
    /// Serves the current publication until Ctrl-C or SIGTERM, then lets the requests in progress
    /// end. Any number of servers may share one database. Documentation: /docs; health:
    /// /health/live and /health/ready.
    Serve(serve::ServeArgs),
    /// List the publications, or go back to one
    ///
    /// The newest ones keep their rows (EXPOSITION_PUBLICATIONS_KEPT); going back to one of them is
    /// immediate.
    Publications(publications::PublicationsArgs),
    /// Write a publication as files: Parquet, CSV, sums, and the documents that describe them
    ///
    /// Byte for byte what /api/v1/publications/{version}/exports serves, so that any web server or object
    /// store can carry it. The folder must not be there yet, or be empty.
    Exporter(exporter::ExporterArgs),
    /// List the files that are in, or withdraw one
    ///
    /// A withdrawn file does not bring back what it had replaced: ingest the older file again.
    Sources(sources::SourcesArgs),
    /// Make, list or revoke the keys of platforms
    ///
    /// A key opens the routes that are not public, in the contracts that its scopes name. It is shown
    /// once, when it is made; only a hash of it is stored.
    Keys(keys::KeysArgs),
    /// How often the service was called, by day, route, status and platform
    ///
    /// The counts are exact; those of /statistiques are rounded, and small ones are left out. Neither
    /// addresses nor queries are kept.
    Usage(usage::UsageArgs),
    /// Make, remove or list the accounts that can log in (/api/inserjeunes/auth/login)
    ///
    /// Logging in gives a token for one day. For programs, keys are simpler: `exposition keys`.
    Accounts(accounts::AccountsArgs),
    /// Print the OpenAPI contract of the service
    Openapi(openapi::OpenapiArgs),
    /// Check configuration, database, migrations, disk and publication; say what to do
    ///
    /// Prints every setting in effect, secrets left out, then a line for each check: OK, WARN or
    /// FAIL. Changes nothing. Exit code 1 when a check failed.
    ///
    /// With --donnees it looks at the data instead, and prints what a statistician would ask about:
    /// how many cases, and examples. That informs, and ends with 0.
    Doctor(doctor::DoctorArgs),
    #[command(hide = true)]
    Healthcheck(healthcheck::HealthcheckArgs),
    #[command(name = "__guard", hide = true)]
    Guard(GuardArgs),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Something failed; it has been said.
    Failed,
    /// A file was refused; it has been said which and why.
    Refused,
}

impl From<Ending> for ExitCode {
    fn from(end: Ending) -> Self {
        match end {
            Ending::Done => Self::SUCCESS,
            Ending::Failed => Self::from(1),
            Ending::Refused => Self::from(2),
        }
    }
}

impl From<ingest::Outcome> for Ending {
    fn from(outcome: ingest::Outcome) -> Self {
        match outcome {
            ingest::Outcome::Done => Self::Done,
            ingest::Outcome::Refused => Self::Refused,
        }
    }
}

/// Wrong usage, as `sysexits.h` numbers it.
const USAGE: u8 = 64;

/// Why a command could not be carried out; each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A variable of the environment.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The logs.
    #[error("{0}")]
    Telemetry(#[from] TelemetryError),
    /// No data folder.
    #[error("{0}")]
    DataDir(#[from] data_dir::NoDataDir),
    /// The private PostgreSQL.
    #[error("{0}")]
    Embedded(#[from] EmbeddedError),
    /// The database.
    #[error("{0}")]
    Db(#[from] DbError),
    /// Reading files.
    #[error("{0}")]
    Ingest(#[from] ingest::IngestCommandError),
    /// The files that are in.
    #[error("{0}")]
    Sources(#[from] sources::SourcesError),
    /// Publishing.
    #[error("{0}")]
    Publication(#[from] PublicationError),
    /// Writing a publication as files.
    #[error("{0}")]
    Export(#[from] ExportError),
    /// Files, sockets, signals.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Keeping up with the producers.
    #[error("{0}")]
    Refresh(#[from] RefreshError),
    /// A catalogue.
    #[error("{0}")]
    Offers(#[from] OffersRefusal),
    /// What whoever typed or sent it has to correct.
    #[error("{0}")]
    Refused(String),
    /// Anything that a command explains itself.
    #[error("{0}")]
    Other(String),
}

impl CliError {
    /// Who has to act: see the exit codes in the module's header.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Sources(sources::SourcesError::NoSum(_)) => ExitCode::from(USAGE),
            _ => self.ending().into(),
        }
    }

    /// How a command ends that ends with this.
    fn ending(&self) -> Ending {
        match self {
            Self::Offers(_)
            | Self::Refused(_)
            | Self::Sources(sources::SourcesError::Unknown(_) | sources::SourcesError::Ambiguous(_))
            | Self::Publication(
                PublicationError::Unknown(_) | PublicationError::Purged(_) | PublicationError::Loss(_),
            )
            | Self::Export(ExportError::Gone(_) | ExportError::Occupied(_)) => Ending::Refused,
            _ => Ending::Failed,
        }
    }

    /// An error of the system, with what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

fn command() -> clap::Command {
    Arguments::command().after_long_help(settings())
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match command().try_get_matches().and_then(|mut m| Arguments::from_arg_matches_mut(&mut m)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match arguments.command {
        // These two need no configuration, no logs and no database.
        Command::Guard(args) => return embedded::guard(&args),
        Command::Openapi(args) => return report(openapi::run(&args)),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    report(runtime.map_err(CliError::io("cannot start the threads of the program")).and_then(|runtime| {
        let end = runtime.block_on(execute(arguments));
        // A reader thread that waits for a file must not hold up the end.
        runtime.shutdown_background();
        end
    }))
}

fn report(end: Result<Ending, CliError>) -> ExitCode {
    match end {
        Ok(end) => end.into(),
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

async fn execute(arguments: Arguments) -> Result<Ending, CliError> {
    let config = Config::from_env()?;
    telemetry::init(&config.log)?;
    if let Command::Healthcheck(args) = arguments.command {
        return healthcheck::run(&args, &config.http).await;
    }
    let data_dir = data_dir::resolve(arguments.data_dir, &config)?;
    match arguments.command {
        Command::Demo(args) => demo::run(args, config, &data_dir).await,
        Command::Serve(args) => serve::run(args, config, &data_dir).await,
        Command::Doctor(args) if args.donnees => {
            session::with(&config, &data_dir, async |db| doctor::data::run(db).await).await
        }
        Command::Doctor(_) => doctor::run(&config, &data_dir)
            .await
            .map(|well| if well { Ending::Done } else { Ending::Failed })
            .map_err(CliError::io("cannot write to standard output")),
        Command::Ingest(args) => {
            session::with(&config, &data_dir, async |db| Ok(ingest::run(args, db, &config).await?.into())).await
        }
        Command::Publish(args) => {
            session::with(&config, &data_dir, async |db| publish::run(&args, db, &config).await).await
        }
        Command::Refresh(args) => refresh::run(args, &config, &data_dir).await,
        Command::Appariement(args) => {
            session::with(&config, &data_dir, async |db| appariement::run(args, db, &config).await).await
        }
        Command::Publications(args) => {
            session::with(&config, &data_dir, async |db| publications::run(args, db).await).await
        }
        Command::Exporter(args) => {
            session::with(&config, &data_dir, async |db| exporter::run(args, db, &config).await).await
        }
        Command::Sources(args) => {
            session::with(&config, &data_dir, async |db| Ok(sources::run(args, db).await.map(|()| Ending::Done)?)).await
        }
        Command::Usage(args) => {
            session::with(&config, &data_dir, async |db| usage::run(args, db, config.clock).await).await
        }
        Command::Keys(args) => {
            session::with(&config, &data_dir, async |db| keys::run(args, db, config.clock).await).await
        }
        Command::Accounts(args) => session::with(&config, &data_dir, async |db| accounts::run(args, db).await).await,
        Command::Openapi(_) | Command::Healthcheck(_) | Command::Guard(_) => Ok(Ending::Done),
    }
}

/// A token that is cancelled when the operator (Ctrl-C) or the system (SIGTERM) asks the program
/// to stop.
///
/// One listener for the whole command, begun before anything slow: between two listeners a signal
/// would be lost, since the first one takes away the system's default.
///
/// # Errors
/// When the signals cannot be listened to.
pub(crate) fn stop_token() -> Result<CancellationToken, CliError> {
    let what = || CliError::io("cannot listen to signals");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(what())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(what())?;
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        cancelled.cancel();
    });
    Ok(token)
}
