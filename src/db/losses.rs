//! What a publication would lose of the one before: figures that were shown and would not be,
//! counted by slice.
//!
//! What counts are figures that the sources measured for exactly this code and place: copies follow
//! from them, and sums give way when a file of their own level arrives. The lists of figures are
//! those of the domain; a statement looks at all slices at once, and only at cells that changed.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::DbError;
use crate::domain::{Filiere, Indicateur, Maille, MesureEtablissement, Population, Slice};

/// What one slice would lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceLoss {
    /// The slice.
    pub slice: Slice,
    /// Figures shown until now.
    pub before: i64,
    /// Figures shown then.
    pub after: i64,
    /// Figures shown until now that would not be; new ones do not make up for them.
    pub lost: i64,
    /// The first and the last cell of those, by place, code and millésime.
    pub examples: Vec<String>,
}

/// A table of figures of a publication.
struct Figures {
    table: &'static str,
    /// What tells a slice, beside the figure.
    group: [&'static str; 2],
    /// What tells a cell.
    key: &'static [&'static str],
    /// Whether a cell was measured by a source, of the alias `{}`.
    own: &'static str,
    /// Whether the cell `o` is said otherwise by `n`; sparing the comparison of figures.
    changed: &'static str,
    names: fn() -> Vec<&'static str>,
    slice: fn(&str, &str, usize) -> Option<Slice>,
}

const CERTIFICATIONS: Figures = Figures {
    table: "statistiques",
    group: ["maille", "filiere"],
    key: &["lieu", "code_certification", "millesime", "filiere"],
    own: "{}.origine = 'propre' AND {}.uai_origine IS NULL",
    changed: "n.empreinte IS DISTINCT FROM o.empreinte",
    names: || Indicateur::ALL.iter().map(|figure| figure.as_str()).collect(),
    slice: |maille, filiere, figure| {
        let (maille, filiere) = (Maille::parse(maille).ok()?, Filiere::parse(filiere).ok()?);
        Some(Slice::Certifications(maille, filiere, *Indicateur::ALL.get(figure)?))
    },
};

const WHOLES: Figures = Figures {
    table: "statistiques_etablissement",
    group: ["filiere", "dont_apprentis_eple"],
    key: &["uai", "millesime", "filiere", "dont_apprentis_eple"],
    own: "true",
    changed: "true",
    names: || MesureEtablissement::ALL.iter().map(|figure| figure.as_str()).collect(),
    slice: |filiere, population, figure| {
        let (filiere, population) = (Filiere::parse(filiere).ok()?, Population::parse(population).ok()?);
        Some(Slice::Wholes(filiere, population, *MesureEtablissement::ALL.get(figure)?))
    },
};

impl Figures {
    fn own(&self, alias: &str) -> String {
        self.own.replace("{}", alias)
    }

    /// The cells of `$1` that changed, each beside its own in `$2`, with an aggregate of those that
    /// lost the figure, for each figure.
    fn lost(&self, aggregate: &str) -> String {
        let Self { table, group: [one, other], key, changed, .. } = self;
        let same: Vec<_> = key.iter().map(|column| format!("n.{column} = o.{column}")).collect();
        let of_figure = |name| format!("{aggregate} FILTER (WHERE o.{name} IS NOT NULL AND n.{name} IS NULL)");
        let figures: Vec<_> = (self.names)().into_iter().map(of_figure).collect();
        format!(
            "SELECT o.{one}, o.{other}, ARRAY[{}] FROM {table} o
             LEFT JOIN {table} n ON n.publication_id = $2 AND {} AND {}
             WHERE o.publication_id = $1 AND {} AND {changed} GROUP BY 1, 2",
            figures.join(", "),
            same.join(" AND "),
            self.own("n"),
            self.own("o"),
        )
    }

    /// How many cells of `$1` show each figure.
    fn shown(&self) -> String {
        let Self { table, group: [one, other], .. } = self;
        let figures: Vec<_> = (self.names)().into_iter().map(|name| format!("count(o.{name})")).collect();
        format!(
            "SELECT o.{one}, o.{other}, ARRAY[{}] FROM {table} o WHERE o.publication_id = $1 AND {} GROUP BY 1, 2",
            figures.join(", "),
            self.own("o")
        )
    }

    /// The key of a cell, as its reader knows it.
    fn cell(&self) -> String {
        let columns: Vec<_> = self.key.iter().map(|column| format!("nullif(o.{column}, '')")).collect();
        format!("concat_ws(' ', {})", columns.join(", "))
    }

    /// The slices of the rows of a statement, each with what stands for it.
    fn slices<T>(&self, rows: &[PgRow]) -> Result<Vec<(Slice, T)>, DbError>
    where
        for<'r> Vec<T>: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let mut found = Vec::new();
        for row in rows {
            let (one, other): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
            let values: Vec<T> = row.try_get(2)?;
            for (figure, value) in values.into_iter().enumerate() {
                let slice = (self.slice)(one, other, figure);
                found.push((slice.ok_or_else(|| DbError::Corrupt(format!("{one} {other}")))?, value));
            }
        }
        Ok(found)
    }
}

async fn rows(connection: &mut PgConnection, statement: String, publications: &[i32]) -> Result<Vec<PgRow>, DbError> {
    let query = publications.iter().fold(sqlx::query(AssertSqlSafe(statement)), |query, id| query.bind(*id));
    Ok(query.fetch_all(connection).await?)
}

/// The slices of publication `older` of which `newer` lacks at least so many figures.
pub(in crate::db) async fn losses(
    connection: &mut PgConnection,
    older: i32,
    newer: i32,
    at_least: i64,
) -> Result<Vec<SliceLoss>, DbError> {
    let mut losses = Vec::new();
    for figures in [&CERTIFICATIONS, &WHOLES] {
        let lost = figures.slices::<i64>(&rows(connection, figures.lost("count(*)"), &[older, newer]).await?)?;
        let lost: Vec<_> = lost.into_iter().filter(|(_, lost)| *lost >= at_least).collect();
        // Nearly every publication loses nothing, and the rest is not asked.
        if lost.is_empty() {
            continue;
        }
        let before = figures.slices::<i64>(&rows(connection, figures.shown(), &[older]).await?)?;
        let after = figures.slices::<i64>(&rows(connection, figures.shown(), &[newer]).await?)?;
        let of = |counts: &[(Slice, i64)], slice| counts.iter().find(|(of, _)| *of == slice).map_or(0, |(_, n)| *n);
        losses.extend(lost.into_iter().map(|(slice, lost)| SliceLoss {
            slice,
            before: of(&before, slice),
            after: of(&after, slice),
            lost,
            examples: Vec::new(),
        }));
    }
    Ok(losses)
}

/// Adds the first and the last cell that each slice loses.
pub(in crate::db) async fn add_examples(
    connection: &mut PgConnection,
    older: i32,
    newer: i32,
    losses: &mut [SliceLoss],
) -> Result<(), DbError> {
    for figures in [&CERTIFICATIONS, &WHOLES] {
        for end in ["min", "max"] {
            let statement = figures.lost(&format!("{end}({})", figures.cell()));
            let cells = figures.slices::<Option<String>>(&rows(connection, statement, &[older, newer]).await?)?;
            for (slice, cell) in cells {
                let loss = losses.iter_mut().find(|loss| loss.slice == slice);
                if let (Some(loss), Some(cell)) = (loss, cell)
                    && !loss.examples.contains(&cell)
                {
                    loss.examples.push(cell);
                }
            }
        }
    }
    Ok(())
}
