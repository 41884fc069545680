//! Reserve: connections on loan from the pool, for the question that is asked most.
//!
//! The pool tests a connection when it is given back (and, if told so, when it is taken): round
//! trips that cost as much as a point lookup itself. So a lookup borrows a connection for a
//! moment and hands it on to the next lookup, untested, as long as every query on it ended well;
//! then the pool has it again, with its tests and its lifetimes. A query that failed or was
//! abandoned half-way gives its connection back at once.
//!
//! At most half of the pool is on loan, so that all other queries find room; a lookup beyond that
//! uses the pool as they do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use tokio::sync::Semaphore;

/// How long a connection is used without a test. A server that went away is noticed by the query
/// itself; this bounds how long one that was cut silently can be tried again.
const LOAN: Duration = Duration::from_secs(1);

/// A connection on loan.
#[derive(Debug)]
struct Loan {
    since: Instant,
    connection: PoolConnection<Postgres>,
}

/// The connections that wait for the next lookup.
#[derive(Debug, Clone)]
pub(super) struct Reserve {
    pool: PgPool,
    places: Arc<Semaphore>,
    waiting: Arc<Mutex<Vec<Loan>>>,
}

impl Reserve {
    /// A reserve that borrows from `pool`, which has at most `connections`.
    pub(super) fn new(pool: PgPool, connections: u32) -> Self {
        let places = usize::try_from(connections / 2).unwrap_or(0);
        Self { pool, places: Arc::new(Semaphore::new(places)), waiting: Arc::default() }
    }

    /// Runs queries that change nothing on a connection.
    ///
    /// # Errors
    /// Those of the queries, and of the pool.
    pub(super) async fn run<T>(
        &self,
        queries: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let Ok(_place) = self.places.try_acquire() else {
            return queries(&mut *self.pool.acquire().await?).await;
        };
        let mut loan = match self.take() {
            Some(loan) => loan,
            None => Loan { since: Instant::now(), connection: self.pool.acquire().await? },
        };
        let result = queries(&mut loan.connection).await;
        // Not after an error, and not when this future is dropped before.
        if result.is_ok() {
            self.keep(loan);
        }
        result
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
        if !self.pool.is_closed() {
            waiting.push(loan);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Loan>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
