use std::sync::Arc;

use super::super::tests::{code, uai};
use super::*;
use crate::domain::{Dataset, Figures, Origine, RoleUai, TypeOrigine, Valeur};

fn stat(lieu: &str, millesime: Millesime, part: Option<i32>) -> Statistique {
    let mut figures = Figures::default();
    if let Some(part) = part {
        figures.set(Indicateur::PartEnEmploi6Mois, Valeur::Connue(part));
    }
    Statistique {
        lieu: Lieu::from_stored(lieu).unwrap(),
        code: code("40025214"),
        filiere: Filiere::Apprentissage,
        millesime,
        figures: Arc::new(figures),
        presentes: 0,
        sans_perspectives: None,
        origine: Origine {
            type_origine: TypeOrigine::Propre,
            code: code("40025214"),
            uai: None,
            source: Some(Dataset::InserjeunesMesures),
            fichier: None,
            cellules: None,
        },
        roles: None,
        terminales: vec![],
        contexte: Contexte::default(),
    }
}

const YEAR: Millesime = Millesime::pooled(2023);
const SCHOOLS: [&str; 6] = ["0350017D", "0350018E", "0350019F", "0350020G", "0350021H", "0350022J"];

fn filled(mut statistiques: Vec<Statistique>) -> Vec<Statistique> {
    let regions = SCHOOLS.iter().map(|school| (uai(school), CodeRegion::from_stored("53").unwrap())).collect();
    statistiques.sort_by_key(key);
    fill(&mut statistiques, &regions);
    statistiques
}

fn of(statistiques: &[Statistique], lieu: &str, millesime: Millesime) -> Contexte {
    statistiques.iter().find(|s| s.lieu.as_str() == lieu && s.millesime == millesime).unwrap().contexte
}

#[test]
fn an_etablissement_is_seen_beside_its_region_its_country_and_its_past() {
    let found = filled(vec![
        stat(SCHOOLS[0], YEAR, Some(35)),
        stat(SCHOOLS[0], YEAR.previous(), Some(33)),
        stat("53", YEAR, Some(38)),
        stat("", Millesime::single(2023), Some(41)),
    ]);
    let contexte = of(&found, SCHOOLS[0], YEAR);
    assert_eq!((contexte.region, contexte.france), (Some(38), Some(41)), "France publishes the single year");
    assert_eq!(contexte.evolution, Some((YEAR.previous(), 2)));
    assert_eq!(contexte.rang, None, "alone");
    assert_eq!(of(&found, "53", YEAR), Contexte::default(), "établissements only");
}

#[test]
fn five_visible_establishments_are_ranked_and_equals_share_a_rank() {
    let parts = [40, 35, 35, 50, 20];
    let mut world: Vec<_> = SCHOOLS.iter().zip(parts).map(|(school, part)| stat(school, YEAR, Some(part))).collect();
    world.push(stat(SCHOOLS[5], YEAR, None));
    let found = filled(world.clone());
    let ranks: Vec<_> = SCHOOLS.iter().map(|school| of(&found, school, YEAR).rang).collect();
    assert_eq!(ranks, [Some((2, 5)), Some((3, 5)), Some((3, 5)), Some((1, 5)), Some((5, 5)), None]);
    world[0].figures = Arc::default();
    assert!(filled(world).iter().all(|s| s.contexte.rang.is_none()), "four are not enough");
}

#[test]
fn a_copy_has_no_rank_and_counts_in_none() {
    let mut world: Vec<_> = SCHOOLS.iter().map(|school| stat(school, YEAR, Some(30))).collect();
    world[0].origine.uai = Some((uai(SCHOOLS[1]), RoleUai::Formateur));
    let found = filled(world);
    assert_eq!(of(&found, SCHOOLS[0], YEAR).rang, None);
    assert_eq!(of(&found, SCHOOLS[1], YEAR).rang, Some((1, 5)));
}

#[test]
fn a_change_is_told_between_figures_of_one_origin_only() {
    let mut before = stat(SCHOOLS[0], YEAR.previous(), Some(33));
    before.origine.code = code("40025213");
    let found = filled(vec![stat(SCHOOLS[0], YEAR, Some(35)), before]);
    assert_eq!(of(&found, SCHOOLS[0], YEAR).evolution, None);
    let hidden = filled(vec![stat(SCHOOLS[0], YEAR, Some(35)), stat(SCHOOLS[0], YEAR.previous(), None)]);
    assert_eq!(of(&hidden, SCHOOLS[0], YEAR).evolution, None, "the year before is hidden");
}
