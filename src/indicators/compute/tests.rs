use proptest::prelude::*;

use super::super::tests::{code, diplome, mef};
use super::*;
use crate::domain::choice::{Wanted, choose};
use crate::domain::neighbours::{Relation, Standing, ranked};
use crate::domain::sources::{CatalogueRow, DiplomeSiseRow, MesuresRow, NiveauRow};
use crate::domain::{
    BatchStatus, CodeCertification, Dataset, FileId, Filiere, Indicateur as I, Lieu, Mesure as M, Mesures, Millesime,
    SEUIL,
};

const SEUILS: Seuils = Seuils { emploi: 30, poursuite: 50 };

/// E, P, J6 of one cohort of 32020008 in one région.
fn row(region: &str, counts: (i32, i32, i32)) -> MesuresRow {
    let mut mesures = Mesures::default();
    for (mesure, value) in
        [(M::NbAnneeTerm, counts.0), (M::NbPoursuiteEtudes, counts.1), (M::NbEnEmploi6Mois, counts.2)]
    {
        mesures.set(mesure, value);
    }
    MesuresRow {
        lieu: Lieu::from_stored(region).unwrap(),
        code: code("32020008"),
        filiere: Filiere::Apprentissage,
        millesime: Millesime::pooled(2022),
        mesures,
        universites_seules: false,
        source: Dataset::InserjeunesMesures,
        fichier: FileId(1),
    }
}

fn world(mesures: Vec<MesuresRow>) -> ComputedPublication {
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
    assert_eq!(found.unknown_codes, [(code("99999999"), 2)]);
    assert!(found.statistiques.iter().all(|s| s.code == code("32020008")));
}

#[test]
fn a_country_without_national_statistic_is_the_sum_of_its_visible_regions() {
    let found = world(vec![row("11", (100, 40, 30)), row("53", (60, 20, 20)), row("94", (12, 4, 4))]);
    let france = &found.statistiques[0];
    assert_eq!((france.lieu, france.origine.type_origine), (Lieu::France, TypeOrigine::Agregee));
    assert_eq!(france.figures.get(I::NbAnneeTerm).known(), Some(160));
    // 60 / 160 = 37.5 → 38; 50 / 160 = 31.25 → 31.
    assert_eq!(france.figures.get(I::PartPoursuiteEtudes).known(), Some(38));
    assert_eq!(france.figures.get(I::PartEnEmploi6Mois).known(), Some(31));
    assert_eq!(france.origine.cellules, Some((2, 3)));
}

/// Where, of what, when: the cells of a generated world. Two régions, three schools of the first,
/// the country; a diploma, the one that replaced it, the last year of a school-based course, and a
/// diploma of higher education, whose S and P may be counted anew at each horizon.
const PLACES: [&str; 6] = ["", "11", "53", "0750001U", "0750002V", "0750003W"];
const CODES: [&str; 4] = ["32020007", "32020008", "24720032008", "9000001"];
const YEARS: [Millesime; 2] = [Millesime::pooled(2021), Millesime::pooled(2022)];
/// What is counted or rated over the cohort, and must not show when it is small.
const HIDDEN: [M; 8] = [
    M::NbPoursuiteEtudes,
    M::NbSortant,
    M::NbEnEmploi6Mois,
    M::NbEnEmploi12Mois,
    M::PartPoursuiteEtudes,
    M::PartEnEmploi6Mois,
    M::TauxEmploi6Mois,
    M::TauxRuptureContrats,
];

/// One cell: its size if the source gives one; for each figure, whether it is there (0), blank
/// (1) or withheld (2); and two versions of the figures.
type Cell = (Option<i32>, [u8; 8], [i32; 8], [i32; 8], Option<Later>);
/// The size of a cohort at 12, 18 and 24 months, and two versions of how many of it left.
type Later = [(i32, i32, i32); 3];

fn cell() -> impl Strategy<Value = Cell> {
    let size = prop_oneof![1 => Just(None), 9 => (0..45i32).prop_map(Some)];
    let blanks = proptest::array::uniform8(prop_oneof![8 => Just(0u8), 1 => Just(1), 1 => Just(2)]);
    let later = proptest::option::of(proptest::array::uniform3((0..45i32, 0..45i32, 0..45i32)));
    (size, blanks, proptest::array::uniform8(0..19i32), proptest::array::uniform8(0..19i32), later)
}

/// S and P of each later horizon: what is hidden depends on the version.
fn later(later: &Later, second: bool) -> [[Option<i32>; 2]; 3] {
    later.map(|(size, one, other)| {
        let leavers = if second && size < SEUIL { other } else { one } % (size + 1);
        [Some(leavers), Some(size - leavers)]
    })
}

fn cell_row(place: usize, code_: usize, year: usize, (size, blanks, a, b, anew): &Cell, second: bool) -> MesuresRow {
    let mut mesures = Mesures::default();
    let superieur = code_ == 3;
    // The size of a cohort of higher education is a sum of what may be hidden: it is given here.
    let size = &size.or(superieur.then_some(SEUIL));
    if let Some(size) = size {
        mesures.set(M::NbAnneeTerm, *size);
    }
    let anew = anew.as_ref().filter(|_| superieur);
    if let Some(anew) = anew {
        mesures.set_later(later(anew, second));
    }
    // Of a cohort of unknown size, the leavers decide.
    let hidden = size.unwrap_or(if blanks[1] == 0 { a[1] } else { SEUIL }) < SEUIL;
    for (((mesure, blank), first), other) in HIDDEN.iter().zip(blanks).zip(a).zip(b) {
        let hidden = match anew {
            Some([(size, ..), ..]) if *mesure == M::NbEnEmploi12Mois => *size < SEUIL,
            _ => hidden,
        };
        match blank {
            0 => mesures.set(*mesure, if second && hidden { *other } else { *first }),
            1 => {}
            _ => mesures.withhold(*mesure),
        }
    }
    MesuresRow {
        lieu: Lieu::from_stored(PLACES[place]).unwrap(),
        code: code(CODES[code_]),
        filiere: [Filiere::Apprentissage, Filiere::Apprentissage, Filiere::Pro, Filiere::Superieur][code_],
        millesime: YEARS[year],
        mesures,
        universites_seules: false,
        source: Dataset::InserjeunesMesures,
        fichier: FileId(1),
    }
}

/// Everything that is ours of a generated world: entries with figures, copies, sums, context and
/// rank, and the coverage. What is served later (sums over several codes, changes between
/// publications, exports) is made of these alone.
fn ours(cells: &[(usize, usize, usize, Cell)], catalogue: &[[usize; 3]], second: bool) -> ComputedPublication {
    let place = |index: usize| crate::domain::Uai::from_stored(PLACES[3 + index]);
    let catalogue = catalogue
        .iter()
        .map(|[lieu, formateur, gestionnaire]| CatalogueRow {
            cfd: code(CODES[1]),
            lieu: place(*lieu),
            formateur: place(*formateur),
            gestionnaire: place(*gestionnaire),
            ministry_key: None,
        })
        .collect();
    let sources = Sources {
        mesures: cells.iter().map(|(p, c, y, cell)| cell_row(*p, *c, *y, cell, second)).collect(),
        diplomes: vec![diplome(CODES[0], &[CODES[1]]), diplome(CODES[1], &[])],
        diplomes_sise: vec![DiplomeSiseRow {
            code: code(CODES[3]),
            type_diplome: None,
            libelle: Some("LICENCE".to_owned()),
            date_ouverture: None,
            date_fermeture: None,
        }],
        mefs: vec![mef(CODES[2], CODES[1], 2), mef("24710032008", CODES[1], 1)],
        niveaux: vec![NiveauRow { niveau: "320".to_owned(), libelle_court: "BTS".to_owned() }],
        catalogue,
        ..Sources::default()
    };
    compute(&sources, SEUILS)
}

/// What a batch tells of every place and code of a world, asked for without a year and in each form of
/// each year.
fn told(world: &ComputedPublication) -> Vec<Option<(BatchStatus, Millesime, Filiere)>> {
    let mut cells: BTreeMap<(Lieu, CodeCertification), Vec<&Statistique>> = BTreeMap::new();
    for statistique in &world.statistiques {
        cells.entry((statistique.lieu, statistique.code)).or_default().push(statistique);
    }
    let years = [2021, 2022].map(|year| [Some(Millesime::single(year)), Some(Millesime::pooled(year))]);
    let asked = || years.into_iter().flatten().chain([None]).map(|millesime| Wanted { millesime, filiere: None });
    let outcome = |(stored, wanted): (&Vec<&Statistique>, Wanted)| {
        let found = choose(stored.clone(), |s| s, wanted)?.statistique;
        let pointed = found.terminales.iter().filter_map(|code| cells.get(&(found.lieu, *code))).flatten().copied();
        Some((BatchStatus::of(found, pointed, wanted), found.millesime, found.filiere))
    };
    cells.values().flat_map(|stored| asked().map(move |wanted| (stored, wanted))).map(outcome).collect()
}

/// The neighbours of every statistic of an établissement, everything being near and each relation met.
fn neighbours(world: &ComputedPublication) -> Vec<Vec<(Relation, Standing, Lieu, CodeCertification)>> {
    let taught: Vec<&Statistique> = world.statistiques.iter().filter(|s| s.uai().is_some()).collect();
    let around = |asked: &&Statistique| {
        let found = taught.iter().zip(0..).map(|(other, metres)| {
            let relation = match (other.code == asked.code, other.filiere == asked.filiere) {
                (true, true) => Relation::MemeCertification,
                (true, false) => Relation::AutreVoie,
                (false, true) => Relation::MemeFamille,
                (false, false) => Relation::MemeGroupeSpecialite,
            };
            (relation, metres, *other)
        });
        let shown = ranked(asked, found.collect(), |statistique| statistique);
        shown.iter().map(|n| (n.relation, n.standing, n.statistique.lieu, n.statistique.code)).collect()
    };
    taught.iter().map(around).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the hidden cells hold, every answer is the same: nothing can be subtracted.
    #[test]
    fn no_answer_depends_on_a_hidden_figure(
        cells in proptest::collection::vec((0..6usize, 0..4usize, 0..2usize, cell()), 1..16),
        catalogue in proptest::collection::vec(proptest::array::uniform3(0..3usize), 0..4),
    ) {
        let (one, other) = (ours(&cells, &catalogue, false), ours(&cells, &catalogue, true));
        prop_assert_eq!(told(&one), told(&other));
        prop_assert_eq!(neighbours(&one), neighbours(&other));
        prop_assert_eq!(one.couverture, other.couverture);
        prop_assert_eq!(one.reperes, other.reperes);
        prop_assert_eq!(one.statistiques, other.statistiques);
    }
}
