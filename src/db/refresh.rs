//! What `exposition actualiser` remembers from one run to the next: which version of each address
//! is in, and whether it is published.

use sqlx::{Connection as _, PgConnection};

use super::{Db, DbError};

/// Two runs at once would fetch everything twice.
const LOCK: i64 = 0x6578_706f_7265_6672;

/// The right to refresh.
///
/// Not a pooled connection: the lock belongs to the session, and a session that ends in any way
/// gives it back. PostgreSQL notices that a moment later, so that whoever ends well
/// [gives it back](RefreshLock::release) himself.
#[derive(Debug)]
pub struct RefreshLock {
    connection: PgConnection,
}

impl RefreshLock {
    /// Gives the right back: the next run may begin at once.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses; the right goes with the connection then.
    pub async fn release(mut self) -> Result<(), DbError> {
        sqlx::query_scalar!("SELECT pg_advisory_unlock($1)", LOCK).fetch_one(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}

/// What an address was last taken in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDownload {
    /// `ETag` of the answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the answer.
    pub modified: Option<String>,
    /// SHA-256 of its body, hexadecimal.
    pub sha256: String,
}

impl Db {
    /// Takes the right to refresh; nothing when another program has it.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn begin_refresh(&self) -> Result<Option<RefreshLock>, DbError> {
        let mut connection = self.write.acquire().await?.detach();
        let free = sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "free!""#, LOCK)
            .fetch_one(&mut connection)
            .await?;
        Ok(free.then_some(RefreshLock { connection }))
    }

    /// What the address with this SHA-256 (hexadecimal) was last taken in as, if it was.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn known_download(&self, address: &str) -> Result<Option<KnownDownload>, DbError> {
        Ok(sqlx::query_as!(
            KnownDownload,
            "SELECT etag, derniere_modification AS modified, sha256 FROM telechargements WHERE adresse_sha256 = $1",
            address
        )
        .fetch_optional(&self.write)
        .await?)
    }

    /// Remembers as what an address was taken in, to be published. `address` is its SHA-256,
    /// `shown` the address without what may be a key.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn remember_download(&self, address: &str, shown: &str, known: &KnownDownload) -> Result<(), DbError> {
        let KnownDownload { etag, modified, sha256 } = known;
        sqlx::query!(
            "INSERT INTO telechargements (adresse_sha256, adresse, etag, derniere_modification, sha256)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (adresse_sha256) DO UPDATE
             SET adresse = $2, etag = $3, derniere_modification = $4, sha256 = $5, recu_le = now(), a_publier = true",
            address,
            shown,
            etag.as_deref(),
            modified.as_deref(),
            sha256
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Remembers what the server calls the version that is in, where it sent the same bytes again.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn rename_download(&self, address: &str, known: &KnownDownload) -> Result<(), DbError> {
        let KnownDownload { etag, modified, .. } = known;
        sqlx::query!(
            "UPDATE telechargements SET etag = $2, derniere_modification = $3 WHERE adresse_sha256 = $1",
            address,
            etag.as_deref(),
            modified.as_deref()
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Whether something that was taken in has not been published since.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn has_unpublished_downloads(&self) -> Result<bool, DbError> {
        let some = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM telechargements WHERE a_publier) AS "some!""#);
        Ok(some.fetch_one(&self.write).await?)
    }

    /// Remembers that everything that was taken in is published.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn downloads_published(&self) -> Result<(), DbError> {
        sqlx::query!("UPDATE telechargements SET a_publier = false WHERE a_publier").execute(&self.write).await?;
        Ok(())
    }
}
