//! The request's identifier, and one log line per request.
//!
//! The line names the route's pattern, not the query: a query can hold a key. What went wrong
//! inside is logged here and nowhere else.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;

use super::conditional::PUBLICATION;
use super::problem::Problem;
use super::usage::UsageCounter;

/// `X-Request-Id`.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The identifier of one request: the client's own when it is sane, else a random one.
#[derive(Debug)]
struct RequestId(HeaderValue);

impl RequestId {
    fn of(request: &Request) -> Self {
        let own = request.headers().get(&X_REQUEST_ID).filter(|value| Self::is_sane(value));
        Self(own.cloned().unwrap_or_else(Self::random))
    }

    /// Whether the client's identifier can be logged and echoed safely.
    fn is_sane(value: &HeaderValue) -> bool {
        let bytes = value.as_bytes();
        let safe = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        (1..=64).contains(&bytes.len()) && bytes.iter().all(safe)
    }

    fn random() -> HeaderValue {
        let text = format!("{:016x}", rand::random::<u64>());
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("-"))
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// A request under way: what its log line and its answer name it by.
#[derive(Debug)]
pub(super) struct TrackedRequest {
    start: Instant,
    method: Method,
    route: Option<MatchedPath>,
    id: RequestId,
}

impl TrackedRequest {
    /// Begins to follow a request.
    pub(super) fn open(request: &Request) -> Self {
        Self {
            start: Instant::now(),
            method: request.method().clone(),
            route: request.extensions().get().cloned(),
            id: RequestId::of(request),
        }
    }

    /// The request's identifier.
    pub(super) fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Names the request in its answer, counts it, and logs one line at the level that the outcome
    /// deserves.
    pub(super) fn close(self, usage: &UsageCounter, response: &mut Response) {
        let route = self.route.as_ref().map_or("-", MatchedPath::as_str);
        usage.count(route, response);
        let (method, request_id, status) = (&self.method, self.id(), response.status().as_u16());
        // To the microsecond.
        let ms = (self.start.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        let publication = response.headers().get(&PUBLICATION).and_then(|value| value.to_str().ok()).unwrap_or("-");
        let cause = response.extensions().get::<Arc<Problem>>().and_then(|problem| problem.cause());
        if let Some(cause) = cause {
            tracing::error!(%method, route, status, ms, publication, request_id, cause = %cause, "request failed");
        } else {
            tracing::info!(%method, route, status, ms, publication, request_id, "request");
        }
        response.headers_mut().insert(X_REQUEST_ID, self.id.0);
    }
}
