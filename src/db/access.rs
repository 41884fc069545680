//! Keys, accounts, and the secret that the servers of one database share.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Db, DbError};
use crate::domain::access::{AccessScope, ApiKey, KeyHash};
use crate::domain::password::Account;

/// A key to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewApiKey<'a> {
    /// What is kept of its text.
    pub empreinte: &'a KeyHash,
    /// Whose it is.
    pub nom: &'a str,
    /// How to reach them.
    pub contact: Option<&'a str>,
    /// What it opens; at least one.
    pub droits: &'a [AccessScope],
    /// Requests a minute, above 0.
    pub quota: Option<i32>,
    /// Its last day.
    pub expire_le: Option<NaiveDate>,
}

/// The answer to a wish to revoke a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// It is revoked.
    Done(ApiKey),
    /// It had been revoked before.
    AlreadyDone(ApiKey),
    /// No key has this number or name.
    Unknown,
    /// Several keys have this name; those that are not revoked.
    Ambiguous(Vec<ApiKey>),
}

/// What logging in needs to know of an account.
#[derive(Debug, Clone)]
pub struct ActiveAccount {
    /// Its number.
    pub id: i32,
    /// The hash of its password, a PHC string.
    pub empreinte: String,
}

struct ApiKeySqlRow {
    id: i32,
    nom: String,
    contact: Option<String>,
    droits: Vec<String>,
    quota: Option<i32>,
    creee_le: DateTime<Utc>,
    expire_le: Option<NaiveDate>,
    revoquee_le: Option<DateTime<Utc>>,
    utilisee_le: Option<DateTime<Utc>>,
}

impl TryFrom<ApiKeySqlRow> for ApiKey {
    type Error = DbError;

    fn try_from(line: ApiKeySqlRow) -> Result<Self, DbError> {
        let droits = line.droits.iter().map(|scope| AccessScope::parse(scope)).collect::<Result<_, _>>();
        Ok(Self {
            id: line.id,
            nom: line.nom,
            contact: line.contact,
            droits: droits.map_err(|error| DbError::Corrupt(format!("droits of key {}: {error}", line.id)))?,
            quota: line.quota,
            creee_le: line.creee_le,
            expire_le: line.expire_le,
            revoquee_le: line.revoquee_le,
            utilisee_le: line.utilisee_le,
        })
    }
}

/// Name, in `secrets`, of what tokens are signed with.
const TOKEN_SECRET: &str = "jetons";

impl Db {
    /// Stores a key.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn create_key(&self, key: NewApiKey<'_>) -> Result<ApiKey, DbError> {
        let droits: Vec<String> = key.droits.iter().map(ToString::to_string).collect();
        sqlx::query_as!(
            ApiKeySqlRow,
            "INSERT INTO cles (empreinte, nom, contact, droits, quota, expire_le) VALUES ($1, $2, $3, $4, $5, $6)
             RETURNING id, nom, contact, droits, quota, creee_le, expire_le, revoquee_le, utilisee_le",
            key.empreinte,
            key.nom,
            key.contact,
            &droits,
            key.quota,
            key.expire_le
        )
        .fetch_one(&self.write)
        .await?
        .try_into()
    }

    /// Every key, the newest first.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn keys(&self) -> Result<Vec<ApiKey>, DbError> {
        let lines = sqlx::query_as!(
            ApiKeySqlRow,
            "SELECT id, nom, contact, droits, quota, creee_le, expire_le, revoquee_le, utilisee_le
             FROM cles ORDER BY id DESC"
        )
        .fetch_all(&self.write)
        .await?;
        lines.into_iter().map(ApiKey::try_from).collect()
    }

    /// Revokes the key with this number or name. Of several keys of one name none is revoked.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn revoke_key(&self, designation: &str) -> Result<Revocation, DbError> {
        let id = designation.parse::<i32>().ok();
        let mut keys = self.keys().await?;
        keys.retain(|key| id.map_or(key.nom == designation, |id| key.id == id));
        let revoked = keys.iter().find(|key| key.revoquee_le.is_some()).cloned();
        keys.retain(|key| key.revoquee_le.is_none());
        let Some(key) = keys.pop() else {
            return Ok(revoked.map_or(Revocation::Unknown, Revocation::AlreadyDone));
        };
        if !keys.is_empty() {
            keys.push(key);
            return Ok(Revocation::Ambiguous(keys));
        }
        let revoquee_le = sqlx::query_scalar!(
            "UPDATE cles SET revoquee_le = coalesce(revoquee_le, now()) WHERE id = $1 RETURNING revoquee_le",
            key.id
        )
        .fetch_one(&self.write)
        .await?;
        Ok(Revocation::Done(ApiKey { revoquee_le, ..key }))
    }

    /// The key with this hash, accepted or not.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn key_by_hash(&self, empreinte: &KeyHash) -> Result<Option<ApiKey>, DbError> {
        sqlx::query_as!(
            ApiKeySqlRow,
            "SELECT id, nom, contact, droits, quota, creee_le, expire_le, revoquee_le, utilisee_le
             FROM cles WHERE empreinte = $1",
            empreinte
        )
        .fetch_optional(&self.read)
        .await?
        .map(ApiKey::try_from)
        .transpose()
    }

    /// Notes that a key was used now; nothing when another server did so within the minute.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn note_use(&self, id: i32) -> Result<(), DbError> {
        sqlx::query!(
            "UPDATE cles SET utilisee_le = now()
             WHERE id = $1 AND (utilisee_le IS NULL OR utilisee_le < now() - interval '1 minute')",
            id
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Stores an account with the hash of its password; false when there is one of this name.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn create_account(&self, nom: &str, empreinte: &str) -> Result<bool, DbError> {
        let done = sqlx::query!(
            "INSERT INTO comptes (nom, empreinte) VALUES ($1, $2)
             ON CONFLICT (nom) WHERE desactive_le IS NULL DO NOTHING",
            nom,
            empreinte
        )
        .execute(&self.write)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes the account of this name: its password is forgotten, its tokens are refused; false
    /// when there is none.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn delete_account(&self, nom: &str) -> Result<bool, DbError> {
        let done = sqlx::query!(
            "UPDATE comptes SET desactive_le = now(), empreinte = NULL WHERE nom = $1 AND desactive_le IS NULL",
            nom
        )
        .execute(&self.write)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Every account, those in use first, by name.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn accounts(&self) -> Result<Vec<Account>, DbError> {
        Ok(sqlx::query_as!(
            Account,
            "SELECT id, nom, cree_le, desactive_le FROM comptes ORDER BY desactive_le IS NOT NULL, nom, id"
        )
        .fetch_all(&self.write)
        .await?)
    }

    /// The account in use of this name. `nom` may be any text, NUL included.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn account_by_name(&self, nom: &str) -> Result<Option<ActiveAccount>, DbError> {
        // PostgreSQL has no such text, and would answer with an error.
        if nom.contains('\0') {
            return Ok(None);
        }
        Ok(sqlx::query_as!(
            ActiveAccount,
            r#"SELECT id, empreinte AS "empreinte!" FROM comptes WHERE nom = $1 AND desactive_le IS NULL"#,
            nom
        )
        .fetch_optional(&self.read)
        .await?)
    }

    /// Whether the account with this number is in use.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn active_account(&self, id: i32) -> Result<bool, DbError> {
        let found = sqlx::query_scalar!("SELECT id FROM comptes WHERE id = $1 AND desactive_le IS NULL", id);
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    /// What tokens are signed with: `offered`, which must be random, the first time; from then on
    /// what the first server stored.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn token_secret(&self, offered: &[u8; 32]) -> Result<Vec<u8>, DbError> {
        sqlx::query!(
            "INSERT INTO secrets (nom, valeur) VALUES ($1, $2) ON CONFLICT (nom) DO NOTHING",
            TOKEN_SECRET,
            offered
        )
        .execute(&self.write)
        .await?;
        let secret = sqlx::query_scalar!("SELECT valeur FROM secrets WHERE nom = $1", TOKEN_SECRET);
        Ok(secret.fetch_one(&self.write).await?)
    }
}
