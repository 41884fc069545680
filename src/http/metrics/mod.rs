//! What an operator's Prometheus reads: `/metrics`, on a port of its own (`EXPOSITION_METRICS`).
//!
//! Requests are counted as they are answered; everything else is looked up when somebody asks.
//! What it means, and what to do when it looks wrong, is in docs/OPERATIONS.md.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::histogram::Histogram;
use tokio::net::TcpListener;

use super::quota::POLICIES;
use super::state::AppState;
use scrape::Scrape;

mod scrape;

/// Upper ends of the buckets of durations, in seconds: from an answer in memory to the limit.
const BUCKETS: [f64; 12] = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// Requests of one route that ended alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    /// `2xx` and so on.
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPolicy {
    policy: &'static str,
}

/// The classes of statuses.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Makes the histogram of a route.
#[derive(Debug, Clone)]
struct NewHistogram;

impl MetricConstructor<Histogram> for NewHistogram {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

/// What is counted of one route.
#[derive(Debug)]
struct Route {
    by_class: [Counter; 5],
    duration: Histogram,
}

/// What is counted. The routes are those of the router, so that they are few; each is found by its
/// name once the first request made it.
#[derive(Debug)]
pub struct Metrics {
    requests: Family<Answered, Counter>,
    durations: Family<OfRoute, Histogram, NewHistogram>,
    limited: Family<OfPolicy, Counter>,
    in_flight: Arc<AtomicI64>,
    routes: RwLock<HashMap<String, Arc<Route>>>,
}

impl Default for Metrics {
    fn default() -> Self {
        // There before anybody is refused: a rate needs a first value.
        let limited = Family::default();
        for policy in POLICIES {
            let _: Counter = limited.get_or_create_owned(&OfPolicy { policy });
        }
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(NewHistogram),
            limited,
            in_flight: Arc::default(),
            routes: RwLock::default(),
        }
    }
}

/// A request that is not answered yet; also when its client hangs up, it leaves once.
#[derive(Debug)]
pub(super) struct InFlight(Arc<AtomicI64>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request comes in.
    pub(super) fn enter(&self) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(&self.in_flight))
    }

    /// A request is answered; its body may still be on its way.
    pub(super) fn answered(&self, route: &str, status: u16, time: Duration) {
        let route = self.route(route);
        if let Some(counter) = usize::from(status / 100).checked_sub(1).and_then(|class| route.by_class.get(class)) {
            counter.inc();
        }
        route.duration.observe(time.as_secs_f64());
    }

    /// A request is refused because its client asks too often.
    pub(super) fn limited(&self, policy: &'static str) {
        self.limited.get_or_create(&OfPolicy { policy }).inc();
    }

    fn route(&self, name: &str) -> Arc<Route> {
        let known = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        known.unwrap_or_else(|| {
            let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(routes.entry(name.to_owned()).or_insert_with(|| Arc::new(self.new_route(name))))
        })
    }

    fn new_route(&self, name: &str) -> Route {
        let counter = |status| self.requests.get_or_create_owned(&Answered { route: name.to_owned(), status });
        let duration = self.durations.get_or_create_owned(&OfRoute { route: name.to_owned() });
        Route { by_class: CLASSES.map(counter), duration }
    }
}

/// Serves `/metrics` until `shutdown` resolves.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new().route("/metrics", get(metrics)).with_state(state);
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn metrics(State(state): State<AppState>) -> Response {
    let media = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    match Scrape::of(&state).await.text() {
        Ok(text) => ([(header::CONTENT_TYPE, media)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
