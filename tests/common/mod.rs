//! One way to get a database, one to get a server.
//!
//! The tests share one private PostgreSQL ([`server`], the program's own) and clone databases from
//! templates in it: `vide` (the schema), `fictive` (the sample data, ingested and published) and
//! what [`filled_database`] is asked for. Each template is made once, by whoever needs it first.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use exposition::clock::Clock;
use exposition::config::{Config, HttpConfig};
use exposition::db::Db;
use exposition::http::{self, AppState};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

pub mod cable;
pub mod server;
pub mod statements;

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
        // All tests of one server come from one address, as fast as they can.
        "EXPOSITION_RATE_PER_ADDRESS" => Some("1000000".to_owned()),
        _ => None,
    };
    Config::from_lookup(&lookup).unwrap()
}

async fn execute(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The same server, another database.
fn named(url: &str, database: &str) -> String {
    PgConnectOptions::from_str(url).unwrap().database(database).to_url_lossy().to_string()
}

/// Makes a template from another one unless somebody has, and returns its name. `fill` may be
/// interrupted: a template has its name only once it is complete.
async fn template(name: &str, base: &str, fill: impl AsyncFnOnce(&Db)) -> String {
    let (url, name) = (server::url().await, format!("{name}_{}", server::build()));
    let mut connection = PgConnection::connect(url).await.unwrap();
    // The first one makes it, in whatever process; the others wait here.
    let lock = "SELECT pg_advisory_lock(hashtext($1))";
    sqlx::query(lock).bind(&name).execute(&mut connection).await.unwrap();
    let known = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    let known: bool = sqlx::query_scalar(known).bind(&name).fetch_one(&mut connection).await.unwrap();
    if !known {
        let part = format!("{name}_part");
        execute(url, format!("DROP DATABASE IF EXISTS {part} WITH (FORCE)")).await;
        execute(url, format!("CREATE DATABASE {part} TEMPLATE {base}")).await;
        let db = Db::connect(&named(url, &part), &config().database).unwrap();
        fill(&db).await;
        db.close().await;
        execute(url, format!("ALTER DATABASE {part} RENAME TO {name}")).await;
    }
    connection.close().await.unwrap();
    name
}

async fn empty_template() -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| template("vide", "template1", async |db| db.migrate().await.unwrap())).await
}

async fn cloned(template: &str) -> TestDb {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let url = server::url().await;
    // The time too: the number of a process comes again, and an earlier run may have left its own.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let name = format!("test_{}_{}_{now:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    execute(url, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let url = named(url, &name);
    TestDb { db: Db::connect(&url, &config().database).unwrap(), url }
}

/// A database with the schema and nothing in it.
pub async fn database() -> TestDb {
    cloned(empty_template().await).await
}

/// A database in which the sample data are ingested and published.
pub async fn sample_database() -> TestDb {
    static NAME: OnceCell<String> = OnceCell::const_new();
    let files = |folder: &Path| exposition::sample::write_to(folder).unwrap();
    filled_database("fictive", &NAME, files).await
}

/// A database in which some files are ingested and published, made once as a template. `files`
/// names them; it may make them in the folder that it is given.
pub async fn filled_database(name: &str, made: &OnceCell<String>, files: impl FnOnce(&Path) -> Vec<PathBuf>) -> TestDb {
    let fill = async |db: &Db| {
        let folder = tempfile::tempdir().unwrap();
        for file in files(folder.path()) {
            ingest(db, &file).await;
        }
        exposition::publication::publish(db, &config().publication).await.unwrap();
    };
    cloned(made.get_or_init(|| async { template(name, empty_template().await, fill).await }).await).await
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
    /// Where its exports are, unless the configuration says.
    _exports: tempfile::TempDir,
    client: reqwest::Client,
}

impl TestServer {
    /// Serves a database; ready when its publication is known.
    pub async fn start(db: Db) -> Self {
        Self::configured(db, config().http).await
    }

    /// The same with another configuration.
    pub async fn configured(db: Db, mut config: HttpConfig) -> Self {
        let exports = tempfile::tempdir().unwrap();
        config.exports.get_or_insert_with(|| exports.path().to_owned());
        let day = NaiveDate::parse_from_str(TODAY, "%Y-%m-%d").unwrap();
        let state = AppState::open(db, Clock::Fixed(day), config).unwrap();
        state.publications.refresh().await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(http::serve(listener, state.clone(), std::future::pending()));
        let client = client().timeout(Duration::from_secs(20)).build().unwrap();
        Self { url, state, _exports: exports, client }
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
        let request = self.request(reqwest::Method::GET, path).header("accept", "application/json");
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        (status, response.json().await.unwrap())
    }
}
