//! The one place where SQL is put together: lists with filters, a sort and a page.
//!
//! Every fragment comes from a closed enum or is a constant; every value is bound. Pages are
//! found by key, never by OFFSET: the sort key of the last row, then its tie-breaker. A missing
//! figure sorts last in both directions, so the key of a figure is never NULL.

use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};

use super::statistiques::Slice;
use super::{Db, DbError};
use crate::domain::Indicateur;
use crate::domain::text::fold;

mod certifications;
mod etablissements;
mod neighbours;
mod proximity;
mod statistiques;

pub use certifications::{CertificationList, FoundCertification};
pub use etablissements::{EtablissementList, FoundEtablissement};
pub use neighbours::Neighbourhood;
pub use proximity::Proximity;
pub use statistiques::{Scope, StatistiqueList, Zone};

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// At least.
    Gte,
    /// At most.
    Lte,
    /// More than.
    Gt,
    /// Less than.
    Lt,
    /// Exactly.
    Eq,
}

impl Operator {
    fn sql(self) -> &'static str {
        match self {
            Self::Gte => " >= ",
            Self::Lte => " <= ",
            Self::Gt => " > ",
            Self::Lt => " < ",
            Self::Eq => " = ",
        }
    }
}

/// A condition on a figure; a cell without the figure never fulfils it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// The figure.
    pub indicateur: Indicateur,
    /// How it compares.
    pub comparison: Operator,
    /// To what.
    pub valeur: i32,
}

/// What a list is sorted by; ties are broken by the keys of its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sort {
    /// By the keys alone: code, région or UAI.
    Code {
        /// Last first.
        descending: bool,
    },
    /// By figure; missing ones last.
    Figure {
        /// The figure.
        indicateur: Indicateur,
        /// Greatest first.
        descending: bool,
    },
    /// By distance from the point that the list is about, the nearest first.
    Distance,
    /// By how well a search was met, the best first.
    Relevance,
}

/// By the keys, the smallest first.
impl Default for Sort {
    fn default() -> Self {
        Self::Code { descending: false }
    }
}

/// The place in a list after which a page begins: the sort key of its last row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// The sort key of the figure, the metres or the place among what was found; 0 when the keys alone sort.
    pub rang: i32,
    /// The row's keys: code, UAI, place, filière, in the order of the list.
    #[serde(rename = "cles")]
    pub keys: Vec<String>,
}

/// The sort key of a missing figure: after every other.
const MISSING: i32 = i32::MAX;

impl Sort {
    /// The sort key of a row, ascending in every case; `own` is that of the list itself: metres, or
    /// the place among what was found.
    #[must_use]
    pub fn rang(self, figure: impl Fn(Indicateur) -> Option<i32>, own: Option<i32>) -> i32 {
        match self {
            Self::Code { .. } => 0,
            Self::Figure { indicateur, descending } => {
                figure(indicateur).map_or(MISSING, |value| if descending { -value } else { value })
            }
            Self::Distance | Self::Relevance => own.unwrap_or(MISSING),
        }
    }

    /// How rows follow each other: the comparison of the next page's keys and the order.
    fn direction(self) -> (&'static str, &'static str) {
        match self {
            Self::Code { descending: true } => (" < ", " DESC"),
            Self::Code { descending: false } | Self::Figure { .. } | Self::Distance | Self::Relevance => (" > ", ""),
        }
    }

    /// What sorts before the keys.
    fn expression(self) -> Option<String> {
        match self {
            Self::Code { .. } => None,
            Self::Figure { indicateur, descending } => {
                let sign = if descending { "-" } else { "" };
                Some(format!("coalesce({sign}s.{indicateur}, {MISSING})"))
            }
            Self::Distance => Some("d.distance_m".to_owned()),
            Self::Relevance => Some("r.ordre".to_owned()),
        }
    }

    /// The rows after one. A comparison of the keys alone is one that an index can answer.
    fn push_after(self, sql: &mut QueryBuilder<Postgres>, key_columns: &[&str], after: Option<&After>) {
        let Some(After { rang, keys }) = after else { return };
        let expression = self.expression();
        let columns: Vec<&str> = expression.as_deref().into_iter().chain(key_columns.iter().copied()).collect();
        sql.push(format!(" AND ({}){}(", columns.join(", "), self.direction().0));
        let mut values = sql.separated(", ");
        if expression.is_some() {
            values.push_bind(*rang);
        }
        for (_, key) in key_columns.iter().zip(keys) {
            values.push_bind(key.clone());
        }
        sql.push(")");
    }

    fn push_order(self, sql: &mut QueryBuilder<Postgres>, key_columns: &[&str]) {
        let direction = self.direction().1;
        let key_columns = key_columns.iter().map(|key| format!("{key}{direction}"));
        let columns: Vec<String> = self.expression().into_iter().chain(key_columns).collect();
        sql.push(format!(" ORDER BY {}", columns.join(", ")));
    }
}

/// Part of a list: at most so many rows after one.
#[derive(Debug, Clone)]
pub struct Page {
    /// Begin after this row.
    pub after: Option<After>,
    /// At most so many rows.
    pub limite: i64,
}

/// The millésime of each filière, written out: of a list the planner knows how much it keeps, and
/// reads the first page of a long list in the order of an index; of an array it does not.
fn push_slices(sql: &mut QueryBuilder<Postgres>, slices: &[Slice]) {
    if slices.is_empty() {
        sql.push(" AND false");
        return;
    }
    sql.push(" AND (s.filiere, s.millesime) IN (");
    for (index, (filiere, millesime)) in slices.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" }).push_bind(*filiere).push(", ");
        sql.push_bind(*millesime).push(")");
    }
    sql.push(") AND s.origine <> 'annee_terminale'");
}

/// Says of a joined list of keys once more that they are the only ones: how few rows the join leaves the
/// planner does not know of a partitioned table, and would read all of it.
fn push_among<K>(sql: &mut QueryBuilder<Postgres>, column: &str, keys: &[K])
where
    K: Clone + Send + 'static,
    Vec<K>: for<'q> sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres>,
{
    sql.push(format!(" AND {column} = ANY(")).push_bind(keys.to_vec()).push("::text[])");
}

fn push_filters(sql: &mut QueryBuilder<Postgres>, filters: &[Filter]) {
    for Filter { indicateur, comparison, valeur } in filters {
        sql.push(format!(" AND s.{indicateur}{}", comparison.sql())).push_bind(*valeur);
    }
}

/// The words of `q`, every one required, the last as a prefix. Words are letters and digits only
/// after folding, so they cannot be operators.
fn push_words(sql: &mut QueryBuilder<Postgres>, column: &str, q: Option<&str>) {
    let words = q.map(fold).unwrap_or_default();
    if !words.is_empty() {
        let query = words.split(' ').map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" & ") + ":*";
        sql.push(format!(" AND {column} @@ ")).push_bind(query).push("::tsquery");
    }
}

/// A count stops here: beyond, a list says «more than».
pub const COUNT_LIMIT: i64 = 100_000;

impl Db {
    /// Ends a counting query that was begun with `SELECT count(*) FROM (SELECT 1 …`.
    async fn count(&self, mut sql: QueryBuilder<Postgres>) -> Result<u64, DbError> {
        sql.push(format!(" LIMIT {COUNT_LIMIT}) rows"));
        let count: i64 = sql.build_query_scalar().fetch_one(&self.lists).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
