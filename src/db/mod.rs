//! The only place with SQL: one file per aggregate, concrete async functions on [`Db`].
//!
//! Static queries are checked at compile time against the committed `.sqlx/`. What depends on
//! filters is built in one module from closed enums, never from a request's text.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, PgPool};

use crate::config::DatabaseConfig;
use legacy::EntryRecord;
use lookups::Lookups;
use pulse::Pulse;
use reserve::Reserve;
use statements::{CountedPool, Statements, Tally};
use statistiques::NamedStatistique;

pub mod access;
pub mod certifications;
pub mod changements;
pub mod check;
mod codes;
pub mod copy;
pub mod correspondances;
pub mod couverture;
pub mod creation;
pub mod doctor;
pub mod encode;
pub mod etablissements;
pub mod exports;
pub mod files;
pub mod health;
pub mod ingestion;
pub mod legacy;
pub mod listener;
pub mod lists;
pub mod load;
mod lookups;
pub mod losses;
pub mod matching;
pub mod once;
pub mod publications;
mod pulse;
pub mod questions;
pub mod recherche;
pub mod refresh;
mod reperes;
mod reserve;
pub mod sitemap;
pub mod sources;
pub mod statements;
pub mod statistiques;
pub mod usage;
pub mod write;

/// The oldest PostgreSQL that works: `DETACH PARTITION … CONCURRENTLY` came with 14, and retiring
/// a publication must not stop the readers.
pub const OLDEST_POSTGRESQL: i32 = 140_000;

/// How long a connection may rest in the pool and be used again without a test.
const UNTESTED: Duration = Duration::from_secs(1);

/// How statements that find rows by key are planned: once, and from index to index. Left alone,
/// PostgreSQL does neither as soon as several publications are kept. It takes the rows of all of
/// them into account, although it reads one: a plan for any publication then looks so costly that
/// each lookup is planned anew, which costs three times what it does; and one that is kept
/// nevertheless reads tables whole to join a handful of rows.
const BY_KEY: [(&str, &str); 3] =
    [("plan_cache_mode", "force_generic_plan"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off")];

/// What can go wrong between the program and PostgreSQL. For logs and operators; never shown to
/// an API consumer.
///
/// Cheap to clone, because one failed statement may be the answer to several lookups.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// No connection: the server is away, or every connection is taken for too long.
    #[error("PostgreSQL cannot be reached: {0}")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// A URL that is none.
    #[error("{name} is no PostgreSQL address (postgres://user:password@host:5432/database)")]
    Address {
        /// The variable that holds it.
        name: &'static str,
    },
    /// The server is older than [`OLDEST_POSTGRESQL`].
    #[error(
        "PostgreSQL {found} is too old: 14 or newer is needed (retiring a publication without stopping the readers)"
    )]
    TooOld {
        /// What the server calls itself.
        found: String,
    },
    /// A migration failed; the schema is as it was before it.
    #[error("the database schema could not be brought up to date: {0}")]
    Migration(#[source] Arc<sqlx::migrate::MigrateError>),
    /// A row that no version of the program writes.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(String),
    /// Any other answer of the server.
    #[error("PostgreSQL refused: {0}")]
    Query(#[source] Arc<sqlx::Error>),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let unavailable = match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => true,
            // 57P: the server is shutting down or starting; 08: connection; 53300: too many.
            E::Database(database) => {
                database.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08") || code == "53300")
            }
            _ => false,
        };
        if let E::ColumnDecode { index, source } = &error {
            return Self::Corrupt(format!("{source} (column {index})"));
        }
        let error = Arc::new(error);
        if unavailable { Self::Unavailable(error) } else { Self::Query(error) }
    }
}

impl From<sqlx::migrate::MigrateError> for DbError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(Arc::new(error))
    }
}

/// Handles to the database: one for writing, two for the server's reads (of the same, unless
/// `DATABASE_READ_URL` names a replica), which differ in how their statements are planned.
#[derive(Debug, Clone)]
pub struct Db {
    pub(in crate::db) write: CountedPool,
    /// For statements that find rows by key: see [`BY_KEY`].
    pub(in crate::db) read: CountedPool,
    /// For lists, whose best plan depends on the filters.
    pub(in crate::db) lists: CountedPool,
    pub(in crate::db) reserve: Reserve,
    pub(in crate::db) lookups: Lookups<NamedStatistique>,
    pub(in crate::db) legacy_lookups: Lookups<EntryRecord>,
    pub(in crate::db) pulse: Pulse,
    pub(in crate::db) statements: Statements,
}

impl Db {
    /// Connects to `url` lazily: the first query opens the first connection.
    ///
    /// # Errors
    /// An address that is none.
    pub fn connect(url: &str, config: &DatabaseConfig) -> Result<Self, DbError> {
        let pulse = Pulse::new();
        let statements = Statements::default();
        let pool = |url: &str, name, connections, settings: &[(&str, &str)]| {
            let pool = pool(url, name, config.acquire_timeout, &pulse, connections, settings)?;
            Ok::<_, DbError>(CountedPool::new(pool, statements.clone()))
        };
        let write = pool(url, "DATABASE_URL", config.connections, &[])?;
        let read_url = config.read_url.as_ref().map_or(url, |url| url.expose());
        let timeout = config.statement_timeout.as_millis().to_string();
        let limited = [("statement_timeout", timeout.as_str())];
        let half = config.connections.div_ceil(2);
        let lists = pool(read_url, "DATABASE_READ_URL", half, &limited)?;
        let read = pool(read_url, "DATABASE_READ_URL", config.connections, &[&limited[..], &BY_KEY].concat())?;
        let reserve = Reserve::new(read.clone(), statements.clone(), config, pulse.clone());
        let lookups = Lookups::new(reserve.clone(), config);
        let legacy_lookups = Lookups::new(reserve.clone(), config);
        Ok(Self { write, read, lists, reserve, lookups, legacy_lookups, pulse, statements })
    }

    /// The number PostgreSQL gives its version (`150008`), after checking that it is recent
    /// enough.
    ///
    /// # Errors
    /// Unreachable, or too old.
    pub async fn check_version(&self) -> Result<i32, DbError> {
        let number: String =
            sqlx::query_scalar("SELECT current_setting('server_version_num')").fetch_one(&self.write).await?;
        let number = number.parse().map_err(|_| DbError::Corrupt(format!("server_version_num {number}")))?;
        if number < OLDEST_POSTGRESQL {
            return Err(DbError::TooOld { found: format!("{}", number / 10_000) });
        }
        Ok(number)
    }

    /// Brings the schema up to date. Several programs may do so at once: the first takes an
    /// advisory lock, the others wait and find nothing left to do. A schema that needs nothing is
    /// only looked at, so that a role without the right to change it can do without.
    ///
    /// # Errors
    /// Unreachable; a schema that a newer program has changed; a migration that fails (the schema
    /// stays as it was before that one).
    pub async fn migrate(&self) -> Result<(), DbError> {
        if !self.schema_state().await?.is_current() {
            sqlx::migrate!().run(&*self.write).await?;
        }
        Ok(())
    }

    /// The same for a program that only serves. A schema that a newer program has brought further
    /// is taken as it is: migrations add, so that servers of both versions can run side by side
    /// and the older one can be started again.
    ///
    /// # Errors
    /// Those of [`Db::migrate`], but for a newer schema.
    pub async fn migrate_to_serve(&self) -> Result<(), DbError> {
        let state = self.schema_state().await?;
        if state.is_newer() {
            tracing::warn!(migrations = ?state.unknown, "the schema is that of a newer program: served as it is");
            return Ok(());
        }
        self.migrate().await
    }

    /// What was asked since the start, transactions apart.
    #[must_use]
    pub fn asked(&self) -> Tally {
        self.statements.total()
    }

    /// The connections of each pool: its name, those in use, those at rest.
    #[must_use]
    pub fn connections(&self) -> [(&'static str, u64, u64); 3] {
        [("write", &self.write), ("read", &self.read), ("lists", &self.lists)].map(|(name, pool)| {
            let idle = u64::try_from(pool.num_idle()).unwrap_or(u64::MAX);
            (name, u64::from(pool.size()).saturating_sub(idle), idle)
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        // A lookup that ends while the pool closes keeps nothing.
        let closing = self.read.close();
        self.reserve.clear();
        closing.await;
        self.lists.close().await;
        self.write.close().await;
    }
}

fn pool(
    url: &str,
    name: &'static str,
    patience: Duration,
    pulse: &Pulse,
    connections: u32,
    settings: &[(&str, &str)],
) -> Result<PgPool, DbError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| DbError::Address { name })?
        .application_name("exposition")
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1))
        .options(settings.iter().copied());
    let (pulse, released) = (pulse.clone(), pulse.clone());
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        // Testing a connection before every statement would double the round trips. A connection that was
        // used a moment ago is as good as tested; one that rested may have been cut meanwhile.
        .test_before_acquire(false)
        .before_acquire(move |connection, state| {
            let may_use = pulse.may_use(state.age);
            Box::pin(async move {
                if may_use && state.idle_for > UNTESTED {
                    connection.ping().await?;
                }
                Ok(may_use)
            })
        })
        // One that was given up while nobody answered is closed: waiting for its answer could take
        // as long as the network does to call it dead, and its place with it.
        .after_release(move |_, state| {
            let may_use = released.may_use(state.age);
            Box::pin(std::future::ready(Ok(may_use)))
        })
        .connect_lazy_with(options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[tokio::test]
    async fn lookups_are_planned_once_lists_by_their_filters_and_both_end_in_time() {
        let config = Config::from_lookup(&|_| None).unwrap().database;
        let db = Db::connect("postgres://nobody@127.0.0.1:9/nothing", &config).unwrap();
        let settings = |pool: &PgPool| pool.connect_options().get_options().unwrap_or_default().to_owned();
        let (read, lists, write) = (settings(&db.read), settings(&db.lists), settings(&db.write));
        for (name, value) in BY_KEY {
            let setting = format!("{name}={value}");
            assert!(read.contains(&setting) && !lists.contains(&setting), "{setting}: {read:?}, {lists:?}");
        }
        assert!(read.contains("statement_timeout=10000") && lists.contains("statement_timeout=10000"));
        assert_eq!(write, "", "publishing takes its time");
    }
}
