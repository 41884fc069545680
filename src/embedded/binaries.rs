//! Finding PostgreSQL's programs.
//!
//! Distributions hide `initdb` and `postgres` from the PATH, each in its own way, so the usual
//! places are searched too. The first place that has a recent enough version wins; within a place,
//! the newest version, compared as numbers (17 is newer than 9.6). A data folder made by another
//! installed version takes that version, so that installing a newer PostgreSQL breaks nothing.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::error::EmbeddedError;

/// The oldest major version that works, as for any server.
const OLDEST_MAJOR: u32 = (crate::db::OLDEST_POSTGRESQL / 10_000).unsigned_abs();

/// Where versions lie beside each other: the folder above, what a version's folder begins with,
/// and what follows it.
const PLACES: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// A PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// Folder of `initdb` and `postgres`.
    pub dir: PathBuf,
    /// Major version: 15.
    pub major: u32,
    /// What it calls itself: `15.8`.
    pub version: String,
}

impl Binaries {
    /// Path of `postgres`.
    #[must_use]
    pub fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    /// Path of `initdb`.
    #[must_use]
    pub fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }
}

/// The PostgreSQL that would make a new data folder: of `bin_dir` and nowhere else when it is
/// given (`EXPOSITION_PG_BIN`), else of the PATH, then of the usual places. Blocks for some
/// milliseconds: each candidate is asked for its version.
///
/// # Errors
/// [`EmbeddedError::NoBinaries`], or [`EmbeddedError::TooOld`] when all are older than 14.
pub fn find_binaries(bin_dir: Option<&Path>) -> Result<Binaries, EmbeddedError> {
    find_for(bin_dir, None)
}

/// As [`find_binaries`], but an installation of major version `made` goes before all others.
pub(super) fn find_for(bin_dir: Option<&Path>, made: Option<u32>) -> Result<Binaries, EmbeddedError> {
    let path = env::var_os("PATH").unwrap_or_default();
    choose(installed(&folders(bin_dir, &path)), made, bin_dir)
}

fn choose(installed: Vec<Binaries>, made: Option<u32>, bin_dir: Option<&Path>) -> Result<Binaries, EmbeddedError> {
    let (recent, old): (Vec<_>, Vec<_>) = installed.into_iter().partition(|found| found.major >= OLDEST_MAJOR);
    let same = recent.iter().find(|found| Some(found.major) == made);
    match same.or(recent.first()) {
        Some(found) => Ok(found.clone()),
        None if old.is_empty() => Err(EmbeddedError::NoBinaries { searched: searched(bin_dir) }),
        None => {
            let found: Vec<_> = old.iter().map(|old| format!("{} in {}", old.version, old.dir.display())).collect();
            Err(EmbeddedError::TooOld { found: found.join(", ") })
        }
    }
}

fn searched(bin_dir: Option<&Path>) -> String {
    if let Some(dir) = bin_dir {
        return format!("{}, which EXPOSITION_PG_BIN names", dir.display());
    }
    let places: Vec<_> = PLACES.iter().map(|(above, prefix, below)| format!("{above}/{prefix}*/{below}")).collect();
    format!("the PATH, {}", places.join(", "))
}

fn folders(bin_dir: Option<&Path>, path: &OsStr) -> Vec<PathBuf> {
    if let Some(dir) = bin_dir {
        return vec![dir.to_owned()];
    }
    let mut folders: Vec<PathBuf> = env::split_paths(path).filter(|dir| dir.is_absolute()).collect();
    for (above, prefix, below) in PLACES {
        folders.extend(versions(Path::new(above), prefix).into_iter().map(|dir| dir.join(below)));
    }
    folders
}

/// The folders of versions under `above`, the newest first.
fn versions(above: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(above).into_iter().flatten().flatten();
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?;
            let parts = number.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
            Some((parts, entry.path()))
        })
        .collect();
    found.sort_by_key(|(number, _)| Reverse(number.clone()));
    found.into_iter().map(|(_, dir)| dir).collect()
}

fn installed(folders: &[PathBuf]) -> Vec<Binaries> {
    folders.iter().filter(|dir| dir.join("initdb").is_file()).filter_map(|dir| ask(dir)).collect()
}

/// Asks `postgres` in `dir` for its version; `None` when there is none that runs.
fn ask(dir: &Path) -> Option<Binaries> {
    let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (major, version) = parse_version(&text)?;
    Some(Binaries { dir: dir.to_owned(), major, version })
}

/// Reads `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)`; betas say `18beta1`.
fn parse_version(text: &str) -> Option<(u32, String)> {
    let (_, after) = text.split_once("(PostgreSQL) ")?;
    let version = after.split_whitespace().next()?;
    let major = version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some((major, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder whose `postgres` says that it is of `version`.
    fn pretend(dir: &Path, version: &str) {
        fs::create_dir_all(dir).unwrap();
        fs::write(dir.join("initdb"), "").unwrap();
        let postgres = dir.join("postgres");
        fs::write(&postgres, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")).unwrap();
        fs::set_permissions(&postgres, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn binaries(version: &str) -> Binaries {
        let (major, version) = parse_version(&format!("postgres (PostgreSQL) {version}")).unwrap();
        Binaries { dir: PathBuf::from(format!("/pg/{version}")), major, version }
    }

    #[test]
    fn versions_are_read_as_postgresql_writes_them() {
        for (text, expected) in [
            ("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n", Some((15, "15.8"))),
            ("postgres (PostgreSQL) 18beta1\n", Some((18, "18beta1"))),
            ("postgres (PostgreSQL) 9.6.24\n", Some((9, "9.6.24"))),
            ("mysqld 8.0", None),
        ] {
            let read = parse_version(text);
            assert_eq!(read.as_ref().map(|(major, version)| (*major, version.as_str())), expected, "{text}");
        }
    }

    #[test]
    fn the_newest_version_is_the_one_with_the_highest_number() {
        let above = tempfile::tempdir().unwrap();
        for name in ["9.6", "15", "9", "150", "17", "common"] {
            fs::create_dir(above.path().join(name)).unwrap();
        }
        let names: Vec<_> = versions(above.path(), "")
            .into_iter()
            .map(|dir| dir.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["150", "17", "15", "9.6", "9"]);
    }

    #[test]
    fn the_folder_that_is_named_is_the_only_one_searched() {
        let empty = tempfile::tempdir().unwrap();
        let message = find_binaries(Some(empty.path())).unwrap_err().to_string();
        for part in ["EXPOSITION_PG_BIN", "apt-get install postgresql", "brew install", "docker compose up"] {
            assert!(message.contains(part), "{part} is missing in: {message}");
        }
    }

    #[test]
    fn a_version_before_14_is_refused_and_named() {
        let dir = tempfile::tempdir().unwrap();
        pretend(dir.path(), "13.9");
        let message = find_binaries(Some(dir.path())).unwrap_err().to_string();
        assert!(message.contains("13.9") && message.contains("14 or newer"), "{message}");
    }

    #[test]
    fn an_old_version_on_the_path_does_not_hide_a_recent_one() {
        let (old, recent) = (binaries("13.9"), binaries("16.2"));
        assert_eq!(choose(vec![old, recent.clone()], None, None).unwrap(), recent);
    }

    #[test]
    fn data_takes_the_version_that_made_it_when_it_is_installed() {
        let (new, same) = (binaries("17.1"), binaries("15.8"));
        assert_eq!(choose(vec![new.clone(), same.clone()], Some(15), None).unwrap(), same);
        assert_eq!(choose(vec![new.clone(), same], Some(14), None).unwrap(), new);
    }
}
