//! What surrounds every route. The order is argued in [`super`].

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::cors::{Any as AnyOrigin, CorsLayer};

use super::access::X_API_KEY;
use super::conditional::{PUBLICATION, SAMPLE_DATA, become_get, coded_etag, without_body};
use super::problem::{Problem, ProblemCode, finish};
use super::quota::{RATE_LIMIT, RATE_LIMIT_POLICY};
use super::request_log::{Counts, TrackedRequest, X_REQUEST_ID};
use crate::config::HttpConfig;
use crate::db::statements::tallied;

/// Under this, headers weigh as much as what compression saves.
const COMPRESSION_MIN: u64 = 1024;

/// What only the routes that do work need: a place among those that are served at once, and an
/// end in time. The places are shared by all of them.
#[derive(Debug)]
pub(super) struct Limits {
    places: Semaphore,
    delay: Duration,
}

impl Limits {
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self { places: Semaphore::new(config.max_concurrency), delay: config.request_timeout }
    }
}

/// Serves within the limits: whom there is no place for is told at once, not made to wait.
pub(super) async fn limit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let Ok(_place) = limits.places.try_acquire() else {
        return Problem::of(ProblemCode::Overload).into_response();
    };
    let response = tokio::time::timeout(limits.delay, next.run(request)).await;
    response.unwrap_or_else(|_| Problem::of(ProblemCode::Timeout).into_response())
}

/// What every route needs; which sites may call it from a page, each contract says itself.
pub(super) fn surround(router: Router, cors: CorsLayer, counts: Counts) -> Router {
    // What is exported is compressed already, and asked for in parts.
    let compressible = SizeAbove::new(COMPRESSION_MIN)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/vnd.apache.parquet"))
        .and(NotForContentType::const_new("application/gzip"));
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(counts, wrap))
            .layer(cors)
            .layer(CompressionLayer::new().compress_when(compressible))
            .layer(CatchPanicLayer::custom(panic_answer)),
    )
}

/// All that can be done before and after the rest, in one layer: each layer of its own would have
/// everything behind it cloned and boxed once more for every request.
async fn wrap(State(counts): State<Counts>, mut request: Request, next: Next) -> Response {
    let tracked = TrackedRequest::open(&request, &counts.metrics);
    let head = become_get(&mut request);
    let adresse = request.uri().clone();
    let (response, asked) = tallied(next.run(request)).await;
    let mut response = finish(response, adresse.path(), tracked.id());
    coded_etag(&mut response);
    if head {
        response = without_body(response);
    }
    tracked.close(&mut response, asked, &counts);
    response
}

/// Reading, batches included, is open to every site; what a page may read of an answer is named.
pub(super) fn cors() -> CorsLayer {
    let exposed: [HeaderName; 10] = [
        header::ACCEPT_RANGES,
        header::CONTENT_RANGE,
        header::ETAG,
        header::LINK,
        header::RETRY_AFTER,
        PUBLICATION,
        SAMPLE_DATA,
        X_REQUEST_ID,
        RATE_LIMIT,
        RATE_LIMIT_POLICY,
    ];
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
            X_API_KEY,
            X_REQUEST_ID,
        ])
        .expose_headers(exposed)
        .max_age(Duration::from_hours(24))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer calls")]
fn panic_answer(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Problem::internal(format!("panic: {text}")).into_response()
}
