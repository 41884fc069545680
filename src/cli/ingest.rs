//! `exposition ingest`: imports files, folders and addresses, one transaction per file.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

pub use self::entree::Entree;

use self::adresse::telecharger;
use self::entree::{Travail, acceptance, dataset, du_portail, millesime, travaux};
use crate::config::Config;
use crate::db::Db;
use crate::domain::{Acceptance, Millesime};
use crate::ingestion::{Avancement, Dataset, Etat, IngestionError, Options, Progression, Rapport, Trouve, ingest};

mod adresse;
mod entree;

/// Arguments of `exposition ingest`; what the command does is said beside its name.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Files, folders and https:// addresses.
    #[arg(required_unless_present = "portail", value_name = "PATH|URL",
          value_parser = OsStringValueParser::new().try_map(Entree::parse))]
    pub entrees: Vec<Entree>,
    /// A dataset, fetched from the open data portal that publishes it; may be repeated.
    #[arg(long, value_name = "ID", value_parser = du_portail)]
    pub portail: Vec<Entree>,
    /// The dataset of every file, where header and name leave it open.
    #[arg(long, value_name = "ID", value_parser = dataset)]
    pub dataset: Option<Dataset>,
    /// The millésime (2022 or 2021_2022) of files that carry none.
    #[arg(long, value_name = "M", value_parser = millesime)]
    pub millesime: Option<Millesime>,
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
    /// At least one file was refused: exit status 2.
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
    Injoignables(usize),
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
    let travaux = travaux(args.entrees.iter().chain(&args.portail)).map_err(IngestCommandError::Discover)?;
    if travaux.is_empty() {
        eprintln!("no *.csv file in {}", args.entrees.iter().map(Entree::to_string).collect::<Vec<_>>().join(", "));
    }
    let mut rapports = Vec::with_capacity(travaux.len());
    let mut failure = None;
    for travail in &travaux {
        match one(travail, &args, db, config).await {
            Ok(rapport) => rapports.push(rapport),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    println!("{}", table(&rapports));
    for rapport in &rapports {
        print!("{}", details(rapport));
    }
    if let Some(path) = &args.report {
        write_report(path, &rapports)?;
    }
    match failure {
        Some(error) => Err(error.into()),
        None => outcome(&rapports),
    }
}

fn outcome(rapports: &[Rapport]) -> Result<Outcome, IngestCommandError> {
    let count = |etat| rapports.iter().filter(|rapport| rapport.etat == etat).count();
    if count(Etat::Importe) > 0 {
        eprintln!("Next: `exposition publish` computes the indicators and makes them visible.");
    }
    match (count(Etat::Injoignable), count(Etat::Refuse)) {
        (0, 0) => Ok(Outcome::Done),
        (0, _) => Ok(Outcome::Refused),
        (away, _) => Err(IngestCommandError::Injoignables(away)),
    }
}

/// Imports one file, fetched first where it is elsewhere. The fetched one is removed afterwards.
async fn one(travail: &Travail, args: &IngestArgs, db: &Db, config: &Config) -> Result<Rapport, IngestionError> {
    match travail {
        Travail::Fichier(file) => import(file, None, args, db, config).await,
        Travail::Adresse(adresse) => match telecharger(adresse, &config.telechargement).await {
            Err(rapport) => Ok(*rapport),
            Ok(telecharge) => {
                let file = Trouve { path: telecharge.path().to_owned(), nomme: true };
                import(&file, Some(adresse.montree()), args, db, config).await
            }
        },
    }
}

async fn import(
    file: &Trouve,
    origine: Option<String>,
    args: &IngestArgs,
    db: &Db,
    config: &Config,
) -> Result<Rapport, IngestionError> {
    let bar = stderr().is_terminal().then(|| bar(&file.path));
    let options = Options {
        dataset: args.dataset,
        millesime: args.millesime,
        dans_dossier: !file.nomme,
        lecture_unique_des: None,
        progression: bar.clone().map(progression),
        accepted: args.accepter.clone(),
        origine,
    };
    let rapport = ingest(db, &config.ingestion, &file.path, &options).await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if let Ok(rapport) = &rapport
        && rapport.etat == Etat::Refuse
    {
        eprintln!("{}: refused: {}", rapport.fichier, rapport.motif.as_deref().unwrap_or_default());
    }
    rapport
}

fn bar(path: &Path) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{prefix} {bar:30} {percent:>3} % {msg}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    bar
}

fn progression(bar: ProgressBar) -> Progression {
    Arc::new(move |avancement: Avancement| {
        bar.set_length(avancement.taille);
        bar.set_position(avancement.octets);
        let seconds = bar.elapsed().as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a speed, to be read by people")]
        let speed = avancement.lignes as f64 / seconds;
        bar.set_message(format!("{} rows, {speed:.0} rows/s", avancement.lignes));
    })
}

fn write_report(path: &Path, rapports: &[Rapport]) -> Result<(), IngestCommandError> {
    let failed = |cause: String| IngestCommandError::Report { path: path.display().to_string(), cause };
    let mut json = serde_json::to_vec_pretty(rapports).map_err(|error| failed(error.to_string()))?;
    json.push(b'\n');
    std::fs::write(path, json).map_err(|error| failed(error.to_string()))
}

/// One line per file.
fn table(rapports: &[Rapport]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Disabled).set_header([
        "file",
        "state",
        "dataset",
        "encoding",
        "sep",
        "read",
        "kept",
        "identical",
        "replaced",
        "repeated",
        "ignored",
        "rejected",
        "noticed",
        "millésimes",
        "s",
        "rows/s",
    ]);
    for rapport in rapports {
        let lignes = &rapport.lignes;
        table.add_row([
            short(&rapport.fichier),
            rapport.etat.as_str().to_owned(),
            rapport.dataset.unwrap_or_default().to_owned(),
            rapport.encodage.unwrap_or_default().to_owned(),
            rapport.separateur.map(separator).unwrap_or_default(),
            lignes.lues.to_string(),
            lignes.gardees.to_string(),
            lignes.identiques.to_string(),
            lignes.remplacees.to_string(),
            lignes.repetees.to_string(),
            lignes.ignorees.to_string(),
            lignes.rejetees.to_string(),
            rapport.findings.total().to_string(),
            rapport.millesimes.join(" "),
            format!("{:.2}", rapport.secondes),
            format!("{:.0}", rapport.lignes_par_seconde),
        ]);
    }
    for numeric in (5..=12).chain(14..=15) {
        if let Some(column) = table.column_mut(numeric) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
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
fn details(rapport: &Rapport) -> String {
    /// Examples shown of each finding; the JSON report has more.
    const SHOWN: usize = 3;
    let mut lines = vec![format!("{}: {}", rapport.fichier, rapport.etat.as_str())];
    if let Some(motif) = &rapport.motif {
        lines.push(format!("  {motif}"));
    }
    if let (Some(dataset), Some(par)) = (rapport.dataset, &rapport.reconnu_par) {
        lines.push(format!("  recognised as {dataset} by {par}"));
    }
    if let Some(sha256) = &rapport.sha256 {
        lines.push(format!("  sha256 {sha256}"));
    }
    if !rapport.colonnes_ignorees.is_empty() {
        lines.push(format!("  columns ignored: {}", rapport.colonnes_ignorees.join(", ")));
    }
    for (mesure, nombre) in &rapport.mesures_ignorees {
        lines.push(format!("  measure ignored: {mesure} ({nombre} lines)"));
    }
    for (raison, nombre) in &rapport.hors_perimetre {
        lines.push(format!("  out of scope: {raison} ({nombre} lines)"));
    }
    if rapport.lignes_anciennes_remplacees > 0 {
        lines.push(format!("  replaced {} rows of older files", rapport.lignes_anciennes_remplacees));
    }
    for rejets in &rapport.rejets {
        lines.push(format!("  rejected {}: {}", rejets.nombre, rejets.raison));
        lines.extend(rejets.exemples.iter().take(SHOWN).map(exemple));
    }
    if rapport.lignes.repetees > 0 {
        lines.push(format!("  left out, an earlier line counts: {}", rapport.lignes.repetees));
        lines.extend(rapport.repetitions.iter().take(SHOWN).map(exemple));
    }
    for found in rapport.findings.by_rule() {
        lines.push(format!("  noticed {}, {}: {}", found.count, found.rule, found.sentence));
        lines.extend(found.examples.iter().take(SHOWN).map(exemple));
    }
    if !rapport.acceptances.used().is_empty() {
        lines.push(format!("  accepted: {}", rapport.acceptances.used().join(", ")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn exemple(exemple: &crate::ingestion::Exemple) -> String {
    let colonne = exemple.colonne.as_ref().map(|colonne| format!(", {colonne}")).unwrap_or_default();
    format!("    line {}{colonne}, «{}»: {}", exemple.ligne, exemple.valeur, exemple.raison)
}
