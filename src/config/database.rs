//! PostgreSQL: which, and how patiently it is asked.

use std::path::PathBuf;
use std::time::Duration;

use super::setting::Standard::{Text, Unset};
use super::setting::settings;
use super::{Secret, form};

settings! {
    /// How to reach PostgreSQL.
    pub struct DatabaseConfig {
        /// PostgreSQL 14 or newer.
        pub url: Option<Secret> = ("DATABASE_URL", form::database(), Unset("a private PostgreSQL in the data folder")),
        /// A replica for the reads of the server.
        pub read_url: Option<Secret> = ("DATABASE_READ_URL", form::database(), Unset("as `DATABASE_URL`")),
        /// Connections at most for lookups, as many for what writes, half as many for lists: 40 of
        /// the 100 that PostgreSQL allows by default.
        pub connections: u32 = ("EXPOSITION_DB_CONNECTIONS", form::count(), Text("16")),
        /// How long a request waits for a connection.
        pub acquire_timeout: Duration = ("EXPOSITION_DB_ACQUIRE_TIMEOUT_S", form::seconds(), Text("3")),
        /// The longest query of the server.
        pub statement_timeout: Duration = ("EXPOSITION_DB_STATEMENT_TIMEOUT_S", form::seconds(), Text("10")),
    }
}

settings! {
    /// How the programs of the private PostgreSQL are found.
    #[derive(Default)]
    pub struct EmbeddedConfig {
        /// Where `initdb` and `postgres` are.
        pub bin_dir: Option<PathBuf> = (
            "EXPOSITION_PG_BIN",
            form::folder(),
            Unset("searched: the PATH, `/usr/lib/postgresql`, Homebrew, Postgres.app")
        ),
    }
}
