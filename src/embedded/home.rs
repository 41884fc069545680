//! The folder `postgres/` of the data directory: what lies where, and who may see it.
//!
//! ```text
//! postgres/
//!   lock           held by the program that runs PostgreSQL; says how to join it (mode 600)
//!   cluster/       PostgreSQL's own folder, and its password
//!   new-XXXXXX/    a cluster being made; renamed when whole, removed when left over
//!   sockets/       the unix socket (mode 700)
//!   server.log     of this start; server.previous.log of the one before
//!   deaths.log     a line for each time that PostgreSQL ended by itself since this start
//! ```

use std::fs::{self, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::{EmbeddedError, OnPath};
use super::guard::DEATHS;
use super::user::Account;

/// Beginning of the name of a cluster that is being made.
pub(super) const UNFINISHED: &str = "new-";

/// The folder of the private PostgreSQL, and the user it runs as.
#[derive(Debug, Clone)]
pub(super) struct Home {
    root: PathBuf,
    pub(super) account: Account,
}

impl Home {
    /// Opens the folder under `data_dir`, making what is missing, and checks that PostgreSQL's
    /// user can reach it.
    pub(super) fn open(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let wanted = data_dir.join("postgres");
        let account = Account::choose(&wanted.join("cluster"))?;
        create(&wanted, account.pass_mode())?;
        let root = fs::canonicalize(&wanted).on("find", &wanted)?;
        check_ours(&root)?;
        account.check_reaches(&root)?;
        Ok(Self { root, account })
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// PostgreSQL's own folder.
    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    /// Where the program that runs PostgreSQL says so.
    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// PostgreSQL's log.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    /// Keeps the log of the start before, and begins a new one; deaths are counted anew.
    pub(super) fn new_log(&self) -> Result<File, EmbeddedError> {
        let deaths = self.root.join(DEATHS);
        match fs::remove_file(&deaths) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).on("remove", &deaths),
            _ => {}
        }
        let log = self.log();
        match fs::rename(&log, self.root.join("server.previous.log")) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error).on("rename", &log),
            _ => File::create(&log).on("write", &log),
        }
    }

    /// Where the unix socket may lie, in order of preference. The path of a socket is limited to
    /// about 100 bytes, hence the second one: its name depends on the data folder, so that
    /// restarts do not litter /tmp.
    pub(super) fn socket_folders(&self) -> [PathBuf; 2] {
        let digest = Sha256::digest(self.root.as_os_str().as_encoded_bytes());
        let name: String = hex::encode(digest).chars().take(16).collect();
        [self.root.join("sockets"), Path::new("/tmp").join(format!("exposition-{name}"))]
    }

    /// Removes the clusters whose making was interrupted.
    pub(super) fn remove_unfinished(&self) -> Result<(), EmbeddedError> {
        for entry in fs::read_dir(&self.root).on("read", &self.root)? {
            let entry = entry.on("read", &self.root)?;
            if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                // An initdb whose program was killed may still be writing: then it goes next time.
                if let Err(error) = fs::remove_dir_all(entry.path()) {
                    tracing::warn!(path = %entry.path().display(), %error, "an unfinished cluster stays behind");
                }
            }
        }
        Ok(())
    }

    /// Makes `dir` an empty folder that only PostgreSQL's user may enter; false when somebody
    /// else made it or it is no folder.
    pub(super) fn empty_private(&self, dir: &Path) -> Result<bool, EmbeddedError> {
        match fs::symlink_metadata(dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).on("read", dir),
            Ok(found) if found.is_dir() && found.uid() == self.account.uid() && found.mode().trailing_zeros() >= 6 => {
                fs::remove_dir_all(dir).on("remove", dir)?;
            }
            Ok(_) => return Ok(false),
        }
        fs::DirBuilder::new().mode(0o700).create(dir).on("create", dir)?;
        self.account.own(dir)?;
        Ok(true)
    }
}

/// Refuses a folder that belongs to another user: root would write through that user's links.
fn check_ours(root: &Path) -> Result<(), EmbeddedError> {
    let owner = fs::metadata(root).on("read", root)?.uid();
    let expected = nix::unistd::geteuid().as_raw();
    if owner == expected {
        return Ok(());
    }
    Err(EmbeddedError::OtherOwner { dir: root.to_owned(), owner, expected })
}

/// Makes the folder `wanted` and the missing ones above it, each with `mode` whatever the umask.
/// Folders that exist are left as they are.
fn create(wanted: &Path, mode: u32) -> Result<(), EmbeddedError> {
    let missing: Vec<&Path> =
        wanted.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists()).collect();
    for dir in missing.into_iter().rev() {
        match fs::create_dir(dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            created => created.on("create", dir)?,
        }
        fs::set_permissions(dir, Permissions::from_mode(mode)).on("set the permissions of", dir)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_somebody_else_prepared_is_not_used_for_sockets() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        let home = Home { root: dir.path().to_owned(), account: Account::choose(dir.path()).unwrap() };
        let (open, link, fresh) = (dir.path().join("open"), dir.path().join("link"), dir.path().join("fresh"));
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        std::os::unix::fs::symlink(&open, &link).unwrap();
        assert!(!home.empty_private(&open).unwrap());
        assert!(!home.empty_private(&link).unwrap());
        assert!(home.empty_private(&fresh).unwrap());
        fs::write(fresh.join("old.lock"), "").unwrap();
        assert!(home.empty_private(&fresh).unwrap());
        assert!(!fresh.join("old.lock").exists());
    }

    #[test]
    fn what_an_interrupted_initdb_left_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home { root: dir.path().to_owned(), account: Account::choose(dir.path()).unwrap() };
        fs::create_dir_all(dir.path().join("new-ab12/cluster/base")).unwrap();
        fs::create_dir(home.cluster()).unwrap();
        home.remove_unfinished().unwrap();
        assert!(!dir.path().join("new-ab12").exists() && home.cluster().exists());
    }
}
