//! Journal: the request's identifier, and one log line per request.
//!
//! The line names the route's pattern, not the query: a query can hold a key. What went wrong
//! inside is logged here and nowhere else.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::conditionnel::PUBLICATION;
use super::probleme::Probleme;

/// `X-Request-Id`.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The identifier of one request: the client's own when it is sane, else a random one.
#[derive(Debug, Clone, Default)]
pub(super) struct IdRequete(Arc<str>);

impl IdRequete {
    /// The identifier.
    #[must_use]
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the client's identifier if it can be logged and echoed safely.
    fn from_client(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let sane = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        sane.then(|| Self(text.into()))
    }

    fn random() -> Self {
        Self(format!("{:016x}", rand::random::<u64>()).into())
    }
}

/// Names the request and gives the name back in the answer.
pub(super) async fn identifier(mut request: Request, next: Next) -> Response {
    let id = request.headers().get(&X_REQUEST_ID).and_then(IdRequete::from_client).unwrap_or_else(IdRequete::random);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// Logs one line per request, at the level that its outcome deserves.
pub(super) async fn journaliser(request: Request, next: Next) -> Response {
    let debut = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<IdRequete>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    // To the microsecond.
    let ms = (debut.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    let publication = response.headers().get(&PUBLICATION).and_then(|value| value.to_str().ok()).unwrap_or("-");
    let cause = response.extensions().get::<Arc<Probleme>>().and_then(|probleme| probleme.cause());
    if let Some(cause) = cause {
        tracing::error!(%method, route, status, ms, publication, request_id = id.as_str(), cause = %cause, "request failed");
    } else {
        tracing::info!(%method, route, status, ms, publication, request_id = id.as_str(), "request");
    }
    response
}
