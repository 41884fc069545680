//! Configuration: one small struct per concern, read once from the environment, checked at
//! start. Everything has a default; README.md has the table.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use std::{env, fmt};

use chrono::NaiveDate;

use crate::clock::Clock;

mod telechargement;

pub use self::telechargement::{HOTES, TelechargementConfig};

/// A variable whose text is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("{name}={value:?}: {expected}")]
pub struct ConfigError {
    name: &'static str,
    value: String,
    expected: String,
}

/// A text that must not be printed: `Debug` and `Display` show `***`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one who needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How to reach PostgreSQL.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`; unset, the program runs its own private PostgreSQL.
    pub url: Option<Secret>,
    /// `DATABASE_READ_URL`: a replica for the HTTP server's reads.
    pub read_url: Option<Secret>,
    /// `EXPOSITION_DB_CONNECTIONS`: connections for lookups, as many for writing, half as many
    /// for lists.
    pub connections: u32,
    /// `EXPOSITION_DB_ACQUIRE_TIMEOUT_S`: how long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// `EXPOSITION_DB_STATEMENT_TIMEOUT_S`: longest query of the HTTP server.
    pub statement_timeout: Duration,
}

/// How the private PostgreSQL is found and where it lives.
#[derive(Debug, Clone, Default)]
pub struct EmbeddedConfig {
    /// `EXPOSITION_PG_BIN`: folder of `initdb` and `postgres`, before the usual places.
    pub bin_dir: Option<PathBuf>,
}

/// How files are accepted.
#[derive(Debug, Clone)]
pub struct IngestionConfig {
    /// `EXPOSITION_MAX_REJECTED_PERCENT`: above this share of bad rows a file is refused whole.
    pub max_rejected_percent: f64,
}

/// How a publication is computed and kept.
#[derive(Debug, Clone)]
pub struct PublicationConfig {
    /// `EXPOSITION_PUBLICATIONS_KEPT`: how many publications keep their rows.
    pub kept: u32,
    /// `EXPOSITION_MAX_LOSS_PERCENT`: a publication that would lose more of the cells of the one
    /// before is refused.
    pub max_loss_percent: i32,
    /// `EXPOSITION_SANS_PERSPECTIVES_EMPLOI`: percent under which employment is poor.
    pub sans_perspectives_emploi: i32,
    /// `EXPOSITION_SANS_PERSPECTIVES_POURSUITE`: percent under which further study is rare.
    pub sans_perspectives_poursuite: i32,
}

/// Shortest secret that is worth its name: HS256 has 256 bits.
const SECRET_MIN: usize = 32;

/// Longest time that a revoked key may still be accepted.
const KEY_CACHE_MAX: f64 = 10.0;

/// Who is let in.
#[derive(Debug, Clone)]
pub struct AccesConfig {
    /// `EXPOSITION_JWT_SECRET`: what login tokens are signed with; unset, a random one that the
    /// servers of one database share.
    pub jwt_secret: Option<Secret>,
    /// `EXPOSITION_KEY_CACHE_S`: how long a server trusts what it knows of a key or an account, at
    /// most 10 s; 0 asks the database every time.
    pub key_cache: Duration,
}

/// How the HTTP server listens and protects itself.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// `EXPOSITION_BIND`.
    pub bind: IpAddr,
    /// `EXPOSITION_PORT`; 0 takes a free one.
    pub port: u16,
    /// `EXPOSITION_REQUEST_TIMEOUT_S`.
    pub request_timeout: Duration,
    /// `EXPOSITION_MAX_CONCURRENCY`: requests handled at once; more are answered 503.
    pub max_concurrency: usize,
    /// `EXPOSITION_MAX_BODY_BYTES`.
    pub max_body_bytes: usize,
    /// `EXPOSITION_CACHE_BYTES`: memory of cached answers; 0 turns the cache off.
    pub cache_bytes: u64,
    /// `EXPOSITION_POLL_S`: how often to look for a new publication beside `LISTEN`.
    pub poll: Duration,
    /// Keys and accounts.
    pub acces: AccesConfig,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human-readable on a terminal, JSON otherwise.
    Auto,
    /// Human-readable.
    Text,
    /// One JSON object a line.
    Json,
}

/// How the program logs.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// `EXPOSITION_LOG_FORMAT`: `auto`, `text` or `json`.
    pub format: LogFormat,
    /// `EXPOSITION_LOG`: a filter in the syntax of `tracing` (`info,exposition=debug`).
    pub filter: String,
}

/// Everything above, and the clock.
#[derive(Debug, Clone)]
pub struct Config {
    /// PostgreSQL.
    pub database: DatabaseConfig,
    /// The private PostgreSQL.
    pub embedded: EmbeddedConfig,
    /// Ingestion.
    pub ingestion: IngestionConfig,
    /// What may be fetched.
    pub telechargement: TelechargementConfig,
    /// Publication.
    pub publication: PublicationConfig,
    /// The HTTP server.
    pub http: HttpConfig,
    /// Logs.
    pub log: LogConfig,
    /// `EXPOSITION_TODAY`: fixes the day, for replays.
    pub clock: Clock,
    /// `EXPOSITION_DATA_DIR`.
    pub data_dir: Option<PathBuf>,
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
    /// As [`Config::from_env`].
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let read = Reader(lookup);
        Ok(Self {
            database: DatabaseConfig {
                url: read.text("DATABASE_URL").map(Secret),
                read_url: read.text("DATABASE_READ_URL").map(Secret),
                connections: read.or("EXPOSITION_DB_CONNECTIONS", 16, "a whole number from 1", |n| *n >= 1)?,
                acquire_timeout: read.seconds("EXPOSITION_DB_ACQUIRE_TIMEOUT_S", 3.0)?,
                statement_timeout: read.seconds("EXPOSITION_DB_STATEMENT_TIMEOUT_S", 10.0)?,
            },
            embedded: EmbeddedConfig { bin_dir: read.text("EXPOSITION_PG_BIN").map(PathBuf::from) },
            ingestion: IngestionConfig {
                max_rejected_percent: read.or(
                    "EXPOSITION_MAX_REJECTED_PERCENT",
                    5.0,
                    "a number from 0 to 100",
                    |percent| (0.0..=100.0).contains(percent),
                )?,
            },
            telechargement: TelechargementConfig::read(&read)?,
            publication: PublicationConfig {
                kept: read.or("EXPOSITION_PUBLICATIONS_KEPT", 5, "a whole number from 1", |n| *n >= 1)?,
                max_loss_percent: read.percent("EXPOSITION_MAX_LOSS_PERCENT", 10)?,
                sans_perspectives_emploi: read.percent("EXPOSITION_SANS_PERSPECTIVES_EMPLOI", 30)?,
                sans_perspectives_poursuite: read.percent("EXPOSITION_SANS_PERSPECTIVES_POURSUITE", 50)?,
            },
            http: HttpConfig {
                bind: read.or("EXPOSITION_BIND", IpAddr::from([127, 0, 0, 1]), "an IP address", |_| true)?,
                port: read.or("EXPOSITION_PORT", 8080, "a port, 0 to 65535", |_| true)?,
                request_timeout: read.seconds("EXPOSITION_REQUEST_TIMEOUT_S", 30.0)?,
                max_concurrency: read.or("EXPOSITION_MAX_CONCURRENCY", 512, "a whole number from 1", |n| *n >= 1)?,
                max_body_bytes: read.or("EXPOSITION_MAX_BODY_BYTES", 1 << 20, "a number of bytes", |_| true)?,
                cache_bytes: read.or("EXPOSITION_CACHE_BYTES", 64 << 20, "a number of bytes", |_| true)?,
                poll: read.seconds("EXPOSITION_POLL_S", 5.0)?,
                acces: AccesConfig {
                    jwt_secret: read.secret("EXPOSITION_JWT_SECRET")?,
                    key_cache: Duration::from_secs_f64(read.or(
                        "EXPOSITION_KEY_CACHE_S",
                        5.0,
                        "a number of seconds, 0 to 10",
                        |seconds| (0.0..=KEY_CACHE_MAX).contains(seconds),
                    )?),
                },
            },
            log: LogConfig {
                format: match read.text("EXPOSITION_LOG_FORMAT").as_deref() {
                    None | Some("auto") => LogFormat::Auto,
                    Some("text") => LogFormat::Text,
                    Some("json") => LogFormat::Json,
                    Some(other) => return Err(error("EXPOSITION_LOG_FORMAT", other, "auto, text or json")),
                },
                filter: read.text("EXPOSITION_LOG").unwrap_or_else(|| "info,sqlx=warn".to_owned()),
            },
            clock: match read.text("EXPOSITION_TODAY") {
                None => Clock::System,
                Some(day) => NaiveDate::parse_from_str(&day, "%Y-%m-%d")
                    .map(Clock::Fixed)
                    .map_err(|_| error("EXPOSITION_TODAY", &day, "a day written 2026-01-31"))?,
            },
            data_dir: read.text("EXPOSITION_DATA_DIR").map(PathBuf::from),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn error(name: &'static str, value: &str, expected: &str) -> ConfigError {
    ConfigError { name, value: value.to_owned(), expected: format!("expected {expected}") }
}

struct Reader<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Reader<'_> {
    /// The variable's text; an empty one counts as unset, as compose files write it.
    fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn or<T: FromStr>(
        &self,
        name: &'static str,
        default: T,
        expected: &str,
        allowed: impl Fn(&T) -> bool,
    ) -> Result<T, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(allowed).ok_or_else(|| error(name, &text, expected))
    }

    /// A secret of some length; one that is too short is not repeated in the message.
    fn secret(&self, name: &'static str) -> Result<Option<Secret>, ConfigError> {
        match self.text(name) {
            Some(text) if text.len() < SECRET_MIN => Err(error(name, "***", "a random text of at least 32 bytes")),
            text => Ok(text.map(Secret)),
        }
    }

    fn seconds(&self, name: &'static str, default: f64) -> Result<Duration, ConfigError> {
        let seconds = self.or(name, default, "a number of seconds above 0", |s: &f64| s.is_finite() && *s > 0.0)?;
        Ok(Duration::from_secs_f64(seconds))
    }

    fn percent(&self, name: &'static str, default: i32) -> Result<i32, ConfigError> {
        self.or(name, default, "a whole percent, 0 to 100", |n| (0..=100).contains(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_set_is_a_working_configuration() {
        let config = Config::from_lookup(&|_| None).unwrap();
        assert!(config.database.url.is_none());
        assert!(config.http.bind.is_loopback());
    }

    #[test]
    fn a_wrong_value_names_the_variable_and_what_is_expected() {
        for (name, value) in [
            ("EXPOSITION_PORT", "80800"),
            ("EXPOSITION_BIND", "localhost"),
            ("EXPOSITION_MAX_REJECTED_PERCENT", "120"),
            ("EXPOSITION_POLL_S", "-1"),
            ("EXPOSITION_TODAY", "23/11/2026"),
            ("EXPOSITION_LOG_FORMAT", "xml"),
            ("EXPOSITION_KEY_CACHE_S", "60"),
            ("EXPOSITION_PUBLICATIONS_KEPT", "0"),
        ] {
            let message =
                Config::from_lookup(&|asked| (asked == name).then(|| value.to_owned())).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains("expected"), "{message}");
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        let config =
            Config::from_lookup(&|name| (name == "DATABASE_URL").then(|| "postgres://u:motdepasse@h/d".to_owned()));
        assert!(!format!("{:?}", config.unwrap()).contains("motdepasse"));
    }

    #[test]
    fn a_secret_is_never_printed_not_even_when_it_is_refused() {
        let with = |secret: &'static str| {
            Config::from_lookup(&move |name| (name == "EXPOSITION_JWT_SECRET").then(|| secret.to_owned()))
        };
        let config = with("un-secret-assez-long-pour-signer-des-jetons").unwrap();
        assert!(!format!("{config:?}").contains("un-secret"), "{config:?}");
        let message = with("un-secret-court").unwrap_err().to_string();
        assert!(message.contains("EXPOSITION_JWT_SECRET") && !message.contains("un-secret"), "{message}");
    }
}
