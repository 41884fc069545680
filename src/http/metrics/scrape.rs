//! What is looked up when the metrics are asked for.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::db::files::IngestedRows;
use crate::http::state::AppState;

/// How long the database is asked for what it knows of ingestion. Without an answer those series
/// are absent, which is what an alert can see; the others are there.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPool {
    pool: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDataset {
    dataset: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVersion {
    version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfResult {
    result: &'static str,
}

/// Everything there is to tell at one moment.
pub(super) struct Scrape(Registry);

impl Scrape {
    /// Looks everywhere.
    pub(super) async fn of(state: &AppState) -> Self {
        let mut registry = Registry::with_prefix("exposition");
        requests(&mut registry, state);
        database(&mut registry, state);
        cache(&mut registry, state);
        publication(&mut registry, state);
        if let Ok(Ok(rows)) = tokio::time::timeout(PATIENCE, state.db.unless_lost(state.db.ingested_rows())).await {
            ingestion(&mut registry, rows);
        }
        Self(registry)
    }

    /// In the format of OpenMetrics.
    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0)?;
        Ok(text)
    }
}

fn requests(registry: &mut Registry, state: &AppState) {
    let metrics = &state.metrics;
    registry.register("http_requests", "Requests answered", metrics.requests.clone());
    let help = "Time until the headers of the answer";
    registry.register_with_unit("http_request_duration", help, Unit::Seconds, metrics.durations.clone());
    gauge(registry, "http_requests_in_flight", "Requests not answered yet", metrics.in_flight.load(Ordering::Relaxed));
    registry.register("http_limited", "Requests refused with 429", metrics.limited.clone());
}

fn database(registry: &mut Registry, state: &AppState) {
    let asked = state.db.asked();
    registry.register("sql_statements", "Statements, transactions apart", counter(asked.statements));
    let time: Counter<f64, AtomicU64> = Counter::default();
    time.inc_by(asked.time.as_secs_f64());
    registry.register_with_unit("sql_time", "Time until the last row, waiting included", Unit::Seconds, time);
    registry.register("sql_rows", "Rows read", counter(asked.rows));
    let connections = Family::<OfPool, Gauge>::default();
    for (pool, used, idle) in state.db.connections() {
        connections.get_or_create(&OfPool { pool, state: "used" }).set(signed(used));
        connections.get_or_create(&OfPool { pool, state: "idle" }).set(signed(idle));
    }
    registry.register("db_connections", "Connections to PostgreSQL", connections);
    gauge(registry, "db_up", "Whether the database answered when last asked", i64::from(state.db.answers()));
}

fn cache(registry: &mut Registry, state: &AppState) {
    let (found, missed) = state.cache.looks();
    let looks = Family::<OfResult, Counter>::default();
    looks.get_or_create(&OfResult { result: "hit" }).inc_by(found);
    looks.get_or_create(&OfResult { result: "miss" }).inc_by(missed);
    registry.register("cache_lookups", "Looks for a kept answer", looks);
    let (entries, bytes) = state.cache.size();
    gauge(registry, "cache_entries", "Answers kept", signed(entries));
    gauge(registry, "cache_bytes", "Memory of kept answers", signed(bytes));
}

fn publication(registry: &mut Registry, state: &AppState) {
    let known = state.publications.known();
    let Some(served) = &known.courante else { return };
    let info = Family::<OfVersion, Gauge>::default();
    info.get_or_create(&OfVersion { version: served.version.clone() }).set(1);
    registry.register("publication_served", "The version that is served", info);
    let made = served.creee_le.timestamp();
    gauge(registry, "publication_made_timestamp_seconds", "When the publication served was made", made);
    let cells: u64 = served.comptes.statistiques.iter().map(|count| count.nombre).sum();
    gauge(registry, "publication_statistics", "Statistics of the publication served", signed(cells));
}

fn ingestion(registry: &mut Registry, rows: Vec<IngestedRows>) {
    let [files, kept, rejected, newest] = [(); 4].map(|()| Family::<OfDataset, Gauge>::default());
    for row in rows {
        let label = OfDataset { dataset: row.dataset };
        files.get_or_create(&label).set(row.files);
        kept.get_or_create(&label).set(row.kept);
        rejected.get_or_create(&label).set(row.rejected);
        newest.get_or_create(&label).set(row.newest.timestamp());
    }
    registry.register("ingestion_files", "Files that are in", files);
    registry.register("ingestion_rows_kept", "Rows kept of the files that are in", kept);
    registry.register("ingestion_rows_rejected", "Rows rejected of the files that are in", rejected);
    registry.register("ingestion_newest_timestamp_seconds", "When the newest file was imported", newest);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn counter(value: u64) -> Counter {
    let counter: Counter = Counter::default();
    counter.inc_by(value);
    counter
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
