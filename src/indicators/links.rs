//! The links between codes (DATA.md §7.6): what each record of a crosswalk says, pair by pair.
//!
//! Nothing is concluded from two records: a chain of links is walked by whoever asks, who then
//! sees each step and its source.

use std::collections::BTreeMap;

use crate::domain::PlatformCode;
use crate::domain::crosswalk::CodeLink;
use crate::domain::sources::{CrosswalkRow, Sources};

/// Every statement about two codes, once for each source and from each of the codes, in order.
pub(super) fn links(sources: &Sources) -> Vec<CodeLink> {
    let said = sources.crosswalks.iter().flat_map(of_record);
    let mut first: BTreeMap<_, CodeLink> = BTreeMap::new();
    for link in said.flat_map(|link| [link, reversed(link)]) {
        let key = (link.from, link.to, link.relation, link.duration, link.source);
        let kept = first.entry(key).or_insert(link);
        if (link.fichier, link.line) < (kept.fichier, kept.line) {
            *kept = link;
        }
    }
    first.into_values().collect()
}

fn reversed(link: CodeLink) -> CodeLink {
    CodeLink { from: link.to, to: link.from, relation: link.relation.reversed(), ..link }
}

/// The codes of a record two by two, the one that stands first before the other.
fn of_record(record: &CrosswalkRow) -> Vec<CodeLink> {
    let &CrosswalkRow { relation, duration, source, fichier, line, .. } = record;
    let link = |(from, to)| CodeLink { from, to, relation, duration, source, fichier, line };
    let behind = |(rank, from): (usize, &PlatformCode)| {
        let from = *from;
        record.codes.iter().skip(rank + 1).map(move |to| (from, *to))
    };
    record.codes.iter().enumerate().flat_map(behind).filter(|(from, to)| from != to).map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::crosswalk::Relation;
    use crate::domain::{Dataset, FileId};

    fn code(text: &str) -> PlatformCode {
        PlatformCode::parse(text).unwrap()
    }

    fn record(source: Dataset, line: i32, relation: Relation, codes: &[&str]) -> CrosswalkRow {
        let codes = codes.iter().map(|text| code(text)).collect();
        CrosswalkRow { source, fichier: FileId(1), line, relation, codes, duration: None }
    }

    fn of(crosswalks: Vec<CrosswalkRow>) -> Vec<CodeLink> {
        links(&Sources { crosswalks, ..Sources::default() })
    }

    fn shown(found: &[CodeLink]) -> Vec<String> {
        found.iter().map(|l| format!("{} {} {} ({} {})", l.from, l.relation, l.to, l.source, l.line)).collect()
    }

    #[test]
    fn a_record_links_each_of_its_codes_with_every_other_both_ways() {
        let found = of(vec![record(Dataset::CertifInfo, 7, Relation::Same, &["50099999", "RNCP:1", "FOR.2"])]);
        let expected = [
            "CFD:50099999 meme_formation RNCP:1 (certif-info 7)",
            "CFD:50099999 meme_formation ONISEP:FOR.2 (certif-info 7)",
            "RNCP:1 meme_formation CFD:50099999 (certif-info 7)",
            "RNCP:1 meme_formation ONISEP:FOR.2 (certif-info 7)",
            "ONISEP:FOR.2 meme_formation CFD:50099999 (certif-info 7)",
            "ONISEP:FOR.2 meme_formation RNCP:1 (certif-info 7)",
        ];
        assert_eq!(shown(&found), expected);
    }

    #[test]
    fn a_replacement_is_seen_from_both_sides() {
        let found = of(vec![record(Dataset::RncpHistorique, 2, Relation::ReplacedBy, &["RNCP:1", "RNCP:2"])]);
        let expected = ["RNCP:1 remplace_par RNCP:2 (rncp-historique 2)", "RNCP:2 remplace RNCP:1 (rncp-historique 2)"];
        assert_eq!(shown(&found), expected);
    }

    #[test]
    fn one_diploma_with_several_numbers_keeps_all_of_them_and_two_sources_are_two_statements() {
        let found = of(vec![
            record(Dataset::RncpCfd, 3, Relation::Same, &["50099999", "RNCP:1"]),
            record(Dataset::RncpCfd, 2, Relation::Same, &["50099999", "RNCP:1"]),
            record(Dataset::RncpCfd, 4, Relation::Same, &["50099999", "RNCP:2"]),
            record(Dataset::CertifInfo, 9, Relation::Same, &["50099999", "RNCP:1"]),
        ]);
        let of_diploma: Vec<_> = shown(&found).into_iter().filter(|text| text.starts_with("CFD")).collect();
        let expected = [
            "CFD:50099999 meme_formation RNCP:1 (rncp-cfd 2)",
            "CFD:50099999 meme_formation RNCP:1 (certif-info 9)",
            "CFD:50099999 meme_formation RNCP:2 (rncp-cfd 4)",
        ];
        let mut expected = expected.map(str::to_owned);
        expected.sort();
        let mut of_diploma = of_diploma;
        of_diploma.sort();
        assert_eq!(of_diploma, expected);
    }

    #[test]
    fn nothing_is_concluded_from_two_records() {
        let found = of(vec![
            record(Dataset::RncpCfd, 2, Relation::Same, &["50099999", "RNCP:1"]),
            record(Dataset::OnisepIdeo, 2, Relation::Same, &["RNCP:1", "FOR.2"]),
        ]);
        assert_eq!(found.len(), 4);
        assert!(!found.iter().any(|link| link.from == code("50099999") && link.to == code("FOR.2")));
    }
}
