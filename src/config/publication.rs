//! How a publication is computed and kept.

use super::form;
use super::setting::Standard::Text;
use super::setting::settings;

settings! {
    /// How a publication is computed and kept.
    pub struct PublicationConfig {
        /// Publications that keep their rows.
        pub kept: u32 = ("EXPOSITION_PUBLICATIONS_KEPT", form::count(), Text("5")),
        /// A publication of which a slice (one indicator of one maille and filière) would lose a
        /// larger share of its figures, and three at least, is refused, unless `publish --accepter
        /// perte:SLICE` or `--force`.
        pub max_loss_percent: i32 = ("EXPOSITION_MAX_LOSS_PERCENT", form::percent(), Text("10")),
        /// The share in employment under which, together with the next, a course is without
        /// prospects.
        pub sans_perspectives_emploi: i32 = ("EXPOSITION_SANS_PERSPECTIVES_EMPLOI", form::percent(), Text("30")),
        /// The share in further study under which, together with the one before, a course is
        /// without prospects.
        pub sans_perspectives_poursuite: i32 = ("EXPOSITION_SANS_PERSPECTIVES_POURSUITE", form::percent(), Text("50")),
    }
}
