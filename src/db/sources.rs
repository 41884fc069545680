//! The files that a publication was made from.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::types::Json;

use super::{Db, DbError};
use crate::domain::Dataset;

/// Rows of one file that were rejected for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RejectionsByReason {
    /// Code of the reason.
    pub motif: String,
    /// The same as a French sentence.
    pub raison: String,
    /// How many rows.
    pub nombre: u64,
}

/// One file that a publication was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Number of the file in this database.
    pub id: i64,
    /// Its name, without folders.
    pub nom: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its dataset.
    pub dataset: Dataset,
    /// The cohort, for files that do not carry one in their rows.
    pub millesime: Option<String>,
    /// Rows read.
    pub lignes_lues: i64,
    /// Rows kept.
    pub lignes_gardees: i64,
    /// Rows rejected.
    pub lignes_rejetees: i64,
    /// The rejected rows, by reason.
    pub rejets: Vec<RejectionsByReason>,
    /// What the operator let in that would have been refused, by name.
    pub acceptances: Vec<String>,
    /// When it was imported.
    pub ingere_le: DateTime<Utc>,
}

struct SourceSqlRow {
    id: i64,
    nom: String,
    sha256: String,
    dataset: String,
    millesime: Option<String>,
    lignes_lues: i64,
    lignes_gardees: i64,
    lignes_rejetees: i64,
    rejets: Json<Vec<RejectionsByReason>>,
    acceptances: Vec<String>,
    ingere_le: DateTime<Utc>,
}

impl TryFrom<SourceSqlRow> for StoredFile {
    type Error = DbError;

    fn try_from(row: SourceSqlRow) -> Result<Self, DbError> {
        let unknown = |_| DbError::Corrupt(format!("dataset {} of file {}", row.dataset, row.id));
        let dataset = Dataset::parse(&row.dataset).map_err(unknown)?;
        // The path is the operator's; what is published is the name of the file alone.
        let nom = row.nom.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        Ok(Self {
            id: row.id,
            nom,
            sha256: row.sha256,
            dataset,
            millesime: row.millesime,
            lignes_lues: row.lignes_lues,
            lignes_gardees: row.lignes_gardees,
            lignes_rejetees: row.lignes_rejetees,
            rejets: row.rejets.0,
            acceptances: row.acceptances,
            ingere_le: row.ingere_le,
        })
    }
}

impl Db {
    /// The files that publication `publication` was made from, by dataset and number.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn sources(&self, publication: i32) -> Result<Vec<StoredFile>, DbError> {
        let rows = sqlx::query_as!(
            SourceSqlRow,
            r#"SELECT f.id, f.nom, f.sha256, f.dataset, f.millesime, f.lignes_lues, f.lignes_gardees, f.lignes_rejetees,
                      coalesce((SELECT jsonb_agg(jsonb_build_object('motif', r->'motif', 'raison', r->'raison',
                                                                    'nombre', r->'nombre'))
                                FROM jsonb_array_elements(f.rapport->'rejets') r),
                               '[]') AS "rejets!: Json<Vec<RejectionsByReason>>",
                      f.acceptations AS acceptances, f.ingere_le
               FROM publication_fichiers p JOIN fichiers f ON f.id = p.fichier_id
               WHERE p.publication_id = $1
               ORDER BY f.dataset, f.id"#,
            publication
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(StoredFile::try_from).collect()
    }
}
