//! HTTP: routes, conventions, OpenAPI.
//!
//! A request passes, from the outside in:
//!
//! 1. what every request and answer get ([`layers`]): an identifier, so that everything can be
//!    named by it; the log line, which must see the final status; HEAD, which is a GET for
//!    everything inside; the bodies of errors; the ETag's coding, outside compression, which
//!    decides it; 2. CORS, because a page must be able to read errors too; 3. compression;
//!    4. panics, which become such errors; 5. the limits: overload is refused first, and only what
//!    was let in is timed; 6. for data, ETag, 304 and cache ([`conditional`]); 7. the handler.
//!
//! `/health` is outside the limits: an overloaded server is alive. The legacy contract is a second
//! surface beside [`v1`], with its own errors and cross-origin headers: [`legacy`].

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use utoipa_axum::router::OpenApiRouter;

use crate::clock::Clock;
use crate::config::HttpConfig;
use crate::db::Db;
use access::Access;
use cache::Cache;
use conditional::{Guard, RouteGroup, conditional as conditional_layer};
use layers::Limits;
use publication::CurrentPublication;

pub mod access;
mod cache;
mod conditional;
pub mod csv;
mod cursor;
mod docs;
mod fields;
mod health;
mod layers;
pub mod legacy;
pub mod openapi;
pub mod page;
pub mod parameters;
pub mod problem;
pub mod publication;
pub mod request;
mod request_log;
#[cfg(test)]
mod tests;
pub mod v1;

pub use fields::Fields;

/// What handlers share: one pointer, because axum clones the state several times per request.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Services>);

/// What stands behind an [`AppState`].
#[derive(Debug)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The day.
    pub clock: Clock,
    /// Which publication is served.
    pub publications: CurrentPublication,
    /// Kept answers.
    pub cache: Cache,
    /// Lengths of the lists of the legacy contract.
    pub totals: legacy::Totals,
    /// Keys, tokens and passwords.
    pub access: Access,
    /// Limits and delays.
    pub config: HttpConfig,
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl From<Services> for AppState {
    fn from(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Services {
    /// Those of a server on `db`, which knows no publication before [`serve`] follows them.
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: HttpConfig) -> Self {
        let publications = CurrentPublication::new(db.clone());
        let cache = Cache::new(config.cache_bytes);
        let access = Access::new(db.clone(), clock, config.access.clone());
        Self { db, clock, publications, cache, totals: legacy::Totals::default(), access, config }
    }
}

impl AppState {
    /// State for a server on `db`: see [`Services::new`].
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: HttpConfig) -> Self {
        Services::new(db, clock, config).into()
    }
}

/// Every route with its documentation, without state or layers.
fn routes() -> (OpenApiRouter<AppState>, OpenApiRouter<AppState>, OpenApiRouter<AppState>) {
    let v1 = |routes| OpenApiRouter::new().nest("/api/v1", routes);
    (v1(v1::data()), v1(v1::publications::routes()), health::routes())
}

/// The whole service.
pub fn router(state: AppState) -> Router {
    let (donnees, publications, health) = routes();
    let limits = from_fn_with_state(Arc::new(Limits::new(&state.config)), layers::limit);
    let keep = |routes: OpenApiRouter<AppState>, scope| {
        // Shared: axum clones the state of a layer several times per request.
        let guard = Arc::new(Guard { state: state.clone(), scope });
        let guard = from_fn_with_state(guard, conditional_layer);
        Router::from(routes.route_layer(ServiceBuilder::new().layer(limits.clone()).layer(guard)))
    };
    let data = keep(donnees, RouteGroup::Data).merge(keep(publications, RouteGroup::Publications));
    let legacy = legacy::routes(&state).with_state(state.clone()).layer(limits.clone());
    let legacy = layers::surround(legacy::dress(legacy), legacy::cors());
    let all = data.with_state(state.clone()).merge(docs::routes()).merge(Router::from(health.with_state(state)));
    layers::surround(all, layers::cors()).merge(legacy)
}

/// Serves until `shutdown` resolves, then lets the requests in progress end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stop = CancellationToken::new();
    let follower = tokio::spawn(state.publications.clone().follow(state.config.poll, stop.clone()));
    let patience = state.config.request_timeout;
    // Logging in is braked per client address.
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown({
        let stop = stop.clone();
        async move {
            shutdown.await;
            stop.cancel();
        }
    });
    let outcome = tokio::select! {
        outcome = served => outcome,
        () = too_late(&stop, patience) => Ok(()),
    };
    stop.cancel();
    let _ = follower.await;
    outcome
}

/// A client that reads slowly must not hold up the stop for ever.
async fn too_late(stop: &CancellationToken, patience: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(patience).await;
    tracing::warn!("connections still open at the end of the grace period were cut");
}
