//! What `exposition doctor` asks the database, without changing anything.

use std::collections::HashMap;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::{Db, DbError};

/// How the schema of a database stands to the migrations of this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaState {
    /// How many of the program's migrations are applied.
    pub applied: usize,
    /// Version and description of the program's migrations that are not.
    pub pending: Vec<String>,
    /// Versions that the database has and the program does not know: a newer program made them.
    pub unknown: Vec<i64>,
    /// Versions whose text is not the one that was applied, or that were interrupted.
    pub different: Vec<i64>,
}

impl SchemaState {
    /// Whether the program and the database are of one version.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.pending.is_empty() && self.different.is_empty() && self.unknown.is_empty()
    }

    /// Whether the database has all that the program knows, and more.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.pending.is_empty() && self.different.is_empty() && !self.unknown.is_empty()
    }
}

impl Db {
    /// Compares the migrations of the program with those of the database.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn schema_state(&self) -> Result<SchemaState, DbError> {
        let mut found = self.applied_migrations().await?;
        let mut state = SchemaState::default();
        for migration in sqlx::migrate!().iter().filter(|migration| migration.migration_type.is_up_migration()) {
            match found.remove(&migration.version) {
                None => state.pending.push(format!("{:04} {}", migration.version, migration.description)),
                Some((true, checksum)) if checksum == *migration.checksum => state.applied += 1,
                Some(_) => state.different.push(migration.version),
            }
        }
        state.unknown = found.into_keys().collect();
        state.unknown.sort_unstable();
        Ok(state)
    }

    /// Success and checksum by version. The table belongs to sqlx and is missing before the first
    /// migration, so these two queries are not checked at compile time.
    async fn applied_migrations(&self) -> Result<HashMap<i64, (bool, Vec<u8>)>, DbError> {
        let exists: bool =
            sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&self.write).await?;
        if !exists {
            return Ok(HashMap::new());
        }
        let rows: Vec<(i64, bool, Vec<u8>)> =
            sqlx::query_as("SELECT version, success, checksum FROM _sqlx_migrations").fetch_all(&self.write).await?;
        Ok(rows.into_iter().map(|(version, success, checksum)| (version, (success, checksum))).collect())
    }
}

/// A database's address without what is secret in it: `user@host:5432/database`. `None` when the
/// text is no PostgreSQL address.
#[must_use]
pub fn public_address(url: &str) -> Option<String> {
    // sqlx takes any scheme, and would speak PostgreSQL to another kind of server.
    let known = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    let options = PgConnectOptions::from_str(url).ok().filter(|_| known)?;
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    let (user, port) = (options.get_username(), options.get_port());
    Some(format!("{user}@{host}:{port}/{}", options.get_database().unwrap_or(user)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url = "postgres://lecteur:motdepasse@base.example:5433/indicateurs?sslpassword=autre";
        assert_eq!(public_address(url).as_deref(), Some("lecteur@base.example:5433/indicateurs"));
        assert_eq!(public_address("mysql://x"), None);
    }
}
