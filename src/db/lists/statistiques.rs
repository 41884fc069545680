//! Lists of statistics: of a place, of a certification over the régions, of formations.

use sqlx::{Postgres, QueryBuilder};

use super::super::statistiques::{NamedStatistique, Slice, columns, named};
use super::super::{Db, DbError};
use super::{After, Filter, Page, Proximity, Sort, push_among, push_filters, push_slices, push_words};
use crate::domain::recherche::FoundFormations;
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{CodeCertification, CodeRegion, Lieu, Statistique, Uai};

/// Which statistics a list holds.
#[derive(Debug, Clone)]
pub struct StatistiqueList {
    /// Among which statistics.
    pub scope: Scope,
    /// For each filière the millésime shown.
    pub slices: Vec<Slice>,
    /// Conditions on figures.
    pub filters: Vec<Filter>,
    /// Order.
    pub tri: Sort,
    /// Words that the label must have, the last as a prefix.
    pub q: Option<String>,
    /// What a search among formations found; `None` for all.
    pub found: Option<FoundFormations>,
    /// Levels (`3` CAP … `7`).
    pub niveau: Option<String>,
}

/// The statistics among which a list chooses.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Those of one place, one row per certification and filière.
    Lieu(Lieu),
    /// Those of one certification, one row per région and filière.
    Regions(CodeCertification),
    /// Those of établissements, one row per établissement, certification and filière.
    Formations(Zone),
}

/// Which formations; all of them by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Zone {
    /// Of this établissement.
    pub uai: Option<Uai>,
    /// Of this certification.
    pub code: Option<CodeCertification>,
    /// In this région.
    pub region: Option<CodeRegion>,
    /// In this académie.
    pub academie: Option<&'static Academie>,
    /// In this département.
    pub departement: Option<&'static Departement>,
    /// In this circle.
    pub proximity: Option<Proximity>,
}

impl Zone {
    /// Whether it is about a part small enough to be sorted by anything.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        let Self { uai, code, region, academie, departement, proximity } = self;
        let places = region.is_some() || academie.is_some() || departement.is_some() || proximity.is_some();
        places || uai.is_some() || code.is_some()
    }

    fn push_conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" AND s.maille = 'etablissement'");
        if let Some(uai) = self.uai {
            sql.push(" AND s.lieu = ").push_bind(uai);
        }
        if let Some(code) = self.code {
            sql.push(" AND s.code_certification = ").push_bind(code);
        }
        super::etablissements::push_territoires(sql, self.region, self.academie, self.departement);
        if let Some(proximity) = self.proximity {
            proximity.push_condition(sql);
        }
    }
}

impl Scope {
    /// The columns that identify a row.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Lieu(_) => &["s.code_certification", "s.filiere"],
            Self::Regions(_) => &["s.lieu", "s.filiere"],
            Self::Formations(_) => &["s.lieu", "s.code_certification", "s.filiere"],
        }
    }

    /// The keys of one of its rows, in the same order.
    #[must_use]
    pub fn keys_of(self, statistique: &Statistique) -> Vec<String> {
        let (lieu, code) = (statistique.lieu.as_str().to_owned(), statistique.code.to_string());
        let filiere = statistique.filiere.to_string();
        match self {
            Self::Lieu(_) => vec![code, filiere],
            Self::Regions(_) => vec![lieu, filiere],
            Self::Formations(_) => vec![lieu, code, filiere],
        }
    }

    /// The columns beside those of the statistic and its certification.
    fn columns(self) -> &'static str {
        match self {
            Self::Lieu(_) | Self::Regions(_) => "",
            Self::Formations(Zone { proximity: None, .. }) => {
                ", e.nom AS etablissement_nom, e.commune AS etablissement_commune, e.region AS etablissement_region, \
                 e.academie AS etablissement_academie"
            }
            Self::Formations(Zone { proximity: Some(_), .. }) => {
                ", e.nom AS etablissement_nom, e.commune AS etablissement_commune, e.region AS etablissement_region, \
                 e.academie AS etablissement_academie, d.distance_m"
            }
        }
    }

    fn push_from(self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" FROM statistiques s JOIN certifications c USING (publication_id, code_certification)");
        if let Self::Formations(zone) = self {
            sql.push(" JOIN etablissements e ON e.publication_id = s.publication_id AND e.uai = s.lieu");
            if let Some(proximity) = zone.proximity {
                proximity.push_join(sql);
            }
        }
    }

    fn push_conditions(self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Lieu(lieu) => {
                sql.push(" AND s.lieu = ").push_bind(lieu);
            }
            Self::Regions(code) => {
                sql.push(" AND s.maille = 'regionale' AND s.code_certification = ");
                sql.push_bind(code);
            }
            Self::Formations(zone) => zone.push_conditions(sql),
        }
    }
}

/// Joins what a search found, and `r.ordre`, the place of a row in it: [`FoundFormations::ordre`].
fn push_found(sql: &mut QueryBuilder<Postgres>, found: &FoundFormations) {
    sql.push(" JOIN unnest(").push_bind(found.codes.clone());
    sql.push("::text[]) WITH ORDINALITY AS f(code, ordre) ON f.code = s.code_certification");
    let place = if let Some(uais) = &found.uais {
        sql.push(" JOIN unnest(").push_bind(uais.clone());
        sql.push("::text[]) WITH ORDINALITY AS g(uai, ordre) ON g.uai = s.lieu");
        "g.ordre - 1"
    } else {
        "0"
    };
    sql.push(" CROSS JOIN LATERAL (SELECT ((f.ordre - 1) * ").push_bind(found.stride());
    sql.push(format!(" + {place})::integer AS ordre) r"));
}

impl StatistiqueList {
    fn sql(&self, select: &str, publication: i32, after: Option<&After>) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        self.scope.push_from(&mut sql);
        if let Some(found) = &self.found {
            push_found(&mut sql, found);
        }
        sql.push(" WHERE s.publication_id = ").push_bind(publication);
        self.scope.push_conditions(&mut sql);
        if let Some(found) = &self.found {
            push_among(&mut sql, "s.code_certification", &found.codes);
            if let Some(uais) = &found.uais {
                push_among(&mut sql, "s.lieu", uais);
            }
        }
        push_slices(&mut sql, &self.slices);
        push_filters(&mut sql, &self.filters);
        if let Some(niveau) = &self.niveau {
            sql.push(" AND c.diplome_code = ").push_bind(niveau.clone());
        }
        push_words(&mut sql, "c.recherche", self.q.as_deref());
        self.tri.push_after(&mut sql, self.scope.keys(), after);
        self.push_start(&mut sql, after);
        sql
    }

    /// Where the établissements begin, said again in terms of `e`, for a plan that reads them in
    /// their order: a comparison of rows is not carried over to what a column is joined with.
    fn push_start(&self, sql: &mut QueryBuilder<Postgres>, after: Option<&After>) {
        let first = after.and_then(|after| after.keys.first());
        if let (Scope::Formations(_), Sort::Code { descending }, Some(uai)) = (self.scope, self.tri, first) {
            sql.push(if descending { " AND e.uai <= " } else { " AND e.uai >= " }).push_bind(uai.clone());
        }
    }

    /// The key of a row, after which the next page begins.
    #[must_use]
    pub fn after(&self, named: &NamedStatistique) -> After {
        let (statistique, etablissement) = (&named.statistique, named.etablissement.as_ref());
        let own = match (self.tri, &self.found) {
            (Sort::Relevance, Some(found)) => {
                found.ordre(statistique.code, etablissement.map(|etablissement| etablissement.uai))
            }
            _ => etablissement.and_then(|etablissement| etablissement.distance_m),
        };
        let figure = |indicateur| statistique.figures.get(indicateur).known();
        After { rang: self.tri.rang(figure, own), keys: self.scope.keys_of(statistique) }
    }

    fn page(&self, publication: i32, page: &Page) -> QueryBuilder<Postgres> {
        let select = format!("SELECT {}{}", columns(), self.scope.columns());
        let mut sql = self.sql(&select, publication, page.after.as_ref());
        self.tri.push_order(&mut sql, self.scope.keys());
        sql.push(" LIMIT ").push_bind(page.limite);
        sql
    }
}

impl Db {
    /// One page of statistics.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn list_statistiques(
        &self,
        publication: i32,
        list: &StatistiqueList,
        page: &Page,
    ) -> Result<Vec<NamedStatistique>, DbError> {
        named(list.page(publication, page).build_query_as().fetch_all(&self.lists).await?)
    }

    /// How many rows a list of statistics has, up to [`COUNT_LIMIT`](super::COUNT_LIMIT).
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn count_statistiques(&self, publication: i32, list: &StatistiqueList) -> Result<u64, DbError> {
        self.count(list.sql("SELECT count(*) FROM (SELECT 1", publication, None)).await
    }
}
