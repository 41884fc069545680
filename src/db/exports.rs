//! Reading a publication whole, in the order of its keys, for the files that are exported.
//!
//! Everything is read in one transaction that holds the partitions: a publication that is retired meanwhile
//! waits, or is gone before the first row. Partitions are named, so that one that is gone is an error and
//! never an empty table. Statistics come as the text of `COPY`, which costs PostgreSQL least and is read
//! by whoever writes the files.

use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Postgres, Row as _, Transaction};

use super::certifications::CertificationSqlRow;
use super::etablissements::EtablissementSqlRow;
use super::statistiques::{NamedStatistique, StatistiqueSqlRow, copied_columns};
use super::write::{partition, tables};
use super::{Db, DbError};
use crate::domain::crosswalk::CodeLink;
use crate::domain::dataset::Licence;
use crate::domain::valeur::unpack;
use crate::domain::{
    Certification, Dataset, Etablissement, FileId, Maille, MesureEtablissement, MesuresEtablissement, TypeOrigine,
    Valeur,
};

/// The partition is gone.
const UNDEFINED_TABLE: &str = "42P01";
/// Rows of `COPY` are handed on in pieces of about this many bytes.
const BLOCK: usize = 1 << 17;

/// A transaction that holds the rows of a publication.
#[derive(Debug)]
pub struct Exporting {
    transaction: Transaction<'static, Postgres>,
    id: i32,
}

impl Db {
    /// Begins to read a publication; `None` when its rows are gone.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it refuses.
    pub async fn begin_export(&self, publication: i32) -> Result<Option<Exporting>, DbError> {
        let mut transaction = self.write.begin().await?;
        let partitions: Vec<_> = tables().iter().map(|(table, _)| partition(table, publication)).collect();
        let lock = format!("LOCK TABLE {} IN ACCESS SHARE MODE", partitions.join(", "));
        if let Err(error) = sqlx::query(AssertSqlSafe(lock)).execute(&mut *transaction).await {
            let gone = error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| code == UNDEFINED_TABLE);
            return if gone { Ok(None) } else { Err(error.into()) };
        }
        // The rows of a key are beside each other in the order of the key: names are looked up, and nothing
        // is sorted or hashed, so that the first rows come at once and memory stays flat.
        for setting in ["enable_hashjoin", "enable_mergejoin", "enable_sort"] {
            sqlx::query(AssertSqlSafe(format!("SET LOCAL {setting} = off"))).execute(&mut *transaction).await?;
        }
        Ok(Some(Exporting { transaction, id: publication }))
    }
}

/// The statement that reads the statistics of a level, but for entries that point to their terminal years:
/// as the lists.
fn statistiques(id: i32, maille: Maille) -> String {
    let pointing = TypeOrigine::AnneeTerminale;
    format!(
        "SELECT {} FROM statistiques_p{id} s JOIN certifications_p{id} c USING (code_certification)
         LEFT JOIN etablissements_p{id} e ON e.uai = s.lieu
         WHERE s.maille = '{maille}' AND s.origine <> '{pointing}'
         ORDER BY s.lieu, s.code_certification, s.millesime, s.filiere",
        copied_columns()
    )
}

impl Exporting {
    /// The statistics of a level, as pieces of the text that `COPY` sends: whole lines, to be read with
    /// [`read_copied`].
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it refuses.
    pub async fn statistiques(
        &mut self,
        maille: Maille,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, DbError>> + '_, DbError> {
        let statement = format!("COPY ({}) TO STDOUT", statistiques(self.id, maille));
        let rows = self.transaction.copy_out_raw(&statement).await?;
        // One message is one row.
        let blocks = futures_util::stream::try_unfold(rows, |mut rows| async move {
            let mut block = Vec::with_capacity(BLOCK + 1024);
            while block.len() < BLOCK {
                match rows.try_next().await? {
                    Some(row) => block.extend_from_slice(&row),
                    None => break,
                }
            }
            Ok((!block.is_empty()).then_some((block, rows)))
        });
        Ok(blocks)
    }

    /// The nomenclatures, by code.
    pub fn certifications(&mut self) -> impl Stream<Item = Result<Certification, DbError>> + '_ {
        let statement = format!("SELECT * FROM certifications_p{} ORDER BY code_certification", self.id);
        let rows = sqlx::query_as::<_, CertificationSqlRow>(AssertSqlSafe(statement)).fetch(&mut *self.transaction);
        rows.map(|row| Ok(Certification::from(row?)))
    }

    /// The établissements of which a figure is published, by UAI.
    pub fn etablissements(&mut self) -> impl Stream<Item = Result<Etablissement, DbError>> + '_ {
        let statement = format!("SELECT * FROM etablissements_p{} WHERE avec_statistiques ORDER BY uai", self.id);
        let rows = sqlx::query_as::<_, EtablissementSqlRow>(AssertSqlSafe(statement)).fetch(&mut *self.transaction);
        rows.map(|row| Ok(Etablissement::from(row?)))
    }

    /// The figures of établissements as a whole, by key.
    pub fn wholes(&mut self) -> impl Stream<Item = Result<MesuresEtablissement, DbError>> + '_ {
        let figures: Vec<_> = MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str()).collect();
        let statement = format!(
            "SELECT uai, filiere, millesime, dont_apprentis_eple, ARRAY[{}] AS valeurs, absences, source, fichier_id
             FROM statistiques_etablissement_p{} ORDER BY uai, millesime, filiere, dont_apprentis_eple",
            figures.join(", "),
            self.id
        );
        sqlx::query(AssertSqlSafe(statement)).fetch(&mut *self.transaction).map(|row| whole(&row?))
    }

    /// What the sources under a licence say of two codes: each statement once, from the code that sorts first.
    pub fn links(&mut self, licence: Licence) -> impl Stream<Item = Result<CodeLink, DbError>> + '_ {
        let sources: Vec<String> = Dataset::ALL
            .iter()
            .filter(|source| source.licence() == licence)
            .map(|source| format!("'{source}'"))
            .collect();
        let statement = format!(
            "SELECT l.code, l.code_lie, l.relation, l.duree, l.source, l.fichier_id, l.ligne
             FROM liens_codes_p{} l JOIN fichiers f ON f.id = l.fichier_id
             WHERE l.code <= l.code_lie AND l.source IN ({})
             ORDER BY l.code, l.code_lie, l.relation, l.source, f.sha256, l.ligne",
            self.id,
            sources.join(", ")
        );
        sqlx::query(AssertSqlSafe(statement)).fetch(&mut *self.transaction).map(|row| link(&row?))
    }
}

fn whole(row: &PgRow) -> Result<MesuresEtablissement, DbError> {
    let (values, absences): (Vec<Option<i32>>, i64) = (row.try_get("valeurs")?, row.try_get("absences")?);
    let mut valeurs = [Valeur::NON_COUVERT; MesureEtablissement::COUNT];
    for (index, (slot, value)) in valeurs.iter_mut().zip(values).enumerate() {
        *slot = unpack(value, absences, index);
    }
    Ok(MesuresEtablissement {
        uai: row.try_get("uai")?,
        filiere: row.try_get("filiere")?,
        millesime: row.try_get("millesime")?,
        population: row.try_get("dont_apprentis_eple")?,
        valeurs,
        source: row.try_get("source")?,
        fichier: FileId(row.try_get("fichier_id")?),
    })
}

fn link(row: &PgRow) -> Result<CodeLink, DbError> {
    Ok(CodeLink {
        from: row.try_get("code")?,
        to: row.try_get("code_lie")?,
        relation: row.try_get("relation")?,
        duration: row.try_get("duree")?,
        source: row.try_get("source")?,
        fichier: FileId(row.try_get("fichier_id")?),
        line: row.try_get("ligne")?,
    })
}

/// The statistics of a piece of [`Exporting::statistiques`].
pub fn read_copied(block: &[u8]) -> impl Iterator<Item = Result<NamedStatistique, DbError>> + '_ {
    let lines = block.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| {
        let mut row = CopiedRow(line.split(|byte| *byte == b'\t'));
        StatistiqueSqlRow::from_copy(&mut row)?.try_into()
    })
}

/// The fields of a line that `COPY` sent as text: tabs between them, `\N` for NULL, what would be mistaken
/// escaped (PostgreSQL manual, «COPY», text format).
pub(in crate::db) struct CopiedRow<'a>(std::slice::Split<'a, u8, fn(&u8) -> bool>);

impl CopiedRow<'_> {
    fn raw(&mut self) -> Result<Option<&str>, DbError> {
        let corrupt = |what: &str| DbError::Corrupt(format!("a row of COPY {what}"));
        let field = self.0.next().ok_or_else(|| corrupt("is too short"))?;
        let text = std::str::from_utf8(field).map_err(|_| corrupt("is not UTF-8"))?;
        Ok((text != "\\N").then_some(text))
    }

    /// A text that may be NULL.
    pub(in crate::db) fn field(&mut self) -> Result<Option<String>, DbError> {
        Ok(self.raw()?.map(|text| if text.contains('\\') { unescape(text) } else { text.to_owned() }))
    }

    /// A text.
    pub(in crate::db) fn text(&mut self) -> Result<String, DbError> {
        self.field()?.ok_or_else(|| DbError::Corrupt("NULL where a text stands".to_owned()))
    }

    /// A number that may be NULL.
    pub(in crate::db) fn number<T: std::str::FromStr>(&mut self) -> Result<Option<T>, DbError> {
        let number = |text: &str| text.parse().map_err(|_| DbError::Corrupt(format!("«{text}» is no number")));
        self.raw()?.map(number).transpose()
    }

    /// A number.
    pub(in crate::db) fn required<T: std::str::FromStr>(&mut self) -> Result<T, DbError> {
        self.number()?.ok_or_else(|| DbError::Corrupt("NULL where a number stands".to_owned()))
    }

    /// `t`, `f` or NULL.
    pub(in crate::db) fn flag(&mut self) -> Result<Option<bool>, DbError> {
        Ok(self.raw()?.map(|text| text == "t"))
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('b') => plain.push('\u{8}'),
            Some('f') => plain.push('\u{c}'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('v') => plain.push('\u{b}'),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_copy_escapes_is_read_as_it_was() {
        let line: &[u8] = b"a\\tb\\\\c\\nd\t\\N\t42\tf\t\\N";
        let mut row = CopiedRow(line.split(|byte| *byte == b'\t'));
        assert_eq!(row.text().unwrap(), "a\tb\\c\nd");
        assert_eq!(row.field().unwrap(), None);
        assert_eq!(row.number::<i32>().unwrap(), Some(42));
        assert_eq!(row.flag().unwrap(), Some(false));
        assert!(row.required::<i32>().is_err(), "NULL");
        assert!(row.field().is_err(), "no more fields");
    }
}
