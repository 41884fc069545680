//! Familles de métiers (DATA.md §6): groups of bacs pro that share their first year.
//!
//! N_LIEN_FORMATION_GROUPE links CFDs to familles. Every certification of a linked CFD gets the
//! famille, and so does the simple chain of each. A direct link wins over one reached through a
//! chain, and the first in file order over a later one; a link to an unknown CFD is ignored.
//!
//! The common year is the CFD whose MEFs are all of the first year (and there is at least one);
//! that goes along with the famille.

use std::collections::{BTreeMap, HashMap};

use super::continuum::Continuum;
use crate::domain::sources::Sources;
use crate::domain::{Certification, CodeCertification, Famille};

/// A certification that two familles reach: the one that it got, and the other.
pub type Conflict = (CodeCertification, String, String);

/// Gives the certifications their famille.
pub fn assign(
    sources: &Sources,
    continuum: &Continuum,
    certifications: &mut BTreeMap<CodeCertification, Certification>,
) -> Vec<Conflict> {
    let members = by_cfd(certifications);
    let communes = common_years(sources);
    let labels: HashMap<&str, Option<&str>> =
        sources.groupes.iter().map(|row| (row.groupe.as_str(), row.libelle.as_deref())).collect();
    let mut links = Vec::new();
    for lien in &sources.liens {
        let Some(codes) = members.get(&lien.cfd) else { continue };
        let libelle = labels.get(lien.groupe.as_str()).copied().flatten().unwrap_or_default().to_owned();
        let annee_commune = communes.get(&lien.cfd).copied().unwrap_or(false);
        links.push((codes, Famille { code: lien.groupe.clone(), libelle, annee_commune }));
    }
    let mut conflicts = Vec::new();
    for (codes, famille) in &links {
        for code in *codes {
            give(certifications, *code, famille, &mut conflicts);
        }
    }
    for (codes, famille) in &links {
        for code in codes.iter().flat_map(|code| continuum.simple_chain(*code)) {
            give(certifications, code, famille, &mut conflicts);
        }
    }
    conflicts.sort();
    conflicts.dedup();
    conflicts
}

fn by_cfd(
    certifications: &BTreeMap<CodeCertification, Certification>,
) -> HashMap<CodeCertification, Vec<CodeCertification>> {
    let mut members: HashMap<_, Vec<_>> = HashMap::new();
    for certification in certifications.values() {
        if let Some(cfd) = certification.cfd {
            members.entry(cfd).or_default().push(certification.code);
        }
    }
    members
}

/// The CFDs that have MEFs, and whether these are all of the first year.
fn common_years(sources: &Sources) -> HashMap<CodeCertification, bool> {
    let mut first_only = HashMap::new();
    for mef in &sources.mefs {
        *first_only.entry(mef.cfd).or_insert(true) &= mef.annee == Some(1);
    }
    first_only
}

fn give(
    certifications: &mut BTreeMap<CodeCertification, Certification>,
    code: CodeCertification,
    famille: &Famille,
    conflicts: &mut Vec<Conflict>,
) {
    let Some(certification) = certifications.get_mut(&code) else { return };
    match &certification.famille {
        None => certification.famille = Some(famille.clone()),
        Some(got) if got.code != famille.code => conflicts.push((code, got.code.clone(), famille.code.clone())),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::certifications::certifications;
    use super::super::secondes_communes::SecondesCommunes;
    use super::super::tests::{code, diplome, mef};
    use super::*;
    use crate::domain::sources::{GroupeRow, LienRow};

    fn lien(groupe: &str, cfd: &str) -> LienRow {
        LienRow { groupe: groupe.to_owned(), cfd: code(cfd) }
    }

    fn world() -> Sources {
        Sources {
            // 1 → 2 → 3, and 5 alone.
            diplomes: vec![
                diplome("40000001", &["40000002"]),
                diplome("40000002", &["40000003"]),
                diplome("40000003", &[]),
                diplome("40000005", &[]),
            ],
            mefs: vec![mef("24710000005", "40000005", 1), mef("24720000002", "40000002", 2)],
            groupes: vec![GroupeRow { groupe: "G0001".to_owned(), libelle: Some("Une famille".to_owned()) }],
            liens: vec![lien("G0001", "40000002"), lien("G0001", "40000005"), lien("G0001", "49999999")],
            ..Sources::default()
        }
    }

    fn given(sources: &Sources) -> (BTreeMap<CodeCertification, Certification>, Vec<Conflict>) {
        let continuum = Continuum::build(&sources.diplomes, &sources.mefs);
        let mut found = certifications(sources, &continuum);
        let conflicts = assign(sources, &continuum, &mut found);
        (found, conflicts)
    }

    #[test]
    fn a_famille_reaches_every_code_of_its_diplomas_and_their_chains() {
        let (found, conflicts) = given(&world());
        for member in ["40000001", "40000002", "40000003", "40000005", "24710000005", "24720000002"] {
            let famille = found[&code(member)].famille.clone().unwrap();
            assert_eq!((famille.code.as_str(), famille.libelle.as_str()), ("G0001", "Une famille"), "{member}");
            assert_eq!(famille.annee_commune, member.ends_with("0005"), "{member}");
        }
        assert!(conflicts.is_empty());
    }

    #[test]
    fn a_direct_link_wins_over_a_chain_and_the_first_of_two_chains_over_the_second() {
        let mut sources = world();
        sources.liens = vec![lien("G0001", "40000001"), lien("G0002", "40000003")];
        let (found, conflicts) = given(&sources);
        let famille = |text: &str| found[&code(text)].famille.clone().map(|f| f.code);
        assert_eq!(famille("40000003").as_deref(), Some("G0002"), "the direct one");
        assert_eq!(famille("40000002").as_deref(), Some("G0001"), "the first in file order");
        assert_eq!(conflicts.len(), 3, "1 and 3 are reached by the other, 2 by both: {conflicts:?}");
    }

    #[test]
    fn the_common_year_points_to_the_specialties_with_a_statistic_of_their_own() {
        use super::super::entries::{Chiffres, Entry, Groupe};
        use crate::domain::{Filiere, TypeOrigine};
        let (found, _) = given(&world());
        let secondes = SecondesCommunes::build(found.values());
        let entry = |relation| Entry {
            chiffres: Some(Chiffres { cohorte: 0, relation, figures_role: None }),
            ..Entry::default()
        };
        let mut groupe: Groupe = Groupe::from([
            (code("24720000002"), entry(TypeOrigine::Propre)),
            (code("40000003"), entry(TypeOrigine::DiplomeAncien)),
        ]);
        let mut apprentices = groupe.clone();
        secondes.point(&mut groupe, Filiere::Pro);
        for commune in ["24710000005", "40000005"] {
            assert_eq!(groupe[&code(commune)].terminales, [code("24720000002")], "not the inherited one");
        }
        secondes.point(&mut apprentices, Filiere::Apprentissage);
        assert_eq!(apprentices.len(), 2, "school-based only");
    }
}
