//! What has a page with figures.

use super::{Db, DbError};
use crate::domain::{CodeCertification, Uai};

impl Db {
    /// Every certification that has a statistic somewhere, by code.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, else [`DbError::Query`].
    pub async fn codes_with_statistics(&self, publication: i32) -> Result<Vec<CodeCertification>, DbError> {
        let codes = sqlx::query_scalar!(
            r#"SELECT code_certification AS "code: CodeCertification" FROM certifications c
               WHERE publication_id = $1 AND EXISTS (
                   SELECT FROM statistiques s WHERE s.publication_id = $1 AND s.code_certification = c.code_certification
               )
               ORDER BY code_certification"#,
            publication
        );
        Ok(codes.fetch_all(&self.lists).await?)
    }

    /// Every établissement of which a figure is published, by UAI.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, else [`DbError::Query`].
    pub async fn uais_with_statistics(&self, publication: i32) -> Result<Vec<Uai>, DbError> {
        let uais = sqlx::query_scalar!(
            r#"SELECT uai AS "uai: Uai" FROM etablissements WHERE publication_id = $1 AND avec_statistiques ORDER BY uai"#,
            publication
        );
        Ok(uais.fetch_all(&self.lists).await?)
    }
}
