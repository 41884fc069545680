//! Rule 2, `rncp`: the row's RNCP numbers, to diplomas, narrowed down by its other keys.

use super::keyed::{Key, follow};
use crate::matching::search::{Search, Step};

pub(super) fn apply(search: &Search<'_>) -> Step {
    follow(search, Key::Rncp, &[])
}
