//! What docs/OPERATIONS.md says of backups: a dump of a database that serves, restored into another,
//! answers the same.

use std::process::Command;
use std::str::FromStr as _;

use exposition::embedded::find_binaries;
use reqwest::Url;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use super::ready_server;
use crate::common::{PROGRAM, client, sample_database};

const ADDRESSES: [&str; 7] = [
    "/api/v1/publications",
    "/api/v1/certifications?q=coiffure",
    "/api/v1/regions/32/certifications/50033616",
    "/api/v1/formations?limite=200",
    "/api/v1/formations.csv",
    "/api/v1/sources",
    "/api/inserjeunes/formations/0699849F-50033616",
];

/// A program of PostgreSQL, which must end well.
fn postgres(program: &str, url: &str, args: &[&str]) {
    // Beside the server's programs, else where any command is found.
    let beside = find_binaries(None).unwrap().dir.join(program);
    let program = if beside.exists() { beside } else { program.into() };
    let output = Command::new(&program).args(["--dbname", url]).args(args).output().unwrap();
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
}

/// The address as the programs of PostgreSQL read it: a socket stands in `host=`.
fn of_libpq(url: &str) -> String {
    let options = PgConnectOptions::from_str(url).unwrap();
    let password = Url::parse(url).unwrap().password().unwrap_or_default().to_owned();
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    let database = options.get_database().unwrap_or_default();
    format!(
        "host={host} port={} user={} password={password} dbname={database}",
        options.get_port(),
        options.get_username()
    )
}

/// Status, ETag and body of every address.
async fn answers(url: &str) -> Vec<(u16, Option<String>, Vec<u8>)> {
    let (program, address) = ready_server(url).await;
    let client = client().build().unwrap();
    let mut answers = Vec::new();
    for path in ADDRESSES {
        let answer = client.get(format!("{address}{path}")).send().await.unwrap();
        let (status, etag) = (answer.status().as_u16(), answer.headers().get("etag").cloned());
        let etag = etag.map(|etag| etag.to_str().unwrap().to_owned());
        answers.push((status, etag, answer.bytes().await.unwrap().to_vec()));
    }
    drop(program);
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_that_is_restored_answers_the_same_byte_for_byte() {
    let test = sample_database().await;
    let made = ["keys", "create", "--name", "essai", "--json"];
    let made = Command::new(PROGRAM).args(made).env("DATABASE_URL", &test.url).output().unwrap();
    let key: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let before = answers(&test.url).await;
    assert!(
        before.iter().all(|(status, ..)| *status == 200),
        "{:?}",
        before.iter().map(|(s, ..)| s).collect::<Vec<_>>()
    );

    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("exposition.dump");
    let dump = dump.to_str().unwrap();
    postgres("pg_dump", &of_libpq(&test.url), &["--format=custom", "--file", dump]);
    let options = PgConnectOptions::from_str(&test.url).unwrap();
    let restored = format!("{}_restored", options.get_database().unwrap());
    let create = format!("CREATE DATABASE {restored} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    sqlx::query(AssertSqlSafe(create)).execute(&mut test.connection().await).await.unwrap();
    let url = options.database(&restored).to_url_lossy().to_string();
    let args = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", dump];
    postgres("pg_restore", &of_libpq(&url), &args);

    assert!(answers(&url).await == before, "the restored database answers otherwise");
    // Keys came along, and what is done next goes on from there.
    let (program, address) = ready_server(&url).await;
    let usage = client().build().unwrap().get(format!("{address}/api/v1/cles/moi/usage"));
    let answer = usage.header("x-api-key", key["key"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    drop(program);
    let publish = Command::new(PROGRAM).arg("publish").env("DATABASE_URL", &url).output().unwrap();
    let said = String::from_utf8(publish.stdout).unwrap();
    assert!(said.contains("Nothing to publish: publication 1.0.0"), "{said}");
}
