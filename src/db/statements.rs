//! What is asked of PostgreSQL: statements, their time and their rows, in all and for one task.
//!
//! The pools count ([`CountedPool`]); what a request caused is what was counted in its task
//! ([`tallied`]). A statement that answers several lookups is one in all, and one for each request
//! that waited for it. Transactions (ingesting, publishing) are not counted: no request has one.

use std::cell::Cell;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Execute, Executor, PgPool, Postgres, SqlStr};

/// Statements, the time until their last row, and their rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub statements: u64,
    /// How long, waiting for a connection included.
    pub time: Duration,
    /// Rows read.
    pub rows: u64,
}

tokio::task_local! {
    static OF_TASK: Cell<Tally>;
}

/// Runs a future and says what it asked of the database. A stream that it returns is read later
/// and not counted for it.
pub async fn tallied<F: Future>(future: F) -> (F::Output, Tally) {
    OF_TASK
        .scope(Cell::default(), async {
            let output = future.await;
            (output, OF_TASK.with(Cell::get))
        })
        .await
}

/// Counts for the task that runs, if anybody wants to know.
pub(super) fn note_for_task(time: Duration, rows: u64) {
    // Outside a request nobody does.
    let _ = OF_TASK.try_with(|tally| {
        let Tally { statements, time: before, rows: others } = tally.get();
        tally.set(Tally { statements: statements + 1, time: before + time, rows: others + rows });
    });
}

/// What was asked since the start. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Statements(Arc<Totals>);

#[derive(Debug, Default)]
struct Totals {
    statements: AtomicU64,
    nanoseconds: AtomicU64,
    rows: AtomicU64,
}

impl Statements {
    pub(super) fn total(&self) -> Tally {
        let Totals { statements, nanoseconds, rows } = &*self.0;
        Tally {
            statements: statements.load(Ordering::Relaxed),
            time: Duration::from_nanos(nanoseconds.load(Ordering::Relaxed)),
            rows: rows.load(Ordering::Relaxed),
        }
    }

    /// Begins a statement; it is counted when the meter is dropped, also when it was abandoned.
    pub(super) fn begin(&self) -> Meter {
        Meter { statements: self.clone(), begin: Instant::now(), rows: 0 }
    }
}

/// A statement under way.
pub(super) struct Meter {
    statements: Statements,
    begin: Instant,
    rows: u64,
}

impl Meter {
    /// Counts rows. A method, so that a closure takes the whole meter and not the number in it.
    pub(super) fn add(&mut self, rows: u64) {
        self.rows += rows;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let time = self.begin.elapsed();
        let totals = &self.statements.0;
        totals.statements.fetch_add(1, Ordering::Relaxed);
        totals.nanoseconds.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        totals.rows.fetch_add(self.rows, Ordering::Relaxed);
        note_for_task(time, self.rows);
    }
}

/// A pool whose statements are counted.
#[derive(Debug, Clone)]
pub(in crate::db) struct CountedPool {
    pool: PgPool,
    statements: Statements,
}

impl CountedPool {
    pub(super) fn new(pool: PgPool, statements: Statements) -> Self {
        Self { pool, statements }
    }
}

impl Deref for CountedPool {
    type Target = PgPool;

    fn deref(&self) -> &PgPool {
        &self.pool
    }
}

impl<'p> Executor<'p> for &'_ CountedPool {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let mut meter = self.statements.begin();
        let rows = (&self.pool).fetch_many(query);
        rows.inspect(move |step| meter.add(u64::from(matches!(step, Ok(Either::Right(_)))))).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let mut meter = self.statements.begin();
        let row = (&self.pool).fetch_optional(query);
        Box::pin(async move {
            let row = row.await;
            meter.add(u64::from(matches!(row, Ok(Some(_)))));
            row
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        (&self.pool).prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<Postgres>, sqlx::Error>>
    where
        'p: 'e,
    {
        (&self.pool).describe(sql)
    }
}
