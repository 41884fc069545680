//! Which publications exist, which is served, what each was made from.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::listener::PUBLICATION_CHANNEL;
use super::{Db, DbError};
use crate::domain::{Filiere, Maille, Millesime};

/// What a publication holds, counted once when it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationCounts {
    /// Codes in the nomenclatures.
    pub certifications: u64,
    /// Établissements known.
    pub etablissements: u64,
    /// Statistics, for every maille, filière and millésime.
    pub statistiques: Vec<StatistiqueCount>,
    /// Figures of établissements as a whole.
    pub statistiques_etablissement: u64,
}

impl PublicationCounts {
    /// Every certification and figure of an établissement as a whole: what is not counted by
    /// group.
    #[must_use]
    pub fn nomenclatures(&self) -> i64 {
        i64::try_from(self.certifications + self.statistiques_etablissement).unwrap_or(i64::MAX)
    }
}

/// How many statistics there are of one maille, filière and millésime.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatistiqueCount {
    /// Maille.
    pub maille: Maille,
    /// Filière.
    pub filiere: Filiere,
    /// Millésime.
    pub millesime: Millesime,
    /// Number of cells, hidden ones included.
    pub nombre: u64,
}

/// One publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Number of its partitions.
    pub id: i32,
    /// `major.minor.patch`.
    pub version: String,
    /// When it was computed.
    pub creee_le: DateTime<Utc>,
    /// Version of the program that computed it.
    pub programme: String,
    /// Whether it was made from the fictitious sample data.
    pub fictive: bool,
    /// SHA-256 over its rows.
    pub empreinte: String,
    /// What it holds.
    pub comptes: PublicationCounts,
    /// The losses that the operator accepted, by name.
    pub acceptances: Vec<String>,
    /// The files it was made from: number → SHA-256, hexadecimal.
    pub fichiers: BTreeMap<i64, String>,
    /// Whether it is the one that is served.
    pub courante: bool,
    /// Whether its rows are gone (older than the ones that are kept).
    pub purgee: bool,
}

struct PublicationSqlRow {
    id: i32,
    version: String,
    creee_le: DateTime<Utc>,
    programme: String,
    fictive: bool,
    empreinte: String,
    comptes: Json<PublicationCounts>,
    acceptances: Vec<String>,
    fichiers: Json<BTreeMap<i64, String>>,
    courante: bool,
    purgee: bool,
}

impl From<PublicationSqlRow> for Publication {
    fn from(row: PublicationSqlRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            creee_le: row.creee_le,
            programme: row.programme,
            fictive: row.fictive,
            empreinte: row.empreinte,
            comptes: row.comptes.0,
            acceptances: row.acceptances,
            fichiers: row.fichiers.0,
            courante: row.courante,
            purgee: row.purgee,
        }
    }
}

/// Points the servers to the publication `id` and tells them so at the commit.
pub(in crate::db) async fn make_current(connection: &mut PgConnection, id: i32) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO publication_courante (publication_id) VALUES ($1)
         ON CONFLICT (seule) DO UPDATE SET publication_id = excluded.publication_id, depuis = now()",
        id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("SELECT pg_notify($1, $2)", PUBLICATION_CHANNEL, id.to_string()).execute(connection).await?;
    Ok(())
}

impl Db {
    /// Makes a publication that still has its rows current, in one update.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn rollback_to(&self, id: i32) -> Result<(), DbError> {
        let mut transaction = self.write.begin().await?;
        make_current(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Every publication, the newest first.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn publications(&self) -> Result<Vec<Publication>, DbError> {
        self.chosen(None, false, None).await
    }

    /// The publication of a version, purged or not.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn publication(&self, version: &str) -> Result<Option<Publication>, DbError> {
        Ok(self.chosen(Some(version), false, Some(1)).await?.pop())
    }

    /// The newest publication, served or not.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn newest_publication(&self) -> Result<Option<Publication>, DbError> {
        Ok(self.chosen(None, false, Some(1)).await?.pop())
    }

    /// The publications of a version (or of any), perhaps only the one that is served, the newest
    /// first.
    async fn chosen(
        &self,
        version: Option<&str>,
        served: bool,
        limit: Option<i64>,
    ) -> Result<Vec<Publication>, DbError> {
        let rows = sqlx::query_as!(
            PublicationSqlRow,
            r#"SELECT p.id, p.version, p.creee_le, p.programme, p.fictive, p.empreinte,
                      p.comptes AS "comptes: Json<PublicationCounts>", p.acceptations AS acceptances,
                      coalesce((SELECT jsonb_object_agg(f.id, f.sha256) FROM publication_fichiers pf
                                JOIN fichiers f ON f.id = pf.fichier_id WHERE pf.publication_id = p.id), '{}')
                          AS "fichiers!: Json<BTreeMap<i64, String>>",
                      c.publication_id IS NOT NULL AS "courante!", p.purgee_le IS NOT NULL AS "purgee!"
               FROM publications p LEFT JOIN publication_courante c ON c.publication_id = p.id
               WHERE p.version = coalesce($1, p.version) AND (c.publication_id IS NOT NULL OR NOT $2)
               ORDER BY p.id DESC LIMIT $3"#,
            version,
            served,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(Publication::from).collect())
    }

    /// The publication that is served, if there is one.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn current_publication(&self) -> Result<Option<Publication>, DbError> {
        Ok(self.chosen(None, true, Some(1)).await?.pop())
    }
}
