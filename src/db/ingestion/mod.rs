//! One import: the rows of one file enter, those they replace leave, in one transaction.
//!
//! The rows are copied straight into their table under the number of the new file. Nobody sees
//! them before the commit, and a refused file is a rollback: there is nothing to clean up, also
//! after a `kill -9`. What contradicts itself within the file is found afterwards by the server,
//! so that the program's memory does not grow with the file.
//!
//! One import runs at a time, under an advisory lock: two that replaced the same scope at once
//! would both believe to be the newer.

pub mod copy;
pub mod rows;
mod seen;
mod statements;
pub mod tables;

use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::error::DatabaseError;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row, Transaction};
use tokio::sync::mpsc;

use self::copy::Pass;
use self::tables::Table;
use super::{Db, DbError};
use crate::domain::{Dataset, Mesure, Mesures};

/// The advisory lock that one import holds until its transaction ends.
pub const LOCK_INGESTION: i64 = 0x0065_7870_6f69_6e67;

/// How many examples of a finding are reported.
const EXAMPLES: i32 = 10;

/// A file about to be imported.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// What is known of its content.
    pub contenu: FileContent<'a>,
    /// Its name, without folders.
    pub nom: &'a str,
    /// Its dataset.
    pub dataset: Dataset,
    /// The millésime given for it, when it carries none.
    pub millesime: Option<&'a str>,
    /// The filière given for it, when its rows do not say it.
    pub filiere: Option<&'a str>,
    /// Where its rows go.
    pub table: Table,
}

/// What tells the content of a file from others.
#[derive(Debug, Clone, Copy)]
pub enum FileContent<'a> {
    /// SHA-256, hexadecimal.
    Sum(&'a str),
    /// Only the number of bytes: the sum is known when the file was read.
    Size(u64),
}

/// The sum of a file that is being read; the row is seen by nobody before it has its own.
const SUM_TO_COME: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A unit in which a newer file replaces an older one; three empty texts for a nomenclature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplacementScope {
    /// Maille.
    pub maille: String,
    /// Filière.
    pub filiere: String,
    /// Millésime.
    pub millesime: String,
    /// How many rows.
    #[serde(rename = "lignes")]
    pub lines: i64,
    /// The measures that have any value there, one bit each, in the order of the dataset's own list.
    #[serde(skip)]
    pub mesures: u32,
}

/// A scope as it is stored.
struct Held {
    maille: String,
    filiere: String,
    millesime: String,
    lines: i64,
    mesures: i32,
}

/// What the server found among the rows of one file.
#[derive(Debug, Default)]
pub struct ServerFindings {
    /// How many lines of the file are concerned; they are no longer in the table.
    pub nombre: u64,
    /// The first of them: line, and the key it stands for.
    pub exemples: Vec<(i32, String)>,
}

/// Two lines of one file that have the same key and say different things.
#[derive(Debug, Clone, Deserialize)]
pub struct Contradiction {
    /// The first of the two.
    pub line: i32,
    /// The other.
    pub other: i32,
    /// The key.
    pub key: String,
    /// The columns in which they differ, as the table calls them.
    pub columns: Vec<String>,
}

/// Lines of one file that have the same key.
#[derive(Debug, Default)]
pub struct Duplicates {
    /// Lines that say the same as an earlier one.
    pub identiques: ServerFindings,
    /// Lines that a later one replaces, where the last one counts.
    pub remplacees: ServerFindings,
    /// Lines that say something else than an earlier one, where the first one counts.
    pub repetees: ServerFindings,
    /// Lines that contradict each other.
    pub contradictory: ServerFindings,
    /// The first pairs of them.
    pub contradictions: Vec<Contradiction>,
}

impl Duplicates {
    /// How many lines are no longer in the table.
    #[must_use]
    pub fn removed(&self) -> u64 {
        [&self.identiques, &self.remplacees, &self.repetees, &self.contradictory].map(|found| found.nombre).iter().sum()
    }
}

/// The answer to a wish to import a file.
#[derive(Debug)]
pub enum Start {
    /// Its rows are the current ones: there is nothing to do.
    AlreadyPresent,
    /// A current file of this dataset has as many bytes: only the sum tells whether it is the same.
    SumWanted,
    /// The transaction is open.
    Open(Box<Import>),
}

/// An open import. Dropping it undoes it.
#[derive(Debug)]
pub struct Import {
    tx: Transaction<'static, Postgres>,
    fichier_id: i64,
    table: Table,
    dataset: Dataset,
}

/// What is kept with the file.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a> {
    /// SHA-256, hexadecimal.
    pub sha256: &'a str,
    /// The whole report.
    pub report: &'a Value,
    /// Lines read, without the header.
    pub lues: i64,
    /// Lines that went in.
    pub gardees: i64,
    /// Lines rejected.
    pub rejetees: i64,
    /// What the operator let in that would have been refused, by name.
    pub acceptances: &'a [String],
}

impl Db {
    /// Opens the import of a file, after any other import has ended.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn begin_import(&self, fichier: &NewFile<'_>) -> Result<Start, DbError> {
        let mut tx = self.write.begin().await?;
        lock(&mut tx).await?;
        let sha256 = match fichier.contenu {
            FileContent::Sum(sha256) if withdraw_same_content(&mut tx, fichier, sha256).await? => {
                tx.rollback().await?;
                return Ok(Start::AlreadyPresent);
            }
            FileContent::Size(taille) if of_same_size(&mut tx, fichier.dataset, taille).await? => {
                tx.rollback().await?;
                return Ok(Start::SumWanted);
            }
            FileContent::Sum(sha256) => sha256,
            FileContent::Size(_) => SUM_TO_COME,
        };
        let fichier_id = sqlx::query_scalar!(
            "INSERT INTO fichiers (sha256, nom, dataset, millesime, rapport, lignes_lues, lignes_gardees, lignes_rejetees)
             VALUES ($1, $2, $3, $4, '{}', 0, 0, 0) RETURNING id",
            sha256,
            fichier.nom,
            fichier.dataset as _,
            fichier.millesime
        )
        .fetch_one(&mut *tx)
        .await?;
        if fichier.table == Table::LongMesures {
            sqlx::raw_sql(tables::CREATE_LONG_MESURES).execute(&mut *tx).await?;
        }
        let (table, dataset) = (fichier.table, fichier.dataset);
        Ok(Start::Open(Box::new(Import { tx, fichier_id, table, dataset })))
    }
}

pub(super) async fn lock(connection: &mut PgConnection) -> Result<(), DbError> {
    let free = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "free!""#, LOCK_INGESTION)
        .fetch_one(&mut *connection)
        .await?;
    if !free {
        tracing::info!("another import is running; waiting for its end");
        sqlx::query!("SELECT pg_advisory_xact_lock($1)", LOCK_INGESTION).execute(connection).await?;
    }
    Ok(())
}

/// Whether this very content is already there, complete. If it is there but a newer file has
/// replaced a part of it, or it was taken for another filière, what is left of it is withdrawn:
/// importing it again makes it the newest.
async fn withdraw_same_content(
    connection: &mut PgConnection,
    fichier: &NewFile<'_>,
    sha256: &str,
) -> Result<bool, DbError> {
    let earlier = sqlx::query!(
        r#"SELECT f.id, (SELECT count(*) FROM portees p
                         WHERE p.fichier_id = f.id AND p.filiere = coalesce($4, p.filiere))
                  = jsonb_array_length(f.rapport -> 'portees') AS "complete!"
           FROM fichiers f
           WHERE sha256 = $1 AND dataset = $2 AND coalesce(millesime, '') = coalesce($3, '') AND retire_le IS NULL"#,
        sha256,
        fichier.dataset as _,
        fichier.millesime,
        fichier.filiere
    )
    .fetch_optional(&mut *connection)
    .await?;
    match earlier {
        None => Ok(false),
        Some(earlier) if earlier.complete => Ok(true),
        Some(earlier) => {
            delete_rows(connection, fichier.table.stored(), earlier.id).await?;
            sqlx::query!("DELETE FROM portees WHERE fichier_id = $1", earlier.id).execute(&mut *connection).await?;
            retire_replaced(connection).await?;
            Ok(false)
        }
    }
}

/// Whether a current file of the dataset has this many bytes.
async fn of_same_size(connection: &mut PgConnection, dataset: Dataset, taille: u64) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM fichiers WHERE dataset = $1 AND retire_le IS NULL
                          AND rapport -> 'taille' = to_jsonb($2::bigint)) AS "same!""#,
        dataset as _,
        i64::try_from(taille).unwrap_or(i64::MAX)
    )
    .fetch_one(connection)
    .await?)
}

/// Deletes every row of a file from a table.
pub(super) async fn delete_rows(connection: &mut PgConnection, table: Table, fichier_id: i64) -> Result<u64, DbError> {
    let statement = format!("DELETE FROM {} WHERE fichier_id = $1", table.name());
    Ok(sqlx::query(AssertSqlSafe(statement)).bind(fichier_id).execute(connection).await?.rows_affected())
}

/// Marks the files that hold nothing any more.
async fn retire_replaced(connection: &mut PgConnection) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE fichiers f SET retire_le = now(), motif_retrait = 'remplace'
         WHERE retire_le IS NULL AND rapport ? 'portees'
           AND NOT EXISTS (SELECT FROM portees p WHERE p.fichier_id = f.id)"
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Import {
    /// The number of the file, which its rows bear.
    #[must_use]
    pub fn fichier_id(&self) -> i64 {
        self.fichier_id
    }

    /// Sends the batches as they come and returns how many rows went in. When the sender stops
    /// without having sent [`Batch::Last`], nothing of it stays.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses; the import is then undone.
    pub async fn copy(&mut self, mut batches: mpsc::Receiver<Batch>) -> Result<Option<u64>, DbError> {
        let statement = self.table.copy_in().statement(self.table.name(), "");
        let mut copy = self.tx.copy_in_raw(&statement).await?;
        while let Some(batch) = batches.recv().await {
            match batch {
                Batch::Rows(bytes) => copy.send(bytes).await?,
                Batch::Last(bytes) => {
                    copy.send(bytes).await?;
                    return Ok(Some(copy.finish().await?));
                }
            };
        }
        copy.abort("the file was refused").await?;
        Ok(None)
    }

    /// Removes the rows whose key another row of the file has, and says which.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn duplicates(&mut self, pass: &Pass) -> Result<Duplicates, DbError> {
        if !pass.repeated_keys {
            return Ok(Duplicates::default());
        }
        let statement = statements::duplicates(self.table, EXAMPLES);
        let rows = sqlx::query(AssertSqlSafe(statement)).bind(self.fichier_id).fetch_all(&mut *self.tx).await?;
        let mut duplicates = Duplicates::default();
        for row in rows {
            let found = server_findings(&row)?;
            match row.try_get("sorte")? {
                "identique" => duplicates.identiques = found,
                "remplacee" => duplicates.remplacees = found,
                "repetee" => duplicates.repetees = found,
                _ => {
                    duplicates.contradictory = found;
                    duplicates.contradictions = row.try_get::<Json<_>, _>("paires")?.0;
                }
            }
        }
        Ok(duplicates)
    }

    /// Turns the lines of the long form into rows, and removes those whose numbers contradict
    /// each other; their lines are returned. Does nothing for the other tables.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn pivoter(&mut self) -> Result<ServerFindings, DbError> {
        if self.table != Table::LongMesures {
            return Ok(ServerFindings::default());
        }
        sqlx::query(AssertSqlSafe(tables::pivot_statement()))
            .bind(self.fichier_id)
            .bind(self.dataset)
            .execute(&mut *self.tx)
            .await?;
        let statement = statements::incoherent(EXAMPLES);
        let row = sqlx::query(AssertSqlSafe(statement)).bind(self.fichier_id).fetch_one(&mut *self.tx).await?;
        server_findings(&row)
    }

    /// Which scopes the file covers, with their rows. Asked only when rows were removed or
    /// pivoted; else `Pass::tallies` says it.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn scopes(&mut self) -> Result<Vec<ReplacementScope>, DbError> {
        let statement = statements::scopes(self.table.stored());
        let rows = sqlx::query(AssertSqlSafe(statement)).bind(self.fichier_id).fetch_all(&mut *self.tx).await?;
        rows.iter()
            .map(|row| {
                Ok(ReplacementScope {
                    maille: row.try_get("maille")?,
                    filiere: row.try_get("filiere")?,
                    millesime: row.try_get("millesime")?,
                    lines: row.try_get("lignes")?,
                    mesures: 0,
                })
            })
            .collect()
    }

    /// The scopes of the dataset that other files hold.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn held(&mut self) -> Result<Vec<ReplacementScope>, DbError> {
        let rows = sqlx::query_as!(
            Held,
            "SELECT maille, filiere, millesime, lignes AS lines, mesures FROM portees WHERE dataset = $1",
            self.dataset as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let scope = |row| {
            let Held { maille, filiere, millesime, lines, mesures } = row;
            ReplacementScope { maille, filiere, millesime, lines, mesures: mesures.cast_unsigned() }
        };
        Ok(rows.into_iter().map(scope).collect())
    }

    /// Reads the rows of the file again, one by one: the line of each and its measures.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn each_row(&mut self, mut of_row: impl FnMut(i32, &Mesures)) -> Result<(), DbError> {
        let statement = statements::measures();
        let mut rows = sqlx::query(AssertSqlSafe(statement)).bind(self.fichier_id).fetch(&mut *self.tx);
        while let Some(row) = rows.try_next().await? {
            let mut mesures = Mesures::default();
            for mesure in Mesure::ALL {
                if let Some(value) = row.try_get(mesure.as_str())? {
                    mesures.set(*mesure, value);
                }
            }
            of_row(row.try_get("ligne")?, &mesures);
        }
        Ok(())
    }

    /// Empties columns of the file's rows of one cohort. Returns how many rows there are.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn blank(&mut self, filiere: &str, millesime: &str, columns: &[&str]) -> Result<u64, DbError> {
        let statement = statements::blank(self.table.stored(), columns);
        let query = sqlx::query(AssertSqlSafe(statement)).bind(self.fichier_id).bind(filiere).bind(millesime);
        Ok(query.execute(&mut *self.tx).await?.rows_affected())
    }

    /// Deletes the older rows of these scopes and takes the scopes over. Returns how many rows
    /// were replaced.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn replace(&mut self, scopes: &[ReplacementScope]) -> Result<u64, DbError> {
        let column =
            |of: fn(&ReplacementScope) -> &str| scopes.iter().map(|scope| of(scope).to_owned()).collect::<Vec<_>>();
        let (mailles, filieres) = (column(|p| &p.maille), column(|p| &p.filiere));
        let millesimes = column(|p| &p.millesime);
        let lines: Vec<i64> = scopes.iter().map(|scope| scope.lines).collect();
        let mesures: Vec<i32> = scopes.iter().map(|scope| scope.mesures.cast_signed()).collect();
        let replaced = sqlx::query(AssertSqlSafe(statements::replace(self.table.stored())))
            .bind(self.dataset)
            .bind(&mailles)
            .bind(&filieres)
            .bind(&millesimes)
            .execute(&mut *self.tx)
            .await?
            .rows_affected();
        sqlx::query!(
            "INSERT INTO portees (fichier_id, dataset, maille, filiere, millesime, lignes, mesures)
             SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::integer[])
             ON CONFLICT (dataset, maille, filiere, millesime)
             DO UPDATE SET fichier_id = excluded.fichier_id, lignes = excluded.lignes, mesures = excluded.mesures",
            self.fichier_id,
            self.dataset as _,
            &mailles,
            &filieres,
            &millesimes,
            &lines,
            &mesures
        )
        .execute(&mut *self.tx)
        .await?;
        retire_replaced(&mut self.tx).await?;
        Ok(replaced)
    }

    /// Stores the report and makes everything visible at once.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses; the import is then undone.
    pub async fn finish(mut self, summary: &Summary<'_>) -> Result<(), DbError> {
        sqlx::query!(
            "UPDATE fichiers SET sha256 = $6, rapport = $2, lignes_lues = $3, lignes_gardees = $4, lignes_rejetees = $5,
                                 acceptations = $7
             WHERE id = $1",
            self.fichier_id,
            Json(summary.report) as _,
            summary.lues,
            summary.gardees,
            summary.rejetees,
            summary.sha256,
            summary.acceptances
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(self.tx.commit().await?)
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses; the server undoes it all the same.
    pub async fn abandon(self) -> Result<(), DbError> {
        Ok(self.tx.rollback().await?)
    }
}

/// A step of [`Import::copy`].
#[derive(Debug)]
pub enum Batch {
    /// Rows, as [`copy::CopyBuffer`] writes them.
    Rows(Vec<u8>),
    /// The file was read to its end: the last rows, with what ends them.
    Last(Vec<u8>),
}

fn server_findings(row: &sqlx::postgres::PgRow) -> Result<ServerFindings, DbError> {
    let nombre: i64 = row.try_get("nombre")?;
    let lines: Option<Vec<i32>> = row.try_get("lignes")?;
    let keys: Option<Vec<String>> = row.try_get("cles")?;
    let exemples = lines.unwrap_or_default().into_iter().zip(keys.unwrap_or_default()).collect();
    Ok(ServerFindings { nombre: u64::try_from(nombre).unwrap_or(0), exemples })
}

impl DbError {
    /// Whether the server has no more room (`disk_full`).
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let (Self::Query(error) | Self::Unavailable(error)) = self else { return false };
        error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "53100")
    }
}
