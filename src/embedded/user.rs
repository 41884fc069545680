//! Which Unix user PostgreSQL runs as.
//!
//! PostgreSQL refuses to run as root. An ordinary user runs it as that user; root runs it as
//! `postgres`, whom the packages create, else as `nobody`, in folders that this user can reach.
//! Reaching is checked beforehand, because `initdb` says “Permission denied” without saying which
//! folder on the way is shut. Access lists beyond the mode bits are not looked at.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{User, geteuid};

use super::error::{EmbeddedError, OnPath};

/// The user that PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether this is somebody else than the user of the program.
    other: bool,
}

impl Account {
    /// Oneself; for root `postgres`, else `nobody`. Of these two the one who owns `cluster`, if it
    /// exists: a user `postgres` may have come later.
    pub(super) fn choose(cluster: &Path) -> Result<Self, EmbeddedError> {
        let me = geteuid();
        if !me.is_root() {
            let gid = nix::unistd::getegid().as_raw();
            return Ok(Self { name: format!("#{me}"), uid: me.as_raw(), gid, other: false });
        }
        let owner = fs::metadata(cluster).ok().map(|metadata| metadata.uid());
        let users = ["postgres", "nobody"].map(|name| User::from_name(name).ok().flatten());
        let users: Vec<User> = users.into_iter().flatten().collect();
        let owning = users.iter().find(|user| Some(user.uid.as_raw()) == owner);
        owning
            .or(users.first())
            .cloned()
            .map(|user| Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), other: true })
            .ok_or(EmbeddedError::NoUser)
    }

    /// Identifier of the user.
    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    /// User and group to change to, when they are not the program's own.
    pub(super) fn change(&self) -> Option<(u32, u32)> {
        self.other.then_some((self.uid, self.gid))
    }

    /// Permissions of a folder that the program keeps for itself and this user passes through.
    pub(super) fn pass_mode(&self) -> u32 {
        if self.other { 0o711 } else { 0o700 }
    }

    /// Makes `command` run as this user. Changing the user from root also drops the groups of
    /// root, which the standard library takes care of.
    pub(super) fn run(&self, command: &mut Command) {
        if let Some((uid, gid)) = self.change() {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives `path` to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        let Some((uid, gid)) = self.change() else { return Ok(()) };
        chown(path, Some(uid), Some(gid)).on("change the owner of", path)
    }

    /// Checks that this user may enter `wanted` and every folder above it.
    pub(super) fn check_reaches(&self, wanted: &Path) -> Result<(), EmbeddedError> {
        for dir in wanted.ancestors().filter(|_| self.other) {
            let metadata = fs::metadata(dir).on("read", dir)?;
            let mode = metadata.permissions().mode() & 0o7777;
            if !may_enter(self.uid, self.gid, metadata.uid(), metadata.gid(), mode) {
                let (user, dir, wanted) = (self.name.clone(), dir.to_owned(), wanted.to_owned());
                return Err(EmbeddedError::Blocked { user, dir, mode, wanted });
            }
        }
        Ok(())
    }
}

/// The rule of Unix: the class that fits first decides, even when a later one is more generous.
fn may_enter(uid: u32, gid: u32, owner: u32, group: u32, mode: u32) -> bool {
    let shift = match () {
        () if uid == owner => 6,
        () if gid == group => 3,
        () => 0,
    };
    mode >> shift & 0o1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_fits_decides_who_may_enter() {
        for (uid, gid, mode, expected) in [
            (10, 20, 0o700, true),
            (10, 20, 0o077, false),
            (11, 20, 0o710, true),
            (11, 20, 0o701, false),
            (11, 21, 0o711, true),
            (11, 21, 0o770, false),
        ] {
            assert_eq!(may_enter(uid, gid, 10, 20, mode), expected, "{uid} {gid} {mode:o}");
        }
    }

    #[test]
    fn the_folder_that_blocks_is_named() {
        let top = tempfile::tempdir().unwrap();
        let wanted = top.path().join("shut/inner");
        fs::create_dir_all(&wanted).unwrap();
        fs::set_permissions(top.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(top.path().join("shut"), fs::Permissions::from_mode(0o700)).unwrap();
        let account = Account { name: "quelquun".to_owned(), uid: 54_321, gid: 54_321, other: true };
        let message = account.check_reaches(&wanted).unwrap_err().to_string();
        assert!(message.contains("quelquun") && message.contains("shut (mode 700)"), "{message}");
    }
}
