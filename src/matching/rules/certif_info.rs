//! Rule 4, `certif_info`: the row's Certif-Info numbers.

use super::keyed::{Key, follow};
use crate::matching::search::{Search, Step};

pub(super) fn apply(search: &Search<'_>) -> Step {
    follow(search, Key::CertifInfo, &[])
}
