//! Rule 10, `repli`: the région, then the country, for a row without figures of its place. It stands in
//! columns of its own and is never counted as covered.

use crate::domain::matching::PairFigures;
use crate::domain::{Lieu, Maille};
use crate::matching::search::Search;

/// The statistic of the région or of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fallback {
    /// Which of the two.
    pub maille: Maille,
    /// Its figures.
    pub figures: PairFigures,
}

impl Fallback {
    /// The first of the two levels that shows one statistic of the row's codes.
    #[must_use]
    pub fn of(search: &Search<'_>) -> Option<Self> {
        let region = search.offer.uais.first().and_then(|uai| search.index.region(*uai)).map(Lieu::Region);
        region.into_iter().chain([Lieu::France]).find_map(|lieu| at(search, lieu))
    }
}

fn at(search: &Search<'_>, lieu: Lieu) -> Option<Fallback> {
    let mut found: Vec<PairFigures> = Vec::new();
    for code in &search.tried.codes {
        let statistic = search.index.statistic(lieu, *code).copied();
        let pointed = || {
            let commune = search.index.training(*code).is_some_and(|training| training.commune);
            match search.index.pointer(lieu, *code)?.terminales.as_slice() {
                [terminale] if !commune => search.index.statistic(lieu, *terminale).copied(),
                _ => None,
            }
        };
        found.extend(statistic.or_else(pointed).filter(PairFigures::is_shown));
    }
    found.dedup();
    let [figures] = found.as_slice() else { return None };
    (search.tried.diplomas == 1).then_some(Fallback { maille: lieu.maille(), figures: *figures })
}
