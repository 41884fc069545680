//! Repères: the reference points of a publication, read whole: a few thousand rows.

use super::codes::read;
use super::{Db, DbError};
use crate::domain::reperes::{FigureRepere, GroupeRepere, Points, ReferenceKey, Repartition, Repere};

struct Row {
    lieu: String,
    maille: String,
    filiere: String,
    millesime: String,
    niveau: String,
    type_diplome: String,
    nombre: i32,
    groupe: Option<String>,
    points: Vec<Option<i32>>,
}

impl TryFrom<Row> for Repere {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let corrupt = |text: &str| DbError::Corrupt(text.to_owned());
        let groupe = row.groupe.as_deref().map(|text| GroupeRepere::parse(text).map_err(|_| corrupt(text)));
        let points = match groupe.transpose()? {
            Some(groupe) => {
                let repartitions = repartitions(&row.points).ok_or_else(|| corrupt("reperes"))?;
                Some(Points { groupe, repartitions })
            }
            None => None,
        };
        let key = ReferenceKey {
            lieu: read(&row.lieu)?,
            maille: read(&row.maille)?,
            filiere: read(&row.filiere)?,
            millesime: read(&row.millesime)?,
            niveau: row.niveau,
            type_diplome: row.type_diplome,
        };
        Ok(Self { key, nombre: row.nombre, points })
    }
}

/// Four numbers for each figure, in the order of [`FigureRepere::ALL`].
fn repartitions(points: &[Option<i32>]) -> Option<[Repartition; FigureRepere::COUNT]> {
    let spread = |four: &[Option<i32>]| match four {
        [Some(q1), Some(mediane), Some(q3), Some(moyenne)] => {
            Some(Repartition { q1: *q1, mediane: *mediane, q3: *q3, moyenne: *moyenne })
        }
        _ => None,
    };
    points.chunks(4).map(spread).collect::<Option<Vec<_>>>()?.try_into().ok()
}

impl Db {
    /// The reference points of a publication, in the order of their keys.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn reperes(&self, publication: i32) -> Result<Vec<Repere>, DbError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT lieu, maille, filiere, millesime, niveau, type_diplome, nombre, groupe,
                      ARRAY[part_en_emploi_6_mois_q1, part_en_emploi_6_mois_mediane, part_en_emploi_6_mois_q3,
                            part_en_emploi_6_mois_moyenne, part_poursuite_etudes_q1, part_poursuite_etudes_mediane,
                            part_poursuite_etudes_q3, part_poursuite_etudes_moyenne, devenir_favorable_q1,
                            devenir_favorable_mediane, devenir_favorable_q3, devenir_favorable_moyenne]
                          AS "points!: Vec<Option<i32>>"
               FROM reperes WHERE publication_id = $1"#,
            publication
        )
        .fetch_all(&self.read)
        .await?;
        let mut found = rows.into_iter().map(Repere::try_from).collect::<Result<Vec<_>, DbError>>()?;
        found.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }
}
