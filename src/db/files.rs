//! The files that are or were in: list and withdraw.

use chrono::{DateTime, Utc};

use super::ingestion::{delete_rows, tables::Table};
use super::{Db, DbError};

/// A file that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its number.
    pub id: i64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Its name, without folders.
    pub nom: String,
    /// The address it was fetched from, if it was.
    pub adresse: Option<String>,
    /// Identifier of its dataset.
    pub dataset: String,
    /// The millésime given for it, when it carries none.
    pub millesime: Option<String>,
    /// Lines that went in when it was imported.
    pub lignes_gardees: i64,
    /// Rows of it that no newer file has replaced.
    pub lignes_en_cours: i64,
    /// When it was imported.
    pub ingere_le: DateTime<Utc>,
    /// When the last of its rows went.
    pub retire_le: Option<DateTime<Utc>>,
    /// Why: `remplace` or `retire`.
    pub motif_retrait: Option<String>,
}

/// The answer to a wish to withdraw a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// It is withdrawn; so many rows are gone.
    Done {
        /// Every file of that content: it may stand under two millésimes.
        fichiers: Vec<SourceFile>,
        /// Rows deleted.
        lines: u64,
    },
    /// No file that is in has such a sum.
    Unknown,
    /// The beginning fits several contents; their sums.
    Ambiguous(Vec<String>),
}

/// What was read of a dataset, over every file that is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestedRows {
    /// Identifier of the dataset.
    pub dataset: String,
    /// Files that are in.
    pub files: i64,
    /// Rows kept when they were imported.
    pub kept: i64,
    /// Rows rejected then.
    pub rejected: i64,
    /// When the newest was imported.
    pub newest: DateTime<Utc>,
}

impl Db {
    /// What was read of each dataset.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn ingested_rows(&self) -> Result<Vec<IngestedRows>, DbError> {
        let rows: Vec<(String, i64, i64, i64, DateTime<Utc>)> = sqlx::query_as(
            "SELECT dataset, count(*), sum(lignes_gardees)::bigint, sum(lignes_rejetees)::bigint, max(ingere_le)
             FROM fichiers WHERE retire_le IS NULL GROUP BY dataset ORDER BY dataset",
        )
        .fetch_all(&self.write)
        .await?;
        let named = |(dataset, files, kept, rejected, newest)| IngestedRows { dataset, files, kept, rejected, newest };
        Ok(rows.into_iter().map(named).collect())
    }

    /// Every file, those that are in first, the newest first.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn files(&self) -> Result<Vec<SourceFile>, DbError> {
        Ok(sqlx::query_as!(
            SourceFile,
            r#"SELECT id, sha256, nom, substring(rapport->>'fichier' FROM '^https?://.*') AS adresse, dataset, millesime, lignes_gardees,
                      (SELECT coalesce(sum(p.lignes), 0)::bigint FROM portees p WHERE p.fichier_id = f.id)
                          AS "lignes_en_cours!",
                      ingere_le, retire_le, motif_retrait
               FROM fichiers f ORDER BY retire_le IS NOT NULL, id DESC"#
        )
        .fetch_all(&self.write)
        .await?)
    }

    /// Withdraws the file whose sum begins with `start` (lower case hexadecimal digits): its rows
    /// and scopes go, it stays on record.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses; nothing is changed then.
    pub async fn withdraw_file(&self, start: &str) -> Result<Withdrawal, DbError> {
        let mut fichiers = self.files().await?;
        fichiers.retain(|fichier| fichier.retire_le.is_none() && fichier.sha256.starts_with(start));
        let mut sums: Vec<String> = fichiers.iter().map(|fichier| fichier.sha256.clone()).collect();
        sums.sort();
        sums.dedup();
        match sums.len() {
            0 => return Ok(Withdrawal::Unknown),
            1 => {}
            _ => return Ok(Withdrawal::Ambiguous(sums)),
        }
        let mut lines = 0;
        let mut tx = self.write.begin().await?;
        super::ingestion::lock(&mut tx).await?;
        for fichier in &fichiers {
            for table in Table::STORED {
                lines += delete_rows(&mut tx, table, fichier.id).await?;
            }
            sqlx::query!("DELETE FROM portees WHERE fichier_id = $1", fichier.id).execute(&mut *tx).await?;
            sqlx::query!(
                "UPDATE fichiers SET retire_le = now(), motif_retrait = 'retire' WHERE id = $1 AND retire_le IS NULL",
                fichier.id
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(Withdrawal::Done { fichiers, lines })
    }
}
