//! Which figures differ between two publications.
//!
//! Each pair is compared once, the older publication first, by one statement from partition to
//! partition. The statement reads the partitions by name: one that is being retired either waits for it
//! or makes it fail, so that what is gone never passes for what was removed. What is said of the past
//! is decided here and stored: whoever reads the rows cannot say more.

use futures_util::{Stream, TryStreamExt as _, stream};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Row as _};

use super::{Db, DbError};
use crate::domain::change::{Change, ChangeCount, ChangeFile, ChangeKind, ChangeRule};
use crate::domain::{
    CodeCertification, CodeRegion, Dataset, Indicateur, Lieu, Maille, MesureEtablissement, Millesime, RaisonAbsence,
    TypeOrigine, Uai,
};

/// One pair at a time: the first number of the lock; the second is 0.
const LOCK: i32 = 0x6368_616e;
/// Rows read at once for a whole comparison.
const ROWS: i64 = 2000;

/// Two publications, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Since which.
    pub before: i32,
    /// Up to which.
    pub after: i32,
}

impl Pair {
    fn is_mirrored(self) -> bool {
        self.before > self.after
    }

    /// The older one, the newer one.
    fn ordered(self) -> [i32; 2] {
        [self.before.min(self.after), self.before.max(self.after)]
    }
}

/// Which changes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeFilters {
    /// Of this level.
    pub maille: Option<Maille>,
    /// Of this cohort.
    pub millesime: Option<Millesime>,
    /// In this région.
    pub region: Option<CodeRegion>,
    /// Of this établissement.
    pub uai: Option<Uai>,
    /// Of this certification.
    pub code: Option<CodeCertification>,
    /// Of this indicator.
    pub indicateur: Option<&'static str>,
    /// Of this kind, seen in the direction of the pair.
    pub kind: Option<ChangeKind>,
}

impl ChangeFilters {
    fn push(&self, sql: &mut QueryBuilder<Postgres>, pair: Pair) {
        if let Some(maille) = self.maille {
            sql.push(" AND c.maille = ").push_bind(maille);
        }
        if let Some(millesime) = self.millesime {
            sql.push(" AND c.millesime = ").push_bind(millesime);
        }
        if let Some(region) = self.region {
            sql.push(" AND c.region = ").push_bind(Lieu::Region(region));
        }
        if let Some(uai) = self.uai {
            sql.push(" AND c.lieu = ").push_bind(Lieu::Etablissement(uai));
        }
        if let Some(code) = self.code {
            sql.push(" AND c.code_certification = ").push_bind(code);
        }
        if let Some(indicateur) = self.indicateur {
            sql.push(" AND c.indicateur = ").push_bind(indicateur);
        }
        if let Some(kind) = self.kind {
            let stored = if pair.is_mirrored() { kind.mirrored() } else { kind };
            sql.push(" AND c.nature = ").push_bind(stored.as_str());
        }
    }
}

/// A table of figures and how its cells are told.
struct Compared {
    table: &'static str,
    key: &'static str,
    place: &'static str,
    /// Place, code and population of a cell.
    names: &'static str,
    /// The level of a cell.
    maille: &'static str,
    /// Whether both sides say the same, as far as can be told without their figures.
    same: &'static str,
    /// How the cell came by its figures, of the alias `{}`.
    origin: &'static str,
    /// Whether they are a sum, of the alias `{}`.
    sum: String,
    /// Whether a figure may come from a file of its own instead of that of its cell, and of which dataset.
    apart: (String, Dataset),
    figures: Vec<&'static str>,
}

fn compared() -> [Compared; 2] {
    let sum = TypeOrigine::Agregee;
    let salaries = Indicateur::SALAIRE_12_MOIS.map(Indicateur::as_str);
    [
        Compared {
            table: "statistiques",
            key: "lieu, code_certification, millesime, filiere",
            place: "lieu",
            names: "lieu, code_certification, '' AS population",
            maille: "coalesce(n.maille, o.maille)",
            // Rows of before the hash was kept have 0.
            same: "o.empreinte = n.empreinte AND o.empreinte <> 0",
            origin: "concat_ws(' ', {}.origine, {}.code_origine, {}.uai_origine)",
            sum: format!("{{}}.origine = '{sum}'"),
            apart: (format!("v.indicateur IN ('{}')", salaries.join("', '")), Dataset::DaresRemunerations),
            figures: Indicateur::ALL.iter().map(|figure| figure.as_str()).collect(),
        },
        Compared {
            table: "statistiques_etablissement",
            key: "uai, millesime, filiere, dont_apprentis_eple",
            place: "uai",
            names: "uai AS lieu, '' AS code_certification, dont_apprentis_eple AS population",
            maille: "'etablissement'",
            same: "false",
            origin: "'propre'",
            sum: "false".to_owned(),
            apart: ("false".to_owned(), Dataset::DaresRemunerations),
            figures: MesureEtablissement::ALL.iter().map(|figure| figure.as_str()).collect(),
        },
    ]
}

impl Compared {
    /// The changed figures of a table, one row each. Of a figure that is missing, reason 0 or 1 means
    /// that it is hidden; one that the threshold hides says so of its whole cohort.
    fn sql(&self, [older, newer]: [i32; 2]) -> String {
        let Self { table, key, place, names, maille, same, .. } = self;
        let of = |text: &str, alias: &str| text.replace("{}", alias);
        let (origin_o, origin_n) = (of(self.origin, "o"), of(self.origin, "n"));
        let (sum_o, sum_n) = (of(&self.sum, "o"), of(&self.sum, "n"));
        let reason = |alias: &str, at: usize| format!("({alias}.absences >> {}) & 3", 2 * at);
        let under = RaisonAbsence::SousSeuil as i32;
        let hides = |alias: &str| {
            let one =
                |(at, name): (usize, &&str)| format!("({alias}.{name} IS NULL AND {} = {under})", reason(alias, at));
            self.figures.iter().enumerate().map(one).collect::<Vec<_>>().join(" OR ")
        };
        let value = |(at, name): (usize, &&str)| {
            format!("({at}, '{name}', o.{name}, n.{name}, {}, {})", reason("o", at), reason("n", at))
        };
        let values = self.figures.iter().enumerate().map(value).collect::<Vec<_>>().join(", ");
        let (hides_o, hides_n) = (hides("o"), hides("n"));
        // What the file of the cell cannot explain: it is the same on both sides.
        let apart = format!("{} AND o.fichier_id = n.fichier_id", self.apart.0);
        let (apart_o, apart_n) = (file_apart(self.apart.1, 1, 2), file_apart(self.apart.1, 2, 1));
        format!(
            "SELECT {names}, {maille} AS maille, millesime, filiere,
                    coalesce(CASE WHEN {maille} = 'regionale' THEN {place} ELSE coalesce(en.region, eo.region) END, '')
                        AS region,
                    v.*, o.absences IS NOT NULL AS in_o, n.absences IS NOT NULL AS in_n,
                    coalesce({hides_o}, false) AS hides_o, coalesce({hides_n}, false) AS hides_n,
                    {origin_o} AS origin_o, {origin_n} AS origin_n,
                    coalesce({sum_o}, false) OR coalesce({sum_n}, false) AS is_sum,
                    CASE WHEN {apart} THEN {apart_o} ELSE o.fichier_id END AS file_o,
                    CASE WHEN {apart} THEN {apart_n} ELSE n.fichier_id END AS file_n
             FROM {table}_p{older} o FULL JOIN {table}_p{newer} n USING ({key})
             LEFT JOIN (SELECT uai AS code, region FROM etablissements_p{older}) eo ON eo.code = {place}
             LEFT JOIN (SELECT uai AS code, region FROM etablissements_p{newer}) en ON en.code = {place}
             CROSS JOIN LATERAL (VALUES {values}) v (at, indicateur, was, is_now, reason_o, reason_n)
             WHERE ({same}) IS NOT TRUE AND v.was IS DISTINCT FROM v.is_now"
        )
    }
}

/// The newest file of a dataset in the publication `$number`, one that the other does not have before others.
fn file_apart(dataset: Dataset, number: u8, other: u8) -> String {
    let newest = |condition: &str| {
        format!(
            "(SELECT max(f.id) FROM fichiers f JOIN publication_fichiers p ON p.fichier_id = f.id
              WHERE p.publication_id = ${number} AND f.dataset = '{dataset}' {condition})"
        )
    };
    let own = newest(&format!("AND f.id NOT IN {}", files(other)));
    format!("coalesce({own}, {})", newest(""))
}

/// The files of the publication `$number`.
fn files(number: u8) -> String {
    format!("(SELECT fichier_id FROM publication_fichiers WHERE publication_id = ${number})")
}

/// The statement that fills a pair: `$1` the older one, `$2` the newer one.
///
/// What was is said only of figures that a source measured for exactly this cell: of a sum or of a
/// copy it could tell of another cell, which may be hidden now.
fn comparison(ordered: [i32; 2]) -> String {
    let rows = compared().map(|table| table.sql(ordered)).join(" UNION ALL ");
    let (files_o, files_n, own) = (files(1), files(2), TypeOrigine::Propre);
    format!(
        "INSERT INTO changements (ancienne, nouvelle, rang, maille, lieu, code_certification, filiere, millesime,
             population, region, indicateur, avant, apres, nature, regle, fichier_avant, fichier_apres)
         SELECT $1, $2,
                row_number() OVER (ORDER BY lieu, code_certification, millesime, filiere, population, at),
                maille, lieu, code_certification, filiere, millesime, population, region, indicateur,
                CASE WHEN nature <> 'devient_masque' AND NOT hides_n AND origin_o = '{own}' THEN was END, is_now, nature,
                CASE WHEN nature = 'devient_masque' AND (reason_n = 0 OR hides_n)
                       OR nature = 'devient_visible' AND (reason_o = 0 OR hides_o) THEN 'seuil'
                     WHEN file_o <> file_n THEN 'fichier_remplace'
                     WHEN (NOT in_n OR file_n IS NULL) AND file_o NOT IN {files_n} THEN
                         CASE (SELECT motif_retrait FROM fichiers WHERE id = file_o)
                             WHEN 'remplace' THEN 'fichier_remplace' ELSE 'fichier_retire' END
                     WHEN (NOT in_o OR file_o IS NULL) AND file_n NOT IN {files_o} THEN 'fichier_ajoute'
                     WHEN is_sum THEN 'somme'
                     WHEN in_o AND in_n AND origin_o = origin_n
                          AND (SELECT count(DISTINCT programme) > 1 FROM publications WHERE id IN ($1, $2))
                         THEN 'programme'
                     ELSE 'nomenclature' END,
                file_o, file_n
         FROM (SELECT *, CASE WHEN was IS NOT NULL AND is_now IS NOT NULL THEN 'corrige'
                              WHEN is_now IS NULL AND in_n AND (reason_n < 2 OR hides_n) THEN 'devient_masque'
                              WHEN is_now IS NULL THEN 'retire'
                              WHEN in_o AND (reason_o < 2 OR hides_o) THEN 'devient_visible'
                              ELSE 'ajoute' END AS nature
               FROM ({rows}) figures) changes"
    )
}

impl Db {
    /// Compares two publications, unless somebody has. `false`: the rows of one of them are gone.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it refuses.
    pub async fn compare(&self, pair: Pair) -> Result<bool, DbError> {
        let [older, newer] = pair.ordered();
        let mut transaction = self.write.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1, 0)").bind(LOCK).execute(&mut *transaction).await?;
        let kept: i64 =
            sqlx::query_scalar("SELECT count(*) FROM publications WHERE id IN ($1, $2) AND purgee_le IS NULL")
                .bind(older)
                .bind(newer)
                .fetch_one(&mut *transaction)
                .await?;
        if older == newer || kept < 2 {
            return Ok(older == newer);
        }
        let begun = "INSERT INTO comparaisons VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let begun = sqlx::query(begun).bind(older).bind(newer).execute(&mut *transaction).await?;
        if begun.rows_affected() == 0 {
            return Ok(true);
        }
        // As for publishing: hashed, the full join takes a third of the time of sorting both sides.
        for setting in ["work_mem = '192MB'", "enable_mergejoin = off"] {
            sqlx::query(AssertSqlSafe(format!("SET LOCAL {setting}"))).execute(&mut *transaction).await?;
        }
        let statement = AssertSqlSafe(comparison([older, newer]));
        sqlx::query(statement).bind(older).bind(newer).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Whether a pair was compared.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it refuses.
    pub async fn is_compared(&self, pair: Pair) -> Result<bool, DbError> {
        let [older, newer] = pair.ordered();
        let statement = "SELECT EXISTS (SELECT FROM comparaisons WHERE ancienne = $1 AND nouvelle = $2)";
        Ok(sqlx::query_scalar(statement).bind(older).bind(newer).fetch_one(&self.write).await?)
    }

    /// At most `limit` changes of a pair after one, in the order of the keys; `None` for a pair that was
    /// not compared or is gone.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn changes(
        &self,
        pair: Pair,
        filters: &ChangeFilters,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Option<Vec<Change>>, DbError> {
        let [older, newer] = pair.ordered();
        let mut sql = QueryBuilder::new(
            "SELECT c.*, fa.nom AS avant_nom, fa.sha256 AS avant_sha256, fb.nom AS apres_nom, fb.sha256 AS apres_sha256
             FROM comparaisons p LEFT JOIN LATERAL (SELECT * FROM changements c WHERE c.ancienne = ",
        );
        sql.push_bind(older).push(" AND c.nouvelle = ").push_bind(newer);
        sql.push(" AND c.rang > ").push_bind(after.unwrap_or(0));
        filters.push(&mut sql, pair);
        sql.push(" ORDER BY c.rang LIMIT ").push_bind(limit);
        sql.push(") c ON true LEFT JOIN fichiers fa ON fa.id = c.fichier_avant");
        sql.push(" LEFT JOIN fichiers fb ON fb.id = c.fichier_apres WHERE p.ancienne = ").push_bind(older);
        sql.push(" AND p.nouvelle = ").push_bind(newer).push(" ORDER BY c.rang");
        // Read where it is written: a replica may not have a comparison that was just made.
        let rows = sql.build().fetch_all(&self.write).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let found = rows.iter().filter_map(|row| change(row).transpose());
        let mirrored = |change: Change| if pair.is_mirrored() { change.mirrored() } else { change };
        Ok(Some(found.map(|change| change.map(mirrored)).collect::<Result<_, _>>()?))
    }

    /// How many changes a pair has.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it refuses.
    pub async fn count_changes(&self, pair: Pair, filters: &ChangeFilters) -> Result<u64, DbError> {
        let [older, newer] = pair.ordered();
        let mut sql = QueryBuilder::new("SELECT count(*) FROM changements c WHERE c.ancienne = ");
        sql.push_bind(older).push(" AND c.nouvelle = ").push_bind(newer);
        filters.push(&mut sql, pair);
        let count: i64 = sql.build_query_scalar().fetch_one(&self.write).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The changes of a pair that was compared, counted by maille, millésime, région and kind.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn change_counts(&self, pair: Pair) -> Result<Vec<ChangeCount>, DbError> {
        let [older, newer] = pair.ordered();
        let rows = sqlx::query(
            "SELECT maille, millesime, nullif(region, '') AS region, nature, count(*) AS nombre FROM changements
             WHERE ancienne = $1 AND nouvelle = $2 GROUP BY 1, 2, 3, 4",
        )
        .bind(older)
        .bind(newer)
        .fetch_all(&self.write)
        .await?;
        let count = |row: &PgRow| {
            let kind = word(row, "nature", ChangeKind::parse)?;
            Ok(ChangeCount {
                maille: row.try_get("maille")?,
                millesime: row.try_get("millesime")?,
                region: row.try_get("region")?,
                kind: if pair.is_mirrored() { kind.mirrored() } else { kind },
                nombre: row.try_get("nombre")?,
            })
        };
        let mut counts = rows.iter().map(count).collect::<Result<Vec<_>, DbError>>()?;
        counts.sort();
        Ok(counts)
    }

    /// Every change of a pair in the order of the keys, compared first if need be; a few thousand are in
    /// memory at once.
    ///
    /// # Errors
    /// Those of [`Db::compare`] and [`Db::changes`]; [`DbError::Corrupt`] when a publication is retired
    /// meanwhile.
    pub fn stream_changes(&self, pair: Pair) -> impl Stream<Item = Result<Change, DbError>> + '_ {
        let pages = stream::try_unfold(Some(0), move |after| async move {
            let Some(after) = after else { return Ok(None) };
            let complete = pair.before == pair.after || (after == 0 && !self.compare(pair).await?);
            let found =
                if complete { None } else { self.changes(pair, &ChangeFilters::default(), Some(after), ROWS).await? };
            let found = match found {
                Some(found) => found,
                None if pair.before == pair.after => Vec::new(),
                None => return Err(DbError::Corrupt("a publication was retired while it was compared".to_owned())),
            };
            let full = i64::try_from(found.len()).is_ok_and(|length| length == ROWS);
            let next = found.last().map(|change| change.rang).filter(|_| full);
            Ok(Some((stream::iter(found.into_iter().map(Ok)), next)))
        });
        pages.try_flatten()
    }

    /// Forgets the comparisons with a publication that is retired.
    pub(in crate::db) async fn forget_comparisons(&self, publication: i32) -> Result<(), DbError> {
        let statement = "DELETE FROM comparaisons WHERE $1 IN (ancienne, nouvelle)";
        sqlx::query(statement).bind(publication).execute(&self.write).await?;
        Ok(())
    }
}

/// The change of a row; `None` for the row that says that there are none.
fn change(row: &PgRow) -> Result<Option<Change>, DbError> {
    let Some(rang) = row.try_get("rang")? else { return Ok(None) };
    let texts: [String; 3] = [row.try_get("code_certification")?, row.try_get("population")?, row.try_get("region")?];
    let [code, population, region] = &texts;
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let file = |nom: &str, sha256: &str| -> Result<Option<ChangeFile>, DbError> {
        let (nom, sha256): (Option<String>, Option<String>) = (row.try_get(nom)?, row.try_get(sha256)?);
        Ok(nom.zip(sha256).map(|(nom, sha256)| ChangeFile { nom, sha256 }))
    };
    Ok(Some(Change {
        rang,
        maille: row.try_get("maille")?,
        lieu: row.try_get("lieu")?,
        region: super::codes::read_opt(some(region).as_deref())?,
        code: super::codes::read_opt(some(code).as_deref())?,
        filiere: row.try_get("filiere")?,
        millesime: row.try_get("millesime")?,
        population: super::codes::read_opt(some(population).as_deref())?,
        indicateur: row.try_get("indicateur")?,
        avant: row.try_get("avant")?,
        apres: row.try_get("apres")?,
        kind: word(row, "nature", ChangeKind::parse)?,
        rule: word(row, "regle", ChangeRule::parse)?,
        fichiers: [file("avant_nom", "avant_sha256")?, file("apres_nom", "apres_sha256")?],
    }))
}

/// A word of a closed list.
fn word<T>(row: &PgRow, column: &str, parse: fn(&str) -> Result<T, crate::domain::Invalid>) -> Result<T, DbError> {
    let text: &str = row.try_get(column)?;
    parse(text).map_err(|_| DbError::Corrupt(format!("«{text}» is no {column}")))
}
