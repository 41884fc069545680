//! The check before the switch: what was written is read back, with no knowledge of how it was made.
//!
//! The figures of établissements as a whole are not part of it: the sources give neither E nor S
//! of them, so that no threshold can be applied to them here, only by the producers.

use sqlx::AssertSqlSafe;

use super::DbError;
use super::write::Drafting;
use crate::domain::catalogue::indicators::HORIZONS;
use crate::domain::{Denominator, Indicateur, RaisonAbsence, SEUIL};

/// What a publication shows that it must not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations {
    /// Indicators that some cells show although too few people stand behind them, and how many
    /// cells do.
    pub disclosed: Vec<(Indicateur, i64)>,
    /// Statistics of codes that are no certification of the publication.
    pub orphans: i64,
}

impl Violations {
    /// Whether there is nothing to object to.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.disclosed.is_empty() && self.orphans == 0
    }
}

impl Drafting {
    /// The figures of publication `id` that are counted over too few people, by indicator, and its
    /// statistics of unknown certifications.
    ///
    /// # Errors
    /// A database that does not answer.
    pub async fn violations(&mut self, id: i32) -> Result<Violations, DbError> {
        let counts: Vec<i64> =
            sqlx::query_scalar(AssertSqlSafe(disclosed())).bind(id).fetch_one(&mut self.connection).await?;
        let disclosed = protected().map(|(indicateur, _)| indicateur).zip(counts).filter(|(_, cells)| *cells > 0);
        let orphans = sqlx::query_scalar!(
            r#"SELECT count(*) AS "orphans!" FROM statistiques s
               WHERE s.publication_id = $1 AND NOT EXISTS (
                   SELECT 1 FROM certifications c
                   WHERE c.publication_id = $1 AND c.code_certification = s.code_certification)"#,
            id
        );
        Ok(Violations { disclosed: disclosed.collect(), orphans: orphans.fetch_one(&mut self.connection).await? })
    }
}

/// The indicators that the size of a cohort can hide.
fn protected() -> impl Iterator<Item = (Indicateur, Denominator)> {
    Indicateur::ALL.iter().filter_map(|indicateur| Some((*indicateur, indicateur.denominator()?)))
}

/// The horizon of an indicator that may be over a cohort of its own, in months.
fn later(indicateur: Indicateur) -> Option<u8> {
    indicateur.definition().horizon.filter(|months| HORIZONS.first() != Some(months))
}

/// Counts the cells of publication `$1` that show a figure under its threshold, one number for
/// each of [`protected`]. Cells without any are left out before anything is counted: all of them,
/// where everything is right and no horizon is counted anew.
fn disclosed() -> String {
    let (e, s) = (Indicateur::NbAnneeTerm, Indicateur::NbSortant);
    // Of a cohort of unknown size, S says by the reason of its absence that it is a small one.
    let small =
        format!("CASE WHEN (absences >> {}) & 3 = {} THEN 0 END", 2 * s as usize, RaisonAbsence::SousSeuil as usize);
    let first = format!("coalesce({e}, {s}, {small})");
    let few = |(indicateur, denominator): (Indicateur, Denominator)| {
        // Where each horizon is counted anew, its own E and S decide.
        let (of_all, leavers) = match later(indicateur) {
            Some(months) => (
                format!("coalesce({e}_{months}_mois, {s}_{months}_mois, {first}) < {SEUIL}"),
                format!("coalesce({s}_{months}_mois, {s}) < {SEUIL}"),
            ),
            None => (format!("{first} < {SEUIL}"), format!("{s} < {SEUIL}")),
        };
        match denominator {
            Denominator::FinalYear | Denominator::Contracts => of_all,
            Denominator::Leavers => format!("({of_all} OR {leavers})"),
        }
    };
    let counts: Vec<String> = protected()
        .map(|(indicateur, denominator)| {
            format!("count({indicateur}) FILTER (WHERE {})", few((indicateur, denominator)))
        })
        .collect();
    let own = |column: Indicateur| HORIZONS.iter().skip(1).map(move |months| format!("{column}_{months}_mois"));
    let sizes = std::iter::once(first.clone()).chain(own(e)).chain(own(s)).collect::<Vec<_>>().join(", ");
    let shown = |wanted: fn(Denominator) -> bool| {
        let names =
            protected().filter(|(_, denominator)| wanted(*denominator)).map(|(indicateur, _)| indicateur.as_str());
        format!("num_nonnulls({}) > 0", names.collect::<Vec<_>>().join(", "))
    };
    format!(
        "SELECT ARRAY[{}] FROM statistiques
         WHERE publication_id = $1 AND ((least({sizes}) < {SEUIL} AND {}) OR ({s} < {SEUIL} AND {}))",
        counts.join(", "),
        shown(|_| true),
        shown(|denominator| denominator == Denominator::Leavers)
    )
}
