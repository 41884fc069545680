//! What a publication covers, and what it changes.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{Db, DbError};
use crate::domain::couverture::{Changes, Couverture, EntryCounts, Groupe};
use crate::domain::{CodeRegion, Filiere, Lieu, Maille, Millesime};

struct ChangeSqlRow {
    maille: Maille,
    filiere: Filiere,
    millesime: Millesime,
    region: Option<CodeRegion>,
    ajoutees: i64,
    retirees: i64,
    modifiees: i64,
}

/// What publication `newer` adds to, removes from and changes in publication `older`, by group.
pub(in crate::db) async fn changes(
    connection: &mut PgConnection,
    older: i32,
    newer: i32,
) -> Result<BTreeMap<Groupe, Changes>, DbError> {
    let rows = sqlx::query_as!(
        ChangeSqlRow,
        r#"SELECT coalesce(o.maille, n.maille) AS "maille!: Maille", filiere AS "filiere!: Filiere",
                  millesime AS "millesime!: Millesime",
                  CASE coalesce(o.maille, n.maille) WHEN 'regionale' THEN lieu ELSE coalesce(en.region, eo.region) END
                      AS "region: CodeRegion",
                  count(*) FILTER (WHERE o.empreinte IS NULL) AS "ajoutees!",
                  count(*) FILTER (WHERE n.empreinte IS NULL) AS "retirees!",
                  count(*) FILTER (WHERE o.empreinte <> n.empreinte) AS "modifiees!"
           FROM (SELECT lieu, code_certification, millesime, filiere, maille, empreinte
                 FROM statistiques WHERE publication_id = $1) o
           FULL JOIN (SELECT lieu, code_certification, millesime, filiere, maille, empreinte
                      FROM statistiques WHERE publication_id = $2) n
               USING (lieu, code_certification, millesime, filiere)
           LEFT JOIN etablissements eo ON eo.publication_id = $1 AND eo.uai = lieu
           LEFT JOIN etablissements en ON en.publication_id = $2 AND en.uai = lieu
           WHERE o.empreinte IS DISTINCT FROM n.empreinte
           GROUP BY 1, 2, 3, 4"#,
        older,
        newer
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ChangeSqlRow::of_group).collect())
}

impl ChangeSqlRow {
    fn of_group(self) -> (Groupe, Changes) {
        let Self { maille, filiere, millesime, region, ajoutees, retirees, modifiees } = self;
        (Groupe { filiere, maille, millesime, region }, Changes { ajoutees, retirees, modifiees })
    }
}

/// Writes the coverage of a publication.
pub(in crate::db) async fn write(
    connection: &mut PgConnection,
    publication: i32,
    lines: &[Couverture],
) -> Result<(), DbError> {
    let groupes = || lines.iter().map(|line| line.groupe);
    let count = |of: fn(&Couverture) -> i64| lines.iter().map(of).collect::<Vec<_>>();
    sqlx::query!(
        "INSERT INTO couverture SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
             $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
             $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[])",
        publication,
        groupes().map(|groupe| groupe.filiere).collect::<Vec<_>>() as _,
        groupes().map(|groupe| groupe.maille).collect::<Vec<_>>() as _,
        groupes().map(|groupe| groupe.millesime).collect::<Vec<_>>() as _,
        groupes().map(|groupe| groupe.region.map_or(Lieu::France, Lieu::Region)).collect::<Vec<_>>() as _,
        &count(|line| line.comptes.propres),
        &count(|line| line.comptes.diplome_ancien),
        &count(|line| line.comptes.diplome_nouveau),
        &count(|line| line.comptes.autre_uai),
        &count(|line| line.comptes.agregees),
        &count(|line| line.comptes.annees_terminales),
        &count(|line| line.comptes.masquees),
        &count(|line| line.comptes.vides),
        &count(|line| line.comptes.deductibles),
        &count(|line| line.changes.ajoutees),
        &count(|line| line.changes.retirees),
        &count(|line| line.changes.modifiees)
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Db {
    /// What a publication covers, by filière, maille, millésime and région.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn couverture(&self, publication: i32) -> Result<Vec<Couverture>, DbError> {
        let rows = sqlx::query!(
            r#"SELECT filiere AS "filiere: Filiere", maille AS "maille: Maille", millesime AS "millesime: Millesime",
                      nullif(region, '') AS "region: CodeRegion", propres, diplome_ancien, diplome_nouveau, autre_uai,
                      agregees, annees_terminales, masquees, vides, deductibles, ajoutees, retirees, modifiees
               FROM couverture WHERE publication_id = $1"#,
            publication
        )
        .fetch_all(&self.read)
        .await?;
        let found = rows.into_iter().map(|row| Couverture {
            groupe: Groupe { filiere: row.filiere, maille: row.maille, millesime: row.millesime, region: row.region },
            comptes: EntryCounts {
                propres: row.propres,
                diplome_ancien: row.diplome_ancien,
                diplome_nouveau: row.diplome_nouveau,
                autre_uai: row.autre_uai,
                agregees: row.agregees,
                annees_terminales: row.annees_terminales,
                masquees: row.masquees,
                vides: row.vides,
                deductibles: row.deductibles,
            },
            changes: Changes { ajoutees: row.ajoutees, retirees: row.retirees, modifiees: row.modifiees },
        });
        let mut found: Vec<Couverture> = found.collect();
        found.sort_by_key(|line| line.groupe);
        Ok(found)
    }

    /// What each publication added, removed and changed when it was made, by number.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn changes_of_publications(&self) -> Result<BTreeMap<i32, Changes>, DbError> {
        let rows: Vec<(i32, i64, i64, i64)> = sqlx::query_as(
            "SELECT publication_id, sum(ajoutees)::bigint, sum(retirees)::bigint, sum(modifiees)::bigint
             FROM couverture GROUP BY 1",
        )
        .fetch_all(&self.read)
        .await?;
        let of = |(id, ajoutees, retirees, modifiees)| (id, Changes { ajoutees, retirees, modifiees });
        Ok(rows.into_iter().map(of).collect())
    }
}
