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
        Shape::Words(|| spellings("code", &[])),
        "`code`, ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant. Les chiffres absents viennent en dernier\n\
         dans les deux sens.",
    )
    .example("-part_en_emploi_6_mois")
    .or("code"),
    |text| sort(text, "code", &[]),
);

/// `tri=` of a search, whose own order is that of what is meant.
pub(super) const SORTS_OF_FOUND: Param<Sort> = Param::new(
    Description::new(
        "tri",
        Shape::Words(|| spellings("code", &[RELEVANCE])),
        "`pertinence` (avec `q`), `code`, ou le nom d'un indicateur ; `-` devant pour l'ordre décroissant. Les chiffres\n\
         absents viennent en dernier dans les deux sens. Sans ce paramètre : `pertinence` avec `q`, sinon `code`.",
    )
    .example("-part_en_emploi_6_mois"),
    |text| sort(text, "code", &[RELEVANCE]),
);

/// `tri=` of a list of établissements, whose own order is that of UAIs or distances.
pub(super) const SORTS_OF_PLACES: Param<Sort> = Param::new(
    Description::new(
        "tri",
        Shape::Words(|| spellings("uai", &[DISTANCE])),
        "`uai`, `distance` (avec `proche`) ou, avec un lieu ou un code, le nom d'un indicateur ; `-` devant pour l'ordre\n\
         décroissant. Sans ce paramètre : `distance` avec `proche`, sinon `uai`.",
    )
    .example("-uai"),
    |text| sort(text, "uai", &[DISTANCE]),
);

/// `tri=` of the search among formations, whose own order is that of what is meant, of distances or of UAIs.
pub(super) const SORTS_OF_FORMATIONS: Param<Sort> = Param::new(
    Description::new(
        "tri",
        Shape::Words(|| spellings("uai", &[DISTANCE, RELEVANCE])),
        "`pertinence` (avec `q`), `uai`, `distance` (avec `proche`) ou, avec un lieu ou un code, le nom d'un indicateur ;\n\
         `-` devant pour l'ordre décroissant. Sans ce paramètre : `distance` avec `proche`, sinon `pertinence` avec `q`,\n\
         sinon `uai`.",
    )
    .example("-uai"),
    |text| sort(text, "uai", &[DISTANCE, RELEVANCE]),
);

/// An order that goes one way only: how it is called, which it is, and why it cannot be turned.
type OneWay = (&'static str, Sort, &'static str);

const DISTANCE: OneWay =
    ("distance", Sort::Distance, "la distance ne se trie que dans un sens : le plus proche d'abord");

const RELEVANCE: OneWay =
    ("pertinence", Sort::Relevance, "la pertinence ne se trie que dans un sens : le meilleur d'abord");

/// What a list is sorted by, before it is said in which direction.
#[derive(Clone, Copy)]
enum By {
    Key,
    OneWay(OneWay),
    Figure(Indicateur),
}

/// What a list can be sorted by; `key` is the name of its own order.
fn sorts(key: &'static str, one_way: &'static [OneWay]) -> impl Iterator<Item = (&'static str, By)> {
    let figures = Indicateur::ALL.iter().map(|indicateur| (indicateur.as_str(), By::Figure(*indicateur)));
    std::iter::once((key, By::Key)).chain(one_way.iter().map(|order| (order.0, By::OneWay(*order)))).chain(figures)
}

/// Every value of `tri=`.
fn spellings(key: &'static str, one_way: &'static [OneWay]) -> Vec<String> {
    let both = |(word, by): (&str, By)| {
        let descending = (!matches!(by, By::OneWay(_))).then(|| format!("-{word}"));
        std::iter::once(word.to_owned()).chain(descending)
    };
    sorts(key, one_way).flat_map(both).collect()
}

/// Reads `tri=`.
fn sort(text: &str, key: &'static str, one_way: &'static [OneWay]) -> Result<Sort, Invalid> {
    let (word, descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
    match sorts(key, one_way).find(|(known, _)| *known == word) {
        Some((_, By::Key)) => Ok(Sort::Code { descending }),
        Some((_, By::Figure(indicateur))) => Ok(Sort::Figure { indicateur, descending }),
        Some((_, By::OneWay((_, order, _)))) if !descending => Ok(order),
        Some((_, By::OneWay((_, _, why)))) => Err(Invalid(why.to_owned())),
        None => {
            let words: Vec<_> = sorts(key, one_way).map(|(word, _)| word).collect();
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
            (self.after(&named), StatistiqueCsvRow::new(Resolved::alone(named, &reperes), request))
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn total(&self, request: &DataRequest) -> Result<u64, DbError> {
        request.state().db.count_statistiques(request.publication().id, self).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_sort_is_read() {
        for (key, one_way) in
            [("code", [].as_slice()), ("code", &[RELEVANCE]), ("uai", &[DISTANCE]), ("uai", &[DISTANCE, RELEVANCE])]
        {
            for text in spellings(key, one_way) {
                assert!(sort(&text, key, one_way).is_ok(), "{text}");
            }
        }
        for wrong in ["", "-", "libelle", "--code", "distance", "-distance"] {
            assert!(sort(wrong, "code", &[]).is_err(), "{wrong:?}");
        }
        assert!(sort("-distance", "uai", &[DISTANCE]).is_err());
        assert!(sort("-pertinence", "code", &[RELEVANCE]).is_err());
    }
}
