//! The counts of calls: added to in batches, read by day.

use chrono::NaiveDate;

use super::{Db, DbError};
use crate::domain::usage::{Usage, UsageGroup};

impl Db {
    /// Adds calls to those that are counted.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, else [`DbError::Query`].
    pub async fn add_usage(&self, counts: &[(UsageGroup, i64)]) -> Result<(), DbError> {
        let groupes = || counts.iter().map(|(groupe, _)| groupe);
        sqlx::query!(
            "INSERT INTO frequentation AS f (jour, route, statut, cle_id, appels)
             SELECT * FROM unnest($1::date[], $2::text[], $3::smallint[], $4::integer[], $5::bigint[])
             ON CONFLICT (jour, route, statut, cle_id) DO UPDATE SET appels = f.appels + excluded.appels",
            &groupes().map(|groupe| groupe.jour).collect::<Vec<_>>(),
            &groupes().map(|groupe| groupe.route.clone()).collect::<Vec<_>>(),
            &groupes().map(|groupe| groupe.statut).collect::<Vec<_>>(),
            &groupes().map(|groupe| groupe.cle).collect::<Vec<_>>(),
            &counts.iter().map(|(_, appels)| *appels).collect::<Vec<_>>()
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The calls from one day to another, both included, of one key or of all: by day, route, status
    /// and key.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, else [`DbError::Query`].
    pub async fn usage(&self, first: NaiveDate, last: NaiveDate, cle: Option<i32>) -> Result<Vec<Usage>, DbError> {
        let rows = sqlx::query!(
            r#"SELECT f.jour, f.route, f.statut, f.cle_id, f.appels, c.nom AS "nom?"
               FROM frequentation f LEFT JOIN cles c ON c.id = f.cle_id
               WHERE f.jour BETWEEN $1 AND $2 AND f.cle_id = coalesce($3, f.cle_id)
               ORDER BY f.jour, f.route, f.statut, f.cle_id"#,
            first,
            last,
            cle
        )
        .fetch_all(&self.write)
        .await?;
        let usage = rows.into_iter().map(|row| Usage {
            groupe: UsageGroup { jour: row.jour, route: row.route, statut: row.statut, cle: row.cle_id },
            platform: row.nom,
            appels: row.appels,
        });
        Ok(usage.collect())
    }
}
