//! Rule 9, `voie_inverse`: the other voie's code at the row's own UAIs, only where its own voie has
//! nothing at all there.

use crate::domain::{Lieu, TypeCode};
use crate::matching::row::Voie;
use crate::matching::search::{Search, Step, Tried, distinct};

pub(super) fn apply(search: &Search<'_>) -> Step {
    let Some(voie) = search.offer.voie else { return Step::default() };
    let Tried { codes, diplomas, famille } = &search.tried;
    let points =
        |code| search.offer.uais.iter().any(|uai| search.index.pointer(Lieu::Etablissement(*uai), code).is_some());
    if codes.iter().any(|code| points(*code)) {
        return Step::default();
    }
    let of_tried = codes.iter().map(|code| search.index.diploma(*code));
    let cfds = distinct(of_tried.chain(search.anchors()));
    let cfds: Vec<_> = cfds.into_iter().filter(|code| code.type_code() == TypeCode::Cfd).collect();
    let other = match voie {
        Voie::Scolaire => cfds,
        Voie::Apprentissage => {
            let named = search.known_years();
            if named.is_empty() { cfds.iter().flat_map(|cfd| search.index.last_years(*cfd)).collect() } else { named }
        }
    };
    let diplomas = (*diplomas).max(search.count_diplomas(&other));
    let tried = Tried { codes: other, diplomas, famille: *famille };
    Step::of(search.at_uais(&search.offer.uais, &tried))
}
