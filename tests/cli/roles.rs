//! The program as the users of the two roles, and beside a newer one.

use std::process::{Command, Output};
use std::str::FromStr as _;

use exposition::sample;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::ready_server;
use crate::common::{PROGRAM, TODAY, TestDb, client, database, sample_database};

/// The address of the same database for a new user who is a member of `role` and nothing else.
async fn member(test: &TestDb, role: &str) -> String {
    let mut owner = test.connection().await;
    let database: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut owner).await.unwrap();
    let user = format!("{role}_{database}");
    let statement = format!("CREATE ROLE {user} LOGIN PASSWORD 'fictif' IN ROLE {role}");
    sqlx::query(AssertSqlSafe(statement)).execute(&mut owner).await.unwrap();
    let options = PgConnectOptions::from_str(&test.url).unwrap().username(&user).password("fictif");
    options.to_url_lossy().to_string()
}

async fn with_roles(test: &TestDb) {
    // Twice: whoever restores a database or adds a table runs it again.
    for _ in 0..2 {
        sqlx::query("SELECT roles_exposition()").execute(&mut test.connection().await).await.unwrap();
    }
}

fn run(url: &str, args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).env("DATABASE_URL", url).env("EXPOSITION_TODAY", TODAY).output().unwrap()
}

/// What PostgreSQL answers to a statement: its code for a refusal.
async fn refusal(url: &str, statement: &str) -> Option<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let end = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await;
    end.err().and_then(|error| Some(error.as_database_error()?.code()?.into_owned()))
}

const DENIED: Option<&str> = Some("42501");

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_the_server_serves_everything_and_changes_nothing() {
    let test = sample_database().await;
    with_roles(&test).await;
    let made = run(&test.url, &["keys", "create", "--name", "essai", "--json"]);
    let key: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let url = member(&test, "exposition_api").await;
    let (program, address) = ready_server(&url).await;
    let client = client().build().unwrap();
    let mut paths =
        vec!["/health/ready", "/api/v1/sources", "/api/v1/publications", "/api/v1/certifications?q=cuisine"];
    paths.extend(["/api/v1/couverture", "/api/v1/formations", "/api/v1/statistiques", "/", "/donnees"]);
    paths.extend(["/api/v1/cles/moi/usage", "/api/v1/reperes"]);
    for path in paths {
        let asked = client.get(format!("{address}{path}")).header("x-api-key", key["key"].as_str().unwrap());
        let answer = asked.send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{path}: {} {}", answer.status(), answer.text().await.unwrap());
    }
    drop(program);
    for statement in [
        "UPDATE statistiques SET nb_sortant = 999",
        "DELETE FROM fichiers",
        "SELECT * FROM mesures",
        "UPDATE publication_courante SET publication_id = 1",
        "INSERT INTO cles (empreinte, nom) VALUES ('x', 'y')",
        "UPDATE comptes SET empreinte = NULL",
        "SELECT roles_exposition()",
        "CREATE TABLE autre (a integer)",
        "SELECT * FROM telechargements",
    ] {
        assert_eq!(refusal(&url, statement).await.as_deref(), DENIED, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_ingestion_reads_files_publishes_twice_and_sees_no_key() {
    let test = database().await;
    with_roles(&test).await;
    let url = member(&test, "exposition_ingest").await;
    let folder = tempfile::tempdir().unwrap();
    for file in sample::files() {
        std::fs::write(folder.path().join(&file.name), &file.content).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let said = |output: &Output| String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    for args in [&["ingest", path][..], &["publish"], &["sources", "list"]] {
        let output = run(&url, args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
    }
    // A file goes, and a second publication compares itself with the first; then one is served again.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let dares = "SELECT sha256 FROM fichiers WHERE nom LIKE 'dares%' AND retire_le IS NULL";
    let sum: String = sqlx::query_scalar(dares).fetch_one(&mut connection).await.unwrap();
    for args in [&["sources", "remove", &sum][..], &["publish", "--force"], &["publications", "rollback", "1.0.0"]] {
        let output = run(&url, args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
    }
    // A run of a schedule remembers what it fetched: nothing yet, and it may.
    let output = run(&url, &["actualiser", "--sans-portail", "--adresse", "https://localhost/a.csv"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let remember =
        "INSERT INTO telechargements (adresse_sha256, adresse, sha256) VALUES (repeat('0', 64), 'x', repeat('0', 64))";
    assert_eq!(refusal(&url, remember).await, None);
    for table in ["cles", "comptes", "secrets", "frequentation"] {
        assert_eq!(refusal(&url, &format!("SELECT * FROM {table}")).await.as_deref(), DENIED, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_serves_from_a_newer_schema_and_refuses_to_write_to_it() {
    let test = sample_database().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'of a newer program', true, '\\x00', 0)";
    sqlx::query(newer).execute(&mut test.connection().await).await.unwrap();
    let (program, address) = ready_server(&test.url).await;
    let answer = client().build().unwrap().get(format!("{address}/api/v1/certifications")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    drop(program);
    let refused = run(&test.url, &["publish"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{message}");
    assert!(message.contains("9999"), "{message}");
}
