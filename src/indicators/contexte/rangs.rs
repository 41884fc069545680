//! Ranks: where an établissement stands among those of its région that teach the same
//! certification, and how many of the others differ from it by more than chance.
//!
//! A rank alone reads differences into chance: of twelve établissements of a hundred pupils each,
//! most cannot be told apart. Each class is compared two by two; the largest have a few hundred
//! members, and one comparison is a dozen operations.

use std::collections::{BTreeMap, HashMap};

use super::{EMPLOI, wilson};
use crate::domain::chance::Wilson;
use crate::domain::contexte::{BeyondChance, RaisonContexte, Rang, Relative};
use crate::domain::{CodeCertification, CodeRegion, Filiere, Millesime, Statistique, Uai};

/// Fewer établissements than this are not ranked.
const FEWEST_RANKED: usize = 5;

type PeerClass = (CodeRegion, CodeCertification, Millesime, Filiere);

/// The ranks of every class, by UAI.
pub(super) struct Rangs(HashMap<PeerClass, Vec<(Uai, Rang)>>);

/// An établissement that shows its part in employment.
struct Member {
    uai: Uai,
    part: i32,
    /// The interval of the part, if the counts are shown too.
    wilson: Option<Wilson>,
}

impl Rangs {
    pub(super) fn build(statistiques: &[Statistique], regions: &BTreeMap<Uai, CodeRegion>) -> Self {
        let mut classes = HashMap::<PeerClass, Vec<Member>>::new();
        for s in statistiques.iter().filter(|s| s.origine.uai.is_none()) {
            let Some(uai) = s.uai() else { continue };
            let (Some(region), Some(part)) = (regions.get(&uai), s.figures.get(EMPLOI.part).known()) else { continue };
            let member = Member { uai, part, wilson: wilson(s, &EMPLOI) };
            classes.entry((*region, s.code, s.millesime, s.filiere)).or_default().push(member);
        }
        classes.retain(|_, members| members.len() >= FEWEST_RANKED);
        Self(classes.into_iter().map(|(classe, members)| (classe, ranks(members))).collect())
    }

    /// The rank of the statistic of an établissement of a région.
    pub(super) fn of(&self, region: CodeRegion, s: &Statistique) -> Relative<Rang> {
        let (Some(uai), None) = (s.uai(), s.origine.uai) else { return Relative::Meaningless };
        if s.figures.get(EMPLOI.part).known().is_none() {
            return Relative::Absent(RaisonContexte::SansEffectif);
        }
        let class = self.0.get(&(region, s.code, s.millesime, s.filiere));
        let found = class.and_then(|class| class.get(class.binary_search_by_key(&uai, |(uai, _)| *uai).ok()?));
        found.map_or(Relative::Absent(RaisonContexte::TropPeu), |(_, rang)| Relative::Known(*rang))
    }
}

/// The rank of each member of a class, by UAI.
fn ranks(mut members: Vec<Member>) -> Vec<(Uai, Rang)> {
    members.sort_unstable_by_key(|member| std::cmp::Reverse(member.part));
    let sur = size(members.len());
    let beyond_chance = compare(&members);
    let mut ranks: Vec<(Uai, Rang)> = members
        .iter()
        .enumerate()
        .map(|(index, member)| {
            let better = members.partition_point(|other| other.part > member.part);
            let beyond_chance = beyond_chance.as_ref().and_then(|found| found.get(index)).copied();
            (member.uai, Rang { rang: size(better + 1), sur, beyond_chance })
        })
        .collect();
    ranks.sort_unstable_by_key(|(uai, _)| *uai);
    ranks
}

/// For each member how many others differ from it beyond chance; `None` unless all show their
/// counts, since «the others are close» must hold for all of them.
fn compare(members: &[Member]) -> Option<Vec<BeyondChance>> {
    let intervals: Vec<Wilson> = members.iter().map(|member| member.wilson).collect::<Option<_>>()?;
    let mut found = vec![BeyondChance::default(); intervals.len()];
    for (one, here) in intervals.iter().zip(found.iter_mut()) {
        for other in &intervals {
            if one.differs_from(*other) {
                *if other.is_above(*one) { &mut here.better } else { &mut here.worse } += 1;
            }
        }
    }
    Some(found)
}

fn size(members: usize) -> i32 {
    i32::try_from(members).unwrap_or(i32::MAX)
}
