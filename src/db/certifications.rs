//! Reading the certifications of a publication.

use sqlx::types::chrono::NaiveDate;

use super::{Db, DbError};
use crate::domain::{Certification, CodeCertification, Diplome, Famille, Nomenclature};

/// A row of `certifications`.
#[derive(sqlx::FromRow)]
pub(in crate::db) struct CertificationSqlRow {
    code_certification: CodeCertification,
    cfd: Option<CodeCertification>,
    libelle: String,
    libelle_ancien: Option<String>,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_ouverture: Option<NaiveDate>,
    date_fermeture: Option<NaiveDate>,
    premiere_session: Option<i16>,
    derniere_session: Option<i16>,
    libelle_nomenclature: Option<String>,
    niveau_formation_diplome: Option<String>,
    groupe_specialite: Option<String>,
    lettre_specialite: Option<String>,
    famille_code: Option<String>,
    famille_libelle: Option<String>,
    annee_commune: bool,
    anciens: Vec<CodeCertification>,
    nouveaux: Vec<CodeCertification>,
}

impl From<CertificationSqlRow> for Certification {
    fn from(row: CertificationSqlRow) -> Self {
        let famille = row.famille_code.zip(row.famille_libelle);
        Self {
            code: row.code_certification,
            cfd: row.cfd,
            libelle: row.libelle,
            libelle_ancien: row.libelle_ancien,
            diplome: row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle }),
            date_ouverture: row.date_ouverture,
            date_fermeture: row.date_fermeture,
            premiere_session: row.premiere_session,
            derniere_session: row.derniere_session,
            nomenclature: Nomenclature {
                libelle: row.libelle_nomenclature,
                niveau: row.niveau_formation_diplome,
                groupe_specialite: row.groupe_specialite,
                lettre_specialite: row.lettre_specialite,
            },
            famille: famille.map(|(code, libelle)| Famille { code, libelle, annee_commune: row.annee_commune }),
            anciens: row.anciens,
            nouveaux: row.nouveaux,
        }
    }
}

/// A code of the same diploma, or of one before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondance {
    /// The code.
    pub code: CodeCertification,
    /// The diploma (CFD) that it belongs to.
    pub cfd: CodeCertification,
    /// Long label.
    pub libelle: String,
    /// Closing day.
    pub date_fermeture: Option<NaiveDate>,
    /// How many renovations it is away: negative for older diplomas, 0 for the same.
    pub rang: i32,
}

/// A famille de métiers and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilleMetier {
    /// GROUPE_FORMATION.
    pub code: String,
    /// LIBELLE_EDITION.
    pub libelle: String,
    /// The codes of its common first year.
    pub annees_communes: Vec<CodeCertification>,
    /// How many codes belong to it.
    pub certifications: i64,
}

/// Renovations are followed so far: real chains have three or four steps, and a cycle must end.
const RENOVATIONS_MAX: i32 = 10;

impl Db {
    /// Every code of a diploma and of those before and after it, the nearest first.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn correspondances(
        &self,
        publication: i32,
        cfd: CodeCertification,
    ) -> Result<Vec<Correspondance>, DbError> {
        let rows = sqlx::query_as!(
            Correspondance,
            r#"WITH RECURSIVE anciens (code, rang) AS (
                   SELECT $2::text COLLATE "C", 0
                   UNION
                   SELECT older.code, a.rang + 1 FROM anciens a
                   JOIN certifications c ON c.publication_id = $1 AND c.code_certification = a.code
                   CROSS JOIN LATERAL unnest(c.anciens) older (code)
                   WHERE a.rang < $3
               ), nouveaux (code, rang) AS (
                   SELECT $2::text COLLATE "C", 0
                   UNION
                   SELECT newer.code, n.rang + 1 FROM nouveaux n
                   JOIN certifications c ON c.publication_id = $1 AND c.code_certification = n.code
                   CROSS JOIN LATERAL unnest(c.nouveaux) newer (code)
                   WHERE n.rang < $3
               ), chaine AS (
                   SELECT DISTINCT ON (code) code, rang
                   FROM (SELECT code, -rang AS rang FROM anciens UNION ALL SELECT code, rang FROM nouveaux) steps
                   ORDER BY code, abs(rang), rang
               )
               SELECT c.code_certification AS "code: CodeCertification", c.cfd AS "cfd!: CodeCertification", c.libelle, c.date_fermeture, chaine.rang AS "rang!"
               FROM chaine JOIN certifications c ON c.publication_id = $1 AND c.cfd = chaine.code
               ORDER BY abs(chaine.rang), chaine.rang, c.cfd, c.code_certification"#,
            publication,
            cfd as _,
            RENOVATIONS_MAX
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// The terminal years that the entries of a code point to, wherever they are.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn annees_terminales(
        &self,
        publication: i32,
        code: CodeCertification,
    ) -> Result<Vec<CodeCertification>, DbError> {
        let found = sqlx::query_scalar!(
            r#"SELECT DISTINCT terminale.code AS "code!: CodeCertification" FROM statistiques s
               CROSS JOIN LATERAL unnest(s.certifications_terminales) terminale (code)
               WHERE s.publication_id = $1 AND s.code_certification = $2 ORDER BY 1"#,
            publication,
            code as _
        );
        Ok(found.fetch_all(&self.read).await?)
    }

    /// The familles de métiers, by code; or the one of a code.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn familles_metiers(
        &self,
        publication: i32,
        famille: Option<&str>,
    ) -> Result<Vec<FamilleMetier>, DbError> {
        let rows = sqlx::query_as!(
            FamilleMetier,
            r#"SELECT famille_code AS "code!", min(famille_libelle) AS "libelle!", count(*) AS "certifications!",
                      coalesce(array_agg(code_certification ORDER BY code_certification) FILTER (WHERE annee_commune), '{}')
                          AS "annees_communes!: Vec<CodeCertification>"
               FROM certifications
               WHERE publication_id = $1 AND famille_code IS NOT NULL AND famille_code = coalesce($2, famille_code)
               GROUP BY famille_code ORDER BY famille_code"#,
            publication,
            famille
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// What the publication says of a code; `None` when no nomenclature has it.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn certification(
        &self,
        publication: i32,
        code: CodeCertification,
    ) -> Result<Option<Certification>, DbError> {
        let row = sqlx::query_as!(
            CertificationSqlRow,
            r#"SELECT code_certification AS "code_certification: CodeCertification", cfd AS "cfd: CodeCertification",
                      libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture, date_fermeture,
                      premiere_session, derniere_session, libelle_nomenclature, niveau_formation_diplome,
                      groupe_specialite, lettre_specialite, famille_code, famille_libelle, annee_commune,
                      anciens AS "anciens: Vec<CodeCertification>", nouveaux AS "nouveaux: Vec<CodeCertification>"
               FROM certifications WHERE publication_id = $1 AND code_certification = $2"#,
            publication,
            code as _
        )
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(Certification::from))
    }

    /// One page of the CFDs and MEFSTAT11s of the nomenclatures, by code.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn nomenclature_legacy(
        &self,
        publication: i32,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Certification>, DbError> {
        let rows = sqlx::query_as!(
            CertificationSqlRow,
            r#"SELECT code_certification AS "code_certification: CodeCertification", cfd AS "cfd: CodeCertification",
                      libelle, libelle_ancien, diplome_code, diplome_libelle, date_ouverture, date_fermeture,
                      premiere_session, derniere_session, libelle_nomenclature, niveau_formation_diplome,
                      groupe_specialite, lettre_specialite, famille_code, famille_libelle, annee_commune,
                      anciens AS "anciens: Vec<CodeCertification>", nouveaux AS "nouveaux: Vec<CodeCertification>"
               FROM certifications WHERE publication_id = $1 AND type <> 'sise'
               ORDER BY code_certification OFFSET $2 LIMIT $3"#,
            publication,
            offset,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(Certification::from).collect())
    }

    /// How many CFDs and MEFSTAT11s the nomenclatures have.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn count_nomenclature_legacy(&self, publication: i32) -> Result<u64, DbError> {
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "total!" FROM certifications WHERE publication_id = $1 AND type <> 'sise'"#,
            publication
        )
        .fetch_one(&self.read)
        .await?;
        Ok(u64::try_from(total).unwrap_or(0))
    }
}
