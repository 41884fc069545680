//! Guessing passwords gets slower with each failure, per name and per client address.
//!
//! An attempt is counted when it begins, so that many at once do not all find a clean sheet, and
//! taken back when it succeeds. After some free ones each attempt has to wait until a moment after
//! the one before it; whoever would wait longer than a client has patience is told to come back
//! (429). Nobody is locked out for good: what is remembered fades after a quarter of an hour.
//!
//! Names are counted whether they exist or not, so that the brake tells nothing either. It is
//! bounded in memory, and each server has its own: `n` servers give `n` times the attempts, which
//! with waits of seconds and a slow hash is still nothing to guess a password with, and a shared
//! table would let anybody make every server write to the database. Behind a proxy the address is
//! the proxy's; its allowance is therefore large, and the wait short.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

/// Names, and addresses, that are remembered.
const KEPT: u64 = 10_000;

/// After this time without an attempt everything is forgotten.
const FORGET_AFTER: Duration = Duration::from_mins(15);

/// Longest wait that a client is held for.
const PATIENCE: Duration = Duration::from_secs(8);

/// How an allowance is used up.
#[derive(Debug, Clone, Copy)]
struct Rule {
    free: u32,
    first: Duration,
    limit: Duration,
}

const BY_NAME: Rule = Rule { free: 5, first: Duration::from_millis(250), limit: Duration::from_secs(4) };
const BY_ADDRESS: Rule = Rule { free: 50, first: Duration::from_millis(125), limit: Duration::from_secs(1) };

impl Rule {
    /// The pause after the attempt number `attempts` before the next one: none, then doubling.
    fn pause(self, attempts: u32) -> Duration {
        match attempts.checked_sub(self.free + 1) {
            None => Duration::ZERO,
            Some(doublings) => self.first.saturating_mul(1_u32 << doublings.min(16)).min(self.limit),
        }
    }
}

/// The attempts of one name or address.
#[derive(Debug)]
struct Counter {
    rule: Rule,
    attempts: u32,
    /// When the next attempt may begin.
    next: Instant,
}

impl Counter {
    /// Counts an attempt of now. It begins after the one before it of this name or address,
    /// whatever the other of the two makes it wait.
    fn count(&mut self, now: Instant) {
        self.attempts = self.attempts.saturating_add(1);
        self.next = self.next.max(now) + self.rule.pause(self.attempts);
    }
}

type Shared = Arc<Mutex<Counter>>;

fn shared(rule: Rule) -> Shared {
    Arc::new(Mutex::new(Counter { rule, attempts: 0, next: Instant::now() }))
}

/// The attempts of everybody.
#[derive(Debug)]
pub(super) struct Throttle {
    names: Cache<[u8; 32], Shared>,
    addresses: Cache<IpAddr, Shared>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            names: Cache::builder().max_capacity(KEPT).time_to_idle(FORGET_AFTER).build(),
            addresses: Cache::builder().max_capacity(KEPT).time_to_idle(FORGET_AFTER).build(),
        }
    }
}

impl Throttle {
    /// Counts an attempt; how long it has to wait.
    ///
    /// # Errors
    /// How long that would be, when it is too long: the attempt is not made and not counted.
    pub(super) async fn attempt(&self, nom: &str, adresse: Option<IpAddr>) -> Result<Duration, Duration> {
        let nom = self.names.get_with(key_of_name(nom), async { shared(BY_NAME) }).await;
        let adresse = match adresse {
            None => shared(BY_ADDRESS),
            Some(adresse) => self.addresses.get_with(network(adresse), async { shared(BY_ADDRESS) }).await,
        };
        // Always in this order.
        let mut nom = nom.lock().unwrap_or_else(PoisonError::into_inner);
        let mut adresse = adresse.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let wait = nom.next.max(adresse.next).saturating_duration_since(now);
        if wait > PATIENCE {
            return Err(wait);
        }
        nom.count(now);
        adresse.count(now);
        Ok(wait)
    }

    /// The attempt succeeded: the name starts anew. The address only gets this one back, or
    /// whoever has an account of their own could go on guessing others'.
    pub(super) async fn succeed(&self, nom: &str, adresse: Option<IpAddr>) {
        self.names.invalidate(&key_of_name(nom)).await;
        let Some(adresse) = adresse else { return };
        if let Some(counter) = self.addresses.get(&network(adresse)).await {
            let mut counter = counter.lock().unwrap_or_else(PoisonError::into_inner);
            counter.attempts = counter.attempts.saturating_sub(1);
        }
    }
}

/// Names are kept as a hash: they can be long, and are not needed in clear.
fn key_of_name(nom: &str) -> [u8; 32] {
    Sha256::digest(nom).into()
}

/// One client: an IPv4 address, or the /64 that an IPv6 client can choose freely from.
fn network(adresse: IpAddr) -> IpAddr {
    match adresse.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    async fn waits(throttle: &Throttle, nom: &str, attempts: u32) -> Vec<Result<u128, u128>> {
        let mut waits = Vec::new();
        for _ in 0..attempts {
            let wait = throttle.attempt(nom, CLIENT).await;
            waits.push(wait.map(|wait| wait.as_millis()).map_err(|wait| wait.as_millis()));
        }
        waits
    }

    #[tokio::test(start_paused = true)]
    async fn after_six_attempts_at_once_the_waits_add_up_until_the_client_is_sent_away() {
        let throttle = Throttle::default();
        let expected = [Ok(0), Ok(0), Ok(0), Ok(0), Ok(0), Ok(0), Ok(250), Ok(750), Ok(1750), Ok(3750), Ok(7750)];
        assert_eq!(waits(&throttle, "a", 11).await, expected);
        assert_eq!(waits(&throttle, "a", 2).await, [Err(11_750), Err(11_750)], "who is sent away is not counted");
        assert_eq!(waits(&throttle, "b", 1).await, [Ok(0)], "another name waits for nobody");
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(waits(&throttle, "a", 1).await, [Ok(7750)], "one attempt in four seconds");
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_gives_the_name_a_clean_sheet() {
        let throttle = Throttle::default();
        waits(&throttle, "a", 8).await;
        throttle.succeed("a", CLIENT).await;
        assert_eq!(waits(&throttle, "a", 2).await, [Ok(0), Ok(0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_tries_many_names_waits_and_another_does_not() {
        let throttle = Throttle::default();
        for name in 0..51 {
            assert_eq!(waits(&throttle, &format!("name {name}"), 1).await, [Ok(0)]);
        }
        assert_eq!(waits(&throttle, "name 51", 1).await, [Ok(125)]);
        assert_eq!(throttle.attempt("name 52", Some(IpAddr::from([192, 0, 2, 1]))).await, Ok(Duration::ZERO));
    }

    #[test]
    fn a_client_is_an_ipv4_address_or_a_64() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
