//! The contract of `/api/inserjeunes`: who is let in; and recorded requests with the answers of
//! the old system, replayed on the data set of the recordings.
//!
//! The recordings are not part of the project: what needs them is `#[ignore]`.

use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use crate::common::{TestDb, filled_database, test_file};

mod access;
pub mod case;
pub mod chiffres;
pub mod comparison;
mod conditional;
mod images;
mod login;
mod logs;
mod replay;
mod statistiques;

/// The folder of the recordings.
pub fn folder() -> PathBuf {
    test_file("compat")
}

/// A database in which the data set of the recordings is ingested and published.
pub async fn recorded_database(folder: &Path) -> TestDb {
    static NAME: OnceCell<String> = OnceCell::const_new();
    let inputs = folder.join("inputs");
    let files = |_: &Path| {
        let entries = std::fs::read_dir(inputs).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "csv"));
        files.sort();
        files
    };
    filled_database("rejeu", &NAME, files).await
}
