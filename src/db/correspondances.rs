//! Reading what codes correspond to each other: the diplomas behind some codes, and the links that
//! sources state.

use sqlx::types::chrono::NaiveDate;

use super::certifications::FamilleMetier;
use super::{Db, DbError};
use crate::domain::crosswalk::Relation;
use crate::domain::{CodeCertification, CodeSystem, Dataset, PlatformCode};

/// A code of the same diploma, or of one before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondance {
    /// The code.
    pub code: CodeCertification,
    /// The diploma (CFD) that it belongs to; none for higher education.
    pub cfd: Option<CodeCertification>,
    /// Long label.
    pub libelle: String,
    /// Closing day.
    pub date_fermeture: Option<NaiveDate>,
    /// Code of its famille de métiers.
    pub famille: Option<String>,
    /// How many renovations it is away: negative for older diplomas, 0 for the same.
    pub rang: i32,
}

/// What a source says of two codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The code that it is seen from.
    pub code: PlatformCode,
    /// The other one.
    pub lie_a: PlatformCode,
    /// What is said of them.
    pub relation: Relation,
    /// Years that the training takes.
    pub duration: Option<i16>,
    /// Who says it.
    pub source: Dataset,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Line of the file.
    pub line: i32,
}

/// Renovations are followed so far: real chains have three or four steps, and a cycle must end.
const RENOVATIONS_MAX: i32 = 10;

impl Db {
    /// Every code of the diplomas that some codes belong to; where that is a single diploma, those
    /// before and after it as well, the nearest first. Codes of higher education stand for
    /// themselves.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn correspondances(
        &self,
        publication: i32,
        codes: &[CodeCertification],
    ) -> Result<Vec<Correspondance>, DbError> {
        let rows = sqlx::query_as!(
            Correspondance,
            r#"WITH RECURSIVE diplomes (code) AS (
                   SELECT DISTINCT cfd FROM certifications
                   WHERE publication_id = $1 AND code_certification = ANY($2) AND cfd IS NOT NULL
               ), seul (code) AS (
                   SELECT min(code) FROM diplomes HAVING count(*) = 1
               ), anciens (code, rang) AS (
                   SELECT code, 0 FROM seul
                   UNION
                   SELECT older.code, a.rang + 1 FROM anciens a
                   JOIN certifications c ON c.publication_id = $1 AND c.code_certification = a.code
                   CROSS JOIN LATERAL unnest(c.anciens) older (code)
                   WHERE a.rang < $3
               ), nouveaux (code, rang) AS (
                   SELECT code, 0 FROM seul
                   UNION
                   SELECT newer.code, n.rang + 1 FROM nouveaux n
                   JOIN certifications c ON c.publication_id = $1 AND c.code_certification = n.code
                   CROSS JOIN LATERAL unnest(c.nouveaux) newer (code)
                   WHERE n.rang < $3
               ), chaine AS (
                   SELECT DISTINCT ON (code) code, rang
                   FROM (SELECT code, -rang AS rang FROM anciens UNION ALL SELECT code, rang FROM nouveaux
                         UNION ALL SELECT code, 0 FROM diplomes) steps
                   ORDER BY code, abs(rang), rang
               ), found AS (
                   SELECT c.code_certification, c.cfd, c.libelle, c.date_fermeture, c.famille_code, chaine.rang
                   FROM chaine JOIN certifications c ON c.publication_id = $1 AND c.cfd = chaine.code
                   UNION ALL
                   SELECT c.code_certification, c.cfd, c.libelle, c.date_fermeture, c.famille_code, 0
                   FROM certifications c
                   WHERE c.publication_id = $1 AND c.code_certification = ANY($2) AND c.cfd IS NULL
               )
               SELECT code_certification AS "code!: CodeCertification", cfd AS "cfd: CodeCertification",
                      libelle AS "libelle!", date_fermeture, famille_code AS famille, rang AS "rang!"
               FROM found ORDER BY abs(rang), rang, cfd, code_certification"#,
            publication,
            codes as _,
            RENOVATIONS_MAX
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// What sources say of some codes, and of the codes of platforms next to them; each statement
    /// once, seen from the code that is nearer.
    ///
    /// A certification is never gone through: the numbers of one diploma would become numbers of
    /// each other.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn code_links(&self, publication: i32, codes: &[PlatformCode]) -> Result<Vec<Link>, DbError> {
        let through = CodeSystem::ALL.iter().filter(|system| !system.is_of_certifications());
        let through: Vec<String> = through.map(|system| system.prefix().to_owned()).collect();
        let rows = sqlx::query_as!(
            Link,
            r#"WITH around (code, step) AS (
                   SELECT code, min(step) FROM (
                       SELECT unnest($2::text[]), 0
                       UNION ALL
                       SELECT code_lie, 1 FROM liens_codes
                       WHERE publication_id = $1 AND code = ANY($2) AND split_part(code_lie, ':', 1) = ANY($3)
                   ) steps (code, step) GROUP BY code
               )
               SELECT l.code AS "code: PlatformCode", l.code_lie AS "lie_a: PlatformCode",
                      l.relation AS "relation: Relation", l.duree AS duration, l.source AS "source: Dataset", f.sha256, l.ligne AS line
               FROM around JOIN liens_codes l ON l.publication_id = $1 AND l.code = around.code
               JOIN fichiers f ON f.id = l.fichier_id
               WHERE NOT EXISTS (SELECT FROM around nearer WHERE nearer.code = l.code_lie
                                 AND (nearer.step, nearer.code) < (around.step, around.code))
               ORDER BY around.step, l.code, l.code_lie, l.relation, l.source, l.ligne"#,
            publication,
            codes as _,
            &through
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// The terminal years that the entries of some codes point to, wherever they are, and what a
    /// famille de métiers holds.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn terminal_years_and_famille(
        &self,
        publication: i32,
        codes: &[CodeCertification],
        famille: Option<&str>,
    ) -> Result<(Vec<CodeCertification>, Option<FamilleMetier>), DbError> {
        let row = sqlx::query!(
            r#"SELECT coalesce((SELECT array_agg(DISTINCT terminale.code ORDER BY terminale.code) FROM statistiques s
                                CROSS JOIN LATERAL unnest(s.certifications_terminales) terminale (code)
                                WHERE s.publication_id = $1 AND s.code_certification = ANY($2)), '{}')
                          AS "terminales!: Vec<CodeCertification>",
                      min(c.famille_libelle) AS libelle, count(*) AS "certifications!",
                      coalesce(array_agg(c.code_certification ORDER BY c.code_certification)
                               FILTER (WHERE c.annee_commune), '{}') AS "annees_communes!: Vec<CodeCertification>"
               FROM certifications c WHERE c.publication_id = $1 AND c.famille_code = $3"#,
            publication,
            codes as _,
            famille
        )
        .fetch_one(&self.read)
        .await?;
        let famille = famille.zip(row.libelle).map(|(code, libelle)| FamilleMetier {
            code: code.to_owned(),
            libelle,
            annees_communes: row.annees_communes,
            certifications: row.certifications,
        });
        Ok((row.terminales, famille))
    }
}
