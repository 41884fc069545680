//! `exposition ingest`: imports files, folders and addresses, one transaction per file.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use comfy_table::Table;
use indicatif::{ProgressBar, ProgressStyle};

pub use self::entry::Input;
pub(super) use self::entry::portal_address;

use self::address::download;
use self::entry::{Job, acceptance, dataset, jobs, millesime, of_portal, voie};
use super::table::{self, Column};
use crate::config::Config;
use crate::db::Db;
use crate::domain::{Acceptance, Filiere, Millesime};
use crate::ingestion::{
    Advance, Dataset, ENDINGS, FileStatus, Found, IngestionError, Options, Progress, Report, ingest_all,
};

mod address;
mod entry;

/// Arguments of `exposition ingest`; what the command does is said beside its name.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Files, folders and https:// addresses. A file may be a .csv, a .csv.gz or a .zip of .csv.
    #[arg(required_unless_present = "portail", value_name = "PATH|URL",
          value_parser = OsStringValueParser::new().try_map(Input::parse))]
    pub entries: Vec<Input>,
    /// A dataset, fetched from the open data portal that publishes it; may be repeated.
    #[arg(long, value_name = "ID", value_parser = of_portal)]
    pub portail: Vec<Input>,
    /// The dataset of every file, where header and name leave it open.
    #[arg(long, value_name = "ID", value_parser = dataset)]
    pub dataset: Option<Dataset>,
    /// The millésime (2022 or 2021_2022) of files that carry none.
    #[arg(long, value_name = "M", value_parser = millesime)]
    pub millesime: Option<Millesime>,
    /// The voie (apprentissage or pro) of files whose rows and name do not say it.
    #[arg(long, value_name = "VOIE", value_parser = voie)]
    pub voie: Option<Filiere>,
    /// Let a file in although a rule speaks against it: contradictions, texte, colonne_disparue.
    /// Recorded with the file; may be repeated.
    #[arg(long, value_name = "WHAT", value_parser = acceptance)]
    pub accepter: Vec<Acceptance>,
    /// Write the whole report there, as a JSON array with one object per file.
    #[arg(long, value_name = "FILE.json")]
    pub report: Option<PathBuf>,
}

/// What became of all files together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every file is in, was in already, or was skipped in a folder: exit status 0.
    Done,
    /// At least one file was refused, or an argument holds nothing that is read: exit status 2.
    Refused,
}

/// Why the command failed: exit status 1.
#[derive(Debug, thiserror::Error)]
pub enum IngestCommandError {
    /// A folder cannot be read.
    #[error("cannot list files: {0}")]
    Discover(std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Ingestion(#[from] IngestionError),
    /// Addresses that could not be reached; it has been said which and why.
    #[error("not fetched: {0} of the addresses; the reasons stand above")]
    Unreachable(usize),
    /// The report cannot be written.
    #[error("the report {path} cannot be written: {cause}")]
    Report {
        /// Where it should have gone.
        path: String,
        /// Why not.
        cause: String,
    },
}

/// Runs the command; prints the table of files on stdout.
///
/// # Errors
/// The database failed, an address could not be reached, or the report could not be written. Files
/// imported until then stay.
pub async fn run(args: IngestArgs, db: &Db, config: &Config) -> Result<Outcome, IngestCommandError> {
    let jobs = jobs(args.entries.iter().chain(&args.portail)).map_err(IngestCommandError::Discover)?;
    let mut reports = Vec::new();
    let mut nothing_read = false;
    let mut failure = None;
    for (entry, jobs) in &jobs {
        let first = reports.len();
        failure = all(jobs, &args, db, config, &mut reports).await.err();
        if failure.is_some() {
            break;
        }
        nothing_read |= !something_read(entry, reports.get(first..).unwrap_or_default());
    }
    println!("{}", table(&reports));
    for report in &reports {
        print!("{}", details(report));
    }
    if let Some(path) = &args.report {
        write_report(path, &reports)?;
    }
    match failure {
        Some(error) => Err(error.into()),
        None => outcome(&reports, nothing_read),
    }
}

/// Whether one of an argument's files is of a dataset that is read; says so when none is.
fn something_read(entry: &Input, reports: &[Report]) -> bool {
    let read = reports.iter().any(|report| report.state != FileStatus::Ignore);
    if !read {
        let found = match reports.len() {
            0 => format!("no {} file", ENDINGS.join(", ")),
            skipped => format!("{skipped} files, none of a dataset that is read (the reasons stand below)"),
        };
        eprintln!("{entry}: nothing is read here: {found}");
    }
    read
}

fn outcome(reports: &[Report], nothing_read: bool) -> Result<Outcome, IngestCommandError> {
    let count = |state| reports.iter().filter(|report| report.state == state).count();
    if count(FileStatus::Importe) > 0 {
        eprintln!("Next: `exposition publish` computes the indicators and makes them visible.");
    }
    match (count(FileStatus::Injoignable), count(FileStatus::Refuse)) {
        (0, 0) if !nothing_read => Ok(Outcome::Done),
        (0, _) => Ok(Outcome::Refused),
        (away, _) => Err(IngestCommandError::Unreachable(away)),
    }
}

/// Imports the files of one argument, fetched first where they are elsewhere. A fetched one is
/// removed afterwards.
async fn all(
    jobs: &[Job],
    args: &IngestArgs,
    db: &Db,
    config: &Config,
    reports: &mut Vec<Report>,
) -> Result<(), IngestionError> {
    for job in jobs {
        match job {
            Job::File(file) => import(file, None, args, db, config, reports).await?,
            Job::Address(adresse) => match download(adresse, &config.download).await {
                Err(report) => reports.push(*report),
                Ok(downloaded) => {
                    let file = Found { path: downloaded.path().to_owned(), named: true };
                    import(&file, Some(adresse.shown()), args, db, config, reports).await?;
                }
            },
        }
    }
    Ok(())
}

/// Imports the CSV files that a file is or holds.
async fn import(
    file: &Found,
    origine: Option<String>,
    args: &IngestArgs,
    db: &Db,
    config: &Config,
    reports: &mut Vec<Report>,
) -> Result<(), IngestionError> {
    let options = Options {
        dataset: args.dataset,
        millesime: args.millesime,
        voie: args.voie,
        in_folder: !file.named,
        single_pass_from: None,
        progress: None,
        accepted: args.accepter.clone(),
        origine,
        trial: false,
    };
    let begin = |name: &str| stderr().is_terminal().then(|| progress(name));
    let mut done = |report| reports.push(said(report));
    ingest_all(db, &config.ingestion, &file.path, &options, &begin, &mut done).await
}

/// A refusal is said at once: the other files may take long.
fn said(report: Report) -> Report {
    if report.state == FileStatus::Refuse {
        eprintln!("{}: refused: {}", report.fichier, report.motif.as_deref().unwrap_or_default());
    }
    report
}

/// A bar, which goes with the last who tells it of progress.
struct Bar(ProgressBar);

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn progress(name: &str) -> Progress {
    let bar = Bar(ProgressBar::new(0));
    let template = "{prefix} {bar:30} {percent:>3} % {msg}, {eta} left";
    bar.0.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.0.set_prefix(name.to_owned());
    Arc::new(move |advance: Advance| {
        let bar = &bar.0;
        bar.set_length(advance.taille);
        bar.set_position(advance.bytes);
        let seconds = bar.elapsed().as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a speed, to be read by people")]
        let speed = advance.lines as f64 / seconds;
        bar.set_message(format!("{} rows, {speed:.0} rows/s", advance.lines));
    })
}

fn write_report(path: &Path, reports: &[Report]) -> Result<(), IngestCommandError> {
    let failed = |cause: String| IngestCommandError::Report { path: path.display().to_string(), cause };
    let mut json = serde_json::to_vec_pretty(reports).map_err(|error| failed(error.to_string()))?;
    json.push(b'\n');
    std::fs::write(path, json).map_err(|error| failed(error.to_string()))
}

/// One line per file.
fn table(reports: &[Report]) -> Table {
    use Column::{Number, Text, Whole};
    let mut table = table::table(&[
        Text("file"),
        Text("state"),
        Text("dataset"),
        Text("form"),
        Number("read"),
        Number("kept"),
        Text("not kept"),
        Number("noticed"),
        Text("millésimes"),
        Whole("s"),
    ]);
    for report in reports {
        let lines = &report.lines;
        let form = [report.encodage.map(str::to_owned), report.separateur.map(separator)];
        table.add_row([
            short(&report.fichier),
            report.state.as_str().to_owned(),
            report.dataset.unwrap_or_default().to_owned(),
            form.into_iter().flatten().collect::<Vec<_>>().join(" "),
            lines.lues.to_string(),
            lines.gardees.to_string(),
            not_kept(report),
            report.findings.total().to_string(),
            report.millesimes.join(" "),
            format!("{:.2}", report.secondes),
        ]);
    }
    table
}

/// What became of the rows that did not go in, and of those that went in for others.
pub(super) fn not_kept(report: &Report) -> String {
    let lines = &report.lines;
    let counts = [
        (lines.rejetees, "rejected"),
        (lines.ignorees, "ignored"),
        (lines.identiques, "identical"),
        (lines.repetees, "repeated"),
        (lines.remplacees, "replaced"),
    ];
    let words = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    words.collect::<Vec<_>>().join(", ")
}

/// A path without its folders; an address as it is, since its end alone may say nothing.
fn short(fichier: &str) -> String {
    let name = Path::new(fichier).file_name().filter(|_| !fichier.contains("://"));
    name.map_or_else(|| fichier.to_owned(), |name| name.to_string_lossy().into_owned())
}

fn separator(separator: char) -> String {
    if separator == '\t' { "tab".to_owned() } else { separator.to_string() }
}

/// What the table has no room for.
pub(super) fn details(report: &Report) -> String {
    /// Examples shown of each finding; the JSON report has more.
    const SHOWN: usize = 3;
    let mut lines = vec![format!("{}: {}", report.fichier, report.state.as_str())];
    if let Some(motif) = &report.motif {
        lines.push(format!("  {motif}"));
    }
    if let (Some(dataset), Some(by)) = (report.dataset, &report.reconnu_par) {
        lines.push(format!("  recognised as {dataset} by {by}"));
    }
    if let Some(quotes) = report.quotes {
        lines.push(format!("  quotes {}", quotes.as_str()));
    }
    if let Some(sha256) = &report.sha256 {
        lines.push(format!("  sha256 {sha256}"));
    }
    if !report.colonnes_ignorees.is_empty() {
        lines.push(format!("  columns ignored: {}", report.colonnes_ignorees.join(", ")));
    }
    for (mesure, nombre) in &report.mesures_ignorees {
        lines.push(format!("  measure ignored: {mesure} ({nombre} lines)"));
    }
    for (raison, nombre) in &report.hors_perimetre {
        lines.push(format!("  out of scope: {raison} ({nombre} lines)"));
    }
    if report.lignes_anciennes_remplacees > 0 {
        lines.push(format!("  replaced {} rows of older files", report.lignes_anciennes_remplacees));
    }
    for rejets in &report.rejets {
        lines.push(format!("  rejected {}: {}", rejets.nombre, rejets.raison));
        lines.extend(rejets.exemples.iter().take(SHOWN).map(example));
    }
    if report.lines.repetees > 0 {
        lines.push(format!("  left out, an earlier line counts: {}", report.lines.repetees));
        lines.extend(report.repetitions.iter().take(SHOWN).map(example));
    }
    for found in report.findings.by_rule() {
        lines.push(format!("  noticed {}, {}: {}", found.count, found.rule, found.sentence));
        lines.extend(found.examples.iter().take(SHOWN).map(example));
    }
    if !report.acceptances.used().is_empty() {
        lines.push(format!("  accepted: {}", report.acceptances.used().join(", ")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn example(example: &crate::ingestion::Example) -> String {
    let column = example.column.as_ref().map(|column| format!(", {column}")).unwrap_or_default();
    format!("    line {}{column}, «{}»: {}", example.line, example.valeur, example.raison)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_fits_a_terminal_and_tells_of_every_row_that_was_not_kept() {
        let mut report = Report::new(format!("https://data.education.gouv.fr/{}.csv", "un-nom-sans-fin-".repeat(9)));
        report.dataset = Some("onisep-ideo-formations-initiales");
        report.lines.lues = 12_345_678;
        report.lines.rejetees = 7_654_321;
        report.lines.remplacees = 1_234_567;
        report.millesimes = (2018..2026).map(|year| format!("{year}_{}", year + 1)).collect();
        assert_eq!(not_kept(&report), "7654321 rejected, 1234567 replaced");
        let table = table(&[report]);
        assert!(table::width(&table) <= table::WIDEST, "{table}");
        assert!(table.to_string().contains("12345678"), "{table}");
    }
}
