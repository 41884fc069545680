//! How the program logs.

use super::form;
use super::setting::Standard::Text;
use super::setting::settings;

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

settings! {
    /// How the program logs.
    pub struct LogConfig {
        /// What is logged.
        pub filter: String = ("EXPOSITION_LOG", form::log_filter(), Text("info,sqlx=warn")),
        /// The form of log lines: `auto` is text on a terminal, JSON otherwise.
        pub format: LogFormat = ("EXPOSITION_LOG_FORMAT", form::log_format(), Text("auto")),
    }
}
