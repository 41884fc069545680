//! The real files, where they are at hand: every one recognised, no line lost.

use exposition::ingestion::{FileStatus, Options, discover, ingest};

use super::World;
use crate::common::{config, test_file};

/// File name, dataset, rows, and those that go because another row of the file has their key.
const EXPECTED: &[(&str, &str, u64, u64)] = &[
    ("inserjeunes-mesures-regional-2019_2022.csv", "inserjeunes-mesures", 29_410, 0),
    ("fr-en-inserjeunes-cfa.csv", "fr-en-inserjeunes-cfa", 8_556, 0),
    ("depp-2022-etablissements-2018_2019-pro.csv", "depp-inserjeunes-etablissements", 4_569, 0),
    ("depp-2022-etablissements-2019_2020-pro.csv", "depp-inserjeunes-etablissements", 4_674, 0),
    ("depp-2022-etablissements-2020_2021-apprentissage.csv", "depp-inserjeunes-etablissements", 1_767, 0),
    ("depp-2022-etablissements-2020_2021-pro.csv", "depp-inserjeunes-etablissements", 4_972, 0),
    ("depp-2022-etablissements-2021_2022-apprentissage.csv", "depp-inserjeunes-etablissements", 2_288, 0),
    ("depp-2022-etablissements-2021_2022-pro.csv", "depp-inserjeunes-etablissements", 5_325, 0),
    ("n_formation_diplome.csv", "n_formation_diplome", 4_023, 0),
    ("v_formation_diplome.csv", "v_formation_diplome", 11_261, 0),
    ("n_mef.csv", "n_mef", 10_067, 1),
    ("n_niveau_formation_diplome.csv", "n_niveau_formation_diplome", 212, 0),
    ("n_groupe_formation.csv", "n_groupe_formation", 29, 0),
    ("n_lien_formation_groupe.csv", "n_lien_formation_groupe", 148, 0),
    ("n_type_diplome_sise.csv", "n_type_diplome_sise", 232, 0),
    ("n_diplome_sise-extrait.csv", "n_diplome_sise", 1, 0),
    ("acce_etablissements-extrait.csv", "acce_etablissements", 1, 0),
    ("fr-en-annuaire-education_2023-06_dep35.csv", "fr-en-annuaire-education", 996, 3),
    (
        "fr-en-adresse-et-geolocalisation_2023-06_dep35.csv",
        "fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre",
        117,
        0,
    ),
];

const SKIPPED: &[(&str, &str)] = &[("n_dispositif_formation.csv", "unknown dataset")];

#[tokio::test]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
async fn every_real_file_is_recognised_and_no_line_is_lost() {
    let data = test_file("data");
    let world = World::new().await;
    let folders = ["inserjeunes", "depp", "bcn", "annuaire"].map(|folder| data.join(folder));
    let options = Options { in_folder: true, ..Options::default() };
    let mut seen = 0;
    for file in discover(&folders).unwrap() {
        let report = ingest(&world.pg.db, &config().ingestion, &file.path, &options).await.unwrap();
        let name = file.path.file_name().unwrap().to_str().unwrap();
        if let Some((_, dataset, rows, replaced)) = EXPECTED.iter().find(|(expected, ..)| *expected == name) {
            assert_eq!(
                (report.state, report.dataset),
                (FileStatus::Importe, Some(*dataset)),
                "{name}: {:?}",
                report.motif
            );
            let lines = report.lines;
            assert_eq!((lines.lues, lines.gardees, lines.rejetees), (*rows, rows - replaced, 0), "{name}");
            assert_eq!(lines.remplacees + lines.repetees, *replaced, "{name}: {:?}", report.repetitions);
            assert_eq!(lines.balance(), 0, "{name}");
            assert_eq!(report.findings.total(), 0, "{name}: {:?}", report.findings);
        } else {
            let (_, motif) = SKIPPED.iter().find(|(skipped, _)| *skipped == name).expect(name);
            assert_eq!((report.state, report.motif.as_deref()), (FileStatus::Ignore, Some(*motif)), "{name}");
        }
        seen += 1;
    }
    assert_eq!(seen, EXPECTED.len() + SKIPPED.len());
    let cell = "SELECT nb_annee_term, nb_poursuite_etudes, nb_sortant, nb_en_emploi_6_mois, nb_en_emploi_12_mois,
        nb_en_emploi_18_mois, nb_en_emploi_24_mois FROM mesures WHERE lieu = '11' AND code_certification = '32020008'
        AND filiere = 'apprentissage' AND millesime = '2019_2020'";
    assert_eq!(world.rows(cell).await, ["162 73 89 57 67 65 71"]);
    let places = "SELECT uai, departement, academie, region, latitude, longitude, secteur, ouvert FROM annuaire
        WHERE uai IN ('0010001W', '0350017D') ORDER BY dataset";
    assert_eq!(
        world.rows(places).await,
        [
            "0010001W 01 10 84 - - public true",
            "0350017D 35 14 53 47.89156984600312 -1.9895683290916766 public true",
            "0350017D 35 14 53 47.89156984600312 -1.9895683290916766 public true",
        ]
    );
    // No place of a real directory is in a territory that the tables do not have.
    let nowhere = "SELECT uai FROM annuaire WHERE departement IS NULL OR academie IS NULL OR region IS NULL";
    assert!(world.rows(nowhere).await.is_empty());
}

/// Files made of real rows and invented ones, for comparing with the system in service: file,
/// rows, and those that are kept.
const COMPAT: &[(&str, u64, u64)] = &[
    ("acce_etablissements.csv", 192, 192),
    // 76 are published nowhere, 2 are repeated.
    ("catalogue-apprentissage.csv", 2_775, 2_697),
    ("n_diplome_sise.csv", 25, 25),
    ("n_groupe_formation.csv", 13, 13),
    ("n_lien_formation_groupe.csv", 46, 46),
    ("n_type_diplome_sise.csv", 232, 232),
];

#[tokio::test]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn the_files_of_the_comparison_are_read_without_a_reject() {
    let folder = test_file("compat/inputs");
    let world = World::new().await;
    for (name, rows, kept) in COMPAT {
        let report = crate::common::ingest(&world.pg.db, &folder.join(name)).await;
        let lines = report.lines;
        assert_eq!((lines.lues, lines.gardees, lines.rejetees, lines.balance()), (*rows, *kept, 0, 0), "{name}");
        assert_eq!(report.findings.total(), 0, "{name}: {:?}", report.findings);
        if *name == "catalogue-apprentissage.csv" {
            assert_eq!((lines.ignorees, lines.identiques), (76, 2));
        }
    }
    let empty = "SELECT count(*) FILTER (WHERE uai_formateur IS NULL) > 0, count(*) FILTER (WHERE uai_formation = '')
        FROM catalogue_apprentissage";
    assert_eq!(world.rows(empty).await, ["true 0"]);
}
