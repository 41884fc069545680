//! What a statistician would ask about the data that are in, for `exposition doctor --donnees`.

use super::{Db, DbError};
use crate::domain::SEUIL;

/// A hidden cell that a total of the producers gives away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAway {
    /// Its place: INSEE code of a région, or UAI.
    pub lieu: String,
    /// Certification.
    pub code_certification: String,
    /// Filière.
    pub filiere: String,
    /// Millésime.
    pub millesime: String,
    /// The place of the total: INSEE code of a région, or empty for France.
    pub total: String,
}

/// A région that a file gives to an établissement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidRegion {
    /// The établissement.
    pub uai: String,
    /// INSEE code.
    pub region: String,
    /// Dataset of the file.
    pub dataset: String,
}

/// A code of the statistics that is no certification of the publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode {
    /// The code.
    pub code_certification: String,
    /// Dataset.
    pub dataset: String,
    /// Rows that have it.
    pub rows: i64,
}

/// Two figures of one cell in millésimes that follow each other, more than 30 points apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// INSEE code of a région, UAI, or empty for France.
    pub lieu: String,
    /// Certification.
    pub code_certification: String,
    /// Filière.
    pub filiere: String,
    /// The earlier millésime.
    pub before: String,
    /// The later one.
    pub after: String,
    /// `part_poursuite_etudes`, before and after.
    pub further_study: (Option<i32>, Option<i32>),
    /// `part_en_emploi_6_mois`, before and after.
    pub employment: (Option<i32>, Option<i32>),
}

/// An établissement that has figures of a cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Filière.
    pub filiere: String,
    /// Millésime.
    pub millesime: String,
    /// The établissement.
    pub uai: String,
}

impl Db {
    /// The hidden cells that are the only hidden part of a visible total of the producers: the sizes
    /// of the parts, which are always visible, sum up to that of the total.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn given_away(&self, publication: i32) -> Result<Vec<GivenAway>, DbError> {
        let rows = sqlx::query_as!(
            GivenAway,
            r#"WITH own AS (
                   SELECT s.lieu, s.code_certification, s.filiere, s.millesime, s.nb_annee_term,
                          CASE s.maille WHEN 'regionale' THEN '' WHEN 'etablissement' THEN e.region END AS total
                   FROM statistiques s
                   LEFT JOIN etablissements e ON e.publication_id = s.publication_id AND e.uai = s.lieu
                   WHERE s.publication_id = $1 AND s.origine = 'propre' AND s.uai_origine IS NULL
                     AND s.nb_annee_term IS NOT NULL
               ), parts AS (
                   SELECT total, code_certification, filiere, millesime, sum(nb_annee_term) AS size,
                          count(*) FILTER (WHERE nb_annee_term < $2) AS hidden,
                          min(lieu) FILTER (WHERE nb_annee_term < $2) AS lieu
                   FROM own WHERE total IS NOT NULL GROUP BY 1, 2, 3, 4
               )
               SELECT p.lieu AS "lieu!", p.code_certification AS "code_certification!", p.filiere AS "filiere!",
                      p.millesime AS "millesime!", p.total AS "total!"
               FROM parts p JOIN own t ON t.lieu = p.total AND t.code_certification = p.code_certification
                   AND t.filiere = p.filiere AND t.millesime = p.millesime AND t.nb_annee_term = p.size
               WHERE p.hidden = 1 AND t.nb_annee_term >= $2
               ORDER BY p.lieu, p.code_certification, p.millesime, p.filiere"#,
            publication,
            SEUIL
        );
        Ok(rows.fetch_all(&self.write).await?)
    }

    /// The régions that the files give to établissements.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn said_regions(&self) -> Result<Vec<SaidRegion>, DbError> {
        let rows = sqlx::query_as!(
            SaidRegion,
            r#"SELECT uai AS "uai!", region AS "region!", dataset AS "dataset!"
               FROM (SELECT uai, region, dataset FROM mesures_etablissement
                     UNION SELECT uai, region, dataset FROM annuaire) r
               WHERE region IS NOT NULL ORDER BY uai, dataset, region"#
        );
        Ok(rows.fetch_all(&self.write).await?)
    }

    /// The codes of statistics that are no certification of a publication, those of most rows first.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn unknown_codes(&self, publication: i32) -> Result<Vec<UnknownCode>, DbError> {
        let rows = sqlx::query_as!(
            UnknownCode,
            r#"SELECT code_certification AS "code_certification!", dataset AS "dataset!", sum(rows)::bigint AS "rows!"
               FROM (SELECT code_certification, dataset, count(*) AS rows FROM mesures GROUP BY 1, 2
                     UNION ALL
                     SELECT code_certification, dataset, count(*) FROM insersup WHERE ensemble GROUP BY 1, 2) m
               WHERE NOT EXISTS (SELECT FROM certifications c
                                 WHERE c.publication_id = $1 AND c.code_certification = m.code_certification)
               GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"#,
            publication
        );
        Ok(rows.fetch_all(&self.write).await?)
    }

    /// Figures of cohorts of more than 50 that are more than 30 points away from those of the
    /// millésime of the same form before.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn jumps(&self, publication: i32) -> Result<Vec<Jump>, DbError> {
        let rows = sqlx::query!(
            r#"WITH own AS (
                   SELECT lieu, code_certification, filiere, millesime, part_poursuite_etudes, part_en_emploi_6_mois,
                          lag(millesime) OVER w AS before, lag(part_poursuite_etudes) OVER w AS poursuite,
                          lag(part_en_emploi_6_mois) OVER w AS emploi
                   FROM statistiques
                   WHERE publication_id = $1 AND origine = 'propre' AND uai_origine IS NULL AND nb_annee_term > 50
                   WINDOW w AS (PARTITION BY lieu, code_certification, filiere, length(millesime) ORDER BY millesime)
               )
               SELECT lieu, code_certification, filiere, millesime, before AS "before!", part_poursuite_etudes,
                      part_en_emploi_6_mois, poursuite, emploi
               FROM own
               WHERE abs(part_poursuite_etudes - poursuite) > 30 OR abs(part_en_emploi_6_mois - emploi) > 30
               ORDER BY lieu, code_certification, millesime, filiere"#,
            publication
        )
        .fetch_all(&self.write)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Jump {
                lieu: row.lieu,
                code_certification: row.code_certification,
                filiere: row.filiere,
                before: row.before,
                after: row.millesime,
                further_study: (row.poursuite, row.part_poursuite_etudes),
                employment: (row.emploi, row.part_en_emploi_6_mois),
            })
            .collect())
    }

    /// The établissements that have figures of their own, by filière and millésime.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn present(&self, publication: i32) -> Result<Vec<Present>, DbError> {
        let rows = sqlx::query_as!(
            Present,
            r#"SELECT filiere AS "filiere!", millesime AS "millesime!", uai AS "uai!"
               FROM (SELECT filiere, millesime, uai FROM statistiques_etablissement WHERE publication_id = $1
                     UNION
                     SELECT filiere, millesime, lieu FROM statistiques
                     WHERE publication_id = $1 AND maille = 'etablissement' AND origine = 'propre'
                       AND uai_origine IS NULL) p"#,
            publication
        );
        Ok(rows.fetch_all(&self.write).await?)
    }
}
