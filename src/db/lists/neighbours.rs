//! What is taught around a formation, among which its neighbours are chosen.

use sqlx::postgres::PgRow;
use sqlx::types::chrono::NaiveDate;
use sqlx::{FromRow as _, Postgres, QueryBuilder, Row as _};

use super::super::statistiques::{NamedStatistique, Slice, StatistiqueSqlRow, columns};
use super::super::{Db, DbError};
use super::push_slices;
use crate::domain::neighbours::{Found, Relation};
use crate::domain::{CodeCertification, Filiere, Uai};

/// At most so many formations are compared, the nearest ones.
const COMPARED: i64 = 1_000;

/// Around what, and among which statistics.
#[derive(Debug, Clone)]
pub struct Neighbourhood {
    /// The établissement from which distances count.
    pub uai: Uai,
    /// The certification to which others are related.
    pub code: CodeCertification,
    /// How the formation is taught.
    pub filiere: Filiere,
    /// Kilometres. Without a position of the établissement only what it teaches itself is near.
    pub rayon_km: u16,
    /// For each filière the millésime compared.
    pub slices: Vec<Slice>,
    /// What was closed before this day is left out, unless it is the same diploma.
    pub today: NaiveDate,
}

/// The certification that is asked about by its diploma (`cle`: its CFD, or itself where it has none),
/// and where the établissement stands. One row, as the LIMIT behind it tells the planner.
const HERE: &str = "WITH ici AS MATERIALIZED (
    SELECT c.code_certification, coalesce(c.cfd, c.code_certification) AS cle,
           coalesce(k.famille_code, c.famille_code) AS famille_code, k.groupe_specialite,
           coalesce(k.diplome_code, c.diplome_code) AS diplome_code, e.latitude, e.longitude,
           coalesce(k.anciens || k.nouveaux, c.anciens || c.nouveaux) AS renovees
    FROM certifications c JOIN etablissements e USING (publication_id)
    LEFT JOIN certifications k ON k.publication_id = c.publication_id AND k.code_certification = c.cfd
    WHERE c.publication_id = ";

/// The related diplomas, then every code of each, with the nearest relation: 0 the same diploma, or the one
/// that it replaced or that replaced it, 1 of the same famille, 2 of the same group and level.
const RELATED: &str = " LIMIT 1), diplomes AS (
    SELECT cle, 0 AS lien FROM ici
    UNION ALL SELECT unnest(renovees), 0 FROM ici
    UNION ALL SELECT f.cfd, 1 FROM ici JOIN certifications f USING (famille_code)
    WHERE f.cfd IS NOT NULL AND f.publication_id = ";
const RELATED_BY_GROUP: &str = "
    UNION ALL SELECT g.cfd, 2 FROM ici JOIN certifications g USING (groupe_specialite, diplome_code)
    WHERE g.cfd IS NOT NULL AND g.publication_id = ";
const CODES: &str = "), liens AS (
    SELECT code_certification, min(lien) AS lien FROM (
        SELECT code_certification, 0 AS lien FROM ici
        UNION ALL SELECT cle, lien FROM diplomes
        UNION ALL SELECT c.code_certification, lien FROM diplomes JOIN certifications c ON c.cfd = cle
        WHERE c.publication_id = ";
/// Those that a pupil can still choose, and those of the diploma itself.
const OPEN_CODES: &str = ") tous GROUP BY code_certification), codes AS (
    SELECT c.code_certification, lien FROM liens JOIN certifications c USING (code_certification) CROSS JOIN ici
    WHERE (coalesce(c.cfd, c.code_certification) = ici.cle OR NOT coalesce(c.date_fermeture < ";

impl Neighbourhood {
    /// What a statistic of a related diploma has in common; `None` for a relation that no statement gives.
    fn relation(&self, lien: i32, filiere: Filiere) -> Option<Relation> {
        match lien {
            0 if filiere == self.filiere => Some(Relation::MemeCertification),
            0 => Some(Relation::AutreVoie),
            1 => Some(Relation::MemeFamille),
            2 => Some(Relation::MemeGroupeSpecialite),
            _ => None,
        }
    }

    fn sql(&self, publication: i32) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(HERE);
        sql.push_bind(publication).push(" AND c.code_certification = ").push_bind(self.code);
        sql.push(" AND e.uai = ").push_bind(self.uai).push(RELATED).push_bind(publication);
        sql.push(RELATED_BY_GROUP).push_bind(publication).push(CODES).push_bind(publication);
        sql.push(OPEN_CODES).push_bind(self.today).push(", false)) AND c.publication_id = ").push_bind(publication);
        sql.push(") SELECT ").push(columns());
        sql.push(
            ", e.nom AS etablissement_nom, e.commune AS etablissement_commune, e.region AS etablissement_region, \
             e.academie AS etablissement_academie, d.distance_m, codes.lien FROM ici CROSS JOIN codes ",
        );
        // By code first: few codes are related, while what is taught in a city is much. OFFSET keeps the order.
        sql.push("CROSS JOIN LATERAL (SELECT * FROM statistiques s WHERE s.publication_id = ").push_bind(publication);
        sql.push(" AND s.code_certification = codes.code_certification AND s.maille = 'etablissement'");
        push_slices(&mut sql, &self.slices);
        sql.push(
            " OFFSET 0) s JOIN etablissements e ON e.publication_id = s.publication_id AND e.uai = s.lieu \
             JOIN certifications c ON c.publication_id = s.publication_id \
             AND c.code_certification = s.code_certification CROSS JOIN LATERAL (SELECT CASE WHEN e.uai = ",
        );
        sql.push_bind(self.uai).push(
            " THEN 0 ELSE distance_m(e.latitude, e.longitude, ici.latitude, ici.longitude) END AS distance_m) d WHERE ",
        );
        sql.push("d.distance_m <= ").push_bind(i32::from(self.rayon_km) * 1_000);
        sql.push(" ORDER BY d.distance_m, s.lieu, s.code_certification, s.filiere LIMIT ");
        sql.push_bind(COMPARED);
        sql
    }
}

impl Db {
    /// What is taught around a formation and is related to it, the nearest first; the formation itself is
    /// among it. One statement.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn taught_around(
        &self,
        publication: i32,
        around: &Neighbourhood,
    ) -> Result<Vec<Found<NamedStatistique>>, DbError> {
        let rows = around.sql(publication).build().fetch_all(&self.lists).await?;
        let found = |row: &PgRow| {
            let named = NamedStatistique::try_from(StatistiqueSqlRow::from_row(row)?)?;
            let lien: i32 = row.try_get("lien")?;
            let relation = around.relation(lien, named.statistique.filiere);
            Ok((relation.ok_or_else(|| DbError::Corrupt(lien.to_string()))?, row.try_get("distance_m")?, named))
        };
        rows.iter().map(found).collect()
    }
}
