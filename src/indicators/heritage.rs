//! The continuum of statistics (DATA.md §6): a renovated diploma is not without past, nor the one
//! it replaced without future.
//!
//! Along a chain of one-to-one renovations, at one place, for one millésime and filière, a code
//! without statistic of its own receives
//!
//! 1. that of the *farthest newer* code of its chain that has one of its own: what became of
//!    those who took what is taught now; else
//! 2. that of the *nearest older* code that has one of its own.
//!
//! Higher education is left alone. Merges and splits are never bridged: they are in no chain. A
//! ring (real tables have some) is cut before its smallest code.

use super::continuum::{Chains, Link};
use super::entries::{Chiffres, Entry, Groupe};
use crate::domain::{CodeCertification, TypeOrigine};

/// Gives the codes of `groupe`'s chains the statistics that they lack.
pub fn inherit(groupe: &mut Groupe, chains: &Chains) {
    let mut own: Vec<(Link, Chiffres)> = groupe
        .iter()
        .filter(|(_, entry)| entry.is_own())
        .filter_map(|(code, entry)| Some((chains.link(*code)?, entry.chiffres?)))
        .collect();
    own.sort_unstable_by_key(|(link, _)| *link);
    for of_chain in own.chunk_by(|a, b| a.0.0 == b.0.0) {
        let Some(((chain, _), _)) = of_chain.first() else { continue };
        for (code, chiffres) in copies(chains.codes(*chain), of_chain) {
            groupe.entry(code).or_insert_with(|| Entry { chiffres: Some(chiffres), ..Entry::default() });
        }
    }
}

/// What each code of one chain that has no statistic receives from those that have one, given in
/// the order of their positions.
fn copies<'a>(
    codes: &'a [CodeCertification],
    own: &'a [(Link, Chiffres)],
) -> impl Iterator<Item = (CodeCertification, Chiffres)> + 'a {
    codes.iter().enumerate().filter_map(move |(position, code)| {
        let newer = own.last().filter(|((_, last), _)| *last > position);
        let older = || own.iter().rev().find(|((_, at), _)| *at < position);
        let (relation, (_, chiffres)) = match newer {
            Some(newest) => (TypeOrigine::DiplomeNouveau, newest),
            None => (TypeOrigine::DiplomeAncien, older()?),
        };
        let has_own = own.iter().any(|((_, at), _)| *at == position);
        (!has_own).then_some((*code, Chiffres { relation, ..*chiffres }))
    })
}

#[cfg(test)]
mod tests {
    use super::super::continuum::Continuum;
    use super::super::tests::{code, diplome};
    use super::*;

    /// A chain of single digits; who has a statistic of his own; what every code shows.
    fn shown(links: &[(u8, u8)], own: &[u8]) -> String {
        let name = |digit: u8| format!("4000000{digit}");
        let digits: std::collections::BTreeSet<u8> =
            links.iter().flat_map(|(a, b)| [*a, *b]).chain(own.iter().copied()).collect();
        let rows: Vec<_> = digits
            .iter()
            .map(|digit| {
                let nouveaux: Vec<_> = links.iter().filter(|(old, _)| old == digit).map(|(_, n)| name(*n)).collect();
                diplome(&name(*digit), &nouveaux.iter().map(String::as_str).collect::<Vec<_>>())
            })
            .collect();
        let chains = Chains::build(&Continuum::build(&rows, &[]));
        let chiffres =
            |digit: u8| Chiffres { cohorte: usize::from(digit), relation: TypeOrigine::Propre, figures_role: None };
        let mut groupe: Groupe = own
            .iter()
            .map(|digit| (code(&name(*digit)), Entry { chiffres: Some(chiffres(*digit)), ..Entry::default() }))
            .collect();
        inherit(&mut groupe, &chains);
        let word = |(code, entry): (&CodeCertification, &Entry)| {
            let chiffres = entry.chiffres.unwrap();
            let sign = match chiffres.relation {
                TypeOrigine::DiplomeAncien => "<",
                TypeOrigine::DiplomeNouveau => ">",
                _ => "=",
            };
            format!("{}{sign}{}", code.as_str().trim_start_matches("4000000"), chiffres.cohorte)
        };
        groupe.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn figures_travel_along_one_to_one_renovations_only() {
        let chain = [(1, 2), (2, 3), (3, 4)];
        for (links, own, expected, why) in [
            (&chain[..], &[1][..], "1=1 2<1 3<1 4<1", "forward, all the way, from the true origin"),
            (&chain, &[4], "1>4 2>4 3>4 4=4", "backward, all the way"),
            (&chain, &[1, 2], "1=1 2=2 3<2 4<2", "from the nearest older one"),
            (&chain, &[1, 3], "1=1 2>3 3=3 4<3", "the newer one before the older one"),
            (&chain, &[3, 4], "1>4 2>4 3=3 4=4", "from the farthest newer one, even past a nearer one"),
            (&[(1, 2), (1, 3)], &[1], "1=1", "a split is not bridged"),
            (&[(1, 3), (2, 3)], &[1], "1=1", "a merge is not bridged"),
            (&[(1, 2), (2, 3), (2, 4)], &[1], "1=1 2<1", "the walk ends before a split"),
            (&[(1, 2), (2, 1)], &[1], "1=1 2<1", "a ring does not turn for ever"),
            (&[], &[5], "5=5", "a code without relation stays alone"),
        ] {
            assert_eq!(shown(links, own), expected, "{why}");
        }
    }
}
