//! Where the program keeps its data when it has no database of its own: the private PostgreSQL and
//! the reports.

use std::path::PathBuf;

use directories::ProjectDirs;

use crate::config::Config;

/// The data folder of a program that runs as root, as the file hierarchy standard has it.
const OF_ROOT: &str = "/var/lib/exposition";

/// There is no place for data.
#[derive(Debug, thiserror::Error)]
#[error("no data folder: this user has no home; name one with --data-dir or EXPOSITION_DATA_DIR")]
pub struct NoDataDir;

/// The data folder: the one of the command line, else `EXPOSITION_DATA_DIR`, else for root
/// `/var/lib/exposition`, else the user's data folder (`~/.local/share/exposition` on Linux).
/// It is neither made nor looked at.
///
/// # Errors
/// An ordinary user without a home folder.
pub fn resolve(flag: Option<PathBuf>, config: &Config) -> Result<PathBuf, NoDataDir> {
    let root = nix::unistd::geteuid().is_root();
    let named = flag.or_else(|| config.data_dir.clone());
    named.or_else(|| root.then(|| PathBuf::from(OF_ROOT))).or_else(of_user).ok_or(NoDataDir)
}

fn of_user() -> Option<PathBuf> {
    ProjectDirs::from("", "", "exposition").map(|dirs| dirs.data_dir().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data_dir: Option<&str>) -> Config {
        let lookup = |name: &str| data_dir.filter(|_| name == "EXPOSITION_DATA_DIR").map(str::to_owned);
        Config::from_lookup(&lookup).unwrap()
    }

    #[test]
    fn the_command_line_goes_before_the_environment_and_it_before_the_default() {
        let (flag, config_dir) = (PathBuf::from("/flag"), config(Some("/environment")));
        assert_eq!(resolve(Some(flag.clone()), &config_dir).unwrap(), flag);
        assert_eq!(resolve(None, &config_dir).unwrap(), PathBuf::from("/environment"));
        let default = resolve(None, &config(None)).unwrap();
        assert!(default.is_absolute() && default.ends_with("exposition"), "{}", default.display());
    }
}
