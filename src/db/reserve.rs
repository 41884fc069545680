//! Connections on loan from the pool, for the question that is asked most.
//!
//! The pool tests a connection when it is given back (and, if told so, when it is taken): round
//! trips that cost as much as a point lookup itself. So a lookup borrows a connection for a
//! moment and hands it on to the next lookup, untested, as long as every query on it ended well;
//! then the pool has it again, with its tests and its lifetimes. A query that failed or was
//! abandoned half-way gives its connection back at once.
//!
//! At most half of the pool is on loan, so that all other queries find room; a lookup beyond that
//! waits for its turn, as it would at the pool.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::pulse::Pulse;
use super::statements::{CountedPool, Statements};
use crate::config::DatabaseConfig;

/// How long a connection is used without a test. A server that went away is noticed by the query
/// itself; this bounds how long one that was cut silently can be tried again.
const LOAN: Duration = Duration::from_secs(1);

/// A connection on loan.
#[derive(Debug)]
struct Loan {
    since: Instant,
    connection: PoolConnection<Postgres>,
}

/// The connections that wait for the next lookup. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Reserve(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: CountedPool,
    statements: Statements,
    /// Empty when there are too few connections to lend any.
    places: Option<Semaphore>,
    patience: Duration,
    pulse: Pulse,
    waiting: Mutex<Vec<Loan>>,
}

impl Reserve {
    /// A reserve that borrows from `pool`, which was made with `config`, of the database of `pulse`.
    pub(super) fn new(pool: CountedPool, statements: Statements, config: &DatabaseConfig, pulse: Pulse) -> Self {
        let places = usize::try_from(config.connections / 2).ok().filter(|places| *places > 0).map(Semaphore::new);
        let patience = config.acquire_timeout;
        Self(Arc::new(Inner { pool, statements, places, patience, pulse, waiting: Mutex::default() }))
    }

    /// Runs a query that changes nothing on a connection.
    ///
    /// # Errors
    /// Those of the queries; `PoolTimedOut` when no connection is free for too long, or the database
    /// is known not to answer: whoever asks here may be nobody's request any more, and its place is
    /// another's when the database is back.
    pub(super) async fn run<T>(
        &self,
        queries: impl AsyncFnOnce(&mut PgConnection) -> Result<Vec<T>, sqlx::Error>,
    ) -> Result<Vec<T>, sqlx::Error> {
        let mut meter = self.0.statements.begin();
        let rows = tokio::select! {
            biased;
            lost = self.0.pulse.lost() => Err(lost),
            rows = self.lend(queries) => rows,
        };
        meter.add(rows.as_ref().map_or(0, |rows| u64::try_from(rows.len()).unwrap_or(u64::MAX)));
        rows
    }

    async fn lend<T>(
        &self,
        queries: impl AsyncFnOnce(&mut PgConnection) -> Result<Vec<T>, sqlx::Error>,
    ) -> Result<Vec<T>, sqlx::Error> {
        let Some(places) = &self.0.places else {
            return queries(&mut *self.0.pool.acquire().await?).await;
        };
        let _place = match places.try_acquire() {
            Ok(place) => place,
            Err(_) => self.wait(places).await?,
        };
        let mut loan = match self.take() {
            Some(loan) => loan,
            None => Loan { since: Instant::now(), connection: self.0.pool.acquire().await? },
        };
        let result = queries(&mut loan.connection).await;
        // Not after an error, and not when this future is dropped before.
        if result.is_ok() {
            self.keep(loan);
        }
        result
    }

    /// Waits for a place as the pool would for a connection.
    async fn wait<'p>(&self, places: &'p Semaphore) -> Result<SemaphorePermit<'p>, sqlx::Error> {
        match tokio::time::timeout(self.0.patience, places.acquire()).await {
            Ok(place) => place.map_err(|_| sqlx::Error::PoolClosed),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// Gives every waiting connection back, so that the pool can be closed.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// The connection used last; the ones whose time is over go back to the pool.
    fn take(&self) -> Option<Loan> {
        let mut waiting = self.lock();
        waiting.retain(|loan| loan.since.elapsed() < LOAN);
        waiting.pop()
    }

    /// Under the lock, so that nothing is kept after [`Reserve::clear`].
    fn keep(&self, loan: Loan) {
        let mut waiting = self.lock();
        if !self.0.pool.is_closed() {
            waiting.push(loan);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Loan>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
