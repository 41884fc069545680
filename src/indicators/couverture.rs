//! How many entries of each group are own, inherited, copied, summed, or point elsewhere, and how
//! many of them can be read (DATA.md §6).
//!
//! Counting says nothing about a hidden cell beyond that it is hidden, which its own answer says.
//! One count is for the operator to tell the producers: the hidden cells that the producers' own
//! total gives away, because all the other cells that it sums are visible.

use std::collections::{BTreeMap, HashMap};

use super::agregation::CellKey;
use crate::domain::couverture::{EntryCounts, Groupe};
use crate::domain::{CodeRegion, Indicateur as I, Lieu, Statistique, TypeOrigine, Uai};

/// Counts the entries of every group.
#[must_use]
pub fn couverture(statistiques: &[Statistique], regions: &BTreeMap<Uai, CodeRegion>) -> BTreeMap<Groupe, EntryCounts> {
    let mut found: BTreeMap<Groupe, EntryCounts> = BTreeMap::new();
    for s in statistiques {
        *found.entry(groupe(s, regions)).or_default() += counted(s);
    }
    for s in deductible(statistiques, regions) {
        found.entry(groupe(s, regions)).or_default().deductibles += 1;
    }
    found
}

fn groupe(s: &Statistique, regions: &BTreeMap<Uai, CodeRegion>) -> Groupe {
    let region = match s.lieu {
        Lieu::France => None,
        Lieu::Region(region) => Some(region),
        Lieu::Etablissement(uai) => regions.get(&uai).copied(),
    };
    Groupe { filiere: s.filiere, maille: s.lieu.maille(), millesime: s.millesime, region }
}

fn counted(s: &Statistique) -> EntryCounts {
    let mut comptes = EntryCounts::default();
    let kind = match (s.origine.type_origine, s.origine.uai) {
        (TypeOrigine::AnneeTerminale, _) => &mut comptes.annees_terminales,
        (_, Some(_)) => &mut comptes.autre_uai,
        (TypeOrigine::Propre, None) => &mut comptes.propres,
        (TypeOrigine::DiplomeAncien, None) => &mut comptes.diplome_ancien,
        (TypeOrigine::DiplomeNouveau, None) => &mut comptes.diplome_nouveau,
        (TypeOrigine::Agregee, None) => &mut comptes.agregees,
    };
    *kind = 1;
    if s.origine.type_origine != TypeOrigine::AnneeTerminale {
        let shown = I::ALL.iter().any(|i| *i != I::NbAnneeTerm && s.figures.get(*i).known().is_some());
        comptes.masquees = i64::from(s.is_hidden());
        comptes.vides = i64::from(!s.is_hidden() && !shown);
    }
    comptes
}

/// The parts of one total.
#[derive(Default)]
struct Parts<'a> {
    size: i32,
    hidden: Vec<&'a Statistique>,
}

/// The hidden cells of the sources that are the only hidden part of a visible total of the
/// sources: the sizes, which are always visible, sum up to that of the total.
fn deductible<'a>(statistiques: &'a [Statistique], regions: &BTreeMap<Uai, CodeRegion>) -> Vec<&'a Statistique> {
    let own =
        || statistiques.iter().filter(|s| s.origine.type_origine == TypeOrigine::Propre && s.origine.uai.is_none());
    let mut totals: HashMap<CellKey, Parts<'a>> = HashMap::new();
    for s in own() {
        let above = match s.lieu {
            Lieu::France => None,
            Lieu::Region(_) => Some(Lieu::France),
            Lieu::Etablissement(uai) => regions.get(&uai).copied().map(Lieu::Region),
        };
        if let (Some(lieu), Some(size)) = (above, s.figures.get(I::NbAnneeTerm).known()) {
            let key = CellKey { lieu, code: s.code, millesime: s.millesime, filiere: s.filiere };
            let parts = totals.entry(key).or_default();
            parts.size = parts.size.saturating_add(size);
            parts.hidden.extend(s.is_hidden().then_some(s));
        }
    }
    own()
        .filter(|s| !s.is_hidden())
        .filter_map(|s| {
            let key = CellKey { lieu: s.lieu, code: s.code, millesime: s.millesime, filiere: s.filiere };
            let parts = totals.get(&key)?;
            let complete = s.figures.get(I::NbAnneeTerm).known() == Some(parts.size);
            match parts.hidden.as_slice() {
                [only] if complete => Some(*only),
                _ => None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::tests::{code, uai};
    use super::*;
    use crate::domain::{Contexte, Figures, Filiere, Maille, Millesime, Origine, RoleUai, SEUIL, Valeur};

    fn stat(lieu: &str, size: i32, type_origine: TypeOrigine) -> Statistique {
        let mut figures = Figures::default();
        figures.set(I::NbAnneeTerm, Valeur::Connue(size));
        if size >= SEUIL {
            figures.set(I::NbSortant, Valeur::Connue(size / 2));
        }
        Statistique {
            lieu: Lieu::from_stored(lieu).unwrap(),
            code: code("40025214"),
            filiere: Filiere::Apprentissage,
            millesime: Millesime::pooled(2023),
            figures: Arc::new(figures),
            presentes: 0,
            sans_perspectives: None,
            origine: Origine {
                type_origine,
                code: code("40025214"),
                uai: None,
                source: None,
                fichier: None,
                cellules: None,
            },
            roles: None,
            terminales: vec![],
            contexte: Contexte::default(),
        }
    }

    fn counts(statistiques: &[Statistique]) -> BTreeMap<Groupe, EntryCounts> {
        let bretagne = CodeRegion::from_stored("53").unwrap();
        let regions = ["0350017D", "0350018E", "0350019F"].map(|school| (uai(school), bretagne)).into();
        couverture(statistiques, &regions)
    }

    #[test]
    fn every_entry_is_counted_once_by_what_it_shows() {
        use TypeOrigine::{AnneeTerminale, DiplomeAncien, DiplomeNouveau, Propre};
        let mut copy = stat("0350019F", 12, DiplomeAncien);
        copy.origine.uai = Some((uai("0350017D"), RoleUai::Formateur));
        let mut empty = stat("53", 30, DiplomeNouveau);
        empty.figures = Arc::default();
        let found = counts(&[
            stat("0350017D", 40, Propre),
            stat("0350018E", 12, DiplomeAncien),
            copy,
            empty,
            stat("53", 0, AnneeTerminale),
        ]);
        let [regionale, etablissement] = [Maille::Regionale, Maille::Etablissement].map(|maille| {
            *found.iter().find(|(groupe, _)| groupe.maille == maille).map(|(_, comptes)| comptes).unwrap()
        });
        let expected =
            EntryCounts { propres: 1, diplome_ancien: 1, autre_uai: 1, masquees: 2, ..EntryCounts::default() };
        assert_eq!(etablissement, expected);
        assert_eq!(etablissement.factor(), Some(3.0));
        assert_eq!(
            regionale,
            EntryCounts { diplome_nouveau: 1, vides: 1, annees_terminales: 1, ..EntryCounts::default() },
            "a pointer is neither hidden nor empty"
        );
        assert_eq!(regionale.factor(), None, "nothing was measured");
    }

    #[test]
    fn a_total_that_gives_a_single_hidden_cell_away_is_counted() {
        use TypeOrigine::Propre;
        let deduced = |cells: &[(&str, i32)]| {
            let all: Vec<_> = cells.iter().map(|(lieu, size)| stat(lieu, *size, Propre)).collect();
            counts(&all).values().map(|comptes| comptes.deductibles).sum::<i64>()
        };
        assert_eq!(deduced(&[("53", 62), ("0350017D", 50), ("0350018E", 12)]), 1);
        assert_eq!(deduced(&[("53", 69), ("0350017D", 45), ("0350018E", 12), ("0350019F", 12)]), 0, "two are hidden");
        assert_eq!(deduced(&[("53", 80), ("0350017D", 50), ("0350018E", 12)]), 0, "another cell is not published");
        assert_eq!(deduced(&[("53", 19), ("0350017D", 7), ("0350018E", 12)]), 0, "the total is hidden itself");
    }
}
