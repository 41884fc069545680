use std::sync::Arc;

use super::super::tests::{code, uai};
use super::*;
use crate::domain::contexte::{BeyondChance, Rang};
use crate::domain::taux::percent;
use crate::domain::{Dataset, Figures, Filiere, Origine, RoleUai, Valeur};

/// A statistic of E, P, J6, hidden without them.
fn stat(lieu: &str, millesime: Millesime, counts: Option<(i32, i32, i32)>) -> Statistique {
    let mut figures = Figures::default();
    if let Some((e, p, j)) = counts {
        let parts = [(I::PartEnEmploi6Mois, percent(j, e)), (I::PartPoursuiteEtudes, percent(p, e))];
        let counts = [(I::NbAnneeTerm, e), (I::NbPoursuiteEtudes, p), (I::NbEnEmploi6Mois, j)];
        let parts = parts.map(|(indicateur, part)| (indicateur, part.unwrap()));
        for (indicateur, value) in counts.into_iter().chain(parts) {
            figures.set(indicateur, Valeur::Connue(value));
        }
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

/// The same, of which the source gives the parts alone.
fn uncounted(lieu: &str, millesime: Millesime, emploi: i32) -> Statistique {
    let mut figures = Figures::default();
    figures.set(I::PartEnEmploi6Mois, Valeur::Connue(emploi));
    Statistique { figures: Arc::new(figures), ..stat(lieu, millesime, None) }
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

/// The context of the last of some cohorts of one school.
fn last(cohorts: Vec<Statistique>) -> Contexte {
    let millesime = cohorts.last().unwrap().millesime;
    of(&filled(cohorts), SCHOOLS[0], millesime)
}

fn pooled(end: u16, counts: (i32, i32, i32)) -> Statistique {
    stat(SCHOOLS[0], Millesime::pooled(end), Some(counts))
}

fn told(end: u16, ecart: i32, net: bool) -> Relative<Evolution> {
    Relative::Known(Evolution { millesime: Millesime::pooled(end), ecart, net: Some(net) })
}

#[test]
fn a_statistic_is_seen_beside_its_region_and_its_country() {
    let found = filled(vec![
        stat(SCHOOLS[0], YEAR, Some((100, 40, 35))),
        stat("53", YEAR, Some((200, 80, 76))),
        stat("", Millesime::single(2023), Some((1000, 400, 410))),
    ]);
    let contexte = of(&found, SCHOOLS[0], YEAR);
    assert_eq!((contexte.region, contexte.france), (Relative::Known(38), Relative::Known(41)), "the single year");
    assert_eq!(contexte.rang, Relative::Absent(RaisonContexte::TropPeu), "alone");
    let region = of(&found, "53", YEAR);
    assert_eq!(
        (region.region, region.france, region.rang),
        (Relative::Meaningless, Relative::Known(41), Relative::Meaningless)
    );
    let france = of(&found, "", Millesime::single(2023));
    assert_eq!((france.region, france.france, france.rang), Default::default(), "France is nowhere beside");
    assert_eq!(france.emploi, Relative::Absent(RaisonContexte::SansPrecedent));
}

#[test]
fn a_country_that_counts_another_employment_is_not_set_beside() {
    let mixed = Millesime::pooled(2022);
    let found = filled(vec![
        stat(SCHOOLS[0], mixed, Some((100, 40, 35))),
        stat("", Millesime::single(2022), Some((1000, 400, 410))),
    ]);
    assert_eq!(of(&found, SCHOOLS[0], mixed).france, Relative::Absent(RaisonContexte::RuptureDeSerie));
}

#[test]
fn employment_is_never_compared_across_the_break_and_further_study_is() {
    let contexte = last(vec![pooled(2021, (100, 40, 30)), pooled(2022, (100, 40, 30)), pooled(2023, (100, 42, 35))]);
    assert_eq!(contexte.emploi, Relative::Absent(RaisonContexte::RuptureDeSerie));
    assert_eq!(contexte.poursuite, told(2021, 2, false), "the newest that shares no year");
    let mixed = last(vec![pooled(2021, (100, 40, 30)), pooled(2022, (100, 40, 30))]);
    assert_eq!(mixed.emploi, Relative::Absent(RaisonContexte::RuptureDeSerie), "half of 2021_2022 counts otherwise");
    assert_eq!(mixed.poursuite, told(2021, 0, false), "an overlap when there is no other");
}

#[test]
fn the_newest_cohort_that_shares_no_year_goes_before_one_that_overlaps() {
    let three = vec![pooled(2019, (100, 40, 20)), pooled(2020, (100, 40, 30)), pooled(2021, (100, 40, 31))];
    assert_eq!(last(three.clone()).emploi, told(2019, 11, false));
    assert_eq!(last(three[1..].to_vec()).emploi, told(2020, 1, false));
    let later = vec![pooled(2024, (100, 40, 20)), pooled(2025, (100, 40, 40)), pooled(2026, (100, 40, 45))];
    assert_eq!(last(later).emploi, told(2024, 25, true), "after the break there are trends again");
}

#[test]
fn a_change_is_net_when_newcombes_interval_leaves_out_zero() {
    // 56/70 − 48/80: 0.0524 to 0.3339. 5/56 − 0/29: −0.0381 to 0.1926.
    assert_eq!(last(vec![pooled(2019, (80, 0, 48)), pooled(2021, (70, 0, 56))]).emploi, told(2019, 20, true));
    assert_eq!(last(vec![pooled(2019, (29, 0, 0)), pooled(2021, (56, 0, 5))]).emploi, told(2019, 9, false));
    let then = uncounted(SCHOOLS[0], Millesime::pooled(2019), 60);
    let Relative::Known(evolution) = last(vec![then, pooled(2021, (70, 0, 56))]).emploi else { panic!() };
    assert_eq!((evolution.ecart, evolution.net), (20, None), "counts of one cohort only");
}

#[test]
fn a_change_is_told_between_figures_of_one_origin_and_form_only() {
    let lone = Relative::Absent(RaisonContexte::SansPrecedent);
    let mut inherited = pooled(2020, (100, 40, 33));
    inherited.origine.code = code("40025213");
    assert_eq!(last(vec![inherited, pooled(2021, (100, 40, 35))]).emploi, lone);
    let mut sum = pooled(2020, (100, 40, 33));
    sum.origine.type_origine = TypeOrigine::Agregee;
    assert_eq!(last(vec![sum, pooled(2021, (100, 40, 35))]).emploi, lone);
    let single = stat(SCHOOLS[0], Millesime::single(2019), Some((100, 40, 33)));
    assert_eq!(last(vec![single, pooled(2021, (100, 40, 35))]).emploi, lone);
    let hidden = stat(SCHOOLS[0], Millesime::pooled(2020), None);
    assert_eq!(last(vec![hidden.clone(), pooled(2021, (100, 40, 35))]).emploi, lone, "the earlier one is hidden");
    let own = last(vec![pooled(2020, (100, 40, 33)), stat(SCHOOLS[0], Millesime::pooled(2021), None)]);
    assert_eq!(own.emploi, Relative::Absent(RaisonContexte::SansEffectif), "this one is");
}

#[test]
fn higher_education_counts_alike_in_all_years() {
    let student =
        |year, j| Statistique { filiere: Filiere::Superieur, ..stat("", Millesime::single(year), Some((100, 40, j))) };
    let found = filled(vec![student(2021, 30), student(2022, 31)]);
    let expected = Evolution { millesime: Millesime::single(2021), ecart: 1, net: Some(false) };
    assert_eq!(of(&found, "", Millesime::single(2022)).emploi, Relative::Known(expected));
}

/// Of five schools of a hundred pupils: those in employment.
fn ranked(parts: [i32; 5]) -> Vec<Statistique> {
    SCHOOLS.iter().zip(parts).map(|(school, part)| stat(school, YEAR, Some((100, 0, part)))).collect()
}

#[test]
fn a_rank_counts_the_neighbours_beyond_chance() {
    let mut world = ranked([50, 48, 48, 90, 10]);
    world.push(stat(SCHOOLS[5], YEAR, None));
    let found = filled(world.clone());
    let ranks: Vec<_> = SCHOOLS.iter().map(|school| of(&found, school, YEAR).rang).collect();
    // Between 48 and 50 of a hundred there is nothing but chance; between 50 and 90, or 10, there is more.
    let rang = |rang, better, worse| {
        Relative::Known(Rang { rang, sur: 5, beyond_chance: Some(BeyondChance { better, worse }) })
    };
    let hidden = Relative::Absent(RaisonContexte::SansEffectif);
    assert_eq!(ranks, [rang(2, 1, 1), rang(3, 1, 1), rang(3, 1, 1), rang(1, 0, 4), rang(5, 4, 0), hidden]);
    world[0].figures = Arc::default();
    let found = filled(world);
    assert_eq!(of(&found, SCHOOLS[1], YEAR).rang, Relative::Absent(RaisonContexte::TropPeu), "four are not enough");
}

#[test]
fn a_class_with_an_unknown_count_is_ranked_and_not_compared() {
    let mut world = ranked([50, 48, 48, 90, 10]);
    world[4] = uncounted(SCHOOLS[4], YEAR, 10);
    let found = filled(world);
    assert_eq!(of(&found, SCHOOLS[3], YEAR).rang, Relative::Known(Rang { rang: 1, sur: 5, beyond_chance: None }));
}

#[test]
fn a_copy_has_no_rank_and_counts_in_none() {
    let mut world: Vec<_> = SCHOOLS.iter().map(|school| stat(school, YEAR, Some((100, 40, 30)))).collect();
    world[0].origine.uai = Some((uai(SCHOOLS[1]), RoleUai::Formateur));
    let found = filled(world);
    assert_eq!(of(&found, SCHOOLS[0], YEAR).rang, Relative::Meaningless);
    let first = Rang { rang: 1, sur: 5, beyond_chance: Some(BeyondChance::default()) };
    assert_eq!(of(&found, SCHOOLS[1], YEAR).rang, Relative::Known(first));
}
