//! Context (DATA.md §6): a figure alone says little. For each statistic of an établissement: the
//! same certification in its région and in France, the change since the previous millésime, and
//! its rank among the établissements of the région that teach it.
//!
//! Everything is about the part in employment after 6 months, and is made of figures that are
//! shown themselves. France publishes single years where établissements have pooled ones: the
//! year that ends alike answers. A change is only told between figures of the same origin: from a
//! diploma to the one that replaced it, it would compare two things. A copy has no rank, and five
//! établissements must be visible to rank any.

use std::collections::{BTreeMap, HashMap};

use super::agregation::CellKey;
use crate::domain::{CodeCertification, CodeRegion, Contexte, Filiere, Indicateur, Lieu, Millesime, Statistique, Uai};

/// Fewer établissements than this are not ranked.
const FEWEST_RANKED: usize = 5;

/// Fills the context of every établissement's statistic. `statistiques` is sorted by key.
pub fn fill(statistiques: &mut [Statistique], regions: &BTreeMap<Uai, CodeRegion>) {
    let around = Around::build(statistiques, regions);
    let contextes: Vec<(usize, Contexte)> = statistiques
        .iter()
        .enumerate()
        .filter_map(|(index, s)| {
            let before = statistiques.get(..index).unwrap_or_default();
            Some((index, around.of(s, regions, before)?))
        })
        .collect();
    for (index, contexte) in contextes {
        if let Some(statistique) = statistiques.get_mut(index) {
            statistique.contexte = contexte;
        }
    }
}

type PeerClass = (CodeRegion, CodeCertification, Millesime, Filiere);

/// What is visible around.
struct Around {
    territoires: HashMap<CellKey, i32>,
    classes: HashMap<PeerClass, Vec<i32>>,
}

impl Around {
    fn build(statistiques: &[Statistique], regions: &BTreeMap<Uai, CodeRegion>) -> Self {
        let (mut territoires, mut classes) = (HashMap::new(), HashMap::<PeerClass, Vec<i32>>::new());
        for s in statistiques {
            let Some(part) = shown(s) else { continue };
            match s.lieu {
                Lieu::Etablissement(uai) => {
                    if let (Some(region), None) = (regions.get(&uai), s.origine.uai) {
                        classes.entry((*region, s.code, s.millesime, s.filiere)).or_default().push(part);
                    }
                }
                lieu => {
                    territoires.insert(CellKey { lieu, ..key(s) }, part);
                }
            }
        }
        classes.retain(|_, parts| parts.len() >= FEWEST_RANKED);
        for parts in classes.values_mut() {
            parts.sort_unstable_by(|a, b| b.cmp(a));
        }
        Self { territoires, classes }
    }

    /// The context of an établissement's statistic that shows the figure.
    fn of(&self, s: &Statistique, regions: &BTreeMap<Uai, CodeRegion>, before: &[Statistique]) -> Option<Contexte> {
        let (uai, part) = (s.uai()?, shown(s)?);
        let region = regions.get(&uai).copied();
        let at = |lieu| {
            let exact = CellKey { lieu, ..key(s) };
            let other = CellKey { millesime: s.millesime.other_form(), ..exact };
            self.territoires.get(&exact).or_else(|| self.territoires.get(&other)).copied()
        };
        Some(Contexte {
            region: region.and_then(|region| at(Lieu::Region(region))),
            france: at(Lieu::France),
            evolution: previous(s, before).and_then(|before| Some((before.millesime, part - shown(before)?))),
            rang: region.filter(|_| s.origine.uai.is_none()).and_then(|region| self.rang(region, s, part)),
        })
    }

    /// One more than those that are strictly better, and how many there are.
    fn rang(&self, region: CodeRegion, s: &Statistique, part: i32) -> Option<(i32, i32)> {
        let parts = self.classes.get(&(region, s.code, s.millesime, s.filiere))?;
        let better = parts.partition_point(|other| *other > part);
        Some((i32::try_from(better + 1).ok()?, i32::try_from(parts.len()).ok()?))
    }
}

fn key(s: &Statistique) -> CellKey {
    CellKey { lieu: s.lieu, code: s.code, millesime: s.millesime, filiere: s.filiere }
}

fn shown(s: &Statistique) -> Option<i32> {
    s.figures.get(Indicateur::PartEnEmploi6Mois).known()
}

/// The statistic of the millésime before, of the same form and origin; `before` are those that
/// come before it in the order of the keys: the same code at the same place stands last.
fn previous<'a>(s: &Statistique, before: &'a [Statistique]) -> Option<&'a Statistique> {
    let wanted = CellKey { millesime: s.millesime.previous(), ..key(s) };
    let of_code = before.iter().rev().take_while(|other| (other.lieu, other.code) == (s.lieu, s.code));
    let found = of_code.into_iter().find(|other| key(other) == wanted)?;
    let same = found.origine.code == s.origine.code && found.origine.uai == s.origine.uai;
    same.then_some(found)
}

#[cfg(test)]
mod tests;
