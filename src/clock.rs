//! The day and the time, injected so that answers can be replayed.
//!
//! `formation_fermee` depends on the day in Europe/Paris; tests and replays fix it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Paris;

/// Where the service reads the day from.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A day that never passes (`EXPOSITION_TODAY`).
    Fixed(NaiveDate),
}

impl Clock {
    /// Today in Europe/Paris.
    #[must_use]
    pub fn today(self) -> NaiveDate {
        match self {
            Self::System => now().with_timezone(&Paris).date_naive(),
            Self::Fixed(day) => day,
        }
    }
}

/// The present instant, for reports and logs; never for what an answer says.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
