//! Years before the last (DATA.md §6): who asks for the first year of a course wants to know what
//! becomes of those who finish it.
//!
//! A school-based statistic, own or inherited, of a MEFSTAT11 whose fourth character is *n* gives
//! for each year *n* − 1 … 1 an entry that points to it. The code of the earlier year is the same
//! code with the fourth character replaced; if there is no such code, the only MEFSTAT11 of the
//! same CFD with that ANNEE_DISPOSITIF; if there are several, none.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::entries::Groupe;
use crate::domain::sources::MefRow;
use crate::domain::{CodeCertification, Filiere};

/// For each MEFSTAT11 that has earlier years, these.
#[derive(Debug, Clone, Default)]
pub struct AnneesAnterieures(HashMap<CodeCertification, Vec<CodeCertification>>);

impl AnneesAnterieures {
    /// Finds the earlier years of every MEFSTAT11.
    #[must_use]
    pub fn build(mefs: &[MefRow]) -> Self {
        let known: HashSet<_> = mefs.iter().map(|mef| mef.code).collect();
        let mut by_year: BTreeMap<(CodeCertification, i16), Vec<CodeCertification>> = BTreeMap::new();
        for mef in mefs {
            if let Some(annee) = mef.annee {
                by_year.entry((mef.cfd, annee)).or_default().push(mef.code);
            }
        }
        let earlier = |mef: &MefRow, annee: u8| {
            let sibling = with_year(mef.code, annee).filter(|code| known.contains(code));
            sibling.or_else(|| match by_year.get(&(mef.cfd, i16::from(annee))).map(Vec::as_slice) {
                Some([only]) => Some(*only),
                _ => None,
            })
        };
        let years = |mef: &MefRow| -> Vec<_> {
            let last = year(mef.code).unwrap_or(0);
            (1..last).filter_map(|annee| earlier(mef, annee)).filter(|code| *code != mef.code).collect()
        };
        Self(mefs.iter().map(|mef| (mef.code, years(mef))).filter(|(_, years)| !years.is_empty()).collect())
    }

    /// Adds the entries of earlier years to a group.
    pub fn point(&self, groupe: &mut Groupe, filiere: Filiere) {
        if !matches!(filiere, Filiere::Pro | Filiere::Agricole) {
            return;
        }
        let terminales: Vec<_> = groupe.iter().filter(|(_, e)| e.chiffres.is_some()).map(|(code, _)| *code).collect();
        for terminale in terminales {
            for code in self.0.get(&terminale).into_iter().flatten() {
                groupe.entry(*code).or_default().add_terminale(terminale);
            }
        }
    }
}

/// The year within the course: the fourth character.
fn year(code: CodeCertification) -> Option<u8> {
    code.as_str().as_bytes().get(3).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0')
}

fn with_year(code: CodeCertification, annee: u8) -> Option<CodeCertification> {
    let text = code.as_str();
    CodeCertification::from_stored(&format!("{}{annee}{}", text.get(..3)?, text.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::super::entries::{Chiffres, Entry};
    use super::super::tests::{code, mef};
    use super::*;
    use crate::domain::TypeOrigine;

    fn pointed(mefs: &[MefRow], own: &[&str], filiere: Filiere) -> Vec<String> {
        let chiffres = Chiffres { cohorte: 0, relation: TypeOrigine::Propre, figures_role: None };
        let entry = Entry { chiffres: Some(chiffres), ..Entry::default() };
        let mut groupe: Groupe = own.iter().map(|c| (code(c), entry.clone())).collect();
        AnneesAnterieures::build(mefs).point(&mut groupe, filiere);
        let shown = |(code, entry): (&CodeCertification, &Entry)| format!("{code} → {:?}", entry.terminales);
        groupe.iter().filter(|(_, entry)| !entry.terminales.is_empty()).map(shown).collect()
    }

    #[test]
    fn each_earlier_year_points_to_the_last_one() {
        let mefs = [1, 2, 3].map(|n| mef(&format!("247{n}0025214"), "40025214", n));
        let expected = ["24710025214 → [\"24730025214\"]", "24720025214 → [\"24730025214\"]"];
        assert_eq!(pointed(&mefs, &["24730025214"], Filiere::Pro), expected);
        assert!(pointed(&mefs, &["24730025214"], Filiere::Apprentissage).is_empty(), "school-based only");
        assert!(pointed(&mefs, &["24710025214"], Filiere::Pro).is_empty(), "nothing comes before the first year");
    }

    #[test]
    fn a_year_with_another_code_is_found_through_the_diploma_unless_there_are_several() {
        let last = mef("24720025214", "40025214", 2);
        let first = mef("27610025299", "40025214", 1);
        let expected = ["27610025299 → [\"24720025214\"]"];
        assert_eq!(pointed(&[last.clone(), first.clone()], &["24720025214"], Filiere::Pro), expected);
        let another = mef("27710025299", "40025214", 1);
        assert!(pointed(&[last, first, another], &["24720025214"], Filiere::Pro).is_empty());
    }

    #[test]
    fn a_first_year_that_two_courses_share_points_to_both() {
        let mefs =
            [mef("24720025214", "40025214", 2), mef("24620025215", "40025214", 2), mef("29910025299", "40025214", 1)];
        let found = pointed(&mefs, &["24720025214", "24620025215"], Filiere::Agricole);
        assert_eq!(found, ["29910025299 → [\"24620025215\", \"24720025214\"]"]);
    }
}
