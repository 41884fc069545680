use proptest::prelude::*;

use super::super::tests::{code, diplome};
use super::*;
use crate::domain::sources::LigneMesures;
use crate::domain::{FichierId, Filiere, Indicateur as I, Lieu, Mesure as M, Mesures, Millesime};

const SEUILS: Seuils = Seuils { emploi: 30, poursuite: 50 };

/// E, P, J6 of one cohort of 32020008 in one région.
fn row(region: &str, counts: (i32, i32, i32)) -> LigneMesures {
    let mut mesures = Mesures::default();
    for (mesure, value) in
        [(M::NbAnneeTerm, counts.0), (M::NbPoursuiteEtudes, counts.1), (M::NbEnEmploi6Mois, counts.2)]
    {
        mesures.set(mesure, value);
    }
    LigneMesures {
        lieu: Lieu::from_stored(region).unwrap(),
        code: code("32020008"),
        filiere: Filiere::Apprentissage,
        millesime: Millesime::pooled(2022),
        mesures,
        universites_seules: false,
        source: "inserjeunes-mesures".into(),
        fichier: FichierId(1),
    }
}

fn world(mesures: Vec<LigneMesures>) -> Resultat {
    compute(&Sources { mesures, diplomes: vec![diplome("32020008", &[])], ..Sources::default() }, SEUILS)
}

#[test]
fn a_course_without_prospects_needs_both_limits() {
    // Employment 29 %, 30 %; further study 49 %, 50 %.
    for (counts, expected) in
        [((100, 49, 29), Some(true)), ((100, 50, 29), Some(false)), ((100, 49, 30), Some(false)), ((19, 1, 1), None)]
    {
        assert_eq!(
            world(vec![row("11", counts)]).statistiques.last().unwrap().sans_perspectives,
            expected,
            "{counts:?}"
        );
    }
}

#[test]
fn a_row_of_an_unknown_code_is_left_out_and_counted() {
    let mut unknown = row("11", (100, 40, 30));
    unknown.code = code("99999999");
    let found = world(vec![row("11", (100, 40, 30)), unknown.clone(), unknown]);
    assert_eq!(found.codes_inconnus, [(code("99999999"), 2)]);
    assert!(found.statistiques.iter().all(|s| s.code == code("32020008")));
}

#[test]
fn a_country_without_national_statistic_is_the_sum_of_its_visible_regions() {
    let found = world(vec![row("11", (100, 40, 30)), row("53", (60, 20, 20)), row("94", (12, 4, 4))]);
    let france = &found.statistiques[0];
    assert_eq!((france.lieu, france.origine.type_origine), (Lieu::France, TypeOrigine::Agregee));
    assert_eq!(france.figures.get(I::NbAnneeTerm).connue(), Some(160));
    // 60 / 160 = 37.5 → 38; 50 / 160 = 31.25 → 31.
    assert_eq!(france.figures.get(I::PartPoursuiteEtudes).connue(), Some(38));
    assert_eq!(france.figures.get(I::PartEnEmploi6Mois).connue(), Some(31));
    assert_eq!(france.origine.cellules, Some((2, 3)));
}

/// A cell of a generated world: its size, and two versions of what is counted in it.
fn cell() -> impl Strategy<Value = (i32, (i32, i32), (i32, i32))> {
    (1..60i32).prop_flat_map(|e| {
        let inside = (0..=e).prop_flat_map(move |p| (Just(p), 0..=(e - p)));
        (Just(e), inside.clone(), inside)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever the hidden cells hold, every answer is the same: nothing can be subtracted.
    #[test]
    fn no_answer_depends_on_a_hidden_figure(cells in proptest::collection::vec(cell(), 1..8)) {
        let regions = ["11", "24", "27", "28", "32", "44", "52", "53"];
        let build = |second: bool| {
            world(cells.iter().zip(regions).map(|((e, a, b), region)| {
                let (p, j) = if second && *e < 20 { *b } else { *a };
                row(region, (*e, p, j))
            }).collect()).statistiques
        };
        prop_assert_eq!(build(false), build(true));
    }
}
