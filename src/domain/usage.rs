//! How often the service is used, and how that is told without telling of anybody.

use chrono::NaiveDate;

use super::SEUIL;

/// What calls are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageGroup {
    /// The day in Europe/Paris.
    pub jour: NaiveDate,
    /// The pattern of the route, `-` for an address that there is not.
    pub route: String,
    /// Status of the answer.
    pub statut: i16,
    /// The number of the key, 0 without one.
    pub cle: i32,
}

/// The calls of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Which.
    pub groupe: UsageGroup,
    /// Whose key it is; `None` without one, or when it is gone.
    pub platform: Option<String>,
    /// How many.
    pub appels: i64,
}

/// A count as the public is told it: whole tens, and nothing below [`SEUIL`]. Since each is rounded
/// by itself, a total minus the others gives no small one away.
#[must_use]
pub fn public_count(appels: i64) -> Option<i64> {
    (appels >= i64::from(SEUIL)).then_some((appels + 5) / 10 * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_not_told_and_others_in_tens() {
        for (appels, told) in
            [(0, None), (19, None), (20, Some(20)), (24, Some(20)), (25, Some(30)), (1234, Some(1230))]
        {
            assert_eq!(public_count(appels), told, "{appels}");
        }
    }
}
