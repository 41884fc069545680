//! Making PostgreSQL's data folder, and the settings it runs with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rand::Rng;
use rand::distr::Alphanumeric;

use super::address::{Address, NAME};
use super::binaries::Binaries;
use super::command::{clean_environment, last_lines};
use super::error::{EmbeddedError, OnPath};
use super::home::{Home, UNFINISHED};
use super::user::Account;

/// File of the password within the cluster: it comes into being with it, by one rename.
const PASSWORD: &str = "exposition.password";

/// Sized for batches of a million rows on a laptop. Given on the command line, so that a newer
/// program changes them on existing data too.
const SETTINGS: [&str; 8] = [
    "shared_buffers=256MB",
    "maintenance_work_mem=256MB",
    "work_mem=32MB",
    "max_wal_size=2GB",
    // No replica reads along: COPY into a table made in the same transaction writes no log twice.
    "wal_level=minimal",
    "max_wal_senders=0",
    // Short lookups: compiling a query costs more than running it.
    "jit=off",
    "unix_socket_permissions=0700",
];

/// What is lost when the *machine* stops is made anew: tests need no more.
const NOT_DURABLE: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// The major version that made the data folder; `None` when there is none yet.
pub(super) fn made_by(cluster: &Path, account: &Account) -> Result<Option<u32>, EmbeddedError> {
    use std::os::unix::fs::MetadataExt;
    if !cluster.exists() {
        return Ok(None);
    }
    let owner = fs::metadata(cluster).on("read", cluster)?.uid();
    if owner != account.uid() {
        return Err(EmbeddedError::OtherOwner { dir: cluster.to_owned(), owner, expected: account.uid() });
    }
    let file = cluster.join("PG_VERSION");
    let text = fs::read_to_string(&file).on("read", &file)?;
    let read = text.trim().split('.').next().and_then(|major| major.parse().ok());
    read.map(Some).ok_or_else(|| std::io::Error::other(format!("{text:?} is no version"))).on("understand", &file)
}

/// Makes the data folder beside its final place and renames it: killed half way, it leaves
/// nothing that looks whole.
pub(super) fn create(home: &Home, binaries: &Binaries, durable: bool) -> Result<(), EmbeddedError> {
    let root = home.root();
    let work = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(root).on("create a folder in", root)?;
    home.account.own(work.path())?;
    let password = work.path().join("password");
    fs::write(&password, random_password()).on("write", &password)?;
    home.account.own(&password)?;
    let made = work.path().join("cluster");
    run_initdb(home, binaries, &made, &password, durable)?;
    fs::rename(&password, made.join(PASSWORD)).on("rename", &password)?;
    fs::rename(&made, home.cluster()).on("rename", &made)
}

fn run_initdb(
    home: &Home,
    binaries: &Binaries,
    made: &Path,
    password: &Path,
    durable: bool,
) -> Result<(), EmbeddedError> {
    let mut command = Command::new(binaries.initdb());
    clean_environment(&mut command);
    command.args(["--locale=C", "--encoding=UTF8", "--auth=scram-sha-256", "--username", NAME]);
    command.arg("--pgdata").arg(made).arg("--pwfile").arg(password).current_dir(home.root());
    if !durable {
        command.arg("--no-sync");
    }
    home.account.run(&mut command);
    let output = command.output().map_err(|source| EmbeddedError::Run { program: binaries.initdb(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(EmbeddedError::Init { cluster: home.cluster(), output: last_lines(&String::from_utf8_lossy(&text)) })
}

/// Letters and digits only: it stands in a URL.
fn random_password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect()
}

/// The password of the data folder.
pub(super) fn password(cluster: &Path) -> Result<String, EmbeddedError> {
    let file = cluster.join(PASSWORD);
    Ok(fs::read_to_string(&file).on("read", &file)?.trim().to_owned())
}

/// The arguments of `postgres`.
pub(super) fn arguments(cluster: PathBuf, address: &Address, durable: bool) -> Vec<std::ffi::OsString> {
    let volatile: &[&str] = if durable { &[] } else { &NOT_DURABLE };
    let fixed = SETTINGS.iter().chain(volatile).map(|setting| (*setting).to_owned());
    let settings = fixed.chain(address.settings()).flat_map(|setting| ["-c".into(), setting.into()]);
    ["-D".into(), cluster.into_os_string()].into_iter().chain(settings).collect()
}
