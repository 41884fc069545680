//! What can keep the private PostgreSQL from working, said so that the reader knows what to do.

use std::io;
use std::path::PathBuf;

use crate::db::DbError;

/// Why the private PostgreSQL cannot be had. For operators: each text says what, where and what
/// to do.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No `initdb` and `postgres` anywhere.
    #[error(
        "PostgreSQL 14 or newer was not found (looked in {searched}). Do one of:\n  \
         Debian, Ubuntu:  sudo apt-get install postgresql\n  \
         macOS:           brew install postgresql@17\n  \
         containers:      docker compose up\n  \
         elsewhere:       EXPOSITION_PG_BIN=<folder of initdb and postgres>, or DATABASE_URL=postgres://… for a server that exists"
    )]
    NoBinaries {
        /// The places, separated by commas.
        searched: String,
    },
    /// Only versions older than 14.
    #[error(
        "only PostgreSQL {found} was found: 14 or newer is needed; install one, or name its folder in EXPOSITION_PG_BIN"
    )]
    TooOld {
        /// Version and folder of each.
        found: String,
    },
    /// The data was written by a major version that is not installed.
    #[error(
        "{} was made by PostgreSQL {made}, and the one found is {found}: install PostgreSQL {made} beside it \
         (or name its folder in EXPOSITION_PG_BIN); or, to start anew and ingest the files again, move the folder away",
        cluster.display()
    )]
    OtherMajor {
        /// Folder of the data.
        cluster: PathBuf,
        /// Major version that wrote it.
        made: u32,
        /// Major version of the binaries.
        found: u32,
    },
    /// The data belongs to another Unix user.
    #[error(
        "{} belongs to the user with id {owner} and should belong to the one with id {expected}: \
         run exposition as the user who did so first, or choose another folder with EXPOSITION_DATA_DIR",
        dir.display()
    )]
    OtherOwner {
        /// The folder.
        dir: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who should.
        expected: u32,
    },
    /// PostgreSQL refuses to run as root, and there is nobody else.
    #[error(
        "PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody: \
         run exposition as an ordinary user"
    )]
    NoUser,
    /// A folder on the way to the data that the user of PostgreSQL may not enter.
    #[error(
        "as root, PostgreSQL runs under the user {user}, who may not enter {} (mode {mode:o}) on the way to {}: \
         chmod a+x it, or choose another folder with EXPOSITION_DATA_DIR",
        dir.display(), wanted.display()
    )]
    Blocked {
        /// Name of the user.
        user: String,
        /// The folder that blocks.
        dir: PathBuf,
        /// Its permissions.
        mode: u32,
        /// Where the user should get.
        wanted: PathBuf,
    },
    /// A file or folder that cannot be made, read or written.
    #[error("cannot {action} {}: {source}; check it, or choose another folder with EXPOSITION_DATA_DIR", path.display())]
    Files {
        /// What was tried (`create`, `write`…).
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program that cannot be run.
    #[error("cannot run {}: {source}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("initdb could not make the data folder {}; its last words:\n{output}", cluster.display())]
    Init {
        /// The folder it was to make.
        cluster: PathBuf,
        /// The end of its output.
        output: String,
    },
    /// PostgreSQL ended before it was ready.
    #[error("PostgreSQL did not start; the last lines of {}:\n{tail}", log.display())]
    Start {
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
    /// PostgreSQL runs, and does not answer.
    #[error("PostgreSQL was not ready after {seconds} s ({last}); the last lines of {}:\n{tail}", log.display())]
    Slow {
        /// How long was waited.
        seconds: u64,
        /// The last refusal.
        last: String,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
    /// Another command holds the data folder, and its PostgreSQL does not answer.
    #[error(
        "another exposition holds {}, and its PostgreSQL did not answer for {seconds} s ({last}): \
         wait for it, or stop it",
        lock.display()
    )]
    Join {
        /// The lock file.
        lock: PathBuf,
        /// How long was waited.
        seconds: u64,
        /// The last refusal.
        last: String,
    },
    /// What an earlier run left behind does not end.
    #[error("a PostgreSQL left behind by an earlier run (process {pid}) does not stop: end it, then start again")]
    Leftover {
        /// Its process id.
        pid: i32,
    },
    /// The server answers, and refuses.
    #[error("the private PostgreSQL refused: {0}")]
    Database(#[from] DbError),
    /// A thread of the program ended before its work was done.
    #[error("preparing PostgreSQL was interrupted: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// Names what was tried, and on what, when the system refuses.
pub(super) trait OnPath<T> {
    /// `action` is a verb: “cannot {action} {path}”.
    fn on(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T, EmbeddedError>;
}

impl<T> OnPath<T> for io::Result<T> {
    fn on(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T, EmbeddedError> {
        self.map_err(|source| EmbeddedError::Files { action, path: path.into(), source })
    }
}
