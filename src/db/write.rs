//! Writing a publication: partitions of its own, filled by binary `COPY`, attached, checked and
//! made current in one transaction.
//!
//! Nothing is visible before the commit, so a publication that fails or is killed leaves the
//! previous one served and no trace. Tables are created beside the parents and attached when
//! full: attaching does not stop the readers of the other partitions, and it builds the indexes
//! that the migrations declare once, on the parents. `FREEZE` is possible because the tables
//! are born in the same transaction; it spares the first readers the visibility checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::mpsc;

use super::copy::{CopyIn, Field as _, Rows};
use super::couverture;
use super::encode::PublishedRow;
use super::load::{self, CurrentFile};
use super::losses::{self, SliceLoss};
use super::publications::{PublicationCounts, StatistiqueCount};
use super::{Db, DbError};
use crate::domain::couverture::{Changes, Couverture, Groupe};
use crate::domain::crosswalk::CodeLink;
use crate::domain::reperes::Repere;
use crate::domain::sources::{AttachmentRow, CatalogueRow, ComputedPublication, Sources};
use crate::domain::{
    Certification, Etablissement, Filiere, Maille, MesuresEtablissement, Millesime, Statistique, TypeOrigine,
};

/// Rows are sent in pieces of this many bytes.
const CHUNK: usize = 1 << 20;
/// So many pieces may wait to be sent.
const CHUNKS_AHEAD: usize = 4;

/// The partitioned tables of a publication, with the columns that are filled.
#[must_use]
pub fn tables() -> [(&'static str, CopyIn); 8] {
    [
        table::<Statistique>(),
        table::<Certification>(),
        table::<Etablissement>(),
        table::<MesuresEtablissement>(),
        table::<CodeLink>(),
        table::<AttachmentRow>(),
        table::<CatalogueRow>(),
        table::<Repere>(),
    ]
}

fn table<R: PublishedRow>() -> (&'static str, CopyIn) {
    (R::TABLE, CopyIn::of::<R>(&[], numbers::<R>()))
}

/// Two publications at once would number themselves alike: one waits for the other.
const LOCK: i64 = 0x6578_706f_7075_626c;

/// A connection that holds the right to publish and one snapshot of the sources.
///
/// Not a pooled one: the lock belongs to the session, and a session that ends in any way gives it
/// back.
#[derive(Debug)]
pub struct Drafting {
    pub(in crate::db) connection: PgConnection,
    fichiers: Vec<CurrentFile>,
}

/// What a publication is called and says about itself.
#[derive(Debug, Clone)]
pub struct PublicationIdentity {
    /// `major.minor.patch`.
    pub version: String,
    /// Whether it was made from the fictitious sample data.
    pub fictive: bool,
    /// The losses that the operator accepted, by name.
    pub acceptances: Vec<String>,
}

/// A publication that is written but not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Number of its partitions.
    pub id: i32,
    /// SHA-256 over its rows.
    pub empreinte: String,
    /// What it holds.
    pub comptes: PublicationCounts,
}

/// How two publications differ, in cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Difference {
    /// Cells of the older one that the newer one lacks.
    pub retirees: i64,
    /// Cells of the newer one that the older one lacked.
    pub ajoutees: i64,
}

impl Db {
    /// Takes the right to publish (waiting for whoever has it) and reads the sources in one
    /// snapshot.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn begin_publication(&self) -> Result<(Drafting, Sources), DbError> {
        let mut connection = self.write.acquire().await?.detach();
        sqlx::query!("SELECT pg_advisory_lock($1)", LOCK).execute(&mut connection).await?;
        sqlx::query!("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut connection).await?;
        // Sorting and joining a million entries in the default 4 MB goes through the disk.
        sqlx::query!("SET LOCAL work_mem = '192MB'").execute(&mut connection).await?;
        sqlx::query!("SET LOCAL maintenance_work_mem = '256MB'").execute(&mut connection).await?;
        // Two publications are compared by a full join: hashed it takes a third of the time that
        // PostgreSQL needs to sort both sides, which it would choose.
        sqlx::query!("SET LOCAL enable_mergejoin = off").execute(&mut connection).await?;
        let (sources, fichiers) = load::sources(&mut connection).await?;
        Ok((Drafting { connection, fichiers }, sources))
    }

    /// Drops the partitions of the publications beyond the `kept` newest ones; the current one
    /// always stays. Readers of other publications are not stopped. Gives the versions that went.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn purge_publications(&self, kept: u32) -> Result<Vec<String>, DbError> {
        let old = sqlx::query!(
            "SELECT id, version FROM publications p
             WHERE purgee_le IS NULL
               AND NOT EXISTS (SELECT 1 FROM publication_courante c WHERE c.publication_id = p.id)
             ORDER BY id DESC OFFSET $1",
            i64::from(kept.saturating_sub(1))
        )
        .fetch_all(&self.write)
        .await?;
        let mut gone = Vec::new();
        for row in old {
            self.drop_partitions(row.id).await?;
            self.forget_comparisons(row.id).await?;
            sqlx::query!("UPDATE publications SET purgee_le = now() WHERE id = $1", row.id)
                .execute(&self.write)
                .await?;
            gone.push(row.version);
        }
        Ok(gone)
    }

    async fn drop_partitions(&self, id: i32) -> Result<(), DbError> {
        for (table, _) in tables() {
            let partition = partition(table, id);
            let exists = sqlx::query_scalar!("SELECT to_regclass($1) IS NOT NULL", partition).fetch_one(&self.write);
            if exists.await? != Some(true) {
                continue;
            }
            let attached = sqlx::query_scalar!(
                r#"SELECT inhdetachpending AS "pending!" FROM pg_inherits WHERE inhrelid = to_regclass($1)"#,
                partition
            );
            let how = match attached.fetch_optional(&self.write).await? {
                None => None,
                // A detaching that was interrupted has to be finished, it cannot be begun again.
                Some(true) => Some("FINALIZE"),
                Some(false) => Some("CONCURRENTLY"),
            };
            if let Some(how) = how {
                self.ddl(format!("ALTER TABLE {table} DETACH PARTITION {partition} {how}")).await?;
            }
            self.ddl(format!("DROP TABLE {partition}")).await?;
        }
        Ok(())
    }

    async fn ddl(&self, statement: String) -> Result<(), DbError> {
        sqlx::query(AssertSqlSafe(statement)).execute(&self.write).await?;
        Ok(())
    }
}

pub(in crate::db) fn partition(table: &str, id: i32) -> String {
    format!("{table}_p{id}")
}

impl Drafting {
    /// The files whose rows the snapshot holds.
    #[must_use]
    pub fn files(&self) -> &[CurrentFile] {
        &self.fichiers
    }

    /// Writes every row into new partitions and attaches them.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn write(&mut self, result: &Arc<ComputedPublication>) -> Result<Draft, DbError> {
        let id: i64 = sqlx::query_scalar("SELECT nextval(pg_get_serial_sequence('publications', 'id'))")
            .fetch_one(&mut self.connection)
            .await?;
        let id = i32::try_from(id).map_err(|_| DbError::Corrupt(format!("publication number {id}")))?;
        let shas = self.fichiers.iter().map(|fichier| (fichier.id.0, fichier.sha256.clone())).collect();
        let (shas, result) = (Arc::new(shas), Arc::clone(result));
        let mut writer = Writer { connection: &mut self.connection, id, hash: Sha256::new(), shas, result };
        writer.table(|result| &result.statistiques).await?;
        writer.table(|result| &result.certifications).await?;
        writer.table(|result| &result.etablissements).await?;
        writer.table(|result| &result.statistiques_etablissement).await?;
        writer.table(|result| &result.links).await?;
        writer.table(|result| &result.attachments).await?;
        writer.table(|result| &result.catalogue).await?;
        writer.table(|result| &result.reperes).await?;
        let Writer { hash, result, .. } = writer;
        Ok(Draft { id, empreinte: hex::encode(hash.finalize()), comptes: counts(&result) })
    }

    /// How the certifications, the figures of établissements as a whole and the links between codes of
    /// `id` differ from those of an older publication.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn difference(&mut self, older: i32, id: i32) -> Result<Difference, DbError> {
        let certifications = sqlx::query!(
            r#"SELECT count(*) FILTER (WHERE n.code_certification IS NULL) AS "retirees!",
                      count(*) FILTER (WHERE o.code_certification IS NULL) AS "ajoutees!"
               FROM (SELECT code_certification FROM certifications WHERE publication_id = $1) o
               FULL JOIN (SELECT code_certification FROM certifications WHERE publication_id = $2) n
               USING (code_certification)"#,
            older,
            id
        )
        .fetch_one(&mut self.connection)
        .await?;
        let wholes = sqlx::query!(
            r#"SELECT count(*) FILTER (WHERE n.uai IS NULL) AS "retirees!", count(*) FILTER (WHERE o.uai IS NULL) AS "ajoutees!"
               FROM (SELECT uai, millesime, filiere, dont_apprentis_eple FROM statistiques_etablissement WHERE publication_id = $1) o
               FULL JOIN (SELECT uai, millesime, filiere, dont_apprentis_eple FROM statistiques_etablissement WHERE publication_id = $2) n
               USING (uai, millesime, filiere, dont_apprentis_eple)"#,
            older,
            id
        )
        .fetch_one(&mut self.connection)
        .await?;
        let links = sqlx::query!(
            r#"SELECT count(*) FILTER (WHERE n.code IS NULL) AS "retirees!", count(*) FILTER (WHERE o.code IS NULL) AS "ajoutees!"
               FROM (SELECT DISTINCT code, code_lie, relation FROM liens_codes WHERE publication_id = $1) o
               FULL JOIN (SELECT DISTINCT code, code_lie, relation FROM liens_codes WHERE publication_id = $2) n
               USING (code, code_lie, relation)"#,
            older,
            id
        )
        .fetch_one(&mut self.connection)
        .await?;
        Ok(Difference {
            retirees: certifications.retirees + wholes.retirees + links.retirees,
            ajoutees: certifications.ajoutees + wholes.ajoutees + links.ajoutees,
        })
    }

    /// How the statistics of `id` differ from those of an older publication, by group.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn changes(&mut self, older: i32, id: i32) -> Result<BTreeMap<Groupe, Changes>, DbError> {
        couverture::changes(&mut self.connection, older, id).await
    }

    /// The slices of an older publication of which `id` lacks at least so many figures.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn losses(&mut self, older: i32, id: i32, at_least: i64) -> Result<Vec<SliceLoss>, DbError> {
        losses::losses(&mut self.connection, older, id, at_least).await
    }

    /// Adds examples of what goes to slices that lose figures.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn add_examples(&mut self, older: i32, id: i32, slices: &mut [SliceLoss]) -> Result<(), DbError> {
        losses::add_examples(&mut self.connection, older, id, slices).await
    }

    /// Names the publication, makes it current, tells the servers, and commits.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses; nothing has changed then.
    pub async fn switch(
        mut self,
        draft: &Draft,
        identity: &PublicationIdentity,
        lines: &[Couverture],
    ) -> Result<(), DbError> {
        let connection = &mut self.connection;
        sqlx::query!(
            "INSERT INTO publications (id, version, programme, fictive, empreinte, comptes, acceptations)
             OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7)",
            draft.id,
            identity.version,
            env!("CARGO_PKG_VERSION"),
            identity.fictive,
            draft.empreinte,
            sqlx::types::Json(&draft.comptes) as _,
            &identity.acceptances
        )
        .execute(&mut *connection)
        .await?;
        let fichiers: Vec<i64> = self.fichiers.iter().map(|fichier| fichier.id.0).collect();
        sqlx::query!(
            "INSERT INTO publication_fichiers (publication_id, fichier_id) SELECT $1, unnest($2::bigint[])",
            draft.id,
            &fichiers
        )
        .execute(&mut *connection)
        .await?;
        couverture::write(connection, draft.id, lines).await?;
        super::publications::make_current(connection, draft.id).await?;
        sqlx::query!("COMMIT").execute(connection).await?;
        self.connection.close().await?;
        Ok(())
    }

    /// Gives the right to publish back without changing anything.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn abandon(self) -> Result<(), DbError> {
        Ok(self.connection.close().await?)
    }
}

/// Fills the partitions of one publication.
struct Writer<'a> {
    connection: &'a mut PgConnection,
    id: i32,
    hash: Sha256,
    shas: Arc<BTreeMap<i64, String>>,
    result: Arc<ComputedPublication>,
}

impl Writer<'_> {
    /// Creates the partition of a table, fills it with `rows`, attaches and analyses it. The hash
    /// takes what each row says, without the numbers that another database would give it.
    async fn table<R: PublishedRow>(&mut self, rows: fn(&ComputedPublication) -> &[R]) -> Result<(), DbError> {
        let (partition, id, table) = (partition(R::TABLE, self.id), self.id, R::TABLE);
        // The check spares the attaching a second reading of the table.
        self.ddl(format!(
            "CREATE TABLE {partition} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
             CHECK (publication_id = {id} AND publication_id IS NOT NULL))"
        ))
        .await?;
        self.copy(&partition, rows).await?;
        self.ddl(format!("ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES IN ({id})")).await?;
        self.ddl(format!("ANALYZE {partition}")).await
    }

    /// Rows are encoded by one thread while another sends what was encoded.
    async fn copy<R: PublishedRow>(
        &mut self,
        partition: &str,
        rows: fn(&ComputedPublication) -> &[R],
    ) -> Result<(), DbError> {
        let (_, copy) = table::<R>();
        let statement = copy.statement(partition, ", FREEZE");
        let (send, mut encoded) = mpsc::channel(CHUNKS_AHEAD);
        let row_encoder = Encoder { id: self.id, hash: std::mem::take(&mut self.hash), shas: Arc::clone(&self.shas) };
        let result = Arc::clone(&self.result);
        let encoding = tokio::task::spawn_blocking(move || row_encoder.run(copy.rows(), rows(&result), &send));
        let mut copy = self.connection.copy_in_raw(&statement).await?;
        while let Some(chunk) = encoded.recv().await {
            copy.send(chunk).await?;
        }
        copy.finish().await?;
        self.hash = encoding.await.map_err(|error| DbError::Corrupt(format!("the encoding ended early: {error}")))?;
        Ok(())
    }

    async fn ddl(&mut self, statement: String) -> Result<(), DbError> {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *self.connection).await?;
        Ok(())
    }
}

/// The columns that the writer adds to those of a row.
fn numbers<R: PublishedRow>() -> &'static [&'static str] {
    match (R::HAS_FILE, R::HAS_HASH) {
        (true, true) => &["fichier_id", "publication_id", "empreinte"],
        (true, false) => &["fichier_id", "publication_id"],
        (false, _) => &["publication_id"],
    }
}

/// Turns rows into pieces of a `COPY`. The hash takes what each row says, without the numbers that
/// another database would give it.
struct Encoder {
    id: i32,
    hash: Sha256,
    shas: Arc<BTreeMap<i64, String>>,
}

impl Encoder {
    /// Encodes every row; ends early when nobody takes the pieces any more.
    fn run<R: PublishedRow>(mut self, mut out: Rows, rows: &[R], send: &mpsc::Sender<Vec<u8>>) -> Sha256 {
        self.hash.update(R::TABLE);
        for row in rows {
            out.begin();
            self.row(row, &mut out);
            if out.len() >= CHUNK && send.blocking_send(out.take()).is_err() {
                return self.hash;
            }
        }
        // The receiver is dropped only after an error of its own, and returns that error.
        let _ = send.blocking_send(out.finish());
        self.hash
    }

    fn row<R: PublishedRow>(&mut self, row: &R, out: &mut Rows) {
        let start = out.len();
        row.write(out);
        let said = Sha256::digest(out.written_since(start));
        self.hash.update(said);
        if R::HAS_FILE {
            let fichier = row.file().map(|fichier| fichier.0);
            self.hash.update(fichier.and_then(|id| self.shas.get(&id)).map_or("", String::as_str));
            fichier.put(out);
        }
        self.id.put(out);
        if R::HAS_FILE && R::HAS_HASH {
            said.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes)).put(out);
        }
    }
}

/// Counts what a publication holds, once.
fn counts(result: &ComputedPublication) -> PublicationCounts {
    let mut cells: BTreeMap<(Maille, Filiere, Millesime), u64> = BTreeMap::new();
    let shown = |s: &&Statistique| s.origine.type_origine != TypeOrigine::AnneeTerminale;
    for s in result.statistiques.iter().filter(shown) {
        *cells.entry((s.lieu.maille(), s.filiere, s.millesime)).or_default() += 1;
    }
    PublicationCounts {
        certifications: result.certifications.len() as u64,
        etablissements: result.etablissements.len() as u64,
        statistiques: cells
            .into_iter()
            .map(|((maille, filiere, millesime), nombre)| StatistiqueCount { maille, filiere, millesime, nombre })
            .collect(),
        statistiques_etablissement: result.statistiques_etablissement.len() as u64,
    }
}
