//! Rule 8, `annee_terminale`: the terminal year that an earlier year points to, at the row's UAIs, then
//! at those of rule 7. A common year has several specialities: they are listed, even one alone.

use super::uai::related;
use crate::domain::{Lieu, Uai};
use crate::matching::search::{Finding, Hit, Search, Several, Step, distinct};

pub(super) fn apply(search: &Search<'_>) -> Step {
    let own = search.offer.uais.iter().map(|uai| pointed(search, *uai));
    if let Some(finding) = own.into_iter().find(|finding| *finding != Finding::Nothing) {
        return Step::of(finding);
    }
    let others = search.tried.codes.iter().flat_map(|code| related(search, *code));
    let others = distinct(others.filter(|related| related.is_allowed()).map(|related| related.uai));
    let found: Vec<_> =
        others.into_iter().map(|uai| pointed(search, uai)).filter(|finding| *finding != Finding::Nothing).collect();
    match found.as_slice() {
        [] => Step::default(),
        [only] => Step::of(only.clone()),
        several => {
            let candidates = several.iter().flat_map(|finding| match finding {
                Finding::One(hit) => vec![(hit.uai, hit.code)],
                Finding::Several(several) => several.candidates.clone(),
                Finding::Nothing => Vec::new(),
            });
            Step::of(Finding::Several(Several { candidates: candidates.collect(), commune: false }))
        }
    }
}

/// What the pointers of the row's codes at a UAI lead to.
fn pointed(search: &Search<'_>, uai: Uai) -> Finding {
    let (mut hits, mut commune, mut several): (Vec<Hit>, bool, bool) = (Vec::new(), false, false);
    for code in &search.tried.codes {
        let Some(pointer) = search.index.pointer(Lieu::Etablissement(uai), *code) else { continue };
        commune |= search.index.training(*code).is_some_and(|training| training.commune);
        several |= pointer.terminales.len() > 1;
        hits.extend(pointer.terminales.iter().filter_map(|terminale| search.hit(uai, *terminale)));
    }
    let hits = distinct(hits);
    if hits.is_empty() {
        return Finding::Nothing;
    }
    if commune || several {
        let candidates = hits.iter().map(|hit| (hit.uai, hit.code)).collect();
        return Finding::Several(Several { candidates, commune });
    }
    search.settle(hits, &search.tried)
}
