//! Aggregates: the sum of the visible cells of the level below, where the sources have no
//! statistic of the level itself (DATA.md §5).
//!
//! Établissements make a région, régions make the country. Only cells that are shown themselves
//! enter, and only with every count that the millésime publishes, so that all figures of an
//! aggregate describe the same pupils: nothing about a hidden cell can be had by subtracting.
//! How many cells entered, and of how many, is part of the answer.

use std::collections::BTreeMap;

use super::disponibilite::Disponibilite;
use super::figures::{MesureScope, is_hidden_at};
use crate::domain::mesures::Effectifs;
use crate::domain::territoire::Departement;
use crate::domain::{CodeCertification, Dataset, Filiere, Lieu, Mesure, Mesures, Millesime, Uai};

/// A cohort of a certification at a place, with its completed measures.
#[derive(Debug, Clone)]
pub struct Cohorte {
    /// Place, certification, millésime, filière.
    pub key: CellKey,
    /// Measures.
    pub mesures: Mesures,
    /// Which of them the source has, figures aside ([`Mesures::presence_bits`]).
    pub presentes: i32,
    /// Dataset.
    pub source: Dataset,
    /// Where it was read, or how many cells it sums.
    pub provenance: Provenance,
}

/// What identifies a statistic, in the order in which a publication is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// Place.
    pub lieu: Lieu,
    /// Certification.
    pub code: CodeCertification,
    /// Cohort.
    pub millesime: Millesime,
    /// Filière.
    pub filiere: Filiere,
}

/// Where a cohort's measures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// One row of this file.
    Propre(crate::domain::FileId),
    /// A sum.
    Agregee {
        /// Cells that were added.
        incluses: i32,
        /// Cells that there are, the hidden ones included.
        total: i32,
    },
}

/// The counts that are summed.
const COUNTS: [Mesure; 7] = [
    Mesure::NbAnneeTerm,
    Mesure::NbPoursuiteEtudes,
    Mesure::NbSortant,
    Mesure::NbEnEmploi6Mois,
    Mesure::NbEnEmploi12Mois,
    Mesure::NbEnEmploi18Mois,
    Mesure::NbEnEmploi24Mois,
];

/// The aggregates of `cohortes` at the places `above` theirs that no statistic occupies.
///
/// A national aggregate of a pooled millésime is not made when there is a national statistic of
/// its last year.
#[must_use]
pub fn aggregates(
    cohortes: &[Cohorte],
    occupied: impl Fn(&CellKey) -> bool,
    above: impl Fn(Lieu) -> Option<Lieu>,
    disponibilite: &Disponibilite<MesureScope>,
) -> Vec<Cohorte> {
    let mut groups: BTreeMap<CellKey, Vec<&Cohorte>> = BTreeMap::new();
    for cohorte in cohortes {
        if let Some(lieu) = above(cohorte.key.lieu) {
            groups.entry(CellKey { lieu, ..cohorte.key }).or_default().push(cohorte);
        }
    }
    groups.retain(|key, _| !occupied(key) && !occupied(&last_year_of_france(*key)));
    groups.into_iter().filter_map(|(key, cells)| sum(key, &cells, disponibilite)).collect()
}

/// The national statistic of the last year alone, which makes an aggregate superfluous.
fn last_year_of_france(key: CellKey) -> CellKey {
    match key.lieu {
        Lieu::France => CellKey { millesime: Millesime::single(key.millesime.end()), ..key },
        Lieu::Region(_) | Lieu::Etablissement(_) => key,
    }
}

fn sum(key: CellKey, cells: &[&Cohorte], disponibilite: &Disponibilite<MesureScope>) -> Option<Cohorte> {
    // The cells of one sum share maille, filière and millésime.
    let of = &cells.first()?.key;
    let vue = disponibilite.view(&(of.lieu.maille(), of.filiere), of.millesime);
    let published: Vec<Mesure> = COUNTS.into_iter().filter(|mesure| vue.covers(*mesure as u32)).collect();
    let visible: Vec<&&Cohorte> = cells.iter().filter(|cell| is_complete(cell, &published)).collect();
    let first = visible.first()?;
    let mut mesures = Mesures::default();
    for mesure in &published {
        mesures.set(*mesure, visible.iter().filter_map(|cell| cell.mesures.get(*mesure)).sum());
    }
    if visible.iter().any(|cell| cell.mesures.later().is_some()) {
        // Only at the horizons that are published: at the others a cell may be hidden.
        let anew = Mesure::IN_EMPLOI.iter().enumerate().skip(1).map(|(rang, mesure)| {
            let of = |count: fn(Effectifs) -> Option<i32>| {
                visible.iter().map(|cell| count(cell.mesures.effectifs(rang))).sum::<Option<i32>>()
            };
            let shown = published.contains(mesure);
            [of(|effectifs| effectifs.sortants), of(|effectifs| effectifs.poursuite)].map(|sum| sum.filter(|_| shown))
        });
        mesures.set_later(anew.collect::<Vec<_>>().try_into().unwrap_or_default());
    }
    let size = |cells: usize| i32::try_from(cells).unwrap_or(i32::MAX);
    let provenance = Provenance::Agregee { incluses: size(visible.len()), total: size(cells.len()) };
    let presentes = mesures.presence_bits();
    Some(Cohorte { key, mesures, presentes, source: first.source, provenance })
}

/// Whether a cell may be added: shown, of a known size, with every count that is published, at each
/// horizon that is.
fn is_complete(cell: &Cohorte, published: &[Mesure]) -> bool {
    let horizons = Mesure::IN_EMPLOI.iter().enumerate().filter(|(_, mesure)| published.contains(mesure));
    let whole = |rang| !is_hidden_at(&cell.mesures, rang) && cell.mesures.effectifs(rang).taille.is_some();
    whole(0)
        && horizons.map(|(rang, _)| rang).all(whole)
        && published.iter().all(|mesure| cell.mesures.get(*mesure).is_some())
}

/// Établissement → its région, by the first digits of its UAI unless `known` says otherwise.
pub fn region_of(known: &BTreeMap<Uai, crate::domain::CodeRegion>) -> impl Fn(Lieu) -> Option<Lieu> + '_ {
    |lieu| match lieu {
        Lieu::Etablissement(uai) => {
            known.get(&uai).copied().or_else(|| Departement::from_uai(uai)?.region()).map(Lieu::Region)
        }
        Lieu::France | Lieu::Region(_) => None,
    }
}

/// Région → the country.
#[must_use]
pub fn country_of(lieu: Lieu) -> Option<Lieu> {
    matches!(lieu, Lieu::Region(_)).then_some(Lieu::France)
}

#[cfg(test)]
mod tests {
    use super::super::figures::note;
    use super::*;
    use crate::domain::{CodeRegion, FileId};

    fn cohorte(lieu: &str, millesime: Millesime, counts: &[i32]) -> Cohorte {
        let mut mesures = Mesures::default();
        for (mesure, value) in COUNTS.iter().zip(counts) {
            mesures.set(*mesure, *value);
        }
        let key = CellKey {
            lieu: Lieu::from_stored(lieu).unwrap(),
            code: CodeCertification::from_stored("32020008").unwrap(),
            millesime,
            filiere: Filiere::Apprentissage,
        };
        let presentes = mesures.presence_bits();
        let provenance = Provenance::Propre(FileId(1));
        Cohorte { key, mesures, presentes, source: Dataset::InserjeunesMesures, provenance }
    }

    fn national(cohortes: &[Cohorte]) -> Vec<Cohorte> {
        let mut disponibilite = Disponibilite::default();
        for cell in cohortes {
            note(&mut disponibilite, (cell.key.lieu.maille(), cell.key.filiere), cell.key.millesime, &cell.mesures);
        }
        aggregates(cohortes, |key| cohortes.iter().any(|c| c.key == *key), country_of, &disponibilite)
    }

    const POOLED: Millesime = Millesime::pooled(2022);

    #[test]
    fn visible_regions_are_added_and_hidden_ones_left_out() {
        let cells = [
            cohorte("11", POOLED, &[100, 40, 60, 30, 36]),
            cohorte("53", POOLED, &[50, 10, 40, 20, 22]),
            cohorte("94", POOLED, &[19, 3, 16, 9, 9]),
        ];
        let found = national(&cells);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].provenance, Provenance::Agregee { incluses: 2, total: 3 });
        let sums = COUNTS.map(|mesure| found[0].mesures.get(mesure));
        assert_eq!(sums, [Some(150), Some(50), Some(100), Some(50), Some(58), None, None]);
    }

    #[test]
    fn a_cell_that_lacks_a_published_count_is_left_out_whole() {
        let cells = [cohorte("11", POOLED, &[100, 40, 60, 30, 36]), cohorte("53", POOLED, &[50, 10, 40])];
        assert_eq!(national(&cells)[0].mesures.get(Mesure::NbAnneeTerm), Some(100));
    }

    #[test]
    fn nothing_is_made_of_hidden_cells_alone_or_beside_a_statistic_of_the_level() {
        assert!(national(&[cohorte("94", POOLED, &[19, 3, 16, 9, 9])]).is_empty());
        let region = cohorte("11", POOLED, &[100, 40, 60, 30, 36]);
        assert!(national(&[region.clone(), cohorte("", POOLED, &[300])]).is_empty());
        assert!(national(&[region.clone(), cohorte("", Millesime::single(2022), &[300])]).is_empty());
        assert_eq!(national(&[region, cohorte("", Millesime::single(2021), &[300])]).len(), 1);
    }

    #[test]
    fn schools_are_added_to_their_region() {
        let cells =
            [cohorte("0350017D", POOLED, &[100, 40, 60, 30, 36]), cohorte("0750001U", POOLED, &[40, 10, 30, 9, 9])];
        let mut disponibilite = Disponibilite::default();
        for cell in &cells {
            note(&mut disponibilite, (cell.key.lieu.maille(), cell.key.filiere), POOLED, &cell.mesures);
        }
        let elsewhere =
            BTreeMap::from([(Uai::from_stored("0750001U").unwrap(), CodeRegion::from_stored("53").unwrap())]);
        let alone = aggregates(&cells, |_| false, region_of(&BTreeMap::new()), &disponibilite);
        assert_eq!(alone.iter().map(|c| c.key.lieu.as_str().to_owned()).collect::<Vec<_>>(), ["11", "53"]);
        assert_eq!(
            aggregates(&cells, |_| false, region_of(&elsewhere), &disponibilite)[0].mesures.get(Mesure::NbAnneeTerm),
            Some(140)
        );
    }
}
