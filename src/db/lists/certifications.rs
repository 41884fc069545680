//! The search of certifications, each with its national statistic.

use std::collections::HashMap;

use sqlx::types::chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use super::super::statistiques::{CertificationSummary, Slice, columns, named};
use super::super::{Db, DbError};
use super::{After, Filter, Page, Sort, push_among, push_filters, push_slices};
use crate::domain::{CodeCertification, Diplome, Famille, Filiere, Millesime, Statistique};

/// Which certifications a search finds; all of them by default.
#[derive(Debug, Clone, Default)]
pub struct CertificationList {
    /// What a search by words found, the best first; `None` for all.
    pub found: Option<Vec<CodeCertification>>,
    /// No MEFSTAT11 that a CFD of the same publication stands for.
    pub grouped: bool,
    /// These codes only; empty for all.
    pub codes: Vec<CodeCertification>,
    /// Only those with a national statistic among the tranches.
    pub with_statistique: bool,
    /// Level.
    pub niveau: Option<String>,
    /// Famille de métiers.
    pub famille: Option<String>,
    /// Closed (or not) on a day.
    pub fermee: Option<(bool, NaiveDate)>,
    /// For each filière the millésime of the national statistic.
    pub slices: Vec<Slice>,
    /// Conditions on national figures.
    pub filters: Vec<Filter>,
    /// Order.
    pub tri: Sort,
}

/// A certification found by a search, with its national statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCertification {
    /// Its code and names.
    pub certification: CertificationSummary,
    /// The CFD it belongs to.
    pub cfd: Option<CodeCertification>,
    /// Its famille de métiers.
    pub famille: Option<Famille>,
    /// The national statistic of the larger cohort, if there is one.
    pub statistique: Option<Statistique>,
    /// Its place among what a search found.
    pub ordre: Option<i32>,
}

#[derive(sqlx::FromRow)]
struct ListedCertificationSqlRow {
    code_certification: CodeCertification,
    cfd: Option<CodeCertification>,
    libelle: String,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_fermeture: Option<NaiveDate>,
    famille_code: Option<String>,
    famille_libelle: Option<String>,
    annee_commune: bool,
    ordre: Option<i32>,
    filiere: Option<Filiere>,
    millesime: Option<Millesime>,
}

impl ListedCertificationSqlRow {
    fn found(self, statistiques: &mut HashMap<CodeCertification, Statistique>) -> FoundCertification {
        let code = self.code_certification;
        let diplome = self.diplome_code.zip(self.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle });
        let Self { libelle, date_fermeture, annee_commune, .. } = self;
        let famille = self.famille_code.zip(self.famille_libelle);
        FoundCertification {
            certification: CertificationSummary { code, libelle, diplome, date_fermeture, annee_commune },
            cfd: self.cfd,
            famille: famille.map(|(code, libelle)| Famille { code, libelle, annee_commune }),
            statistique: statistiques.remove(&code),
            ordre: self.ordre,
        }
    }
}

impl CertificationList {
    /// A certification has at most one national row here: that of the larger cohort among the
    /// tranches.
    fn sql(&self, select: &str, publication: i32, after: Option<&After>) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push(" FROM certifications c");
        if let Some(found) = &self.found {
            sql.push(" JOIN (SELECT code, ordre::integer FROM unnest(").push_bind(found.clone());
            sql.push("::text[]) WITH ORDINALITY AS f(code, ordre)) r ON r.code = c.code_certification");
        }
        sql.push(" LEFT JOIN LATERAL (SELECT * FROM statistiques s WHERE s.publication_id = ");
        sql.push_bind(publication).push(" AND s.lieu = '' AND s.code_certification = c.code_certification");
        push_slices(&mut sql, &self.slices);
        sql.push(" ORDER BY s.nb_annee_term DESC NULLS LAST, s.filiere LIMIT 1) s ON true WHERE c.publication_id = ");
        sql.push_bind(publication);
        self.push_conditions(&mut sql);
        push_filters(&mut sql, &self.filters);
        self.tri.push_after(&mut sql, &["c.code_certification"], after);
        sql
    }

    fn push_conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(found) = &self.found {
            push_among(sql, "c.code_certification", found);
        }
        if !self.codes.is_empty() {
            sql.push(" AND c.code_certification = ANY(").push_bind(self.codes.clone()).push(")");
        }
        if let Some(niveau) = &self.niveau {
            sql.push(" AND c.diplome_code = ").push_bind(niveau.clone());
        }
        if let Some(famille) = &self.famille {
            sql.push(" AND c.famille_code = ").push_bind(famille.clone());
        }
        if self.grouped {
            sql.push(" AND NOT (length(c.code_certification) = 11 AND EXISTS (SELECT FROM certifications g ");
            sql.push("WHERE g.publication_id = c.publication_id AND g.code_certification = c.cfd))");
        }
        if self.with_statistique {
            sql.push(" AND s.filiere IS NOT NULL");
        }
        if let Some((closed, today)) = self.fermee {
            sql.push(" AND coalesce(c.date_fermeture < ").push_bind(today).push(", false) = ").push_bind(closed);
        }
    }

    fn page(&self, publication: i32, page: &Page) -> QueryBuilder<Postgres> {
        let select = "SELECT c.code_certification, c.cfd, c.libelle, c.diplome_code, c.diplome_libelle, \
                      c.date_fermeture, c.famille_code, c.famille_libelle, c.annee_commune, s.filiere, s.millesime";
        let ordre = if self.found.is_some() { "r.ordre" } else { "NULL::integer AS ordre" };
        let mut sql = self.sql(&format!("{select}, {ordre}"), publication, page.after.as_ref());
        self.tri.push_order(&mut sql, &["c.code_certification"]);
        sql.push(" LIMIT ").push_bind(page.limite);
        sql
    }
}

impl Db {
    /// One page of certifications, each with its national statistic: one query for the
    /// certifications, one for their statistics.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn list_certifications(
        &self,
        publication: i32,
        list: &CertificationList,
        page: &Page,
    ) -> Result<Vec<FoundCertification>, DbError> {
        let mut sql = list.page(publication, page);
        let rows: Vec<ListedCertificationSqlRow> = sql.build_query_as().fetch_all(&self.lists).await?;
        let mut statistiques = self.nationales(publication, &rows).await?;
        Ok(rows.into_iter().map(|row| row.found(&mut statistiques)).collect())
    }

    /// The national statistics that the rows of a page name.
    async fn nationales(
        &self,
        publication: i32,
        rows: &[ListedCertificationSqlRow],
    ) -> Result<HashMap<CodeCertification, Statistique>, DbError> {
        let mut keys: (Vec<CodeCertification>, Vec<Filiere>, Vec<Millesime>) = Default::default();
        keys.extend(rows.iter().filter_map(|row| Some((row.code_certification, row.filiere?, row.millesime?))));
        let mut sql = QueryBuilder::new(format!("SELECT {}", columns()));
        sql.push(" FROM statistiques s JOIN certifications c USING (publication_id, code_certification)");
        sql.push(" WHERE s.publication_id = ").push_bind(publication);
        sql.push(" AND s.lieu = '' AND (s.code_certification, s.filiere, s.millesime) IN ");
        sql.push("(SELECT * FROM unnest(").push_bind(keys.0).push("::text[], ").push_bind(keys.1);
        sql.push("::text[], ").push_bind(keys.2).push("::text[]))");
        let found = named(sql.build_query_as().fetch_all(&self.read).await?)?;
        Ok(found.into_iter().map(|named| (named.certification.code, named.statistique)).collect())
    }

    /// How many certifications a search finds, up to [`COUNT_LIMIT`](super::COUNT_LIMIT).
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn count_certifications(&self, publication: i32, list: &CertificationList) -> Result<u64, DbError> {
        self.count(list.sql("SELECT count(*) FROM (SELECT 1", publication, None)).await
    }
}
