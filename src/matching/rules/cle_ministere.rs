//! Rule 5, `cle_ministere`: the row of the apprenticeship catalogue, to its diploma and its UAIs.

use super::keyed::{Key, follow};
use crate::matching::search::{Search, Step};

pub(super) fn apply(search: &Search<'_>) -> Step {
    let rows = search.offer.keys.ministry.iter().flat_map(|key| search.index.keyed(key));
    let uais: Vec<_> = rows.flat_map(|row| [row.lieu, row.formateur, row.gestionnaire]).flatten().collect();
    follow(search, Key::Ministry, &uais)
}
