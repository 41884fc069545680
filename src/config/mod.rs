//! Configuration: one small struct per concern, read once from the environment, checked at start.
//!
//! Everything has a default. [`setting`] says how a setting is declared, and what follows from it.

use std::env;
use std::path::PathBuf;

use crate::clock::Clock;

mod database;
mod download;
mod form;
mod http;
mod ingestion;
mod log;
mod network;
mod publication;
mod secret;
mod setting;
mod site;
#[cfg(test)]
mod tests;

pub use self::database::{DatabaseConfig, EmbeddedConfig};
pub use self::download::DownloadConfig;
pub use self::form::Shown;
pub use self::http::{AccessConfig, HttpConfig, RateConfig};
pub use self::ingestion::IngestionConfig;
pub use self::log::{LogConfig, LogFormat};
pub use self::network::{Network, NoNetwork};
pub use self::publication::PublicationConfig;
pub use self::secret::Secret;
use self::setting::Standard::Unset;
pub use self::setting::{ConfigError, Setting, Standard};
use self::setting::{Reader, Section as _, settings};
pub use self::site::SiteConfig;

settings! {
    /// Everything, and the clock.
    pub struct Config {
        /// Folder of the private PostgreSQL and of the demo.
        pub data_dir: Option<PathBuf> = (
            "EXPOSITION_DATA_DIR",
            form::folder(),
            Unset("the user's data folder (Linux: `~/.local/share/exposition`); as root `/var/lib/exposition`")
        ),
        /// Fixes the day, to replay answers.
        pub clock: Clock = ("EXPOSITION_TODAY", form::day(), Unset("the day in Europe/Paris")),
    }
    groups {
        /// PostgreSQL.
        pub database: DatabaseConfig,
        /// The private PostgreSQL.
        pub embedded: EmbeddedConfig,
        /// Ingestion.
        pub ingestion: IngestionConfig,
        /// What may be fetched.
        pub download: DownloadConfig,
        /// Publication.
        pub publication: PublicationConfig,
        /// The HTTP server.
        pub http: HttpConfig,
        /// Logs.
        pub log: LogConfig,
    }
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// The first variable whose text is not what it should be, with what is expected.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(&environment)
    }

    /// Reads variables through `lookup`, so that tests need not touch the environment.
    ///
    /// # Errors
    /// The first variable whose text is not what it should be, with what is expected.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::read(&Reader(lookup))
    }

    /// Every setting there is: what `--help` and README.md list.
    #[must_use]
    pub fn described() -> Vec<Setting> {
        Self::settings()
    }

    /// Every setting with its value in effect.
    pub fn effective(&self) -> impl Iterator<Item = (Setting, Shown)> {
        Self::settings().into_iter().zip(self.shown())
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}
