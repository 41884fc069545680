//! `exposition doctor`: looks at everything the service needs and says, a line each, whether it is
//! well and what to do if not.
//!
//! Nothing is changed: no migration runs, no data folder is made. To look into a private
//! PostgreSQL that is there and does not run, it is started and stopped again.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fmt};

use nix::sys::statvfs::statvfs;
use tokio::task::spawn_blocking;

use crate::config::{Config, Setting, Shown};
use crate::db::doctor::{SchemaState, public_address};
use crate::db::{Db, DbError};
use crate::embedded::{self, EmbeddedPostgres, EmbeddedSettings};

/// Free space under which nothing can be ingested with confidence: the largest files, their
/// indexes, the log of the transaction and one publication.
const LITTLE_SPACE: u64 = 2 << 30;
/// Free space under which PostgreSQL itself is about to stop.
const NO_SPACE: u64 = 200 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        })
    }
}

/// Arguments of `exposition doctor`.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Ask about the data that are in instead: hidden cells that totals give away, régions against
    /// UAI, codes without certification, jumps, établissements that vanished
    #[arg(long)]
    pub donnees: bool,
}

/// One line of the answer.
#[derive(Debug)]
struct Check {
    verdict: Verdict,
    subject: &'static str,
    text: String,
}

impl Check {
    fn new(verdict: Verdict, subject: &'static str, text: impl fmt::Display) -> Self {
        Self { verdict, subject, text: text.to_string() }
    }
}

/// Checks everything and prints a line for each on stdout; true when nothing failed (a warning is
/// no failure).
///
/// # Errors
/// Stdout that cannot be written to.
pub async fn run(config: &Config, data_dir: &Path) -> io::Result<bool> {
    let checks = check_all(config, data_dir).await;
    print(&mut io::stdout().lock(), config, data_dir, &checks)?;
    Ok(checks.iter().all(|check| check.verdict != Verdict::Fail))
}

async fn check_all(config: &Config, data_dir: &Path) -> Vec<Check> {
    let about_database = match &config.database.url {
        Some(url) => database(config, url.expose()).await,
        None => private_database(config, data_dir).await,
    };
    [configuration(config), disk(data_dir)].into_iter().chain(about_database).collect()
}

fn print(out: &mut impl Write, config: &Config, data_dir: &Path, checks: &[Check]) -> io::Result<()> {
    for (name, value) in effective(config, data_dir) {
        writeln!(out, "      {name}={value}")?;
    }
    for Check { verdict, subject, text } in checks {
        writeln!(out, "{verdict:<5} {subject}: {text}")?;
    }
    Ok(())
}

/// A variable whose text is wrong was refused before; an address is looked at only here.
fn configuration(config: &Config) -> Check {
    let subject = "configuration";
    let wrong = config.effective().find_map(|(Setting { name, .. }, shown)| match shown {
        Shown::Address(url) if public_address(url.expose()).is_none() => Some(name),
        _ => None,
    });
    match wrong {
        Some(name) => Check::new(Verdict::Fail, subject, DbError::Address { name }),
        None => Check::new(Verdict::Ok, subject, "the values above are in effect"),
    }
}

/// The values in effect, without secrets. The folder is the one that was found.
fn effective(config: &Config, data_dir: &Path) -> Vec<(&'static str, String)> {
    let config = Config { data_dir: Some(data_dir.to_owned()), ..config.clone() };
    config.effective().map(|(setting, shown)| (setting.name, text(&setting, shown))).collect()
}

fn text(setting: &Setting, shown: Shown) -> String {
    match shown {
        Shown::Text(text) => text,
        Shown::Unset => format!("(unset: {})", setting.default),
        Shown::Hidden => "***".to_owned(),
        Shown::Address(url) => public_address(url.expose()).unwrap_or_else(|| url.to_string()),
    }
}

/// Free space where the data lies, or will lie once its folder is made.
fn disk(data_dir: &Path) -> Check {
    let subject = "disk";
    let existing = data_dir.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("/"));
    match statvfs(existing) {
        Ok(found) => free_space(data_dir, found.blocks_available().saturating_mul(found.fragment_size())),
        Err(error) => Check::new(Verdict::Fail, subject, format!("cannot look at {}: {error}", existing.display())),
    }
}

fn free_space(data_dir: &Path, bytes: u64) -> Check {
    let (verdict, advice) = match bytes {
        0..NO_SPACE => (Verdict::Fail, ": make room, or choose another folder with EXPOSITION_DATA_DIR"),
        NO_SPACE..LITTLE_SPACE => (Verdict::Warn, ": ingesting every file may need 2 GB"),
        _ => (Verdict::Ok, ""),
    };
    Check::new(verdict, "disk", format!("{} MB free for {}{advice}", bytes >> 20, data_dir.display()))
}

async fn private_database(config: &Config, data_dir: &Path) -> Vec<Check> {
    let mut checks = vec![binaries(config.embedded.bin_dir.clone()).await];
    if !embedded::exists(data_dir) {
        let text = "there is no data yet: `exposition ingest PATH…` reads the first files";
        checks.push(Check::new(Verdict::Warn, "database", text));
        return checks;
    }
    checks.extend(deaths(data_dir));
    match start(config, data_dir).await {
        Ok(postgres) => {
            checks.extend(database(config, postgres.url()).await);
            if let Err(error) = postgres.stop().await {
                checks.push(Check::new(Verdict::Fail, "database", error));
            }
        }
        Err(error) => checks.push(Check::new(Verdict::Fail, "database", error)),
    }
    checks
}

/// How often the private PostgreSQL had to be started again.
fn deaths(data_dir: &Path) -> Option<Check> {
    let subject = "private PostgreSQL";
    match embedded::deaths(data_dir) {
        Ok((0, _)) => None,
        Ok((count, last)) => {
            let text = format!(
                "ended by itself {count} times since it was started, last: {}: its log and the kernel's (memory?) say why",
                last.unwrap_or_default()
            );
            Some(Check::new(Verdict::Warn, subject, text))
        }
        Err(error) => Some(Check::new(Verdict::Warn, subject, format!("cannot read how often it ended: {error}"))),
    }
}

async fn start(config: &Config, data_dir: &Path) -> Result<EmbeddedPostgres, Box<dyn std::error::Error>> {
    let (bin_dir, program) = (config.embedded.bin_dir.clone(), env::current_exe()?);
    let settings = EmbeddedSettings { data_dir: data_dir.to_owned(), bin_dir, program, durable: true };
    Ok(EmbeddedPostgres::start(&settings).await?)
}

async fn binaries(bin_dir: Option<PathBuf>) -> Check {
    let subject = "PostgreSQL programs";
    match spawn_blocking(move || embedded::find_binaries(bin_dir.as_deref())).await {
        Ok(Ok(found)) => Check::new(Verdict::Ok, subject, format!("{} in {}", found.version, found.dir.display())),
        Ok(Err(error)) => Check::new(Verdict::Fail, subject, error),
        Err(error) => Check::new(Verdict::Fail, subject, error),
    }
}

/// Reachable, recent enough, up to date, with something to serve. What cannot be asked because of
/// an earlier failure is left out.
async fn database(config: &Config, url: &str) -> Vec<Check> {
    let Ok(db) = Db::connect(url, &config.database) else { return Vec::new() };
    let mut checks = Vec::new();
    match db.check_version().await {
        Err(error) => checks.push(unreachable(&error)),
        Ok(number) => {
            let version = format!("PostgreSQL {}.{} answers", number / 10_000, number % 10_000);
            checks.push(Check::new(Verdict::Ok, "database", version));
            checks.extend(contents(&db).await);
        }
    }
    db.close().await;
    checks
}

fn unreachable(error: &DbError) -> Check {
    let advice = match error {
        DbError::Unavailable(_) => ": check that the server runs and that DATABASE_URL is its address",
        _ => "",
    };
    Check::new(Verdict::Fail, "database", format!("{error}{advice}"))
}

async fn contents(db: &Db) -> Vec<Check> {
    let state = match db.schema_state().await {
        Ok(state) => state,
        Err(error) => return vec![Check::new(Verdict::Fail, "schema", error)],
    };
    let complete = state.pending.is_empty() && state.different.is_empty();
    let mut checks = vec![schema(&state)];
    if complete {
        checks.push(publication(db).await);
        checks.extend(deductible(db).await);
    }
    checks
}

/// The hidden cells that the producers' own totals give away.
async fn deductible(db: &Db) -> Option<Check> {
    let current = db.current_publication().await.ok()??;
    let cells: i64 = db.couverture(current.id).await.ok()?.iter().map(|line| line.comptes.deductibles).sum();
    let text = format!(
        "{cells} hidden cells can be computed from the producers' own totals: tell them \
         (/api/v1/couverture, `deductibles`, says of which filière, millésime and région)"
    );
    (cells > 0).then(|| Check::new(Verdict::Warn, "confidentiality", text))
}

fn schema(state: &SchemaState) -> Check {
    let SchemaState { applied, pending, unknown, different } = state;
    let (verdict, text) = if !different.is_empty() {
        let text = format!(
            "migrations {different:?} are not the ones that were applied: run the program that made this database, \
             or ingest into a new one"
        );
        (Verdict::Fail, text)
    } else if !unknown.is_empty() {
        let text = format!(
            "migrations {unknown:?} come from a newer program: this one serves, and refuses to write; update it"
        );
        (Verdict::Warn, text)
    } else if pending.is_empty() {
        (Verdict::Ok, format!("up to date ({applied} migrations)"))
    } else {
        let text = format!(
            "{applied} migrations applied, {} pending ({}): `exposition ingest` or `exposition serve` applies them",
            pending.len(),
            pending.join(", ")
        );
        (Verdict::Warn, text)
    };
    Check::new(verdict, "schema", text)
}

async fn publication(db: &Db) -> Check {
    let subject = "publication";
    match db.current_publication().await {
        Err(error) => Check::new(Verdict::Fail, subject, error),
        Ok(None) => {
            Check::new(Verdict::Warn, subject, "nothing is published: `exposition ingest`, then `exposition publish`")
        }
        Ok(Some(current)) if current.fictive => {
            let text = format!("{} is served, made of fictitious data (of `exposition demo`)", current.version);
            Check::new(Verdict::Warn, subject, text)
        }
        Ok(Some(current)) => {
            let text = format!("{} is served, made on {}", current.version, current.creee_le.format("%Y-%m-%d"));
            Check::new(Verdict::Ok, subject, text)
        }
    }
}

pub(super) mod data;
#[cfg(test)]
mod tests;
