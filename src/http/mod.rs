//! HTTP: routes, conventions, OpenAPI.
//!
//! A request passes, from the outside in:
//!
//! 1. what every request and answer get ([`layers`]): an identifier, so that everything can be
//!    named by it; the log line, which must see the final status; HEAD, which is a GET for
//!    everything inside; the bodies of errors; the ETag's coding, outside compression, which
//!    decides it; 2. CORS, because a page must be able to read errors too; 3. compression;
//!    4. panics, which become such errors; 5. the limits: who asks too often is refused first
//!    ([`quota`]), then overload, and only what was let in is timed; 6. for data, ETag, 304 and cache ([`conditional`]); 7. the handler.
//!
//! `/health` is outside the limits: an overloaded server is alive. The legacy contract is a second
//! surface beside [`v1`], with its own errors and cross-origin headers: [`legacy`].

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use utoipa_axum::router::OpenApiRouter;

use conditional::{Guard, RouteGroup, conditional as conditional_layer};
use layers::Limits;
use pages::errors::as_pages;
use request_log::Counts;
use routes::{Routes, routes};

pub mod access;
mod cache;
mod conditional;
pub mod csv;
mod cursor;
mod docs;
mod drawing;
mod fields;
mod health;
mod layers;
pub mod legacy;
pub mod metrics;
pub mod openapi;
pub mod page;
mod pages;
pub mod parameters;
pub mod problem;
pub mod publication;
mod quota;
pub mod request;
mod request_log;
mod routes;
mod slash;
pub mod state;
#[cfg(test)]
mod tests;
pub mod usage;
pub mod v1;

pub use fields::Fields;
pub use state::{AppState, Services};

/// The whole service.
pub fn router(state: AppState) -> Router {
    let counts = Counts { metrics: Arc::clone(&state.metrics), usage: state.usage.clone() };
    let Routes { data, batches, publications, files, health } = routes();
    let limits = from_fn_with_state(Arc::new(Limits::new(&state.config)), layers::limit);
    let quotas =
        Arc::new(quota::Quotas::new(state.config.rate.clone(), state.access.clone(), Arc::clone(&state.metrics)));
    let quotas = from_fn_with_state(quotas, quota::limit);
    let limits = ServiceBuilder::new().layer(quotas).layer(limits).into_inner();
    let keep = |routes: OpenApiRouter<AppState>, scope| {
        // Shared: axum clones the state of a layer several times per request.
        let guard = Arc::new(Guard { state: state.clone(), scope });
        let guard = from_fn_with_state(guard, conditional_layer);
        Router::from(routes.route_layer(ServiceBuilder::new().layer(limits.clone()).layer(guard)))
    };
    let data = keep(data, RouteGroup::Data)
        .merge(keep(batches, RouteGroup::Batch))
        .merge(keep(publications, RouteGroup::Publications))
        .merge(keep(files, RouteGroup::Files));
    let pages = keep(OpenApiRouter::from(pages::routes()), RouteGroup::Data).merge(pages::assets());
    let pages = pages.layer(from_fn_with_state(state.clone(), as_pages)).with_state(state.clone());
    let legacy = legacy::routes(&state).with_state(state.clone()).layer(limits.clone());
    let legacy = layers::surround(legacy::dress(legacy, &state), legacy::cors(), counts.clone());
    let usage = Router::from(usage::routes().route_layer(limits)).with_state(state.clone());
    let all = data
        .with_state(state.clone())
        .merge(docs::routes())
        .merge(pages)
        .merge(usage)
        .merge(Router::from(health.with_state(state)));
    layers::surround(all, layers::cors(), counts).merge(legacy)
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
    let usage = state.usage.clone();
    let counter = tokio::spawn(usage.clone().follow(stop.clone()));
    let watcher = tokio::spawn(state.db.clone().watch(stop.clone()));
    let tidier = tokio::spawn(v1::exports::forget_retired(state.clone(), stop.clone()));
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
    let _ = tokio::join!(follower, watcher, counter, tidier);
    usage.try_flush().await;
    outcome
}

/// A client that reads slowly must not hold up the stop for ever.
async fn too_late(stop: &CancellationToken, patience: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(patience).await;
    tracing::warn!("connections still open at the end of the grace period were cut");
}
