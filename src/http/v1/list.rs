//! What the lists of statistics share: filters, sorts and how they are read.

use crate::db::DbError;
use crate::db::lists::{After, Filter, Page, Sort, StatistiqueList};
use crate::db::statistiques::NamedStatistique;
use crate::domain::{Indicateur, Invalid};
use crate::http::page::Listing;
use crate::http::parameters::{Description, Param, Reader, Shape};
use crate::http::request::DataRequest;
use crate::http::v1::statistique::{Resolved, StatistiqueCsvRow};

/// `tri=` of a list whose own order is that of codes.
pub(super) const TRI: Param<Sort> = Param::new(
    Description::new(
        "tri",
        Shape::Words(|| spellings("code", false)),
        "`code`, ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant. Les chiffres absents viennent en dernier\n\
         dans les deux sens.",
    )
    .example("-part_en_emploi_6_mois")
    .or("code"),
    |text| sort(text, "code", false),
);

/// `tri=` of a list of établissements, whose own order is that of UAIs or distances.
pub(super) const SORTS_OF_PLACES: Param<Sort> = Param::new(
    Description::new(
        "tri",
        Shape::Words(|| spellings("uai", true)),
        "`uai`, `distance` (avec `proche`) ou, avec un lieu ou un code, le nom d'un indicateur ; `-` devant pour l'ordre\n\
         décroissant. Sans ce paramètre : `distance` avec `proche`, sinon `uai`.",
    )
    .example("-uai"),
    |text| sort(text, "uai", true),
);

/// What a list is sorted by, before it is said in which direction.
#[derive(Clone, Copy)]
enum By {
    Key,
    Distance,
    Figure(Indicateur),
}

/// What a list can be sorted by; `key` is the name of its own order.
fn sorts(key: &'static str, distance: bool) -> impl Iterator<Item = (&'static str, By)> {
    let figures = Indicateur::ALL.iter().map(|indicateur| (indicateur.as_str(), By::Figure(*indicateur)));
    std::iter::once((key, By::Key)).chain(distance.then_some(("distance", By::Distance))).chain(figures)
}

/// Every value of `tri=`. A distance is sorted one way only.
fn spellings(key: &'static str, distance: bool) -> Vec<String> {
    let both = |(word, by): (&str, By)| {
        let descending = (!matches!(by, By::Distance)).then(|| format!("-{word}"));
        std::iter::once(word.to_owned()).chain(descending)
    };
    sorts(key, distance).flat_map(both).collect()
}

/// Reads `tri=`.
fn sort(text: &str, key: &'static str, distance: bool) -> Result<Sort, Invalid> {
    let (word, descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
    match sorts(key, distance).find(|(known, _)| *known == word) {
        Some((_, By::Key)) => Ok(Sort::Code { descending }),
        Some((_, By::Figure(indicateur))) => Ok(Sort::Figure { indicateur, descending }),
        Some((_, By::Distance)) if !descending => Ok(Sort::Distance),
        Some((_, By::Distance)) => {
            Err(Invalid("la distance ne se trie que dans un sens : le plus proche d'abord".to_owned()))
        }
        None => {
            let words: Vec<_> = sorts(key, distance).map(|(word, _)| word).collect();
            Err(Invalid(format!("attendu : {} ; « - » devant pour l'ordre décroissant", words.join(", "))))
        }
    }
}

/// Reads the conditions on any indicator.
pub(super) fn filters(reader: &mut Reader<'_>) -> Vec<Filter> {
    reader.conditions(Indicateur::ALL)
}

impl Listing for StatistiqueList {
    type Key = After;
    type Row = StatistiqueCsvRow;

    async fn rows(
        &self,
        request: &DataRequest,
        after: Option<After>,
        limite: i64,
    ) -> Result<Vec<(After, StatistiqueCsvRow)>, DbError> {
        let id = request.publication().id;
        let found = request.state().db.list_statistiques(id, self, &Page { after, limite }).await?;
        let reperes = request.state().publications.reperes(id).await?;
        let row = |named: NamedStatistique| {
            (key(&named, self), StatistiqueCsvRow::new(&Resolved::alone(named, &reperes), request))
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn total(&self, request: &DataRequest) -> Result<u64, DbError> {
        request.state().db.count_statistiques(request.publication().id, self).await
    }
}

/// The key of a row, after which the next page begins.
fn key(named: &NamedStatistique, list: &StatistiqueList) -> After {
    let distance = named.etablissement.as_ref().and_then(|etablissement| etablissement.distance_m);
    let figure = |indicateur| named.statistique.figures.get(indicateur).known();
    After { rang: list.tri.rang(figure, distance), keys: list.scope.keys_of(&named.statistique) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_sort_is_read() {
        for (key, distance) in [("code", false), ("uai", true)] {
            for text in spellings(key, distance) {
                assert!(sort(&text, key, distance).is_ok(), "{text}");
            }
        }
        for wrong in ["", "-", "libelle", "--code", "distance", "-distance"] {
            assert!(sort(wrong, "code", false).is_err(), "{wrong:?}");
        }
        assert!(sort("-distance", "uai", true).is_err());
    }
}
