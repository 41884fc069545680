//! Rule 1, `direct`: the row's own codes, by voie.

use crate::domain::TypeCode;
use crate::matching::row::Voie;
use crate::matching::search::{Search, Step, Tried, distinct};

/// School: MEFSTAT11, or MEF; with no known one the last years of the CFD. Apprenticeship: the CFD, or
/// that of a known MEF. Higher education: the SISE, whatever the voie.
pub(super) fn apply(search: &Search<'_>) -> Step {
    let years = search.known_years();
    let anchors = search.anchors();
    let own = &search.offer.keys.cfd;
    let mut codes = Vec::new();
    if search.offer.voie != Some(Voie::Apprentissage) {
        if years.is_empty() {
            let of_cfds = search.codes_of(own, None);
            codes.extend(
                of_cfds.into_iter().filter(|code| code.type_code() == TypeCode::Mef11 || is_commune(search, *code)),
            );
        } else {
            codes.extend(years);
        }
    }
    if search.offer.voie != Some(Voie::Scolaire) {
        codes.extend(if own.is_empty() { &anchors } else { own });
    }
    let codes: Vec<_> = distinct(codes);
    // The row says of a SISE beside them that it is the same course.
    let diplomas = search.count_diplomas(&codes).max(search.count_diplomas(&search.offer.keys.sise));
    let codes = distinct(codes.into_iter().chain(search.offer.keys.sise.iter().copied()));
    let tried = Tried { codes, diplomas, famille: false };
    Step { finding: search.at_uais(&search.offer.uais, &tried), tried: Some(tried), ..Step::default() }
}

/// Whether a code is that of a common year, which has entries under its CFD as well.
fn is_commune(search: &Search<'_>, code: crate::domain::CodeCertification) -> bool {
    search.index.training(code).is_some_and(|training| training.commune)
}
