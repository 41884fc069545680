//! One way to get a database, one to get a server.
//!
//! The first test that needs PostgreSQL starts a private one (the program's own), and the others
//! clone databases from two templates: `vide` (the schema) and `fictive` (the sample data,
//! ingested and published). The cluster lives in one folder of the temporary directory, named
//! after this checkout, and is used again by the next run: nothing piles up, and a second start
//! is quick.

use std::fs::{self, Permissions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use chrono::NaiveDate;
use exposition::clock::Clock;
use exposition::config::Config;
use exposition::db::Db;
use exposition::embedded::{EmbeddedPostgres, EmbeddedSettings};
use exposition::http::{self, AppState};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

/// The day on which every test server answers.
pub const TODAY: &str = "2026-11-23";

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_exposition");

/// The folder that this variable names holds files that are not part of the project: `data/`, published
/// files, and `compat/`, recordings of the system in service with the files they were made from.
/// Tests that need them are `#[ignore]`; `.ci/run` runs them where the files are.
const FILES: &str = "EXPOSITION_TEST_FILES";

/// A file or folder below `EXPOSITION_TEST_FILES`. Without it a test fails: it never passes
/// without having run.
pub fn test_file(path: &str) -> PathBuf {
    let folder = std::env::var_os(FILES).expect("EXPOSITION_TEST_FILES is not set: it names the folder of these files");
    let found = Path::new(&folder).join(path);
    assert!(found.exists(), "{} does not exist: {FILES} names the folder of {path}", found.display());
    found
}

/// A database of one's own.
pub struct TestDb {
    /// Handles to it.
    pub db: Db,
    /// Its address, for the program itself.
    pub url: String,
}

impl TestDb {
    /// A connection of one's own, to look or to disturb.
    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

/// The configuration of the defaults, with what tests change.
pub fn config() -> Config {
    let lookup = |name: &str| match name {
        "EXPOSITION_TODAY" => Some(TODAY.to_owned()),
        "EXPOSITION_DB_CONNECTIONS" => Some("4".to_owned()),
        "EXPOSITION_POLL_S" => Some("0.2".to_owned()),
        _ => None,
    };
    Config::from_lookup(&lookup).unwrap()
}

/// The address of the test server's maintenance database.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (sender, receiver) = mpsc::channel();
        // A thread of its own: the handle must outlive the runtimes of the tests.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            let postgres = runtime.block_on(async {
                let postgres = EmbeddedPostgres::start(&settings()).await.unwrap();
                prepare(postgres.url()).await;
                postgres
            });
            sender.send(postgres.url().to_owned()).unwrap();
            loop {
                std::thread::park();
            }
        });
        receiver.recv().expect("the private PostgreSQL of the tests did not start; see the panic above")
    })
}

fn settings() -> EmbeddedSettings {
    let mut hash = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hash);
    let name = format!("exposition-tests-{}-{:08x}", nix::unistd::geteuid(), hash.finish() & 0xffff_ffff);
    let data_dir = std::env::temp_dir().join(name);
    fs::create_dir_all(&data_dir).unwrap();
    // As root the server runs as another user, who must be able to enter.
    fs::set_permissions(&data_dir, Permissions::from_mode(0o755)).unwrap();
    EmbeddedSettings { data_dir, bin_dir: None, program: PathBuf::from(PROGRAM), durable: false }
}

async fn execute(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Drops what an earlier run left and makes the empty template.
async fn prepare(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let left: Vec<String> =
        sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname ~ '^(test_|vide$|fictive$|rejeu$)'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    connection.close().await.unwrap();
    for name in left {
        execute(url, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
    execute(url, "CREATE DATABASE vide".to_owned()).await;
    let db = Db::connect(&named(url, "vide"), &config().database).unwrap();
    db.migrate().await.unwrap();
    db.close().await;
}

/// The same server, another database.
fn named(url: &str, database: &str) -> String {
    PgConnectOptions::from_str(url).unwrap().database(database).to_url_lossy().to_string()
}

async fn cloned(template: &str) -> TestDb {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = tokio::task::spawn_blocking(server).await.unwrap();
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    execute(server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let url = named(server, &name);
    TestDb { db: Db::connect(&url, &config().database).unwrap(), url }
}

/// A database with the schema and nothing in it.
pub async fn database() -> TestDb {
    cloned("vide").await
}

/// A database in which the sample data are ingested and published.
pub async fn sample_database() -> TestDb {
    static READY: OnceCell<()> = OnceCell::const_new();
    let folder = tempfile::tempdir().unwrap();
    let files = exposition::sample::write_to(folder.path()).unwrap();
    filled_database("fictive", &READY, &files).await
}

/// A database in which some files are ingested and published, made once as a template.
pub async fn filled_database(template: &str, ready: &OnceCell<()>, files: &[PathBuf]) -> TestDb {
    ready
        .get_or_init(|| async {
            let server = tokio::task::spawn_blocking(server).await.unwrap();
            execute(server, format!("CREATE DATABASE {template} TEMPLATE vide")).await;
            let db = Db::connect(&named(server, template), &config().database).unwrap();
            for file in files {
                ingest(&db, file).await;
            }
            exposition::publication::publish(&db, &config().publication).await.unwrap();
            db.close().await;
        })
        .await;
    cloned(template).await
}

/// Ingests one file, which must be accepted.
pub async fn ingest(db: &Db, file: &Path) -> exposition::ingestion::Report {
    let options = exposition::ingestion::Options::default();
    let report = exposition::ingestion::ingest(db, &config().ingestion, file, &options).await.unwrap();
    assert_eq!(report.state, exposition::ingestion::FileStatus::Importe, "{}: {:?}", file.display(), report.motif);
    report
}

/// A client of servers on this machine. The program's own clients check certificates, so that any
/// client has to be told by what means; this one accepts none and need not look for the system's.
pub fn client() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// A server on a free port, stopped with the test.
pub struct TestServer {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// The state it serves from.
    pub state: AppState,
    client: reqwest::Client,
}

impl TestServer {
    /// Serves a database; ready when its publication is known.
    pub async fn start(db: Db) -> Self {
        let day = NaiveDate::parse_from_str(TODAY, "%Y-%m-%d").unwrap();
        let state = AppState::new(db, Clock::Fixed(day), config().http);
        state.publications.refresh().await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(http::serve(listener, state.clone(), std::future::pending()));
        let client = client().timeout(Duration::from_secs(20)).build().unwrap();
        Self { url, state, client }
    }

    /// A server on the published sample data.
    pub async fn sample() -> Self {
        Self::start(sample_database().await.db).await
    }

    /// A request to be completed and sent.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// The answer to GET.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.request(reqwest::Method::GET, path).send().await.unwrap()
    }

    /// The JSON of a good answer to GET.
    pub async fn json(&self, path: &str) -> serde_json::Value {
        let response = self.get(path).await;
        let status = response.status();
        let body = response.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The problem that GET is answered with, and its status.
    pub async fn problem(&self, path: &str) -> (u16, serde_json::Value) {
        let response = self.get(path).await;
        let status = response.status().as_u16();
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        (status, response.json().await.unwrap())
    }
}
