//! How often one client may ask: per key, else per client address.
//!
//! Every answer of a data route says what is allowed and left (`RateLimit-Policy`, `RateLimit`:
//! draft-ietf-httpapi-ratelimit-headers-11); beyond it the answer is 429 with `Retry-After`. Kept
//! answers and 304 count like any other: what is limited is requests, and a counter that looked at
//! what they cost would have to wait for the answer. `/health` and the documentation are free.
//!
//! Each server counts for itself, in memory: `n` servers give up to `n` times the allowance. What
//! is remembered is bounded ([`REMEMBERED`]); whoever is forgotten begins anew with a whole
//! allowance, which is what a minute of silence gives anybody.
//!
//! A key that is not in memory costs a question to the database. So that invented ones do not,
//! one request is counted for the address first.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use moka::sync::Cache;

use super::access::{Access, Identity, UsedKey};
use super::legacy::access::auth::presented_key;
use super::metrics::Metrics;
use super::problem::{Problem, ProblemCode};
use crate::config::RateConfig;
use crate::domain::access::{ApiKey, KeyText};
use allowance::{Allowance, Verdict, WINDOW};

mod allowance;
mod client;

/// `RateLimit`: what is left.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// `RateLimit-Policy`: what is allowed.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Clients whose allowance is remembered; each weighs some hundred bytes.
const REMEMBERED: u64 = 65_536;

/// The names of the policies: that of addresses, that of keys.
pub(super) const POLICIES: [&str; 2] = [BY_ADDRESS, BY_KEY];
const BY_ADDRESS: &str = "adresse";
const BY_KEY: &str = "cle";

/// Whose allowance a request is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Asker {
    Address(IpAddr),
    Key(i32),
}

impl Asker {
    /// The name of the policy.
    fn policy(self) -> &'static str {
        match self {
            Self::Address(_) => BY_ADDRESS,
            Self::Key(_) => BY_KEY,
        }
    }
}

/// A request that was counted, and for whom.
struct Counted {
    asker: Asker,
    /// Nothing when whoever asks is not limited.
    verdict: Option<Verdict>,
    key: Option<Arc<ApiKey>>,
}

impl Counted {
    fn is_refused(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict.wait.is_some())
    }
}

/// The allowances of everybody.
#[derive(Debug)]
pub(super) struct Quotas {
    config: RateConfig,
    access: Access,
    metrics: Arc<Metrics>,
    allowances: Cache<Asker, Arc<Allowance>>,
}

impl Quotas {
    pub(super) fn new(config: RateConfig, access: Access, metrics: Arc<Metrics>) -> Self {
        // After a minute of silence an allowance is whole, as a new one is.
        let allowances = Cache::builder().max_capacity(REMEMBERED).time_to_idle(WINDOW).build();
        Self { config, access, metrics, allowances }
    }

    /// Counts a request.
    async fn count(&self, request: &Asking) -> Counted {
        let by_address = || self.take(Asker::Address(request.client), NonZeroU32::new(self.config.per_address), None);
        let Some(text) = &request.key else { return by_address() };
        if self.access.remembers(text).await {
            return self.count_for_key(text).await.unwrap_or_else(by_address);
        }
        let counted = by_address();
        if counted.is_refused() {
            return counted;
        }
        self.count_for_key(text).await.unwrap_or(counted)
    }

    /// Counts for the key that is shown; nothing when it is none that is accepted, or cannot be
    /// judged now: then the address counts.
    async fn count_for_key(&self, text: &KeyText) -> Option<Counted> {
        match self.access.key(text).await {
            Ok(Some(Identity::Key(key))) => Some(self.take(Asker::Key(key.id), self.of_key(&key), Some(key))),
            Ok(_) | Err(_) => None,
        }
    }

    /// The key's own quota, else that of every key.
    fn of_key(&self, key: &ApiKey) -> Option<NonZeroU32> {
        let own = key.quota.and_then(|quota| u32::try_from(quota).ok());
        NonZeroU32::new(own.unwrap_or(self.config.per_key))
    }

    fn take(&self, asker: Asker, requests: Option<NonZeroU32>, key: Option<Arc<ApiKey>>) -> Counted {
        let verdict = requests.map(|requests| self.allowance(asker, requests).take());
        Counted { asker, verdict, key }
    }

    fn allowance(&self, asker: Asker, requests: NonZeroU32) -> Arc<Allowance> {
        let fresh = || Arc::new(Allowance::new(requests));
        let mut allowance = match self.allowances.get(&asker) {
            Some(known) => known,
            None => self.allowances.get_with(asker, fresh),
        };
        // The quota of a key was changed.
        if allowance.requests() != requests {
            allowance = fresh();
            self.allowances.insert(asker, Arc::clone(&allowance));
        }
        allowance
    }
}

/// What is looked at of a request. Owned: its body cannot be shared between threads.
struct Asking {
    client: IpAddr,
    key: Option<KeyText>,
}

/// Lets a request in that its client has left, and says in every answer what is left.
pub(super) async fn limit(State(quotas): State<Arc<Quotas>>, request: Request, next: Next) -> Response {
    // Only a router that is not served has no peer (tests): there is nobody to count for.
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return next.run(request).await;
    };
    let client = client::client(peer.ip(), request.headers(), &quotas.config.trusted_proxies);
    let asking = Asking { client, key: presented_key(&request) };
    let counted = quotas.count(&asking).await;
    let mut response = if counted.is_refused() {
        quotas.metrics.limited(counted.asker.policy());
        Problem::of(ProblemCode::TooManyRequests).into_response()
    } else {
        next.run(request).await
    };
    if let Some(verdict) = counted.verdict {
        announce(response.headers_mut(), counted.asker, verdict);
    }
    if let Some(key) = counted.key {
        response.extensions_mut().insert(UsedKey(key));
    }
    response
}

fn announce(headers: &mut HeaderMap, asker: Asker, verdict: Verdict) {
    let policy = asker.policy();
    let allowed = format!("\"{policy}\";q={};w={}", verdict.requests, WINDOW.as_secs());
    let left = format!("\"{policy}\";r={};t={}", verdict.left, verdict.restored());
    for (name, text) in [(RATE_LIMIT_POLICY, allowed), (RATE_LIMIT, left)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
    if let Some(wait) = verdict.wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
}
