use std::sync::Arc;

use proptest::prelude::*;

use super::super::tests::code;
use super::*;
use crate::domain::{Contexte, Figures, FileId, Indicateur as I, Origine, RoleUai, Valeur};

const KINDS: [(&str, &str, &str); 3] = [("50022101", "3", "CAP"), ("51022101", "3", "BEP"), ("32020008", "5", "BTS")];

fn certifications() -> BTreeMap<CodeCertification, Certification> {
    let sources = crate::domain::sources::Sources {
        diplomes: KINDS.iter().map(|(cfd, ..)| super::super::tests::diplome(cfd, &[])).collect(),
        ..Default::default()
    };
    let continuum = super::super::continuum::Continuum::default();
    let mut found = super::super::certifications::certifications(&sources, &continuum);
    for (cfd, niveau, libelle) in KINDS {
        let diplome = Diplome { code: niveau.to_owned(), libelle: libelle.to_owned() };
        found.get_mut(&code(cfd)).unwrap().diplome = Some(diplome);
    }
    found
}

/// The UAI of number `n` of département 35, whatever its check letter.
fn school(n: u32) -> Uai {
    let letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
    let number = 350_000 + n;
    let letter = letters.chars().nth(usize::try_from(number % 23).unwrap()).unwrap();
    Uai::from_stored(&format!("{number:07}{letter}")).unwrap()
}

/// A statistic of a school; hidden without parts.
fn stat(n: u32, kind: usize, parts: Option<(i32, i32)>) -> Statistique {
    let mut figures = Figures::default();
    if let Some((emploi, poursuite)) = parts {
        figures.set(I::PartEnEmploi6Mois, Valeur::Connue(emploi));
        figures.set(I::PartPoursuiteEtudes, Valeur::Connue(poursuite));
    }
    let code = code(KINDS[kind].0);
    Statistique {
        lieu: Lieu::Etablissement(school(n)),
        code,
        filiere: Filiere::Apprentissage,
        millesime: Millesime::pooled(2023),
        figures: Arc::new(figures),
        presentes: 0,
        sans_perspectives: None,
        origine: Origine {
            type_origine: TypeOrigine::Propre,
            code,
            uai: None,
            source: Some(crate::domain::Dataset::InserjeunesMesures),
            fichier: Some(FileId(1)),
            cellules: None,
        },
        roles: None,
        terminales: vec![],
        contexte: Contexte::default(),
    }
}

/// The first forty schools are in Bretagne.
fn found(statistiques: &[Statistique]) -> Vec<Repere> {
    let regions = (0..40).map(|n| (school(n), CodeRegion::from_stored("53").unwrap())).collect();
    reperes(statistiques, &certifications(), &regions)
}

fn of(reperes: &[Repere], lieu: &str, kind: &str) -> Repere {
    let found = |repere: &&Repere| repere.key.lieu.as_str() == lieu && repere.key.type_diplome == kind;
    reperes.iter().find(found).unwrap().clone()
}

#[test]
fn nineteen_of_a_kind_take_those_of_their_level_and_twenty_are_enough() {
    let mut world: Vec<Statistique> = (0..19).map(|n| stat(n, 0, Some((30, 40)))).collect();
    assert_eq!(of(&found(&world), "53", "CAP").points, None, "19 of the level as well");
    world.push(stat(19, 1, Some((50, 20))));
    let reperes = found(&world);
    let (cap, bep) = (of(&reperes, "53", "CAP"), of(&reperes, "53", "BEP"));
    assert_eq!((cap.nombre, bep.nombre), (20, 20));
    assert_eq!(cap.points.unwrap().groupe, GroupeRepere::Niveau);
    assert_eq!(cap.points, bep.points);
    // 19 times 30 and once 50.
    let spread = cap.points.unwrap().repartitions[0];
    assert_eq!((spread.q1, spread.mediane, spread.q3, spread.moyenne), (3000, 3000, 3000, 3100));
    world.push(stat(20, 0, Some((30, 40))));
    let cap = of(&found(&world), "53", "CAP");
    assert_eq!((cap.nombre, cap.points.unwrap().groupe), (20, GroupeRepere::Type));
}

#[test]
fn a_school_counts_in_its_region_and_in_france_and_of_no_region_in_france_alone() {
    let world: Vec<Statistique> = (30..60).map(|n| stat(n, 0, Some((30, 40)))).collect();
    let reperes = found(&world);
    assert_eq!((of(&reperes, "53", "CAP").nombre, of(&reperes, "", "CAP").nombre), (10, 30));
    assert_eq!((of(&reperes, "53", "CAP").points, of(&reperes, "", "CAP").points.is_some()), (None, true));
}

#[test]
fn a_figure_that_is_not_of_the_source_counts_nowhere() {
    let mut world: Vec<Statistique> = (0..20).map(|n| stat(n, 0, Some((30, 40)))).collect();
    world[0].origine.type_origine = TypeOrigine::DiplomeNouveau;
    world[1].origine.uai = Some((school(2), RoleUai::Formateur));
    assert_eq!(of(&found(&world), "53", "CAP").nombre, 18);
}

/// The kind of a generated statistic and, unless it is hidden, its parts.
type Generated = (usize, Option<(i32, i32)>);

proptest! {
    /// Hidden statistics may as well not exist, and what is served is what anybody computes from
    /// the figures that are shown.
    #[test]
    fn reference_points_are_made_of_what_is_shown_alone(
        cells in proptest::collection::vec((0..3usize, proptest::option::weighted(0.8, (0..=50i32, 0..=50i32))), 0..60),
    ) {
        let world: Vec<Statistique> =
            cells.iter().enumerate().map(|(n, (kind, parts))| stat(n.try_into().unwrap(), *kind, *parts)).collect();
        let visible: Vec<Statistique> = world.iter().filter(|s| position(&s.figures).is_some()).cloned().collect();
        let reperes = found(&world);
        prop_assert_eq!(&reperes, &found(&visible));
        for repere in &reperes {
            let Some(points) = repere.points else { continue };
            let counted = |(n, (kind, parts)): (usize, &Generated)| {
                let (_, niveau, libelle) = KINDS[*kind];
                let group = match points.groupe {
                    GroupeRepere::Type => libelle == repere.key.type_diplome,
                    GroupeRepere::Niveau => niveau == repere.key.niveau,
                };
                parts.filter(|_| group && (repere.key.lieu == Lieu::France || n < 40))
            };
            let shown: Vec<(i32, i32)> = cells.iter().enumerate().filter_map(counted).collect();
            prop_assert!(shown.len() >= FEWEST);
            prop_assert_eq!(repere.nombre, i32::try_from(shown.len()).unwrap());
            let sums: Vec<i32> = shown.iter().map(|(emploi, poursuite)| emploi + poursuite).collect();
            prop_assert_eq!(Some(points.repartitions[2]), Repartition::of(sums));
        }
    }
}
