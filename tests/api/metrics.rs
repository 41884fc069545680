//! `/metrics`: what is counted is what happened.

use exposition::db::Db;
use exposition::http::metrics;
use reqwest::Method;
use tokio::net::TcpListener;

use super::world::published;
use crate::common::cable::{Cable, State};
use crate::common::{TestServer, client, config};

const KNOWN: &str = "/api/v1/certifications/32020008";
const ROUTE: &str = "/api/v1/certifications/{code}";

/// The metrics of a server, on a port of their own.
struct Admin(String);

impl Admin {
    async fn of(server: &TestServer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/metrics", listener.local_addr().unwrap());
        tokio::spawn(metrics::serve(listener, server.state.clone(), std::future::pending()));
        Self(url)
    }

    async fn text(&self) -> String {
        let response = client().build().unwrap().get(&self.0).send().await.unwrap();
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        response.text().await.unwrap()
    }

    /// The value of a series, named with its labels.
    async fn value(&self, series: &str) -> Option<f64> {
        find(&self.text().await, series)
    }
}

fn find(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn requests(status: &str) -> String {
    format!("exposition_http_requests_total{{route=\"{ROUTE}\",status=\"{status}\"}}")
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status_and_what_is_kept_asks_no_statement() {
    let server = TestServer::start(published().await.db).await;
    let admin = Admin::of(&server).await;
    assert_eq!(server.get("/metrics").await.status(), 404, "not on the public port");
    let etag = server.get(KNOWN).await.headers()["etag"].clone();
    let before = admin.text().await;
    assert_eq!(server.get(KNOWN).await.status(), 200);
    assert_eq!(server.request(Method::GET, KNOWN).header("if-none-match", etag).send().await.unwrap().status(), 304);
    assert_eq!(server.get("/api/v1/certifications/32020009999").await.status(), 404);

    let after = admin.text().await;
    let value = |series: &str| find(&after, series);
    assert_eq!(
        [value(&requests("2xx")), value(&requests("3xx")), value(&requests("4xx"))],
        [Some(2.0), Some(1.0), Some(1.0)]
    );
    let count = format!("exposition_http_request_duration_seconds_count{{route=\"{ROUTE}\"}}");
    assert_eq!(value(&count), Some(4.0));
    assert_eq!(value("exposition_http_requests_in_flight"), Some(0.0));
    assert_eq!(value("exposition_cache_lookups_total{result=\"hit\"}"), Some(1.0));
    assert_eq!(value("exposition_db_up"), Some(1.0));
    // A look for the metrics is one statement; following the publications asks now and then.
    let statements = |text: &str| find(text, "exposition_sql_statements_total").unwrap();
    assert!(statements(&before) >= 1.0 && statements(&after) > statements(&before));
    assert!(value("exposition_sql_time_seconds_total").unwrap() > 0.0);
    assert!(after.ends_with("# EOF\n"), "a whole text of OpenMetrics");
}

#[tokio::test]
async fn publication_and_ingestion_are_those_of_the_database() {
    let world = published().await;
    let files = world.db.files().await.unwrap();
    let current = world.db.current_publication().await.unwrap().unwrap();
    let server = TestServer::start(world.db).await;
    let text = Admin::of(&server).await.text().await;
    let dataset = &files[0].dataset;
    let kept: i64 = files.iter().filter(|file| file.dataset == *dataset).map(|file| file.lignes_gardees).sum();
    #[expect(clippy::cast_precision_loss, reason = "some thousand rows")]
    let kept = kept as f64;
    assert!(kept > 0.0);
    assert_eq!(find(&text, &format!("exposition_ingestion_rows_kept{{dataset=\"{dataset}\"}}")), Some(kept));
    assert!(text.contains(&format!("exposition_publication_served{{version=\"{}\"}} 1", current.version)), "{text}");
    assert!(find(&text, "exposition_publication_statistics").unwrap() > 0.0);
}

#[tokio::test]
async fn a_database_that_is_away_takes_its_own_series_away_and_no_others() {
    let (url, cable) = Cable::to(&published().await).await;
    let server = TestServer::start(Db::connect(&url, &config().database).unwrap()).await;
    let admin = Admin::of(&server).await;
    assert_eq!(server.get(KNOWN).await.status(), 200);
    assert!(admin.text().await.contains("exposition_ingestion_files{"));
    cable.set(State::Cut);
    let text = admin.text().await;
    assert!(!text.contains("exposition_ingestion_files{"), "{text}");
    assert_eq!(find(&text, &requests("2xx")), Some(1.0));
}

#[tokio::test]
async fn who_is_refused_is_counted() {
    let mut http = config().http;
    http.rate.per_address = 1;
    let server = TestServer::configured(published().await.db, http).await;
    let admin = Admin::of(&server).await;
    for expected in [200, 429, 429] {
        assert_eq!(server.get(KNOWN).await.status(), expected);
    }
    assert_eq!(admin.value("exposition_http_limited_total{policy=\"adresse\"}").await, Some(2.0));
    assert_eq!(admin.value(&requests("4xx")).await, Some(2.0));
}

#[tokio::test]
async fn dashboard_and_alerts_name_series_that_there_are_and_every_alert_has_a_first_step() {
    let server = TestServer::start(published().await.db).await;
    assert_eq!(server.get(KNOWN).await.status(), 200);
    let text = Admin::of(&server).await.text().await;
    let read = |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (alerts, dashboard) = (read("deploy/observability/alerts.yml"), read("deploy/observability/dashboard.json"));
    let words = alerts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words = words.chain(dashboard.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    let series: std::collections::BTreeSet<_> = words.filter(|word| word.starts_with("exposition_")).collect();
    assert!(series.len() > 12, "{series:?}");
    for name in series {
        let family = ["_total", "_bucket"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(text.contains(&format!("# TYPE {family} ")), "{name}");
    }
    let steps = read("docs/OPERATIONS.md");
    let named: Vec<_> = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert_eq!(named.len(), 8);
    for alert in named {
        assert!(steps.contains(&format!("\n### {alert}\n")), "{alert} has no first step");
        assert!(alerts.contains(&format!("docs/OPERATIONS.md#{}\n", alert.to_lowercase())), "{alert} names none");
    }
}
