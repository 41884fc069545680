//! Answers kept in memory, bounded by bytes.
//!
//! Keyed by ETag, which names publication, day, program and canonical request; an entry is never
//! out of date, only unused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::problem::OwnBody;

/// What an entry weighs beside its body: key, headers, bookkeeping. Measured roughly; only its
/// order of magnitude matters.
const FIXED_WEIGHT: usize = 1024;

/// A kept answer.
#[derive(Debug, Clone)]
pub(super) struct KeptAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl KeptAnswer {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body }
    }

    pub(super) fn answer(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        // Whatever its status says, what was kept is what is sent.
        response.extensions_mut().insert(OwnBody);
        response
    }
}

/// The answers kept.
#[derive(Debug, Clone)]
pub struct Cache {
    entries: moka::future::Cache<String, Arc<KeptAnswer>>,
    bytes: u64,
    looks: Arc<Looks>,
}

/// How often an answer was looked for.
#[derive(Debug, Default)]
struct Looks {
    found: AtomicU64,
    missed: AtomicU64,
}

impl Cache {
    /// A cache of at most `bytes`; 0 keeps nothing.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let entries = moka::future::Cache::builder()
            .max_capacity(bytes)
            .weigher(|key: &String, kept: &Arc<KeptAnswer>| {
                u32::try_from(kept.body.len() + key.len() + FIXED_WEIGHT).unwrap_or(u32::MAX)
            })
            .build();
        Self { entries, bytes, looks: Arc::default() }
    }

    /// Whether a body of this size may be kept: not one that would push out everything else.
    pub(super) fn accepts(&self, bytes: u64) -> bool {
        bytes <= self.bytes / 16
    }

    pub(super) async fn get(&self, etag: &str) -> Option<Arc<KeptAnswer>> {
        if self.bytes == 0 {
            return None;
        }
        let kept = self.entries.get(etag).await;
        let count = if kept.is_some() { &self.looks.found } else { &self.looks.missed };
        count.fetch_add(1, Ordering::Relaxed);
        kept
    }

    /// How often an answer was found, and how often not.
    pub(super) fn looks(&self) -> (u64, u64) {
        (self.looks.found.load(Ordering::Relaxed), self.looks.missed.load(Ordering::Relaxed))
    }

    /// Answers kept and the bytes they weigh, as of the last housekeeping.
    pub(super) fn size(&self) -> (u64, u64) {
        (self.entries.entry_count(), self.entries.weighted_size())
    }

    pub(super) async fn insert(&self, etag: &str, kept: KeptAnswer) {
        if self.bytes > 0 {
            self.entries.insert(etag.to_owned(), Arc::new(kept)).await;
        }
    }
}
