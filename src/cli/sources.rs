//! `exposition sources`: the files that are in; withdraw one.

use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};

use crate::db::files::{SourceFile, Withdrawal};
use crate::db::{Db, DbError};

/// Shortest beginning of a sum that is accepted: shorter ones are too easily another file's.
const SHORTEST: usize = 8;

/// The files that are in, and those that were.
#[derive(Debug, Args)]
pub struct SourcesArgs {
    /// What to do; lists the files when left out.
    #[command(subcommand)]
    pub command: Option<SourcesCommand>,
}

/// What to do with the files.
#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// List every file: those that are in first, the newest first.
    List,
    /// Withdraw a file: its rows go. What is served changes with the next `exposition publish`.
    Remove {
        /// The file's SHA-256, or the first 8 or more of its digits.
        #[arg(value_name = "SHA256")]
        sha256: String,
    },
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// No sum: wrong usage, exit status 64.
    #[error(
        "{0:?} is no SHA-256: give at least its first {SHORTEST} hexadecimal digits, see `exposition sources list`"
    )]
    NoSum(String),
    /// No such file is in: refused input, exit status 2.
    #[error("no file that is in has a SHA-256 beginning with {0}: see `exposition sources list`")]
    Unknown(String),
    /// Several files fit: refused input, exit status 2.
    #[error("several files fit, give more digits: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// The database failed: exit status 1.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Runs the command; prints on stdout.
///
/// # Errors
/// [`SourcesError::NoSum`] for what is no SHA-256, [`SourcesError::Unknown`] and
/// [`SourcesError::Ambiguous`] when it is the beginning of none or of several, else
/// [`SourcesError::Database`]. Nothing is changed then.
pub async fn run(args: SourcesArgs, db: &Db) -> Result<(), SourcesError> {
    match args.command.unwrap_or(SourcesCommand::List) {
        SourcesCommand::List => {
            println!("{}", table(&db.files().await?));
            Ok(())
        }
        SourcesCommand::Remove { sha256 } => remove(&sha256, db).await,
    }
}

async fn remove(sha256: &str, db: &Db) -> Result<(), SourcesError> {
    let start = sha256.trim().to_ascii_lowercase();
    if !(SHORTEST..=64).contains(&start.len()) || !start.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(SourcesError::NoSum(sha256.to_owned()));
    }
    match db.withdraw_file(&start).await? {
        Withdrawal::Unknown => Err(SourcesError::Unknown(start)),
        Withdrawal::Ambiguous(sums) => Err(SourcesError::Ambiguous(sums)),
        Withdrawal::Done { fichiers, lines } => {
            for fichier in &fichiers {
                println!("withdrawn: {} ({}, sha256 {})", fichier.nom, fichier.dataset, fichier.sha256);
            }
            println!("{lines} rows deleted");
            eprintln!("Next: `exposition publish` computes the indicators without them.");
            Ok(())
        }
    }
}

fn table(fichiers: &[SourceFile]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Disabled).set_header([
        "sha256",
        "file",
        "dataset",
        "millésime",
        "rows",
        "current",
        "imported",
        "state",
    ]);
    for fichier in fichiers {
        table.add_row([
            fichier.sha256.clone(),
            fichier.adresse.clone().unwrap_or_else(|| fichier.nom.clone()),
            fichier.dataset.clone(),
            fichier.millesime.clone().unwrap_or_default(),
            fichier.lignes_gardees.to_string(),
            fichier.lignes_en_cours.to_string(),
            fichier.ingere_le.format("%Y-%m-%d %H:%M UTC").to_string(),
            state(fichier).to_owned(),
        ]);
    }
    table
}

fn state(fichier: &SourceFile) -> &'static str {
    match (fichier.motif_retrait.as_deref(), fichier.lignes_en_cours < fichier.lignes_gardees) {
        (Some("retire"), _) => "withdrawn",
        (Some(_), _) => "replaced",
        (None, true) => "in, partly replaced",
        (None, false) => "in",
    }
}
