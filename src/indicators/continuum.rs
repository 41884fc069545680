//! The continuum: which diploma replaced which (DATA.md §6).
//!
//! The nomenclature fills ANCIEN_DIPLOME and NOUVEAU_DIPLOME often on one side only, names codes
//! of no table, and a diploma as its own successor. Here the relation is made symmetric, closed
//! over known codes, and free of self-references. It can still have cycles (real tables do):
//! every walk stops at a code already seen.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::CodeCertification;
use crate::domain::sources::{DiplomeRow, MefRow};

/// The codes next to one code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The older codes that it replaces.
    pub anciens: BTreeSet<CodeCertification>,
    /// The newer codes that replace it.
    pub nouveaux: BTreeSet<CodeCertification>,
}

/// The relation, over CFDs and MEFSTAT11 alike.
#[derive(Debug, Clone, Default)]
pub struct Continuum(HashMap<CodeCertification, Neighbours>);

impl Continuum {
    /// Builds the relation: CFDs from the tables, MEFSTAT11 through their CFDs.
    #[must_use]
    pub fn build(diplomes: &[DiplomeRow], mefs: &[MefRow]) -> Self {
        let known: HashSet<_> = diplomes.iter().map(|row| row.cfd).collect();
        let mut continuum = Self::default();
        for row in diplomes {
            for old in row.anciens.iter().filter(|code| known.contains(code)) {
                continuum.link(*old, row.cfd);
            }
            for newer in row.nouveaux.iter().filter(|code| known.contains(code)) {
                continuum.link(row.cfd, *newer);
            }
        }
        for (old, newer) in mef_links(&continuum, mefs) {
            continuum.link(old, newer);
        }
        continuum
    }

    fn link(&mut self, old: CodeCertification, newer: CodeCertification) {
        if old != newer {
            self.0.entry(newer).or_default().anciens.insert(old);
            self.0.entry(old).or_default().nouveaux.insert(newer);
        }
    }

    /// The codes next to `code`; none for a code without relation.
    #[must_use]
    pub fn neighbours(&self, code: CodeCertification) -> Neighbours {
        self.0.get(&code).cloned().unwrap_or_default()
    }

    /// The older codes met going back from `code` while there is exactly one.
    pub fn back(&self, code: CodeCertification) -> impl Iterator<Item = CodeCertification> + '_ {
        let mut seen = HashSet::from([code]);
        std::iter::successors(self.only_old(code), |code| self.only_old(*code)).take_while(move |c| seen.insert(*c))
    }

    /// The *simple chain* of a code: itself, then the older ones while there is exactly one, then
    /// the newer ones while there is exactly one. The count on the other side does not matter.
    pub fn simple_chain(&self, code: CodeCertification) -> impl Iterator<Item = CodeCertification> + '_ {
        let mut seen = HashSet::from([code]);
        let forward = std::iter::successors(self.only_new(code), |code| self.only_new(*code));
        let forward = forward.take_while(move |c| seen.insert(*c));
        std::iter::once(code).chain(self.back(code)).chain(forward)
    }

    fn only_old(&self, code: CodeCertification) -> Option<CodeCertification> {
        only(&self.0.get(&code)?.anciens)
    }

    fn only_new(&self, code: CodeCertification) -> Option<CodeCertification> {
        only(&self.0.get(&code)?.nouveaux)
    }

    /// The one code that replaced `code` and nothing else.
    fn successor(&self, code: CodeCertification) -> Option<CodeCertification> {
        self.only_new(code).filter(|next| self.only_old(*next) == Some(code))
    }

    /// The one code that `code` replaced, which nothing else replaced.
    fn predecessor(&self, code: CodeCertification) -> Option<CodeCertification> {
        self.only_old(code).filter(|previous| self.only_new(*previous) == Some(code))
    }
}

fn only(codes: &BTreeSet<CodeCertification>) -> Option<CodeCertification> {
    codes.first().filter(|_| codes.len() == 1).copied()
}

/// A code's chain and its position in it.
pub type Link = (usize, usize);

/// The renovations one to one: every code that replaced exactly one other which nothing else
/// replaced stands in exactly one chain, the oldest first. Merges and splits are in none.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    chains: Vec<Vec<CodeCertification>>,
    links: HashMap<CodeCertification, Link>,
}

impl Chains {
    /// Cuts the relation into its chains; a ring is cut before its smallest code.
    #[must_use]
    pub fn build(continuum: &Continuum) -> Self {
        let codes: BTreeSet<_> = continuum.0.keys().copied().collect();
        let (heads, rest): (Vec<_>, Vec<_>) = codes.into_iter().partition(|c| continuum.predecessor(*c).is_none());
        let mut found = Self::default();
        for head in heads.into_iter().chain(rest) {
            if continuum.successor(head).is_some() && !found.links.contains_key(&head) {
                found.add(head, continuum);
            }
        }
        found
    }

    fn add(&mut self, head: CodeCertification, continuum: &Continuum) {
        let mut seen = HashSet::new();
        let walk = std::iter::successors(Some(head), |code| continuum.successor(*code));
        let chain: Vec<_> = walk.take_while(|code| seen.insert(*code)).collect();
        let number = self.chains.len();
        self.links.extend(chain.iter().enumerate().map(|(position, code)| (*code, (number, position))));
        self.chains.push(chain);
    }

    /// Where a code stands; `None` for a code without one-to-one renovation.
    #[must_use]
    pub fn link(&self, code: CodeCertification) -> Option<Link> {
        self.links.get(&code).copied()
    }

    /// The codes of a chain, the oldest first.
    #[must_use]
    pub fn codes(&self, chain: usize) -> &[CodeCertification] {
        self.chains.get(chain).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A MEFSTAT11 follows its CFD: for each pair of CFDs, when both have exactly one MEFSTAT11 these
/// are linked; else each with the one of the same DISPOSITIF_FORMATION and the same first four
/// characters, unless there are several.
fn mef_links(cfds: &Continuum, mefs: &[MefRow]) -> Vec<(CodeCertification, CodeCertification)> {
    let mut by_cfd: BTreeMap<CodeCertification, Vec<&MefRow>> = BTreeMap::new();
    for mef in mefs {
        by_cfd.entry(mef.cfd).or_default().push(mef);
    }
    let mut links = Vec::new();
    for (cfd, own) in &by_cfd {
        let neighbours = cfds.neighbours(*cfd);
        for (others, older) in [(&neighbours.anciens, true), (&neighbours.nouveaux, false)] {
            for other in others.iter().filter_map(|other| by_cfd.get(other)) {
                for mef in own {
                    if let Some(twin) = twin(mef, own, other) {
                        links.push(if older { (twin, mef.code) } else { (mef.code, twin) });
                    }
                }
            }
        }
    }
    links
}

fn twin(mef: &MefRow, own: &[&MefRow], other: &[&MefRow]) -> Option<CodeCertification> {
    if let ([_], [only]) = (own, other) {
        return Some(only.code);
    }
    let same = |other: &&&MefRow| {
        other.dispositif == mef.dispositif && other.code.as_str().get(..4) == mef.code.as_str().get(..4)
    };
    let mut matching = other.iter().filter(same);
    let first = matching.next()?;
    matching.next().is_none().then_some(first.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sources::TableDiplomes;

    fn code(text: &str) -> CodeCertification {
        CodeCertification::from_stored(text).unwrap()
    }

    fn diplome(cfd: &str, anciens: &[&str], nouveaux: &[&str]) -> DiplomeRow {
        DiplomeRow {
            table: TableDiplomes::N,
            cfd: code(cfd),
            libelle_long: None,
            niveau: None,
            groupe_specialite: None,
            lettre_specialite: None,
            libelle_court: None,
            libelle_stat_33: None,
            date_ouverture: None,
            date_fermeture: None,
            premiere_session: None,
            derniere_session: None,
            anciens: anciens.iter().map(|c| code(c)).collect(),
            nouveaux: nouveaux.iter().map(|c| code(c)).collect(),
        }
    }

    fn mef(text: &str, cfd: &str, dispositif: &str) -> MefRow {
        MefRow {
            code: code(text),
            cfd: code(cfd),
            dispositif: Some(dispositif.to_owned()),
            duration: None,
            annee: None,
            libelle_long: None,
            date_ouverture: None,
            date_fermeture: None,
        }
    }

    #[test]
    fn one_side_is_enough_and_unknown_codes_and_selves_are_dropped() {
        let rows = [diplome("40000001", &[], &["40000002", "40000001", "49999999"]), diplome("40000002", &[], &[])];
        let continuum = Continuum::build(&rows, &[]);
        assert_eq!(continuum.neighbours(code("40000002")).anciens, BTreeSet::from([code("40000001")]));
        assert_eq!(continuum.neighbours(code("40000001")).nouveaux, BTreeSet::from([code("40000002")]));
    }

    #[test]
    fn a_walk_ends_in_a_cycle_and_at_a_fork() {
        let rows = [diplome("40000001", &["40000002"], &[]), diplome("40000002", &["40000001"], &[])];
        let cycle = Continuum::build(&rows, &[]);
        assert_eq!(cycle.back(code("40000001")).collect::<Vec<_>>(), [code("40000002")]);
        let rows = [
            diplome("40000003", &["40000001", "40000002"], &[]),
            diplome("40000001", &[], &[]),
            diplome("40000002", &[], &[]),
        ];
        assert_eq!(Continuum::build(&rows, &[]).back(code("40000003")).count(), 0);
    }

    #[test]
    fn single_mefs_are_linked_whatever_their_dispositif_and_several_by_dispositif_and_year() {
        let rows = [diplome("40000002", &["40000001"], &[]), diplome("40000001", &[], &[])];
        let single =
            Continuum::build(&rows, &[mef("24710000001", "40000001", "247"), mef("25310000002", "40000002", "253")]);
        assert_eq!(single.neighbours(code("25310000002")).anciens, BTreeSet::from([code("24710000001")]));
        let several = Continuum::build(
            &rows,
            &[
                mef("24710000001", "40000001", "247"),
                mef("24720000001", "40000001", "247"),
                mef("24710000002", "40000002", "247"),
                mef("24720000002", "40000002", "247"),
                mef("25320000002", "40000002", "253"),
            ],
        );
        assert_eq!(several.neighbours(code("24720000002")).anciens, BTreeSet::from([code("24720000001")]));
        assert_eq!(several.neighbours(code("25320000002")), Neighbours::default());
    }
}
