//! InserSup: which rows of the cube go in, and with what figures.

use exposition::ingestion::{FileStatus, Options, Report, ingest};

use self::generator::{Generation, SourceFile};
use super::{World, uai};
use crate::common::{config, test_file};

#[path = "../../benches/common/insersup/mod.rs"]
#[expect(dead_code, reason = "the benchmark needs the rest of it")]
mod generator;

const COMMUNES: &str = "date_jeu;reg_id;aca_id;uo_lib;etablissement;diplome;source;obtention_diplome;genre;nationalite;\
    regime_inscription;promo;nb_sortants_en_emploi_sal_fr_6;nb_sortants_en_emploi_sal_fr_12;\
    nb_sortants_en_emploi_sal_fr_18;nb_sortants_en_emploi_sal_fr_24;salaire_q1_12;salaire_q2_12;salaire_q3_12";
/// What a row says unless a test says otherwise: all institutions of the country, S 100, P 20.
const COMMUNE: &str =
    "2025_S2;;;National;all;9000001;insersup;ensemble;ensemble;ensemble;ensemble;2022;60;70;nd;;1500;1800.5;2100";

/// The columns of S and P of each generation, and their values.
const UNIQUE: (&str, &str) = ("nb_sortants;nb_poursuivants", "100;20");
const BY_HORIZON: (&str, &str) = (
    "nb_sortants_6;nb_poursuivants_6;nb_sortants_12;nb_poursuivants_12;nb_sortants_18;nb_poursuivants_18;\
     nb_sortants_24;nb_poursuivants_24;nb_sortants_30;nb_poursuivants_30",
    "100;20;98;22;96;24;94;26;92;28",
);

/// A row of a generation with these fields changed.
fn line((columns, valeurs): (&str, &str), changes: &[(&str, &str)]) -> String {
    let header = format!("{COMMUNES};{columns}");
    let row = format!("{COMMUNE};{valeurs}");
    let names: Vec<&str> = header.split(';').collect();
    assert!(changes.iter().all(|(name, _)| names.contains(name)), "{changes:?}");
    let value = |(name, value)| changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, new)| *new);
    names.iter().copied().zip(row.split(';')).map(value).collect::<Vec<&str>>().join(";")
}

/// A file of such rows.
fn file(generation: (&str, &str), lines: &[&[(&str, &str)]]) -> String {
    let rows: Vec<String> = lines.iter().map(|changes| line(generation, changes)).collect();
    format!("\u{feff}{COMMUNES};{}\n{}\n", generation.0, rows.join("\n"))
}

/// Enough good rows that one or two bad ones do not cost the file.
fn with_good_rows(lines: &[&[(&str, &str)]]) -> String {
    let good: Vec<String> = (0..80).map(|n| line(UNIQUE, &[("diplome", &format!("95{n:05}"))])).collect();
    format!("{}{}\n", file(UNIQUE, lines), good.join("\n"))
}

const LIEUX: &str = "SELECT maille, lieu, universites_seules, ensemble FROM insersup ORDER BY ligne";
const CHIFFRES: &str =
    "SELECT nb_sortant AS s, nb_poursuite_etudes AS p, nb_en_emploi_6_mois AS j6, nb_en_emploi_12_mois AS j12,
    nb_en_emploi_18_mois AS j18, nb_en_emploi_24_mois AS j24, salaire_12_mois_q1 AS q1, salaire_12_mois_q2 AS q2,
    salaire_12_mois_q3 AS q3, non_diffusees FROM insersup ORDER BY ligne";

#[tokio::test]
async fn a_diploma_that_stands_twice_is_in_conflict_under_the_columns_of_the_file() {
    let world = World::new().await;
    let twice = with_good_rows(&[&[], &[("nb_sortants", "99"), ("nb_sortants_en_emploi_sal_fr_12", "71")]]);
    let report = world.accept("fr-esr-insersup.csv", twice).await;
    let rejected = &report.rejets[0];
    assert_eq!((rejected.nombre, report.lines.gardees), (2, 80), "nothing is summed");
    let column = rejected.exemples[0].column.as_deref().unwrap();
    assert_eq!(column, "nb_sortants, nb_sortants_en_emploi_sal_fr_12");
    assert!(rejected.exemples[0].raison.contains("la ligne 3 a la même clé"), "{}", rejected.exemples[0].raison);
}

#[tokio::test]
async fn both_generations_give_the_same_statistic() {
    // Withheld: the bit of nb_en_emploi_18_mois, the 6th measure; the salary is rounded.
    let expected = ["100 20 60 70 - - 1500 1801 2100 32"];
    for generation in [UNIQUE, BY_HORIZON] {
        let world = World::new().await;
        let report = world.accept("export.csv", file(generation, &[&[]])).await;
        assert_eq!(report.dataset, Some("fr-esr-insersup"));
        assert_eq!(report.millesimes, ["2022"]);
        assert_eq!(world.rows(CHIFFRES).await, expected, "{generation:?}");
        assert_eq!(world.rows(LIEUX).await, ["nationale  false true"]);
    }
}

#[tokio::test]
async fn leavers_and_those_who_go_on_are_of_the_first_horizon_that_says_anything() {
    let world = World::new().await;
    let (blank, withheld) = (("nb_sortants_6", ""), ("nb_sortants_6", "nd"));
    let file = file(
        BY_HORIZON,
        &[
            &[("diplome", "9000001"), blank, ("nb_poursuivants_6", "")],
            // Half said is said: P of another horizon would add up to nothing that exists.
            &[("diplome", "9000002"), blank],
            // Withheld is said: the later horizon, which the source publishes, means something else.
            &[("diplome", "9000003"), withheld, ("nb_poursuivants_6", "nd")],
        ],
    );
    let report = world.accept("export.csv", file).await;
    // Those in employment after 6 months have nobody whose part they would be.
    assert_eq!((report.findings.total(), report.findings.by_rule()[0].examples[0].line), (1, 2));
    assert_eq!(
        world.rows(CHIFFRES).await,
        ["98 22 - 70 - - 1500 1801 2100 32", "- 20 60 70 - - 1500 1801 2100 32", "- - 60 70 - - 1500 1801 2100 38",]
    );
}

#[tokio::test]
async fn employment_is_checked_against_the_leavers_of_its_own_horizon() {
    let world = World::new().await;
    let j12 = "nb_sortants_en_emploi_sal_fr_12";
    let mut rows: Vec<String> = (0..40).map(|n| line(BY_HORIZON, &[("diplome", &format!("95{n:05}"))])).collect();
    rows.push(line(BY_HORIZON, &[(j12, "99")]));
    rows.push(line(BY_HORIZON, &[("diplome", "9000002"), (j12, "105"), ("nb_sortants_12", "110")]));
    let file = format!("{COMMUNES};{}\n{}\n", BY_HORIZON.0, rows.join("\n"));
    let report = world.accept("export.csv", file).await;
    let rejection = &report.rejets[0].exemples[0];
    assert_eq!((rejection.line, rejection.column.as_deref(), rejection.valeur.as_str()), (42, Some(j12), "99"));
    assert!(rejection.raison.contains("98 sortants"), "{}", rejection.raison);
    // 105 of 110 is possible, whatever the 100 at six months are.
    let late = "SELECT nb_sortant, nb_en_emploi_12_mois AS j12 FROM insersup WHERE code_certification = '9000002'";
    assert_eq!(world.rows(late).await, ["100 105"]);
    assert_eq!(report.findings.total(), 0);
}

#[tokio::test]
async fn each_later_horizon_keeps_its_own_leavers_and_those_who_go_on() {
    let world = World::new().await;
    let withheld: &[(&str, &str)] =
        &[("diplome", "9000002"), ("nb_sortants_12", "nd"), ("nb_poursuivants_24", ""), ("nb_sortants_18", "7 *")];
    world.accept("export.csv", file(BY_HORIZON, &[&[], withheld])).await;
    let rows = "SELECT effectifs_par_horizon::text AS e FROM insersup ORDER BY ligne";
    assert_eq!(world.rows(rows).await, ["{98,22,96,24,94,26}", "{NULL,22,7,24,94,NULL}"]);
    let world = World::new().await;
    world.accept("export.csv", file(UNIQUE, &[&[]])).await;
    assert_eq!(world.rows("SELECT coalesce(effectifs_par_horizon::text, '-') AS e FROM insersup").await, ["-"]);
}

#[tokio::test]
async fn a_file_of_ventilations_alone_is_refused_and_told_which_export_to_take() {
    let world = World::new().await;
    world.accept("before.csv", file(UNIQUE, &[&[]])).await;
    let before = world.everything().await;
    // Filtered by one value, by several, with margins of what is out of scope.
    for rows in [
        &[&[("genre", "femme")][..], &[("genre", "homme")]][..],
        &[&[("genre", "femme")], &[("nationalite", "français")], &[("obtention_diplome", "diplômé")]],
        &[&[("regime_inscription", "FI")], &[("diplome", "all")]],
    ] {
        for generation in [UNIQUE, BY_HORIZON] {
            let message = world.refuse("export.csv", file(generation, rows)).await;
            assert!(message.contains("«ensemble»") && message.contains("take the whole export"), "{message}");
            assert_eq!(world.everything().await, before);
        }
    }
}

#[tokio::test]
async fn only_diplomas_at_places_that_the_service_has_go_in() {
    let uai = uai(759_001);
    let world = World::new().await;
    let file = file(
        UNIQUE,
        &[
            &[],
            &[("etablissement", "UNIV")],
            &[("etablissement", "all"), ("uo_lib", "Occitanie"), ("reg_id", "R76")],
            &[("etablissement", "all"), ("uo_lib", "Bretagne"), ("reg_id", "53")],
            &[("etablissement", &uai), ("uo_lib", "U"), ("reg_id", "R11"), ("aca_id", "A01")],
            // An académie, a group of no région, the universities of a région, another group.
            &[("uo_lib", "Toulouse"), ("reg_id", "R76"), ("aca_id", "A16")],
            &[("uo_lib", "Ailleurs")],
            &[("etablissement", "UNIV"), ("uo_lib", "Occitanie"), ("reg_id", "R76")],
            &[("etablissement", "ECOLES")],
            &[("diplome", "all")],
            &[("diplome", "ALL"), ("etablissement", &uai)],
            &[("source", "autre")],
            &[("source", "")],
        ],
    );
    let report = world.accept("export.csv", file).await;
    assert_eq!(
        world.rows(LIEUX).await,
        [
            "nationale  false true".to_owned(),
            "nationale  true true".to_owned(),
            "regionale 76 false true".to_owned(),
            "regionale 53 false true".to_owned(),
            format!("etablissement {uai} false true"),
        ]
    );
    let lines = report.lines;
    assert_eq!((lines.lues, lines.gardees, lines.ignorees, lines.rejetees), (13, 5, 8, 0));
    assert_eq!(
        out_of_scope(&report),
        [
            ("autre source que insersup", 2),
            ("ensemble d'établissements autre que la France et les régions", 4),
            ("ensemble de diplômes", 2),
        ]
    );
}

fn out_of_scope(report: &Report) -> Vec<(&str, u64)> {
    report.hors_perimetre.iter().map(|(reason, count)| (*reason, *count)).collect()
}

#[tokio::test]
async fn lines_out_of_scope_do_not_dilute_the_share_of_rejected_ones() {
    let world = World::new().await;
    let mut lines: Vec<&[(&str, &str)]> = vec![&[("diplome", "all")]; 100];
    lines.extend([&[][..], &[("promo", "deux mille")]]);
    let message = world.refuse("export.csv", file(UNIQUE, &lines)).await;
    assert!(message.starts_with("1 of 2 rows are rejected (50.0 %)"), "{message}");
}

#[tokio::test]
async fn ventilations_are_kept_beside_the_whole() {
    let world = World::new().await;
    let file = file(
        UNIQUE,
        &[
            &[],
            &[("genre", "femme")],
            &[("genre", "homme"), ("obtention_diplome", "diplômé")],
            &[("nationalite", "étranger")],
            &[("regime_inscription", "apprentissage")],
            // More in employment than left: no statistic, but no reason to lose a ventilation.
            &[("regime_inscription", "formation initiale"), ("nb_sortants", "50")],
        ],
    );
    let report = world.accept("export.csv", file).await;
    assert_eq!((report.lines.gardees, report.findings.total()), (6, 2));
    assert!(report.findings.by_rule()[0].examples[0].raison.contains("(50)"), "{:?}", report.findings);
    let rows =
        "SELECT genre, nationalite, obtention_diplome, regime_inscription, ensemble FROM insersup ORDER BY ligne";
    assert_eq!(
        world.rows(rows).await,
        [
            "ensemble ensemble ensemble ensemble true",
            "femme ensemble ensemble ensemble false",
            "homme ensemble diplômé ensemble false",
            "ensemble étranger ensemble ensemble false",
            "ensemble ensemble ensemble apprentissage false",
            "ensemble ensemble ensemble formation initiale false",
        ]
    );
}

#[tokio::test]
async fn pooled_promotions_flags_and_withheld_numbers_are_read() {
    let world = World::new().await;
    let file = file(
        UNIQUE,
        &[
            &[("promo", "2021,2022"), ("nb_sortants", "130 *")],
            &[("promo", "2021"), ("nb_sortants", "72 **"), ("nb_poursuivants", "ns")],
            &[("promo", "2023"), ("nb_sortants", "nd"), ("nb_poursuivants", "na"), ("salaire_q2_12", "nd *")],
        ],
    );
    let report = world.accept("export.csv", file).await;
    assert_eq!(report.millesimes, ["2021", "2021_2022", "2023"]);
    assert_eq!(
        world.rows(CHIFFRES).await,
        [
            "130 20 60 70 - - 1500 1801 2100 32",
            // P is the 2nd measure, S the 3rd, the median salary the 18th.
            "72 - 60 70 - - 1500 1801 2100 34",
            "- - 60 70 - - 1500 - 2100 131110",
        ]
    );
}

#[tokio::test]
async fn a_bad_row_is_rejected_with_its_column_and_value() {
    for (column, valeur, raison) in [
        ("etablissement", "0750001A", "L'UAI n'est pas valide"),
        ("etablissement", "", "L'UAI n'est pas valide"),
        ("diplome", "90000012", "code SISE"),
        ("diplome", "", "Le code de certification est absent"),
        ("promo", "2020,2022", "Le millésime n'est ni une année"),
        ("promo", "2020,2021,2022", "Le millésime n'est ni une année"),
        ("genre", "", "La population n'est pas dans la liste"),
        ("nb_sortants", "12 ***", "La valeur n'est pas un nombre"),
        ("nb_sortants", "-3", "La valeur est impossible"),
        ("nb_poursuivants", "1,5", "La valeur est impossible"),
        ("nb_sortants_en_emploi_sal_fr_24", "101", "Les effectifs se contredisent"),
        ("salaire_q3_12", "-1", "La valeur est impossible"),
    ] {
        let world = World::new().await;
        let report = world.accept("export.csv", with_good_rows(&[&[(column, valeur)]])).await;
        let example = &report.rejets[0].exemples[0];
        assert_eq!(
            (example.line, example.column.as_deref(), example.valeur.as_str()),
            (2, Some(column), valeur),
            "{example:?}"
        );
        assert!(example.raison.contains(raison), "{example:?}");
        assert_eq!((report.lines.gardees, report.lines.rejetees), (80, 1), "{column}={valeur}");
    }
    let world = World::new().await;
    let unknown = [("uo_lib", "Nulle part"), ("reg_id", "R77")];
    let report = world.accept("export.csv", with_good_rows(&[&unknown])).await;
    assert_eq!(report.rejets[0].exemples[0].raison, "La région n'existe pas.");
}

#[tokio::test]
async fn columns_of_no_known_generation_are_refused_with_both_expected_forms() {
    let world = World::new().await;
    let before = world.everything().await;
    for columns in [
        "nb_sortants",
        "nb_sortants_6;nb_poursuivants_12",
        "nb_sortants;nb_poursuivants;nb_sortants_6;nb_poursuivants_6",
        "sortants_a_6_mois;autre",
    ] {
        let valeurs = vec!["1"; columns.split(';').count()].join(";");
        let message = world.refuse("export.csv", file((columns, &valeurs), &[&[]])).await;
        for expected in
            ["nb_sortants with nb_poursuivants", "2025_S2", "nb_sortants_x with nb_poursuivants_x", "2026_S1"]
        {
            assert!(message.contains(expected), "{message}");
        }
        assert!(message.contains(columns.split(';').next().unwrap()), "{message}");
        assert_eq!(world.everything().await, before);
    }
    let message = world.refuse("fr-esr-insersup.csv", "date_jeu;promo\n2025_S2;2022\n").await;
    assert!(message.contains("«etablissement»") && message.contains("«salaire_q3_12»"), "{message}");
}

#[tokio::test]
async fn repeated_rows_collapse_or_contradict_each_other() {
    let world = World::new().await;
    let other: &[(&str, &str)] = &[("diplome", "9000002"), ("genre", "femme")];
    let file = with_good_rows(&[&[], &[], other, &[other[0], other[1], ("nb_sortants", "99")], &[("genre", "femme")]]);
    let report = world.accept("export.csv", file).await;
    let lines = report.lines;
    assert_eq!((lines.lues, lines.gardees, lines.identiques, lines.rejetees), (85, 82, 1, 2));
    assert_eq!(world.rows("SELECT 1 FROM insersup WHERE code_certification = '9000002'").await.len(), 0);
}

#[tokio::test]
async fn a_truncated_file_leaves_the_older_one_untouched() {
    let world = World::new().await;
    world.accept("export.csv", file(UNIQUE, &[&[], &[("promo", "2021")]])).await;
    let before = world.everything().await;
    let whole = file(UNIQUE, &[&[("nb_sortants", "101")], &[("promo", "2021")]]);
    let message = world.refuse("export.csv", &whole[..whole.len() - 40]).await;
    assert!(message.contains("truncated") && message.contains("(3)"), "{message}");
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn a_newer_file_replaces_the_promotions_that_it_has() {
    let world = World::new().await;
    world.accept("a.csv", file(UNIQUE, &[&[], &[("promo", "2021")], &[("promo", "2021"), ("genre", "femme")]])).await;
    let report = world.accept("b.csv", file(BY_HORIZON, &[&[("promo", "2021"), ("nb_sortants_6", "90")]])).await;
    assert_eq!(report.lignes_anciennes_remplacees, 2);
    let rows = "SELECT millesime, nb_sortant FROM insersup ORDER BY millesime";
    assert_eq!(world.rows(rows).await, ["2021 90", "2022 100"]);
}

#[tokio::test]
async fn of_a_generated_file_every_row_is_where_the_generator_says() {
    for generation in [Generation::Unique, Generation::ByHorizon] {
        let world = World::new().await;
        let mut file = Vec::new();
        let summary = SourceFile { generation, lines: 12_000, seed: 7 }.write(&mut file).unwrap();
        let mut again = Vec::new();
        SourceFile { generation, lines: 12_000, seed: 7 }.write(&mut again).unwrap();
        assert!(file == again, "the same seed must give the same file");
        let header = file.split(|byte| *byte == b'\n').next().unwrap();
        assert_eq!(header.split(|byte| *byte == b';').count(), 101);
        let report = world.accept("export.csv", &file).await;
        let lines = report.lines;
        let expected = |count: usize| u64::try_from(count).unwrap();
        assert_eq!((lines.lues, lines.gardees), (12_000, expected(summary.gardees)), "{generation:?}");
        assert_eq!((lines.rejetees, lines.identiques, report.findings.total()), (0, 0, 0), "{:?}", report.rejets);
        assert_eq!(
            out_of_scope(&report),
            [
                ("autre source que insersup", expected(summary.other_sources)),
                ("ensemble d'établissements autre que la France et les régions", expected(summary.academies)),
                ("ensemble de diplômes", expected(summary.other_diplomes)),
            ]
        );
        let kinds = "SELECT count(*) FILTER (WHERE ensemble) AS ensembles,
            count(*) FILTER (WHERE maille = 'nationale' AND NOT universites_seules) AS nationales,
            count(*) FILTER (WHERE universites_seules) AS universites,
            count(*) FILTER (WHERE maille = 'regionale') AS regionales FROM insersup";
        let written = [summary.wholes, summary.nationales, summary.universites, summary.regionales];
        assert_eq!(world.rows(kinds).await, [written.map(|kind| kind.to_string()).join(" ")]);
        // A half never has more leavers than its whole.
        let larger =
            "SELECT 1 FROM insersup v JOIN insersup e USING (lieu, universites_seules, code_certification, millesime)
            WHERE e.ensemble AND v.nb_sortant > e.nb_sortant";
        assert_eq!(world.rows(larger).await.len(), 0);
    }
}

#[tokio::test]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn the_file_of_the_compatibility_corpus_gives_the_rows_counted_by_other_means() {
    let path = test_file("compat/inputs/fr-esr-insersup.csv");
    let world = World::new().await;
    let report = ingest(&world.pg.db, &config().ingestion, &path, &Options::default()).await.unwrap();
    assert_eq!(report.state, FileStatus::Importe, "{:?} {:?}", report.motif, report.rejets);
    // All counted with Python's csv.DictReader over the same file: rows of a source `insersup`
    // and a diplome other than `all`; sums of the digits of a field, `*` taken off.
    let lines = report.lines;
    assert_eq!((lines.lues, lines.gardees, lines.ignorees, lines.rejetees), (1046, 1044, 2, 0));
    assert_eq!(out_of_scope(&report), [("ensemble de diplômes", 2)]);
    // Numbers in employment above nb_sortants, over 332 rows, all of them ventilations.
    assert_eq!(report.findings.total(), 1040);
    let groups =
        "SELECT maille, universites_seules, ensemble, count(*) FROM insersup GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    assert_eq!(
        world.rows(groups).await,
        [
            "etablissement false false 124",
            "etablissement false true 404",
            "nationale true false 384",
            "nationale true true 96",
            "regionale false true 36",
        ]
    );
    let sums = "SELECT sum(nb_sortant) AS s, sum(nb_poursuite_etudes) AS p, sum(nb_en_emploi_6_mois) AS j6,
        sum(nb_en_emploi_12_mois) AS j12, sum(nb_en_emploi_18_mois) AS j18, sum(nb_en_emploi_24_mois) AS j24,
        sum(salaire_12_mois_q2) AS q2 FROM insersup";
    assert_eq!(world.rows(sums).await, ["159720 145842 144459 154742 128930 135201 1326238"]);
    assert_eq!(world.rows(&format!("{sums} WHERE ensemble")).await, ["63077 36043 35682 38167 31177 32711 620241"]);
    // Withheld: nb_sortants 24 times, nb_poursuivants 81 times.
    let withheld = "SELECT count(*) FILTER (WHERE non_diffusees & 4 > 0) AS s,
        count(*) FILTER (WHERE non_diffusees & 2 > 0) AS p FROM insersup";
    assert_eq!(world.rows(withheld).await, ["24 81"]);
}
