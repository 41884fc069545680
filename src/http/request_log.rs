//! The request's identifier, and one log line per request.
//!
//! The line names the route's pattern, not the query: a query can hold a key. What went wrong
//! inside is logged here and nowhere else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;

use super::access::UsedKey;
use super::conditional::PUBLICATION;
use super::metrics::{InFlight, Metrics};
use super::problem::Problem;
use super::usage::UsageCounter;
use crate::db::statements::Tally;

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

/// Where each request is counted: for the operator of this process, and for everybody by day.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) metrics: Arc<Metrics>,
    pub(super) usage: UsageCounter,
}

/// A request under way: what its log line and its answer name it by.
#[derive(Debug)]
pub(super) struct TrackedRequest {
    start: Instant,
    method: Method,
    route: Option<MatchedPath>,
    id: RequestId,
    trace: Option<TraceId>,
    in_flight: InFlight,
}

/// What the logs of other services call the request by: the trace of `traceparent` (W3C Trace Context).
#[derive(Debug)]
struct TraceId(HeaderValue);

impl TraceId {
    fn of(request: &Request) -> Option<Self> {
        let value = request.headers().get("traceparent")?;
        Self::read(value.to_str().ok()?).is_some().then(|| Self(value.clone()))
    }

    /// The 32 digits of `version-trace-parent-flags`.
    fn read(text: &str) -> Option<&str> {
        let mut parts = text.split('-');
        let [version, trace, parent, flags] = [(); 4].map(|()| parts.next());
        let digits = |part: Option<&str>, length| {
            part.is_some_and(|part| {
                part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            })
        };
        let sound = digits(version, 2) && digits(trace, 32) && digits(parent, 16) && digits(flags, 2);
        // Later versions may have more parts; `ff` is none, and zeros name nothing.
        let longer = version == Some("00") && parts.next().is_some();
        let named = |part: Option<&str>| part.is_some_and(|part| part.bytes().any(|b| b != b'0'));
        trace.filter(|_| sound && !longer && version != Some("ff") && named(trace) && named(parent))
    }

    fn as_str(&self) -> &str {
        self.0.to_str().ok().and_then(Self::read).unwrap_or("-")
    }
}

impl TrackedRequest {
    /// Begins to follow a request.
    pub(super) fn open(request: &Request, metrics: &Metrics) -> Self {
        Self {
            start: Instant::now(),
            method: request.method().clone(),
            route: request.extensions().get().cloned(),
            id: RequestId::of(request),
            trace: TraceId::of(request),
            in_flight: metrics.enter(),
        }
    }

    /// The request's identifier.
    pub(super) fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Names the request in its answer, counts it, and logs one line at the level that the outcome deserves.
    /// What it asked of the database is counted up to the first byte: a list in CSV is read while
    /// it is sent.
    pub(super) fn close(self, response: &mut Response, asked: Tally, counts: &Counts) {
        let route = self.route.as_ref().map_or("-", MatchedPath::as_str);
        counts.usage.count(route, response);
        let (method, request_id, status) = (&self.method, self.id(), response.status().as_u16());
        let elapsed = self.start.elapsed();
        counts.metrics.answered(route, status, elapsed);
        let (ms, sql_ms) = (milliseconds(elapsed), milliseconds(asked.time));
        let Tally { statements: sql, rows, .. } = asked;
        let bytes = response.body().size_hint().exact();
        let trace = self.trace.as_ref().map_or("-", TraceId::as_str);
        let key = response.extensions().get::<UsedKey>().map(|key| key.0.nom.as_str());
        let publication = response.headers().get(&PUBLICATION).and_then(|value| value.to_str().ok()).unwrap_or("-");
        let cause = response.extensions().get::<Arc<Problem>>().and_then(|problem| problem.cause());
        if let Some(cause) = cause {
            tracing::error!(
                %method, route, status, ms, sql, sql_ms, rows, bytes, key, publication, request_id, trace, cause = %cause,
                "request failed"
            );
        } else {
            tracing::info!(
                %method, route, status, ms, sql, sql_ms, rows, bytes, key, publication, request_id, trace, "request"
            );
        }
        response.headers_mut().insert(X_REQUEST_ID, self.id.0);
        drop(self.in_flight);
    }
}

/// To the microsecond.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_taken_over_when_it_is_one() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(TraceId::read(&format!("00-{trace}-00f067aa0ba902b7-01")), Some(trace));
        assert_eq!(TraceId::read(&format!("01-{trace}-00f067aa0ba902b7-01-later")), Some(trace));
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{zeros}-00f067aa0ba902b7-01"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{trace}-00f067aa0ba902b7-01-more"),
            format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
            format!("00-{trace}"),
        ] {
            assert_eq!(TraceId::read(&text), None, "{text}");
        }
    }
}
