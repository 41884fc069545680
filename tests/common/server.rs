//! The private PostgreSQL of the tests: one for all processes that test at the same time.
//!
//! `cargo test` runs every test in one process, `cargo nextest` each in a process of its own. A
//! private PostgreSQL ends with the process that owns it, so that none of them may be the owner:
//! the first that needs it starts a keeper, which holds it for as long as anybody has the file
//! `used` locked, and a moment longer.
//!
//! The cluster lives in one folder of the temporary directory, named after this checkout, and is
//! used again by the next run: nothing piles up, and a second start is quick.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

use exposition::embedded::{EmbeddedPostgres, EmbeddedSettings};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::OnceCell;
use tokio::time::sleep;

use super::PROGRAM;

/// Set for the keeper alone.
const KEEPER: &str = "EXPOSITION_TEST_KEEPER";
/// How long nobody needs it before it is stopped: some tests in a row use none.
const LINGER: Duration = Duration::from_secs(30);
/// How long the first start may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);

/// The folder of the cluster and of what follows.
fn folder() -> PathBuf {
    let mut hash = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hash);
    let name = format!("exposition-tests-{}-{:08x}", nix::unistd::geteuid(), hash.finish() & 0xffff_ffff);
    std::env::temp_dir().join(name)
}

/// A file that is there to be locked.
fn lockable(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).unwrap()
}

/// Locks without holding up the other tests of this process.
async fn locked(path: PathBuf, lock: fn(&File) -> std::io::Result<()>) -> File {
    let wait = move || {
        let file = lockable(&path);
        lock(&file).map(|()| file)
    };
    tokio::task::spawn_blocking(wait).await.unwrap().unwrap()
}

/// Where the keeper writes the address once PostgreSQL answers.
fn address(folder: &Path) -> PathBuf {
    folder.join("address")
}

/// The address of the maintenance database.
pub async fn url() -> &'static str {
    static FOUND: OnceCell<(String, File)> = OnceCell::const_new();
    let find = || async {
        let folder = folder();
        fs::create_dir_all(&folder).unwrap();
        // As root the server runs as another user, who must be able to enter.
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        // Waits for a keeper that is just going.
        let used = locked(folder.join("used"), File::lock_shared).await;
        (answering(&folder).await, used)
    };
    &FOUND.get_or_init(find).await.0
}

/// The address of a PostgreSQL that answers; one process starts it, the others wait for that.
async fn answering(folder: &Path) -> String {
    let _starting = locked(folder.join("starting"), File::lock).await;
    if let Some(url) = announced(folder).await {
        return url;
    }
    let (mut keeper, begin) = (start_keeper(folder), Instant::now());
    loop {
        sleep(Duration::from_millis(20)).await;
        if let Some(url) = announced(folder).await {
            return url;
        }
        let hope = begin.elapsed() < PATIENCE && keeper.try_wait().unwrap().is_none();
        let log = folder.join("keeper.log");
        assert!(hope, "no PostgreSQL for the tests:\n{}", fs::read_to_string(log).unwrap_or_default());
    }
}

async fn announced(folder: &Path) -> Option<String> {
    let url = fs::read_to_string(address(folder)).ok()?;
    let answers = PgConnection::connect(&url).await.is_ok();
    answers.then_some(url)
}

/// The keeper is this program with one test chosen, in a process group of its own: a Ctrl-C for
/// the tests is not for it.
fn start_keeper(folder: &Path) -> std::process::Child {
    let log = File::create(folder.join("keeper.log")).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "common::server::holds_until_unused", "--ignored", "--nocapture"])
        .env(KEEPER, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::from(log.try_clone().unwrap()))
        .stderr(Stdio::from(log))
        .process_group(0)
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "no test: the process that keeps PostgreSQL for the others"]
async fn holds_until_unused() {
    std::env::var_os(KEEPER).expect("only other tests start this one");
    let (folder, program) = (folder(), PathBuf::from(PROGRAM));
    let _ = fs::remove_file(address(&folder));
    let settings = EmbeddedSettings { data_dir: folder.clone(), bin_dir: None, program, durable: false };
    let postgres = EmbeddedPostgres::start(&settings).await.unwrap();
    assert!(postgres.is_owner(), "another program holds {}", folder.display());
    let before = leftovers(postgres.url()).await;
    announce(&folder, postgres.url());
    drop_all(postgres.url(), before).await;
    // Whoever comes from here on waits until the end, and starts another.
    let _nobody = unused(&folder).await;
    fs::remove_file(address(&folder)).unwrap();
    // Some gigabytes after a whole run; only the templates are of use again.
    drop_all(postgres.url(), leftovers(postgres.url()).await).await;
    postgres.stop().await.unwrap();
}

/// Writes the address, which holds a password, in one step.
fn announce(folder: &Path, url: &str) {
    let part = folder.join("address.part");
    let _ = fs::remove_file(&part);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).unwrap();
    file.write_all(url.as_bytes()).unwrap();
    fs::rename(&part, address(folder)).unwrap();
}

/// Returns when nobody has needed PostgreSQL for a while; holds off whoever comes then.
async fn unused(folder: &Path) -> File {
    let (file, mut idle) = (lockable(&folder.join("used")), Duration::ZERO);
    let pause = Duration::from_millis(500);
    loop {
        sleep(pause).await;
        let free = file.try_lock().is_ok();
        idle = if free { idle + pause } else { Duration::ZERO };
        if idle >= LINGER {
            return file;
        }
        if free {
            file.unlock().unwrap();
        }
    }
}

/// What tests have left, but for the templates of this build.
async fn leftovers(url: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let others = "SELECT datname FROM pg_database
        WHERE datname NOT IN ('postgres', 'exposition') AND NOT datistemplate AND datname NOT LIKE $1";
    let of_build = format!("%\\_{}", build());
    sqlx::query_scalar(others).bind(of_build).fetch_all(&mut connection).await.unwrap()
}

async fn drop_all(url: &str, databases: Vec<String>) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for name in databases {
        let sql = format!("DROP DATABASE {name} WITH (FORCE)");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Of which build the templates are: another has other migrations and other rules.
pub fn build() -> String {
    let program = std::env::current_exe().unwrap();
    let changed = fs::metadata(program).unwrap().modified().unwrap();
    format!("{:x}", changed.duration_since(UNIX_EPOCH).unwrap().as_nanos())
}
