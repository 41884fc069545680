//! How files are accepted.

use super::form;
use super::setting::Standard::Text;
use super::setting::settings;

settings! {
    /// How files are accepted.
    pub struct IngestionConfig {
        /// Above this share of rejected rows a file is refused.
        pub max_rejected_percent: f64 = ("EXPOSITION_MAX_REJECTED_PERCENT", form::share(), Text("5")),
        /// The most bytes that may come out of a `.gz`, or out of all CSV files of a `.zip`.
        pub expansion_max_bytes: u64 = ("EXPOSITION_EXPANSION_MAX_BYTES", form::some_bytes(), Text("17179869184")),
        /// How many times more may come out of a `.gz` or a `.zip` than went in; 64 MiB are never too much.
        pub expansion_max_ratio: u64 = ("EXPOSITION_EXPANSION_MAX_RATIO", form::count(), Text("200")),
    }
}
