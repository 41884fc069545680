//! The private PostgreSQL, really started: needs PostgreSQL 14 or newer installed, nothing else.
//! As root it runs as `postgres` or `nobody`, hence the folders that everybody may enter.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use exposition::embedded::{EmbeddedError, EmbeddedPostgres, EmbeddedSettings};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// Names the data folder to the process that [`a_program_that_runs_it`] starts.
const HOLDER: &str = "EXPOSITION_TEST_HOLDER";

fn data_dir() -> TempDir {
    let dir = tempfile::Builder::new().prefix("exposition-test-").tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    dir
}

fn settings(data_dir: &Path) -> EmbeddedSettings {
    EmbeddedSettings {
        data_dir: data_dir.to_owned(),
        bin_dir: None,
        program: PathBuf::from(env!("CARGO_BIN_EXE_exposition")),
        durable: false,
    }
}

async fn one_value(url: &str, sql: &'static str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let value = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    value
}

async fn execute(url: &str, sql: &'static str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn server_pid(data_dir: &Path) -> Option<i32> {
    let text = fs::read_to_string(data_dir.join("postgres/cluster/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

/// Alive, and no corpse that its parent has not looked at.
fn is_alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn parent_of(pid: i32) -> i32 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

fn send(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).unwrap();
}

fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !happened() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what} did not happen within 20 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Another program that runs the PostgreSQL of `data_dir`, in a process group of its own, as a
/// shell would start it. Returns once it is ready.
fn a_program_that_runs_it(data_dir: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "embedded::postgres::holds_until_killed", "--ignored", "--nocapture"])
        .env(HOLDER, data_dir)
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).find(|line| line.contains("ready, owner:"));
    assert_eq!(ready.as_deref().map(|line| line.ends_with("true")), Some(true), "the other program must own");
    child
}

#[tokio::test]
#[ignore = "no test: the program that the other tests kill"]
async fn holds_until_killed() {
    let dir = std::env::var_os(HOLDER).expect("only other tests start this one");
    let postgres = EmbeddedPostgres::start(&settings(Path::new(&dir))).await.unwrap();
    println!("\nready, owner: {}", postgres.is_owner());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn it_starts_on_a_fresh_folder_keeps_data_and_stops() {
    let dir = data_dir();
    let first = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert!(first.is_owner());
    execute(first.url(), "CREATE TABLE garde AS SELECT 'toujours là' AS texte").await;
    assert_eq!(one_value(first.url(), "SELECT current_setting('server_encoding')").await, "UTF8");
    assert_eq!(one_value(first.url(), "SELECT current_setting('listen_addresses')").await, "");
    let pid = server_pid(dir.path()).unwrap();
    first.stop().await.unwrap();
    assert!(!is_alive(pid), "PostgreSQL must end with stop()");

    let second = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert_eq!(one_value(second.url(), "SELECT texte FROM garde").await, "toujours là");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_gets_in_without_the_password() {
    let dir = data_dir();
    let postgres = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    let (before, after) = postgres.url().split_once("exposition:").unwrap();
    let (_, after) = after.split_once('@').unwrap();
    let wrong = format!("{before}exposition:wrong@{after}");
    let refused = PgConnection::connect(&wrong).await.unwrap_err().to_string();
    assert!(refused.contains("password authentication failed"), "{refused}");
    for (path, mode) in [("sockets", 0o700), ("cluster", 0o700), ("lock", 0o600)] {
        let metadata = fs::metadata(dir.path().join("postgres").join(path)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{path}");
    }
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn it_does_not_outlive_a_program_that_is_killed() {
    let dir = data_dir();
    let mut program = a_program_that_runs_it(dir.path());
    let pid = server_pid(dir.path()).unwrap();
    assert!(is_alive(pid));
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for("the end of PostgreSQL", || !is_alive(pid));

    let next = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert!(next.is_owner());
    assert_eq!(one_value(next.url(), "SELECT 'ok'").await, "ok");
    next.stop().await.unwrap();
}

#[tokio::test]
async fn one_that_dies_is_started_again_and_the_death_is_told() {
    let dir = data_dir();
    let postgres = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    execute(postgres.url(), "CREATE TABLE kept AS SELECT 'kept' AS word").await;
    execute(postgres.url(), "CHECKPOINT").await;
    for deaths in 1..=2 {
        let pid = server_pid(dir.path()).unwrap();
        send(pid, Signal::SIGKILL);
        wait_for("another PostgreSQL", || server_pid(dir.path()).is_some_and(|next| next != pid && is_alive(next)));
        let begin = Instant::now();
        while PgConnection::connect(postgres.url()).await.is_err() {
            assert!(begin.elapsed() < Duration::from_secs(20), "it does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(one_value(postgres.url(), "SELECT word FROM kept").await, "kept");
        let (told, last) = exposition::embedded::deaths(dir.path()).unwrap();
        assert!(told >= deaths && last.as_ref().is_some_and(|last| last.contains("signal: 9")), "{told} {last:?}");
    }
    let pid = server_pid(dir.path()).unwrap();
    postgres.stop().await.unwrap();
    assert!(!is_alive(pid), "one that is told to stop stays away");
}

#[tokio::test]
async fn a_start_right_after_a_kill_does_not_take_the_dying_server_for_a_live_one() {
    let dir = data_dir();
    let mut program = a_program_that_runs_it(dir.path());
    program.kill().unwrap();
    let next = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert!(next.is_owner());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(one_value(next.url(), "SELECT 'ok'").await, "ok");
    next.stop().await.unwrap();
    program.wait().unwrap();
}

#[tokio::test]
async fn ctrl_c_in_the_terminal_reaches_neither_postgresql_nor_its_guard() {
    let dir = data_dir();
    let mut program = a_program_that_runs_it(dir.path());
    let server = server_pid(dir.path()).unwrap();
    let guard = parent_of(server);
    let group = |pid: i32| nix::unistd::getpgid(Some(Pid::from_raw(pid))).unwrap().as_raw();
    let own = i32::try_from(program.id()).unwrap();
    assert_ne!(group(guard), group(own));
    assert_ne!(group(server), group(own));
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        send(guard, signal);
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(is_alive(guard) && is_alive(server), "the guard must outlast what is sent to a service");
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for("the end of PostgreSQL", || !is_alive(server) && !is_alive(guard));
}

#[tokio::test]
async fn an_orphan_whose_guard_was_killed_too_is_stopped_by_the_next_start() {
    let dir = data_dir();
    let mut program = a_program_that_runs_it(dir.path());
    let server = server_pid(dir.path()).unwrap();
    send(parent_of(server), Signal::SIGKILL);
    program.kill().unwrap();
    program.wait().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(is_alive(server), "nobody is left to stop it");

    let next = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert!(next.is_owner() && !is_alive(server));
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_guard_that_is_killed_does_not_keep_stop_from_stopping() {
    let dir = data_dir();
    let postgres = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    let server = server_pid(dir.path()).unwrap();
    send(parent_of(server), Signal::SIGKILL);
    postgres.stop().await.unwrap();
    // The kernel may take a moment to bury it.
    wait_for("the end of the server", || !is_alive(server));
}

#[tokio::test]
async fn after_everything_was_killed_at_once_it_starts_again() {
    let dir = data_dir();
    let mut program = a_program_that_runs_it(dir.path());
    let server = server_pid(dir.path()).unwrap();
    send(parent_of(server), Signal::SIGKILL);
    send(server, Signal::SIGKILL);
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(server_pid(dir.path()).is_some(), "the pid file must have stayed");

    let next = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert_eq!(one_value(next.url(), "SELECT 'ok'").await, "ok");
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_whose_number_is_another_process_now_is_no_obstacle() {
    let dir = data_dir();
    EmbeddedPostgres::start(&settings(dir.path())).await.unwrap().stop().await.unwrap();
    let mut other = Command::new("sleep").arg("300").spawn().unwrap();
    let cluster = dir.path().join("postgres/cluster");
    let text = format!("{}\n{}\n1700000000\n5432\n/tmp\n\n", other.id(), cluster.display());
    fs::write(cluster.join("postmaster.pid"), text).unwrap();

    let postgres = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    postgres.stop().await.unwrap();
    assert!(other.try_wait().unwrap().is_none(), "the other process must be left alone");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_second_program_joins_and_does_not_stop_what_it_joined() {
    let dir = data_dir();
    let mut program = a_program_that_runs_it(dir.path());
    let server = server_pid(dir.path()).unwrap();
    let joined = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert!(!joined.is_owner());
    assert_eq!(one_value(joined.url(), "SELECT 'ok'").await, "ok");
    joined.stop().await.unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(is_alive(server));
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for("the end of PostgreSQL", || !is_alive(server));
}

#[tokio::test]
async fn of_programs_that_start_at_the_same_moment_exactly_one_owns() {
    let dir = data_dir();
    let settings = settings(dir.path());
    let (a, b, c) = tokio::join!(
        EmbeddedPostgres::start(&settings),
        EmbeddedPostgres::start(&settings),
        EmbeddedPostgres::start(&settings)
    );
    let all = [a.unwrap(), b.unwrap(), c.unwrap()];
    assert_eq!(all.iter().filter(|postgres| postgres.is_owner()).count(), 1);
    assert!(all.iter().all(|postgres| postgres.url() == all[0].url()));
    for postgres in all {
        postgres.stop().await.unwrap();
    }
}

#[tokio::test]
async fn dropping_it_stops_it() {
    let dir = data_dir();
    let postgres = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    let server = server_pid(dir.path()).unwrap();
    drop(postgres);
    wait_for("the end of PostgreSQL", || !is_alive(server));
}

/// A data folder too deep for a unix socket, and the folder that stands in for it.
fn too_deep(dir: &TempDir) -> (PathBuf, PathBuf) {
    let deep = dir.path().join("profond ".repeat(6)).join("plus profond ".repeat(6));
    fs::create_dir_all(deep.join("postgres")).unwrap();
    fs::set_permissions(deep.join("postgres"), Permissions::from_mode(0o755)).unwrap();
    let root = fs::canonicalize(deep.join("postgres")).unwrap();
    let name: String = hex::encode(Sha256::digest(root.to_str().unwrap())).chars().take(16).collect();
    (deep, PathBuf::from(format!("/tmp/exposition-{name}")))
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_has_its_socket_in_tmp() {
    let dir = data_dir();
    let (deep, stand_in) = too_deep(&dir);
    let postgres = EmbeddedPostgres::start(&settings(&deep)).await.unwrap();
    assert_eq!(
        one_value(postgres.url(), "SELECT current_setting('unix_socket_directories')").await.trim_matches('"'),
        stand_in.to_str().unwrap()
    );
    assert_eq!(fs::metadata(&stand_in).unwrap().permissions().mode() & 0o777, 0o700);
    postgres.stop().await.unwrap();
    assert!(!stand_in.exists(), "the folder must not stay behind");
}

#[tokio::test]
async fn without_any_place_for_a_socket_it_listens_on_the_loopback_with_a_password() {
    let dir = data_dir();
    let (deep, stand_in) = too_deep(&dir);
    fs::create_dir(&stand_in).unwrap();
    fs::set_permissions(&stand_in, Permissions::from_mode(0o777)).unwrap();
    let postgres = EmbeddedPostgres::start(&settings(&deep)).await.unwrap();
    assert!(postgres.url().contains("@127.0.0.1:"));
    let asked = one_value(postgres.url(), "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules").await;
    assert_eq!(asked, "scram-sha-256");
    postgres.stop().await.unwrap();
    fs::remove_dir(&stand_in).unwrap();
}

#[tokio::test]
async fn what_an_interrupted_initdb_left_does_not_hinder_the_next_start() {
    let dir = data_dir();
    let left = dir.path().join("postgres/new-interrupted/cluster/base");
    fs::create_dir_all(&left).unwrap();
    fs::set_permissions(dir.path().join("postgres"), Permissions::from_mode(0o755)).unwrap();
    let postgres = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap();
    assert!(!left.exists());
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn no_binaries_is_one_message_with_what_to_install() {
    let (dir, empty) = (data_dir(), data_dir());
    let settings = EmbeddedSettings { bin_dir: Some(empty.path().to_owned()), ..settings(dir.path()) };
    let error = EmbeddedPostgres::start(&settings).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::NoBinaries { .. }));
}

#[tokio::test]
async fn data_of_another_major_version_is_refused_with_what_to_do() {
    let dir = data_dir();
    EmbeddedPostgres::start(&settings(dir.path())).await.unwrap().stop().await.unwrap();
    fs::write(dir.path().join("postgres/cluster/PG_VERSION"), "12\n").unwrap();
    let message = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap_err().to_string();
    assert!(message.contains("was made by PostgreSQL 12") && message.contains("install PostgreSQL 12"), "{message}");
}

#[tokio::test]
async fn a_server_that_does_not_start_has_its_log_quoted() {
    let dir = data_dir();
    EmbeddedPostgres::start(&settings(dir.path())).await.unwrap().stop().await.unwrap();
    fs::write(dir.path().join("postgres/cluster/postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let message = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap_err().to_string();
    assert!(message.contains("no_such_setting") && message.contains("server.log"), "{message}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let dir = data_dir();
    let file = dir.path().join("fichier");
    fs::write(&file, "").unwrap();
    let message = EmbeddedPostgres::start(&settings(&file)).await.unwrap_err().to_string();
    assert!(message.contains("fichier/postgres") && message.contains("EXPOSITION_DATA_DIR"), "{message}");
}

#[tokio::test]
#[ignore = "needs root"]
async fn as_root_a_folder_of_another_user_is_refused() {
    assert!(nix::unistd::geteuid().is_root(), "only root can give a folder away");
    let dir = data_dir();
    fs::create_dir(dir.path().join("postgres")).unwrap();
    std::os::unix::fs::chown(dir.path().join("postgres"), Some(54_321), None).unwrap();
    let message = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap_err().to_string();
    assert!(message.contains("belongs to the user with id 54321"), "{message}");
    assert!(!dir.path().join("postgres/lock").exists(), "nothing may be written there");
}

#[tokio::test]
#[ignore = "needs root"]
async fn as_root_a_folder_on_the_way_that_is_shut_is_named() {
    assert!(nix::unistd::geteuid().is_root(), "only root can give a folder away");
    let dir = data_dir();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).unwrap();
    let message = EmbeddedPostgres::start(&settings(dir.path())).await.unwrap_err().to_string();
    assert!(message.contains("may not enter") && message.contains(dir.path().to_str().unwrap()), "{message}");
}
