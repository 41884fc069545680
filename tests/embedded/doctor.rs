//! `exposition doctor` beside a private PostgreSQL, as an operator runs it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use exposition::config::Config;
use exposition::db::Db;
use exposition::embedded::{EmbeddedPostgres, EmbeddedSettings};

const PROGRAM: &str = env!("CARGO_BIN_EXE_exposition");

/// What it prints, and whether it says that all is well.
fn doctor(data_dir: &Path, more: &[(&str, &str)]) -> (String, bool) {
    let mut command = Command::new(PROGRAM);
    command.arg("doctor").env_remove("DATABASE_URL").env("EXPOSITION_DATA_DIR", data_dir);
    let output = command.envs(more.iter().copied()).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.success())
}

#[tokio::test]
async fn the_doctor_looks_into_a_database_that_rests_or_serves_and_changes_nothing() {
    let dir = tempfile::Builder::new().prefix("exposition-test-").tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let settings = EmbeddedSettings {
        data_dir: dir.path().to_owned(),
        bin_dir: None,
        program: PathBuf::from(PROGRAM),
        durable: false,
    };
    EmbeddedPostgres::start(&settings).await.unwrap().stop().await.unwrap();

    for _ in 0..2 {
        let (text, well) = doctor(dir.path(), &[]);
        assert!(text.contains("OK    database: PostgreSQL ") && text.contains("WARN  schema: 0 migrations"), "{text}");
        assert!(well, "pending migrations are no failure: {text}");
        assert!(!dir.path().join("postgres/cluster/postmaster.pid").exists(), "it must stop what it started");
    }

    let running = EmbeddedPostgres::start(&settings).await.unwrap();
    let db = Db::connect(running.url(), &Config::from_lookup(&|_| None).unwrap().database).unwrap();
    db.migrate().await.unwrap();
    let (text, well) = doctor(dir.path(), &[]);
    assert!(text.contains("OK    schema: up to date") && text.contains("WARN  publication: nothing is pub"), "{text}");
    assert!(well && !text.contains("pending"), "{text}");
    db.check_version().await.unwrap();
    db.close().await;
    running.stop().await.unwrap();
}

#[test]
fn the_doctor_fails_without_postgresql_programs_and_says_what_to_install() {
    let dir = tempfile::tempdir().unwrap();
    let (text, well) = doctor(dir.path(), &[("EXPOSITION_PG_BIN", dir.path().to_str().unwrap())]);
    assert!(!well && text.contains("FAIL  PostgreSQL programs") && text.contains("apt-get install"), "{text}");
}
