//! `exposition sources`: the files that are in; withdraw one.

use clap::{Args, Subcommand};
use comfy_table::Table;

use super::table::{self, Column};
use crate::db::files::{SourceFile, Withdrawal};
use crate::db::{Db, DbError};

/// Shortest beginning of a sum that is accepted: shorter ones are too easily another file's.
const SHORTEST: usize = 8;

/// Digits of a sum that are shown: enough for `remove`, and no two files of a ministry share them.
const SHOWN: usize = 12;

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
    use Column::{Number, Text, Whole};
    let mut table = table::table(&[
        Whole("sha256"),
        Text("file, dataset"),
        Whole("millésime"),
        Number("rows"),
        Whole("imported"),
        Text("state"),
    ]);
    for fichier in fichiers {
        table.add_row([
            fichier.sha256.chars().take(SHOWN).collect(),
            format!("{}\n{}", fichier.adresse.as_ref().unwrap_or(&fichier.nom), fichier.dataset),
            fichier.millesime.clone().unwrap_or_default(),
            fichier.lignes_gardees.to_string(),
            fichier.ingere_le.format("%Y-%m-%d").to_string(),
            state(fichier),
        ]);
    }
    table
}

fn state(fichier: &SourceFile) -> String {
    match (fichier.motif_retrait.as_deref(), fichier.lignes_en_cours < fichier.lignes_gardees) {
        (Some("retire"), _) => "withdrawn".to_owned(),
        (Some(_), _) => "replaced".to_owned(),
        (None, true) => format!("in, {} rows not replaced", fichier.lignes_en_cours),
        (None, false) => "in".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_fits_a_terminal_whatever_the_files_are_called() {
        let fichier = SourceFile {
            id: 1,
            sha256: "4f938c8f".repeat(8),
            nom: "x".to_owned(),
            adresse: Some(format!("https://data.education.gouv.fr/{}.csv", "un-nom-qui-n-en-finit-pas-".repeat(6))),
            dataset: "onisep-ideo-formations-initiales".to_owned(),
            millesime: Some("2021_2022".to_owned()),
            lignes_gardees: 12_345_678,
            lignes_en_cours: 1_234_567,
            ingere_le: chrono::DateTime::UNIX_EPOCH,
            retire_le: None,
            motif_retrait: None,
        };
        let table = table(&[fichier]);
        assert!(table::width(&table) <= table::WIDEST, "{table}");
        let text = table.to_string();
        for whole in ["4f938c8f4f93", "2021_2022", "12345678", "1970-01-01"] {
            assert!(text.contains(whole), "{whole} stays in one piece:\n{text}");
        }
    }
}
