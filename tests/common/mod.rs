//! One way to get a database for a test.

use std::sync::atomic::{AtomicU32, Ordering};

use exposition::config::Config;
use exposition::db::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A database of its own, with the schema, dropped with the value.
pub(crate) struct TestDb {
    /// The handle that the code under test uses.
    pub(crate) db: Db,
    /// Its address, for a second connection.
    pub(crate) url: String,
    name: String,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

fn server() -> String {
    std::env::vars()
        .find(|(name, _)| name == "TEST_PG")
        .map_or_else(|| "postgres://postgres@127.0.0.1:54329".to_owned(), |(_, value)| value)
}

/// A fresh database, copied from one that has the schema.
pub(crate) async fn database() -> TestDb {
    let server = server();
    let template = "exposition_modele".to_owned();
    let name = format!("exposition_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(7419)").execute(&mut admin).await.unwrap();
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&template)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    if !exists {
        run(&mut admin, format!("CREATE DATABASE {template}")).await;
    }
    // Also when it exists: the run that created it may have been interrupted.
    let db = Db::connect(&format!("{server}/{template}"), &config().database).unwrap();
    db.migrate().await.unwrap();
    db.close().await;
    run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    sqlx::query("SELECT pg_advisory_unlock(7419)").execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    let url = format!("{server}/{name}");
    TestDb { db: Db::connect(&url, &config().database).unwrap(), url, name }
}

async fn run(connection: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await.unwrap();
}

/// The configuration of a machine on which nothing is set.
pub(crate) fn config() -> Config {
    Config::from_lookup(&|_| None).unwrap()
}

impl TestDb {
    /// A connection beside the pool, for looking at what is stored.
    pub(crate) async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (server, name) = (server(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
                run(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        });
        // A test that failed already must not fail twice.
        let _ = dropping.join();
    }
}
