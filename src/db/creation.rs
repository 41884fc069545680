//! The database itself, on the private PostgreSQL: it is made on first use.

use sqlx::Postgres;
use sqlx::migrate::MigrateDatabase;

use super::DbError;

/// Makes the database that `url` names, unless it exists. Two programs may do so at once.
///
/// # Errors
/// Unreachable (a server that is starting, too), or refused.
pub async fn ensure_database(url: &str) -> Result<(), DbError> {
    if Postgres::database_exists(url).await? {
        return Ok(());
    }
    match Postgres::create_database(url).await {
        // 42P04: the other program was faster.
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "42P04") => Ok(()),
        made => Ok(made?),
    }
}
