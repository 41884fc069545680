//! Which files a command line means: those it names, and of the folders it names the `*.csv`, the
//! `*.csv.gz` and the `*.zip`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was named itself: a file of an unknown dataset is then refused, not skipped.
    pub named: bool,
}

/// Looks into folders, sub-folders included, in the order of their names.
///
/// # Errors
/// A folder that cannot be read.
pub fn discover(paths: &[PathBuf]) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found)?;
        } else {
            found.push(Found { path: path.clone(), named: true });
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<Found>) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", folder.display()));
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(named)? {
        entries.push(entry.map_err(named)?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type().map_err(named)?.is_dir() {
            walk(&path, found)?;
        } else if path.is_file() && may_hold_csv(&path) {
            found.push(Found { path, named: false });
        }
    }
    Ok(())
}

/// The endings of files that are looked at in a folder.
pub const ENDINGS: [&str; 3] = [".csv", ".csv.gz", ".zip"];

fn may_hold_csv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_its_csv_files_and_archives_in_order() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for name in ["b.csv", "a/c.CSV", "notes.txt", "a.csv", "a.csv.gz", "d.ZIP", "e.gz"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let named = folder.path().join("notes.txt");
        let found = discover(&[folder.path().to_owned(), named.clone()]).unwrap();
        let paths: Vec<_> = found
            .iter()
            .map(|found| (found.path.strip_prefix(folder.path()).unwrap().to_str().unwrap(), found.named))
            .collect();
        assert_eq!(
            paths,
            [
                ("a/c.CSV", false),
                ("a.csv", false),
                ("a.csv.gz", false),
                ("b.csv", false),
                ("d.ZIP", false),
                ("notes.txt", true)
            ]
        );
    }
}
