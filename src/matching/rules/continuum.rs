//! Rule 6, `continuum`: the one-to-one older or newer diploma, and what replaced an RNCP number. The
//! publication has mostly done the first already.

use super::keyed::{Key, Resolved, follow_to, replacements, resolve};
use crate::matching::search::{Finding, Search, Step, Tried, distinct};

pub(super) fn apply(search: &Search<'_>) -> Step {
    let Tried { codes, diplomas, famille } = &search.tried;
    let renovations = distinct(codes.iter().flat_map(|code| search.index.renovations(*code)));
    let tried = Tried { codes: renovations, diplomas: *diplomas, famille: *famille };
    let finding = search.at_uais(&search.offer.uais, &tried);
    if finding != Finding::Nothing {
        return Step::of(finding);
    }
    let newer: Vec<_> = search.offer.keys.rncp.iter().flat_map(|code| replacements(search.index, *code)).collect();
    let Resolved { diplomas, sources } = resolve(search.index, &newer, None);
    follow_to(search, Key::Rncp, &diplomas, sources, &[])
}
