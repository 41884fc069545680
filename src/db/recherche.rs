//! What a search looks through: the labels of a publication, read whole, without a figure.

use sqlx::types::chrono::NaiveDate;

use super::{Db, DbError};
use crate::domain::CodeCertification;
use crate::domain::recherche::Entry;

#[derive(sqlx::FromRow)]
struct Row {
    code_certification: CodeCertification,
    cfd: Option<CodeCertification>,
    libelle: String,
    libelle_ancien: Option<String>,
    diplome_libelle: Option<String>,
    date_fermeture: Option<NaiveDate>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let Row { code_certification, cfd, libelle, libelle_ancien, diplome_libelle, date_fermeture } = row;
        Self { code: code_certification, cfd, libelle, libelle_ancien, diplome: diplome_libelle, date_fermeture }
    }
}

impl Db {
    /// The labels of the certifications of a publication, in the order of their codes.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn labels(&self, publication: i32) -> Result<Vec<Entry>, DbError> {
        let statement = "SELECT code_certification, cfd, libelle, libelle_ancien, diplome_libelle, date_fermeture \
                         FROM certifications WHERE publication_id = $1 ORDER BY code_certification";
        let rows: Vec<Row> = sqlx::query_as(statement).bind(publication).fetch_all(&self.lists).await?;
        Ok(rows.into_iter().map(Entry::from).collect())
    }
}
