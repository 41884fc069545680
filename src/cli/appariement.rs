//! `exposition appariement`: a platform's catalogue, matched with a publication.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{CliError, Ending};
use crate::config::Config;
use crate::db::Db;
use crate::db::publications::Publication;
use crate::domain::Invalid;
use crate::ingestion::Source;
use crate::matching::columns::{Field, Profile, Wanted, parse_named};
use crate::matching::report::{Report, Tally};
use crate::matching::rules::{Circumstances, judge};
use crate::matching::{Corrections, Index};
use crate::offers::compare::compare;
use crate::offers::html::{FullReport, Provenance, percent};
use crate::offers::{Catalogue, Format, Limits, OffersRefusal, Output, Writer, corrections, published, tables};
use crate::publication::PublicationError;

/// What `appariement` takes.
#[derive(Debug, Args)]
pub(super) struct AppariementArgs {
    /// The catalogue: CSV (also .gz or .zip), or NDJSON by its ending .ndjson
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The platform whose columns these are
    #[arg(long, value_parser = profile, value_name = "PROFILE")]
    profil: Option<Profile>,
    /// A column by name: uai=MON_UAI; may be repeated
    #[arg(long, value_parser = named, value_name = "FIELD=COLUMN")]
    colonne: Vec<(Field, String)>,
    /// Corrections made by hand: id,type,code,motif and, if need be, uai
    #[arg(long, value_name = "FILE")]
    corrections: Option<PathBuf>,
    /// Where to write a verdict for each row, in the form of the catalogue
    #[arg(long = "sortie", value_name = "FILE")]
    output: Option<PathBuf>,
    /// Folder for the report: rapport.html, rapport.json, tables as CSV
    #[arg(long, value_name = "DIR")]
    rapport: Option<PathBuf>,
    /// rapport.json of an earlier report, to compare with
    #[arg(long, value_name = "FILE")]
    avant: Option<PathBuf>,
    /// The version of the publication to match with [default: the one that is served]
    #[arg(long, value_name = "VERSION")]
    publication: Option<String>,
}

fn profile(text: &str) -> Result<Profile, Invalid> {
    Profile::parse(text)
}

fn named(text: &str) -> Result<(Field, String), Invalid> {
    parse_named(text)
}

/// Matches, and prints how much is covered and why the rest is not.
pub(super) async fn run(args: AppariementArgs, db: &Db, config: &Config) -> Result<Ending, CliError> {
    let publication = publication(db, args.publication.as_deref()).await?;
    let before = args.avant.as_deref().map(earlier).transpose()?;
    let index = Arc::new(published::load(db, publication.id).await?);
    let (today, ingestion) = (config.clock.today(), config.ingestion.clone());
    let provenance = Provenance {
        version: publication.version.clone(),
        creee_le: publication.creee_le.format("%Y-%m-%d").to_string(),
        empreinte: publication.empreinte.clone(),
        fictive: publication.fictive,
        programme: env!("CARGO_PKG_VERSION").to_owned(),
        commande: command(&args),
    };
    let work = tokio::task::spawn_blocking(move || {
        let open = |path: &Path| Source::all(path, &ingestion).map_err(OffersRefusal::from).and_then(one);
        let corrections = match &args.corrections {
            Some(path) => corrections(&open(path)?, &index)?,
            None => Corrections::default(),
        };
        let wanted = Wanted { profile: args.profil, named: args.colonne.clone() };
        let catalogue = Catalogue::open(open(&args.file)?, format(&args.file), &wanted, Limits::NONE)?;
        print_columns(&catalogue);
        let circumstances = Circumstances { today, corrections: &corrections };
        let report = matched(&catalogue, &index, circumstances, args.output.as_deref())?;
        let avant = before.map(|before| compare(&before, &report, &provenance.version));
        let full = FullReport { publication: provenance, rapport: report, avant };
        print(&full);
        if let Some(dir) = &args.rapport {
            let page = tables::write(&full, dir).map_err(CliError::io(format!("cannot write {}", dir.display())))?;
            println!("\nRapport : {}", page.display());
        }
        Ok(Ending::Done)
    });
    work.await.map_err(|error| CliError::Other(format!("the matching ended early: {error}")))?
}

async fn publication(db: &Db, version: Option<&str>) -> Result<Publication, CliError> {
    let found = match version {
        Some(version) => db.publication(version).await?,
        None => db.current_publication().await?,
    };
    let name = version.unwrap_or("that is served");
    match found {
        None if version.is_none() => {
            Err(CliError::Other("nothing is published yet: run `exposition publish`".to_owned()))
        }
        None => Err(PublicationError::Unknown(name.to_owned()).into()),
        Some(found) if found.purgee => Err(PublicationError::Purged(found.version).into()),
        Some(found) => Ok(found),
    }
}

fn earlier(path: &Path) -> Result<FullReport, CliError> {
    let bytes = std::fs::read(path).map_err(CliError::io(format!("cannot read {}", path.display())))?;
    let why = |error: serde_json::Error| {
        CliError::Refused(format!("{} : ce n'est pas un rapport.json ({error})", path.display()))
    };
    serde_json::from_slice(&bytes).map_err(why)
}

/// The one file that a file is or holds.
fn one(mut sources: Vec<Source>) -> Result<Source, OffersRefusal> {
    match (sources.pop(), sources.len()) {
        (Some(source), 0) => Ok(source),
        (_, others) => Err(crate::ingestion::FileRefusal::SeveralCsv(others + 1).into()),
    }
}

fn format(path: &Path) -> Format {
    let is = |ending: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    if is("ndjson") || is("jsonl") { Format::Ndjson } else { Format::Csv }
}

/// The command that makes the same report again.
fn command(args: &AppariementArgs) -> String {
    let mut words = vec!["exposition appariement".to_owned(), args.file.display().to_string()];
    words.extend(args.profil.map(|profile| format!("--profil {profile}")));
    words.extend(args.colonne.iter().map(|(field, column)| format!("--colonne {field}={column}")));
    words.extend(args.corrections.iter().map(|path| format!("--corrections {}", path.display())));
    words.extend(args.rapport.iter().map(|path| format!("--rapport {}", path.display())));
    words.extend(args.avant.iter().map(|path| format!("--avant {}", path.display())));
    words.extend(args.publication.iter().map(|version| format!("--publication {version}")));
    words.join(" ")
}

/// Judges every row, writes the verdicts where they are wanted, and adds them up.
fn matched(
    catalogue: &Catalogue,
    index: &Index,
    circumstances: Circumstances<'_>,
    output: Option<&Path>,
) -> Result<Report, CliError> {
    let failed = || CliError::io(format!("cannot write {}", output.unwrap_or(Path::new("")).display()));
    let create = |path: &Path| Writer::new(Output::of(catalogue), BufWriter::new(File::create(path)?));
    let mut writer = output.map(create).transpose().map_err(failed())?;
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(catalogue.rows()) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::default_bar());
    let (mut tally, mut offers) = (Tally::default(), catalogue.offers(index)?);
    while let Some(offer) = offers.advance()? {
        let verdict = judge(index, &offer, circumstances);
        if let Some(writer) = &mut writer {
            writer.write(&verdict).map_err(failed())?;
        }
        tally.add(&offer, &verdict);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if let Some(writer) = writer {
        let buffer = writer.finish().map_err(failed())?;
        buffer.into_inner().map_err(|error| failed()(error.into_error()))?;
    }
    Ok(tally.report())
}

fn print_columns(catalogue: &Catalogue) {
    let told: Vec<String> = catalogue.columns().told().map(|(field, column)| format!("{field} = {column}")).collect();
    println!("Colonnes reconnues : {}", told.join(", "));
    let ignored: Vec<&str> = catalogue.columns().ignored().collect();
    if !ignored.is_empty() {
        println!("Colonnes ignorées : {}", ignored.join(", "));
    }
}

fn print(full: &FullReport) {
    let FullReport { publication, rapport, avant } = full;
    let whole = rapport.ensemble;
    println!(
        "\n{} lignes sur {} ont des chiffres ({}), publication {}{}",
        whole.lignes_couvertes,
        whole.lignes,
        percent(whole.of_rows()),
        publication.version,
        if publication.fictive { " (données fictives)" } else { "" }
    );
    if whole.poids > 0 {
        println!("Pondéré : {} sur {} ({})", whole.poids_couvert, whole.poids, percent(whole.of_weight()));
    }
    for stage in &rapport.cascade {
        println!("  {:>8}  {}", stage.lignes, stage.etape);
    }
    println!("Sans chiffres :");
    for motif in &rapport.motifs {
        println!("  {:>8}  {:<24} {}", motif.lignes, motif.statut, motif.chez);
    }
    if let Some(before) = avant {
        for cause in &before.causes {
            println!(
                "Depuis {} : {} gagnées, {} perdues ({})",
                before.publication_avant, cause.gagnees, cause.perdues, cause.cause
            );
        }
    }
}
