//! What one client may still ask for.
//!
//! The algorithm is `governor`'s (GCRA): an allowance of `n` requests, of which one comes back
//! every minute / `n`. Whoever was quiet for a minute may ask `n` times at once, and nobody ever
//! asks more than `n` + `n` × (minutes that passed). A decision is one compare-and-swap, so that
//! any number of connections share an allowance exactly.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

/// The time in which a whole allowance comes back.
pub(super) const WINDOW: Duration = Duration::from_mins(1);

/// The requests of one client.
#[derive(Debug)]
pub(super) struct Allowance {
    requests: NonZeroU32,
    limiter: RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>,
}

/// What is left after a request was let in, or how long to wait before another one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Requests a minute.
    pub(super) requests: u32,
    /// Those that may follow at once.
    pub(super) left: u32,
    /// Seconds until there is one, rounded up; none: the request is let in.
    pub(super) wait: Option<u64>,
}

impl Allowance {
    /// `requests` a minute.
    pub(super) fn new(requests: NonZeroU32) -> Self {
        let period = WINDOW / requests.get();
        // Of more than 60 000 000 000 a minute the period would be none, and u32 ends before.
        let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(requests)).allow_burst(requests);
        Self { requests, limiter: RateLimiter::direct(quota).with_middleware() }
    }

    /// Asks for one request.
    pub(super) fn take(&self) -> Verdict {
        let requests = self.requests.get();
        match self.limiter.check() {
            Ok(state) => Verdict { requests, left: state.remaining_burst_capacity(), wait: None },
            Err(refusal) => {
                let wait = refusal.wait_time_from(DefaultClock::default().now()).as_secs_f64().ceil();
                Verdict { requests, left: 0, wait: Some(seconds(wait)) }
            }
        }
    }

    /// Requests a minute.
    pub(super) fn requests(&self) -> NonZeroU32 {
        self.requests
    }
}

impl Verdict {
    /// Seconds until the whole allowance is back.
    pub(super) fn restored(&self) -> u64 {
        let used = u64::from(self.requests.saturating_sub(self.left));
        (used * WINDOW.as_secs()).div_ceil(u64::from(self.requests).max(1))
    }
}

/// At least one: nobody is told to come back at once.
fn seconds(wait: f64) -> u64 {
    Duration::try_from_secs_f64(wait).map_or(1, |wait| wait.as_secs()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_given_whole_then_one_by_one() {
        let allowance = Allowance::new(NonZeroU32::new(3).unwrap());
        let left: Vec<_> = (0..3).map(|_| allowance.take()).map(|verdict| (verdict.left, verdict.wait)).collect();
        assert_eq!(left, [(2, None), (1, None), (0, None)]);
        let refused = allowance.take();
        assert_eq!((refused.left, refused.wait), (0, Some(20)), "three a minute are one every 20 s");
        assert_eq!(refused.restored(), 60);
    }

    #[test]
    fn threads_share_an_allowance_exactly() {
        let allowance = Allowance::new(NonZeroU32::new(5).unwrap());
        let admitted: usize = std::thread::scope(|scope| {
            let ask = || (0..100).filter(|_| allowance.take().wait.is_none()).count();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(admitted, 5, "the next would come after 12 s");
    }
}
