//! Ingestion from files on disk to rows in PostgreSQL.

mod bad_input;
mod bad_rows;
mod catalogue;
mod crosswalks;
mod datasets;
mod directories;
mod faults;
mod formation_fine;
mod honest;
mod insersup;
mod nomenclatures;
mod plausibility;
mod reading;
mod real_files;
mod replacement;
mod salaries;
mod single_pass;

use std::fs;
use std::path::PathBuf;

use exposition::domain::Uai;
use exposition::ingestion::{FileStatus, Options, Report, ingest};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::common::{TestDb, config, database};

/// A database and a folder for invented files.
pub(crate) struct World {
    pub(crate) pg: TestDb,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self { pg: database().await, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) async fn ingest(&self, name: &str, content: impl AsRef<[u8]>) -> Report {
        self.ingest_with(name, content, &Options::default()).await
    }

    pub(crate) async fn ingest_with(&self, name: &str, content: impl AsRef<[u8]>, options: &Options) -> Report {
        let path = self.write(name, content);
        ingest(&self.pg.db, &config().ingestion, &path, options).await.unwrap()
    }

    /// Imports a file that must be accepted.
    pub(crate) async fn accept(&self, name: &str, content: impl AsRef<[u8]>) -> Report {
        let report = self.ingest(name, content).await;
        assert_eq!(report.state, FileStatus::Importe, "{:?} {:?}", report.motif, report.rejets);
        assert_eq!(report.lines.balance(), 0);
        report
    }

    /// Imports a file that must be refused; returns the message.
    pub(crate) async fn refuse(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let report = self.ingest(name, content).await;
        assert_eq!(report.state, FileStatus::Refuse, "{report:?}");
        report.motif.unwrap()
    }

    /// The rows of a query, each as its columns joined by spaces, NULL as `-`.
    pub(crate) async fn rows(&self, query: &str) -> Vec<String> {
        rows(&mut self.pg.connection().await, query).await
    }

    /// Everything there is, to compare before and after an import.
    pub(crate) async fn everything(&self) -> Vec<String> {
        let mut connection = self.pg.connection().await;
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
        let mut all = Vec::new();
        for table in rows(&mut connection, tables).await {
            let content = rows(&mut connection, &format!("SELECT * FROM {table} t ORDER BY t::text")).await;
            all.push(table);
            all.extend(content);
        }
        assert!(all.iter().any(|line| line == "mesures"), "{all:?}");
        all
    }
}

async fn rows(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let statement = format!(
        "SELECT concat_ws(' ', VARIADIC ARRAY(SELECT coalesce(value, '-') FROM json_each_text(row_to_json(q)))) FROM ({query}) q"
    );
    let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// A valid UAI of an invented number.
pub(crate) fn uai(number: u32) -> String {
    format!("{number:07}{}", char::from(Uai::letter(number)))
}

/// The header of the wide form used in these tests.
pub(crate) const WIDE: &str = "millesime;code_region;voie;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;nb_en_emploi_6_mois;taux_emploi_6_mois;taux_poursuite_etudes";

/// A wide row of an apprenticeship: E 100, P 40, S 60, J6 30.
pub(crate) fn wide_row(millesime: &str, region: &str, cfd: usize) -> String {
    format!("{millesime};{region};apprentissage;{cfd:08};;100;40;60;30;50;40")
}

/// A wide file of so many rows.
pub(crate) fn wide(millesime: &str, rows: usize) -> String {
    let lines: Vec<_> = (0..rows).map(|n| wide_row(millesime, "11", 32_000_000 + n)).collect();
    format!("{WIDE}\n{}\n", lines.join("\n"))
}
