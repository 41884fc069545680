//! How files are accepted.

use super::form;
use super::setting::Standard::Text;
use super::setting::settings;

settings! {
    /// How files are accepted.
    pub struct IngestionConfig {
        /// Above this share of rejected rows a file is refused.
        pub max_rejected_percent: f64 = ("EXPOSITION_MAX_REJECTED_PERCENT", form::share(), Text("5")),
    }
}
