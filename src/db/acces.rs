//! Accès: keys, accounts, and the secret that the servers of one database share.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Db, DbError};
use crate::domain::acces::{Cle, Droit, Empreinte};
use crate::domain::mot_de_passe::Compte;

/// A key to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NouvelleCle<'a> {
    /// What is kept of its text.
    pub empreinte: &'a Empreinte,
    /// Whose it is.
    pub nom: &'a str,
    /// How to reach them.
    pub contact: Option<&'a str>,
    /// What it opens; at least one.
    pub droits: &'a [Droit],
    /// Requests a minute, above 0.
    pub quota: Option<i32>,
    /// Its last day.
    pub expire_le: Option<NaiveDate>,
}

/// The answer to a wish to revoke a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// It is revoked.
    Faite(Cle),
    /// It had been revoked before.
    DejaFaite(Cle),
    /// No key has this number or name.
    Inconnue,
    /// Several keys have this name; those that are not revoked.
    Ambigue(Vec<Cle>),
}

/// What logging in needs to know of an account.
#[derive(Debug, Clone)]
pub struct CompteActif {
    /// Its number.
    pub id: i32,
    /// The hash of its password, a PHC string.
    pub empreinte: String,
}

struct LigneCle {
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

impl TryFrom<LigneCle> for Cle {
    type Error = DbError;

    fn try_from(ligne: LigneCle) -> Result<Self, DbError> {
        let droits = ligne.droits.iter().map(|droit| Droit::parse(droit)).collect::<Result<_, _>>();
        Ok(Self {
            id: ligne.id,
            nom: ligne.nom,
            contact: ligne.contact,
            droits: droits.map_err(|error| DbError::Corrupt(format!("droits of key {}: {error}", ligne.id)))?,
            quota: ligne.quota,
            creee_le: ligne.creee_le,
            expire_le: ligne.expire_le,
            revoquee_le: ligne.revoquee_le,
            utilisee_le: ligne.utilisee_le,
        })
    }
}

/// Name, in `secrets`, of what tokens are signed with.
const SECRET_JETONS: &str = "jetons";

impl Db {
    /// Stores a key.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn creer_cle(&self, cle: NouvelleCle<'_>) -> Result<Cle, DbError> {
        let droits: Vec<String> = cle.droits.iter().map(ToString::to_string).collect();
        sqlx::query_as!(
            LigneCle,
            "INSERT INTO cles (empreinte, nom, contact, droits, quota, expire_le) VALUES ($1, $2, $3, $4, $5, $6)
             RETURNING id, nom, contact, droits, quota, creee_le, expire_le, revoquee_le, utilisee_le",
            cle.empreinte,
            cle.nom,
            cle.contact,
            &droits,
            cle.quota,
            cle.expire_le
        )
        .fetch_one(&self.write)
        .await?
        .try_into()
    }

    /// Every key, the newest first.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn cles(&self) -> Result<Vec<Cle>, DbError> {
        let lignes = sqlx::query_as!(
            LigneCle,
            "SELECT id, nom, contact, droits, quota, creee_le, expire_le, revoquee_le, utilisee_le
             FROM cles ORDER BY id DESC"
        )
        .fetch_all(&self.write)
        .await?;
        lignes.into_iter().map(Cle::try_from).collect()
    }

    /// Revokes the key with this number or name. Of several keys of one name none is revoked.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn revoquer_cle(&self, designation: &str) -> Result<Revocation, DbError> {
        let id = designation.parse::<i32>().ok();
        let mut cles = self.cles().await?;
        cles.retain(|cle| id.map_or(cle.nom == designation, |id| cle.id == id));
        let revoquee = cles.iter().find(|cle| cle.revoquee_le.is_some()).cloned();
        cles.retain(|cle| cle.revoquee_le.is_none());
        let Some(cle) = cles.pop() else {
            return Ok(revoquee.map_or(Revocation::Inconnue, Revocation::DejaFaite));
        };
        if !cles.is_empty() {
            cles.push(cle);
            return Ok(Revocation::Ambigue(cles));
        }
        let revoquee_le = sqlx::query_scalar!(
            "UPDATE cles SET revoquee_le = coalesce(revoquee_le, now()) WHERE id = $1 RETURNING revoquee_le",
            cle.id
        )
        .fetch_one(&self.write)
        .await?;
        Ok(Revocation::Faite(Cle { revoquee_le, ..cle }))
    }

    /// The key with this hash, accepted or not.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn cle_par_empreinte(&self, empreinte: &Empreinte) -> Result<Option<Cle>, DbError> {
        sqlx::query_as!(
            LigneCle,
            "SELECT id, nom, contact, droits, quota, creee_le, expire_le, revoquee_le, utilisee_le
             FROM cles WHERE empreinte = $1",
            empreinte
        )
        .fetch_optional(&self.read)
        .await?
        .map(Cle::try_from)
        .transpose()
    }

    /// Notes that a key was used now; nothing when another server did so within the minute.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn noter_utilisation(&self, id: i32) -> Result<(), DbError> {
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
    /// See [`DbError`].
    pub async fn creer_compte(&self, nom: &str, empreinte: &str) -> Result<bool, DbError> {
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
    /// See [`DbError`].
    pub async fn supprimer_compte(&self, nom: &str) -> Result<bool, DbError> {
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
    /// See [`DbError`].
    pub async fn comptes(&self) -> Result<Vec<Compte>, DbError> {
        Ok(sqlx::query_as!(
            Compte,
            "SELECT id, nom, cree_le, desactive_le FROM comptes ORDER BY desactive_le IS NOT NULL, nom, id"
        )
        .fetch_all(&self.write)
        .await?)
    }

    /// The account in use of this name. `nom` may be any text, NUL included.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn compte_par_nom(&self, nom: &str) -> Result<Option<CompteActif>, DbError> {
        // PostgreSQL has no such text, and would answer with an error.
        if nom.contains('\0') {
            return Ok(None);
        }
        Ok(sqlx::query_as!(
            CompteActif,
            r#"SELECT id, empreinte AS "empreinte!" FROM comptes WHERE nom = $1 AND desactive_le IS NULL"#,
            nom
        )
        .fetch_optional(&self.read)
        .await?)
    }

    /// Whether the account with this number is in use.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn compte_actif(&self, id: i32) -> Result<bool, DbError> {
        let found = sqlx::query_scalar!("SELECT id FROM comptes WHERE id = $1 AND desactive_le IS NULL", id);
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    /// What tokens are signed with: `propose`, which must be random, the first time; from then on
    /// what the first server stored.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn secret_des_jetons(&self, propose: &[u8; 32]) -> Result<Vec<u8>, DbError> {
        sqlx::query!(
            "INSERT INTO secrets (nom, valeur) VALUES ($1, $2) ON CONFLICT (nom) DO NOTHING",
            SECRET_JETONS,
            propose
        )
        .execute(&self.write)
        .await?;
        let secret = sqlx::query_scalar!("SELECT valeur FROM secrets WHERE nom = $1", SECRET_JETONS);
        Ok(secret.fetch_one(&self.write).await?)
    }
}
