//! The search of établissements.

use sqlx::{FromRow as _, Postgres, QueryBuilder, Row as _};

use super::super::etablissements::EtablissementSqlRow;
use super::super::{Db, DbError};
use super::{After, Page, Proximity, Sort, push_among};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{CodeRegion, Etablissement, Uai};

/// Which établissements a search finds: of those with figures; by distance when it is about a
/// circle, else as they were found, else by UAI.
#[derive(Debug, Clone, Default)]
pub struct EtablissementList {
    /// What a search by words found, the best first; `None` for all.
    pub found: Option<Vec<Uai>>,
    /// In this région.
    pub region: Option<CodeRegion>,
    /// In this académie.
    pub academie: Option<&'static Academie>,
    /// In this département.
    pub departement: Option<&'static Departement>,
    /// In this circle.
    pub proximity: Option<Proximity>,
}

/// An établissement found by a search.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundEtablissement {
    /// Who and where it is.
    pub etablissement: Etablissement,
    /// Metres from the centre of the circle that the search is about.
    pub distance_m: Option<i32>,
    /// Its place among what a search found.
    pub ordre: Option<i32>,
}

impl EtablissementList {
    /// The order: by distance, by how well a search was met, or by UAI.
    #[must_use]
    pub fn sort(&self) -> Sort {
        match (&self.proximity, &self.found) {
            (Some(_), _) => Sort::Distance,
            (None, Some(_)) => Sort::Relevance,
            (None, None) => Sort::Code { descending: false },
        }
    }

    fn sql(&self, select: &str, publication: i32, after: Option<&After>) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push(" FROM etablissements e");
        if let Some(found) = &self.found {
            sql.push(" JOIN (SELECT uai, ordre::integer FROM unnest(").push_bind(found.clone());
            sql.push("::text[]) WITH ORDINALITY AS f(uai, ordre)) r ON r.uai = e.uai");
        }
        if let Some(proximity) = self.proximity {
            proximity.push_join(&mut sql);
        }
        sql.push(" WHERE e.avec_statistiques AND e.publication_id = ").push_bind(publication);
        if let Some(found) = &self.found {
            push_among(&mut sql, "e.uai", found);
        }
        push_territoires(&mut sql, self.region, self.academie, self.departement);
        if let Some(proximity) = self.proximity {
            proximity.push_condition(&mut sql);
        }
        self.sort().push_after(&mut sql, &["e.uai"], after);
        sql
    }

    fn page(&self, publication: i32, page: &Page) -> QueryBuilder<Postgres> {
        let distance = if self.proximity.is_some() { "d.distance_m" } else { "NULL::integer AS distance_m" };
        let ordre = if self.found.is_some() { "r.ordre" } else { "NULL::integer AS ordre" };
        let mut sql = self.sql(&format!("SELECT e.*, {distance}, {ordre}"), publication, page.after.as_ref());
        self.sort().push_order(&mut sql, &["e.uai"]);
        sql.push(" LIMIT ").push_bind(page.limite);
        sql
    }
}

/// The conditions on where `e` is.
pub(super) fn push_territoires(
    sql: &mut QueryBuilder<Postgres>,
    region: Option<CodeRegion>,
    academie: Option<&'static Academie>,
    departement: Option<&'static Departement>,
) {
    if let Some(region) = region {
        sql.push(" AND e.region = ").push_bind(region);
    }
    if let Some(academie) = academie {
        sql.push(" AND e.academie = ").push_bind(academie);
    }
    if let Some(departement) = departement {
        sql.push(" AND e.departement = ").push_bind(departement);
    }
}

impl Db {
    /// One page of établissements.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn list_etablissements(
        &self,
        publication: i32,
        list: &EtablissementList,
        page: &Page,
    ) -> Result<Vec<FoundEtablissement>, DbError> {
        let rows = list.page(publication, page).build().fetch_all(&self.lists).await?;
        rows.iter()
            .map(|row| {
                let etablissement = Etablissement::from(EtablissementSqlRow::from_row(row)?);
                Ok(FoundEtablissement {
                    etablissement,
                    distance_m: row.try_get("distance_m")?,
                    ordre: row.try_get("ordre")?,
                })
            })
            .collect()
    }

    /// How many établissements a search finds, up to [`COUNT_LIMIT`](super::COUNT_LIMIT).
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn count_etablissements(&self, publication: i32, list: &EtablissementList) -> Result<u64, DbError> {
        self.count(list.sql("SELECT count(*) FROM (SELECT 1", publication, None)).await
    }
}
