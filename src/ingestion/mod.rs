//! A file becomes checked rows: detect → decode → header → typed row → report.
//!
//! A file is examined ([`detect`]): every byte of it decides what it is, and one that cannot be
//! read correctly from end to end is refused before the database hears of it. Then its rows are
//! read, each through the adapter of its dataset ([`mod@sources`]): what comes out is typed and
//! checked, what does not is rejected with a reason. Rows go straight into their table by binary
//! `COPY`, within the one transaction that makes them visible or undoes them.
//!
//! A large file that says its encoding in its first bytes is read once: it is examined chunk by
//! chunk on the way to the rows. A damage at its end is then found when its beginning is in the
//! transaction already, which undoes it.
//!
//! A bad row costs itself; too many of them, or damage to the file as a whole, cost the file. No
//! line disappears: every one read is counted once, and the counts are checked before the commit.

mod control;
mod detect;
mod discover;
mod encoding;
mod fields;
mod header;
mod labels;
mod lines;
mod load;
mod names;
pub mod plausibility;
mod preamble;
mod prepare;
mod quotes;
mod recognise;
mod records;
mod refusal;
mod rejections;
mod report;
mod shape;
mod siblings;
mod source;
mod sources;
pub mod table;
mod text;

use std::path::Path;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

pub use self::discover::{ENDINGS, Found, discover};
pub use self::load::{Advance, Progress};
pub use self::records::Quotes;
pub use self::refusal::FileRefusal;
pub use self::rejections::RejectionReason;
pub use self::report::{Example, FileStatus, Form, LineCounts, Rejections, Report};
pub use self::source::Source;
pub use self::sources::Dataset;

use self::control::{Loaded, check_report};
use self::load::{Load, ReadingStopped};
use self::plausibility::{Acceptances, Watch};
use self::prepare::{Asked, Prepare, prepare};
use self::sources::Output;
use crate::config::IngestionConfig;
use crate::db::ingestion::copy::{CopyBuffer, Pass};
use crate::db::ingestion::{FileContent, Import, NewFile, Start, Summary};
use crate::db::{Db, DbError};
use crate::domain::{Acceptance, Filiere, Millesime};

/// Bytes from which reading a file twice would cost more than a moment.
const SINGLE_PASS: u64 = 32 * 1024 * 1024;

/// Batches on their way from the reading thread to the server.
const BATCHES: usize = 4;

/// What the operator says of a file.
#[derive(Clone, Default)]
pub struct Options {
    /// Its dataset, where the header fits several.
    pub dataset: Option<Dataset>,
    /// Its millésime, where it carries none.
    pub millesime: Option<Millesime>,
    /// Its voie, where neither its rows nor its name say it.
    pub voie: Option<Filiere>,
    /// Whether it was found in a folder: a file of an unknown dataset is then skipped.
    pub in_folder: bool,
    /// Bytes from which a file that says its encoding is read once; 32 MiB unless given.
    pub single_pass_from: Option<u64>,
    /// Who wants to know how far the import has come.
    pub progress: Option<Progress>,
    /// What is let in although a rule speaks against it.
    pub accepted: Vec<Acceptance>,
    /// Where it comes from, when the path is that of a passing copy: the report names it instead.
    pub origine: Option<String>,
    /// Whether everything is read and checked and then given up: nothing changes.
    pub trial: bool,
}

/// Why an import failed for no fault of the file. Nothing of it is in the database.
#[derive(Debug, thiserror::Error)]
pub enum IngestionError {
    /// PostgreSQL failed.
    #[error("{fichier}: not imported, nothing changed: {source}{}", advice(source))]
    Database {
        /// The file.
        fichier: String,
        /// What PostgreSQL said.
        source: DbError,
    },
    /// The counts of a report do not add up: an error of this program.
    #[error("{fichier}: not imported, nothing changed: {balance} lines are unaccounted for; please report this")]
    Counts {
        /// The file.
        fichier: String,
        /// Lines read that are in no count.
        balance: i128,
    },
    /// The report could not be written as JSON, or the reading thread died.
    #[error("{fichier}: not imported, nothing changed: {cause}")]
    Internal {
        /// The file.
        fichier: String,
        /// What happened.
        cause: String,
    },
}

fn advice(error: &DbError) -> &'static str {
    if error.is_disk_full() {
        "; the disk of PostgreSQL is full: free some space and run the same command again"
    } else {
        ""
    }
}

/// Why one file is not imported.
enum ImportFailure {
    Refused(FileRefusal),
    Database(DbError),
    Counts(i128),
    Internal(String),
}

impl From<FileRefusal> for ImportFailure {
    fn from(refusal: FileRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DbError> for ImportFailure {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// The CSV files that a file is or holds. What is refused comes back as a report.
///
/// # Errors
/// The report of a file that cannot be read, or of an archive that is damaged or holds none.
pub async fn sources(config: &IngestionConfig, path: &Path, options: &Options) -> Result<Vec<Source>, Box<Report>> {
    let (owned, config) = (path.to_owned(), config.clone());
    let found = spawn_blocking(move || Source::all(&owned, &config)).await;
    found.unwrap_or_else(|error| Err(FileRefusal::Lecture(std::io::Error::other(error)))).map_err(|refusal| {
        let mut report = Report::new(options.origine.clone().unwrap_or_else(|| path.display().to_string()));
        refuse(&mut report, &refusal, options);
        Box::new(report)
    })
}

/// Imports the CSV files that a file is or holds, one transaction for each. Several in one archive
/// are as those of a folder. `begin` is told the name of each, and may want to know how far it has
/// come; `done` is given the report of each.
///
/// # Errors
/// PostgreSQL failed; the files whose reports were given stay in.
pub async fn ingest_all(
    db: &Db,
    config: &IngestionConfig,
    path: &Path,
    options: &Options,
    begin: &(dyn Fn(&str) -> Option<Progress> + Send + Sync),
    done: &mut (dyn FnMut(Report) + Send),
) -> Result<(), IngestionError> {
    let sources = match sources(config, path, options).await {
        Ok(sources) => sources,
        Err(report) => {
            done(*report);
            return Ok(());
        }
    };
    let mut options = options.clone();
    options.in_folder |= sources.len() > 1;
    for source in &sources {
        options.progress = begin(&source.name());
        let report = ingest_source(db, config, source, &options).await;
        options.progress = None;
        done(report?);
    }
    Ok(())
}

/// Imports a file that is or holds one CSV file. A file that is refused or skipped is no error: its
/// report says so.
///
/// # Errors
/// PostgreSQL failed; the database is as it was before.
pub async fn ingest(
    db: &Db,
    config: &IngestionConfig,
    path: &Path,
    options: &Options,
) -> Result<Report, IngestionError> {
    match sources(config, path, options).await {
        Err(report) => Ok(*report),
        Ok(sources) => match sources.as_slice() {
            [source] => ingest_source(db, config, source, options).await,
            several => {
                let mut report = Report::new(path.display().to_string());
                refuse(&mut report, &FileRefusal::SeveralCsv(several.len()), options);
                Ok(report)
            }
        },
    }
}

/// Imports one CSV file, wherever its bytes are.
///
/// # Errors
/// As [`ingest`].
pub async fn ingest_source(
    db: &Db,
    config: &IngestionConfig,
    source: &Source,
    options: &Options,
) -> Result<Report, IngestionError> {
    let start = Instant::now();
    let fichier = || source.shown(options.origine.as_deref());
    let mut report = Report::new(fichier());
    report.acceptances = Acceptances::new(options.accepted.iter().copied());
    let result = import(db, config, source, options, &mut report, start).await;
    timed(&mut report, start);
    match result {
        Ok(()) => {}
        Err(ImportFailure::Refused(refusal)) => refuse(&mut report, &refusal, options),
        Err(ImportFailure::Database(source)) => {
            return Err(IngestionError::Database { fichier: fichier(), source });
        }
        Err(ImportFailure::Counts(balance)) => return Err(IngestionError::Counts { fichier: fichier(), balance }),
        Err(ImportFailure::Internal(cause)) => return Err(IngestionError::Internal { fichier: fichier(), cause }),
    }
    Ok(report)
}

/// A file that is none of those that are read is skipped in a folder, and refused by itself.
fn refuse(report: &mut Report, refusal: &FileRefusal, options: &Options) {
    let skipped = match refusal {
        FileRefusal::Unknown { .. } => Some("unknown dataset".to_owned()),
        FileRefusal::SiblingDataset { .. } | FileRefusal::ArchiveWithoutCsv(_) => Some(refusal.to_string()),
        _ => None,
    };
    (report.state, report.motif) = match skipped.filter(|_| options.in_folder) {
        Some(why) => (FileStatus::Ignore, Some(why)),
        None => (FileStatus::Refuse, Some(refusal.to_string())),
    };
}

fn timed(report: &mut Report, start: Instant) {
    report.secondes = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a speed, to be read by people")]
    let lues = report.lines.lues as f64;
    report.lignes_par_seconde = if report.secondes > 0.0 { (lues / report.secondes).round() } else { 0.0 };
}

async fn import(
    db: &Db,
    config: &IngestionConfig,
    source: &Source,
    options: &Options,
    report: &mut Report,
    start: Instant,
) -> Result<(), ImportFailure> {
    let (prepare, import) = match open(db, source, options, true, report).await? {
        // A file of the same size is there: whether it is the same must be known beforehand.
        Opened::SumWanted => match open(db, source, options, false, report).await? {
            Opened::Ready(prepare, import) => (prepare, import),
            Opened::AlreadyPresent | Opened::SumWanted => return already_present(report),
        },
        Opened::Ready(prepare, import) => (prepare, import),
        Opened::AlreadyPresent => return already_present(report),
    };
    let Prepare { finding, header, labels, rows, ouvert, definition } = *prepare;
    let (records, fields) = match rows {
        Ok(rows) => rows,
        Err(refusal) => {
            import.abandon().await?;
            return Err(refusal.into());
        }
    };
    let mut import = import;
    let output = Output {
        copy: CopyBuffer::new(import.fichier_id(), ouvert.table),
        findings: std::mem::take(&mut report.findings),
        watch: Watch { present: ouvert.present, ..Watch::default() },
        lost: None,
        mesures_ignorees: std::collections::BTreeMap::new(),
        hors_perimetre: std::collections::BTreeMap::new(),
        header,
    };
    let load = Load {
        finding,
        records,
        fields,
        adapter: ouvert.adapter,
        output,
        report: report.clone(),
        progress: options.progress.clone(),
    };
    let result = match load_rows(&mut import, load, report).await {
        Ok((copied, pass, watch)) => {
            let (columns, table) = (definition.columns, ouvert.table);
            let loaded = Loaded { copied, pass, watch, columns, labels, table };
            check_report(&mut import, config, loaded, report).await
        }
        Err(failure) => Err(failure),
    };
    match result {
        Ok(()) if options.trial => {
            report.state = FileStatus::AImporter;
            Ok(import.abandon().await?)
        }
        Ok(()) => validate(*import, report, start).await,
        Err(ImportFailure::Database(error)) => Err(ImportFailure::Database(error)),
        Err(failure) => {
            import.abandon().await?;
            Err(failure)
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the end of an import that has nothing to do")]
fn already_present(report: &mut Report) -> Result<(), ImportFailure> {
    report.state = FileStatus::DejaPresent;
    report.motif = Some("this very file is in, complete: nothing to do".to_owned());
    Ok(())
}

/// What the attempt to open an import came to.
enum Opened {
    AlreadyPresent,
    SumWanted,
    Ready(Box<Prepare>, Box<Import>),
}

/// Prepares a file and opens its import; `once` allows to read it once.
async fn open(
    db: &Db,
    source: &Source,
    options: &Options,
    once: bool,
    report: &mut Report,
) -> Result<Opened, ImportFailure> {
    let owned = source.clone();
    let asked = Asked { dataset: options.dataset, millesime: options.millesime, voie: options.voie };
    let once_from = once.then(|| options.single_pass_from.unwrap_or(SINGLE_PASS));
    let moved = report.clone();
    let (found, prepared) = spawn_blocking(move || {
        let mut report = moved;
        let prepared = prepare(&owned, asked, once_from, &mut report);
        (report, prepared)
    })
    .await
    .map_err(|error| ImportFailure::Internal(error.to_string()))?;
    *report = found;
    let prepare = prepared?;
    let millesime = prepare.ouvert.millesime.map(|millesime| millesime.to_string());
    let fichier = NewFile {
        contenu: prepare.finding.sha256.as_deref().map_or(FileContent::Size(prepare.finding.taille), FileContent::Sum),
        nom: &source.name(),
        dataset: prepare.definition.dataset,
        millesime: millesime.as_deref(),
        filiere: prepare.ouvert.filiere.map(Filiere::as_str),
        table: prepare.ouvert.table,
    };
    Ok(match db.begin_import(&fichier).await? {
        Start::AlreadyPresent => Opened::AlreadyPresent,
        Start::SumWanted => Opened::SumWanted,
        Start::Open(import) => Opened::Ready(Box::new(prepare), import),
    })
}

/// Reads the rows: returns how many rows the server took, and what was noticed of them.
async fn load_rows(import: &mut Import, load: Load, report: &mut Report) -> Result<(u64, Pass, Watch), ImportFailure> {
    let (sender, receiver) = mpsc::channel(BATCHES);
    let reading = spawn_blocking(move || load.read(&sender));
    // When the server fails, the receiver is gone and the reading thread stops by itself.
    let copied = import.copy(receiver).await;
    let (read, noticed, result) = reading.await.map_err(|error| ImportFailure::Internal(error.to_string()))?;
    *report = read;
    match (copied?, result) {
        (_, Err(ReadingStopped::Refused(refusal))) => Err(refusal.into()),
        (Some(copied), Ok(())) => Ok((copied, noticed.0, noticed.1)),
        (_, Err(ReadingStopped::Abandon)) | (None, Ok(())) => {
            Err(ImportFailure::Internal("the rows were not all sent".to_owned()))
        }
    }
}

/// Stores the report and commits.
async fn validate(import: Import, report: &mut Report, start: Instant) -> Result<(), ImportFailure> {
    report.state = FileStatus::Importe;
    timed(report, start);
    let value = serde_json::to_value(&*report).map_err(|error| ImportFailure::Internal(error.to_string()))?;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let sha256 = report.sha256.as_deref().ok_or_else(|| ImportFailure::Internal("the file has no sum".to_owned()))?;
    let acceptances: Vec<String> = report.acceptances.used().into_iter().map(str::to_owned).collect();
    let summary = Summary {
        sha256,
        report: &value,
        lues: number(report.lines.lues),
        gardees: number(report.lines.gardees),
        rejetees: number(report.lines.rejetees),
        acceptances: &acceptances,
    };
    Ok(import.finish(&summary).await?)
}
