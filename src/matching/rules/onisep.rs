//! Rule 3, `onisep`: the row's Onisep identifiers; these do not tell courses of one and of two years
//! apart, so that the row's duration counts.

use super::keyed::{Key, follow};
use crate::matching::search::{Search, Step};

pub(super) fn apply(search: &Search<'_>) -> Step {
    follow(search, Key::Onisep, &[])
}
