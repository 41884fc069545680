//! Context (DATA.md §6.7): a figure alone says little. For each statistic: the same certification
//! in its région and in France, the change since an earlier cohort, and, for an établissement, its
//! rank among those of the région that teach it.
//!
//! All of it is made of figures and counts that are shown themselves, and only of such as can be
//! compared: employment is counted in the same way on both sides ([`EmploiScope`]); a change is
//! told between cohorts of one form and origin (from a diploma to the one that replaced it, it
//! would compare two things); a copy has no rank, and five établissements must be visible to rank
//! any. Further study is counted in one way in all years.

use std::collections::{BTreeMap, HashMap};

use super::agregation::CellKey;
use crate::domain::chance::Wilson;
use crate::domain::contexte::{Evolution, RaisonContexte, Relative};
use crate::domain::{
    CodeRegion, Contexte, EmploiScope, Indicateur as I, Lieu, Millesime, Statistique, TypeOrigine, Uai,
};

mod rangs;

/// Fills the context of every statistic with figures. `statistiques` is sorted by key.
pub fn fill(statistiques: &mut [Statistique], regions: &BTreeMap<Uai, CodeRegion>) {
    let around = Around::build(statistiques, regions);
    for entries in statistiques.chunk_by_mut(|a, b| (a.lieu, a.code) == (b.lieu, b.code)) {
        let contexte = |(index, s)| around.of(s, regions, entries.get(..index).unwrap_or_default());
        let found: Vec<Contexte> = entries.iter().enumerate().map(contexte).collect();
        for (statistique, contexte) in entries.iter_mut().zip(found) {
            statistique.contexte = contexte;
        }
    }
}

/// What is visible around.
struct Around {
    /// The part in employment of régions and of France.
    territoires: HashMap<CellKey, i32>,
    rangs: rangs::Rangs,
}

impl Around {
    fn build(statistiques: &[Statistique], regions: &BTreeMap<Uai, CodeRegion>) -> Self {
        let territoires = statistiques.iter().filter(|s| s.uai().is_none());
        Self {
            territoires: territoires.filter_map(|s| Some((key(s), s.figures.get(EMPLOI.part).known()?))).collect(),
            rangs: rangs::Rangs::build(statistiques, regions),
        }
    }

    /// The context of a statistic; `before` are the entries of its code and place that come before
    /// it in the order of the keys, the latest last.
    fn of(&self, s: &Statistique, regions: &BTreeMap<Uai, CodeRegion>, before: &[Statistique]) -> Contexte {
        if s.origine.type_origine == TypeOrigine::AnneeTerminale {
            return Contexte::default();
        }
        let (region, above) = match s.lieu {
            Lieu::France => (None, false),
            Lieu::Region(_) => (None, true),
            Lieu::Etablissement(uai) => (regions.get(&uai).copied(), true),
        };
        Contexte {
            region: region.map_or(Relative::Meaningless, |region| self.at(Lieu::Region(region), s)),
            france: if above { self.at(Lieu::France, s) } else { Relative::Meaningless },
            emploi: evolution(s, before, &EMPLOI),
            poursuite: evolution(s, before, &POURSUITE),
            rang: region.map_or(Relative::Meaningless, |region| self.rangs.of(region, s)),
        }
    }

    /// The figure of the same cohort at another place. France publishes single years where
    /// établissements have pooled ones: the year that ends alike answers, unless it counts another
    /// employment.
    fn at(&self, lieu: Lieu, s: &Statistique) -> Relative<i32> {
        if s.figures.get(EMPLOI.part).known().is_none() {
            return Relative::Absent(RaisonContexte::SansEffectif);
        }
        let other = s.millesime.other_form();
        let find = |millesime| self.territoires.get(&CellKey { lieu, millesime, ..key(s) }).copied();
        match (find(s.millesime), find(other)) {
            (Some(part), _) => Relative::Known(part),
            (None, Some(part)) if field(s, other) == field(s, s.millesime) => Relative::Known(part),
            (None, Some(_)) => Relative::Absent(RaisonContexte::RuptureDeSerie),
            (None, None) => Relative::Absent(RaisonContexte::SansEffectif),
        }
    }
}

/// A figure whose change is told.
struct Tracked {
    part: I,
    /// What it counts of E.
    count: I,
    /// Whether it depends on what counts as employment.
    emploi: bool,
}

const EMPLOI: Tracked = Tracked { part: I::PartEnEmploi6Mois, count: I::NbEnEmploi6Mois, emploi: true };
const POURSUITE: Tracked = Tracked { part: I::PartPoursuiteEtudes, count: I::NbPoursuiteEtudes, emploi: false };

/// The change since the newest comparable cohort that shares no year with this one, else since the
/// newest that overlaps it.
fn evolution(s: &Statistique, before: &[Statistique], tracked: &Tracked) -> Relative<Evolution> {
    let Some(part) = s.figures.get(tracked.part).known() else {
        return Relative::Absent(RaisonContexte::SansEffectif);
    };
    let same_series = |other: &&Statistique| !tracked.emploi || field(other, other.millesime) == field(s, s.millesime);
    let earlier = before.iter().rev().filter(|other| same_cohorts(s, other) && shows(other, tracked));
    let mut comparable = earlier.clone().filter(same_series);
    let apart = comparable.clone().find(|other| !other.millesime.overlaps(s.millesime));
    match apart.or_else(|| comparable.next()) {
        Some(then) => Relative::Known(Evolution {
            millesime: then.millesime,
            ecart: part - then.figures.get(tracked.part).known().unwrap_or(part),
            net: wilson(s, tracked).zip(wilson(then, tracked)).map(|(now, then)| now.differs_from(then)),
        }),
        None if earlier.clone().next().is_some() => Relative::Absent(RaisonContexte::RuptureDeSerie),
        None => Relative::Absent(RaisonContexte::SansPrecedent),
    }
}

/// Whether two statistics of one code and place describe cohorts of one form, filière and origin.
fn same_cohorts(s: &Statistique, other: &Statistique) -> bool {
    let origine = |s: &Statistique| (s.origine.type_origine, s.origine.code, s.origine.uai);
    s.filiere == other.filiere && s.millesime.is_pooled() == other.millesime.is_pooled() && origine(s) == origine(other)
}

fn shows(s: &Statistique, tracked: &Tracked) -> bool {
    s.figures.get(tracked.part).known().is_some()
}

/// The interval of a part, of the counts that are shown.
fn wilson(s: &Statistique, tracked: &Tracked) -> Option<Wilson> {
    let count = |indicateur| s.figures.get(indicateur).known();
    Wilson::of(count(tracked.count)?, count(I::NbAnneeTerm)?)
}

fn field(s: &Statistique, millesime: Millesime) -> EmploiScope {
    EmploiScope::of(s.filiere, millesime)
}

fn key(s: &Statistique) -> CellKey {
    CellKey { lieu: s.lieu, code: s.code, millesime: s.millesime, filiere: s.filiere }
}

#[cfg(test)]
mod tests;
