//! The published files themselves, where they are at hand: our rates against theirs.
//!
//! They are not part of the project: what needs them is `#[ignore]`.

mod search;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::common::{TestDb, TestServer, config, database, test_file};

/// The folder of the published files.
fn folder() -> PathBuf {
    test_file("data")
}

const REGIONAL: &str = "inserjeunes/inserjeunes-mesures-regional-2019_2022.csv";

async fn published(folder: &Path) -> TestDb {
    let test = database().await;
    for name in [
        "bcn/v_formation_diplome.csv",
        "bcn/n_formation_diplome.csv",
        "bcn/n_mef.csv",
        "bcn/n_niveau_formation_diplome.csv",
        REGIONAL,
    ] {
        crate::common::ingest(&test.db, &folder.join(name)).await;
    }
    exposition::publication::publish(&test.db, &config().publication).await.unwrap();
    test
}

/// The rows of a CSV answer or file, by column name.
fn rows(text: &str, separator: u8) -> Vec<HashMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
async fn every_regional_rate_is_the_published_one_and_present_exactly_where_it_is() {
    let folder = folder();
    let TestDb { db, .. } = published(&folder).await;
    let server = TestServer::start(db).await;
    let example = server.json("/api/v1/regions/11/certifications/32020008?millesime=2019_2020").await;
    assert_eq!(example["part_en_emploi"], json!({"6_mois": 35, "12_mois": 41, "18_mois": 40, "24_mois": 44}));
    assert_eq!(example["taux_emploi"], json!({"6_mois": 64, "12_mois": 75, "18_mois": 73, "24_mois": 80}));
    assert_eq!(example["part_poursuite_etudes"], Value::from(45));

    let mut ours = HashMap::new();
    for millesime in ["2019_2020", "2020_2021", "2021_2022"] {
        for region in exposition::domain::CodeRegion::all() {
            let path = format!("/api/v1/regions/{region}/certifications.csv?millesime={millesime}");
            let listed = rows(&server.get(&path).await.text().await.unwrap(), b',');
            for row in listed.into_iter().filter(|row| row["origine"] == "propre") {
                ours.insert((row["millesime"].clone(), row["region"].clone(), row["code_certification"].clone()), row);
            }
        }
    }
    let published = std::fs::read_to_string(folder.join(REGIONAL)).unwrap();
    let theirs = rows(published.trim_start_matches('\u{feff}'), b';');
    assert_eq!((theirs.len(), ours.len()), (29_410, 29_410));
    let mut compared = 0;
    for row in &theirs {
        let code = if row["cfd"].is_empty() { &row["mefstat11"] } else { &row["cfd"] };
        let our = &ours[&(row["millesime"].clone(), row["code_region"].clone(), code.clone())];
        let pairs =
            [6, 12, 18, 24].map(|months| (format!("taux_emploi_{months}_mois"), format!("taux_emploi_{months}_mois")));
        for (theirs, ours) in
            pairs.into_iter().chain([("taux_poursuite_etudes".to_owned(), "part_poursuite_etudes".to_owned())])
        {
            compared += same(&row[&theirs], &our[&ours], &row["id"], &ours);
        }
    }
    assert_eq!(compared, 14_306 * 2 + 9_281 * 2 + 18_447, "cells with a rate in the file");
}

/// 1 when both have a rate, 0 when none has.
fn same(theirs: &str, ours: &str, id: &str, what: &str) -> i32 {
    assert_eq!(theirs.is_empty(), ours.is_empty(), "{id} {what}: published {theirs:?}, ours {ours:?}");
    if theirs.is_empty() {
        return 0;
    }
    let (theirs, ours): (i32, i32) = (theirs.parse().unwrap(), ours.parse().unwrap());
    assert!((theirs - ours).abs() <= 1, "{id} {what}: published {theirs}, ours {ours}");
    1
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
async fn computed_rates_are_within_one_point_of_the_published_ones() {
    let folder = folder();
    // Without the published rates, ours are computed from the counts.
    let text = std::fs::read_to_string(folder.join(REGIONAL)).unwrap();
    let header = text.lines().next().unwrap().to_owned();
    let blind = text.replacen(&header, &header.replace(";taux_", ";x_"), 1);
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("inserjeunes-mesures-sans-taux.csv");
    std::fs::write(&path, blind).unwrap();
    let world = database().await;
    for name in ["bcn/v_formation_diplome.csv", "bcn/n_mef.csv"] {
        crate::common::ingest(&world.db, &folder.join(name)).await;
    }
    crate::common::ingest(&world.db, &path).await;
    exposition::publication::publish(&world.db, &config().publication).await.unwrap();
    let server = TestServer::start(world.db).await;
    let theirs = rows(text.trim_start_matches('\u{feff}'), b';');
    let mut theirs: HashMap<_, _> = theirs
        .into_iter()
        .map(|row| {
            let code = if row["cfd"].is_empty() { row["mefstat11"].clone() } else { row["cfd"].clone() };
            ((row["millesime"].clone(), row["code_region"].clone(), code), row)
        })
        .collect();
    for region in exposition::domain::CodeRegion::all() {
        for millesime in ["2019_2020", "2020_2021", "2021_2022"] {
            let path = format!("/api/v1/regions/{region}/certifications.csv?millesime={millesime}");
            for our in rows(&server.get(&path).await.text().await.unwrap(), b',') {
                let key = (our["millesime"].clone(), our["region"].clone(), our["code_certification"].clone());
                let row = theirs.remove(&key).unwrap();
                same(&row["taux_emploi_6_mois"], &our["taux_emploi_6_mois"], &row["id"], "taux_emploi_6_mois");
                same(&row["taux_emploi_24_mois"], &our["taux_emploi_24_mois"], &row["id"], "taux_emploi_24_mois");
                same(&row["taux_poursuite_etudes"], &our["part_poursuite_etudes"], &row["id"], "part_poursuite_etudes");
            }
        }
    }
    assert!(theirs.is_empty(), "every row is answered");
}

/// The cells of the regional file whose change of a figure is served, and how many are net.
fn changes(rows: &[HashMap<String, String>], millesime: &str, figure: &str) -> (usize, usize) {
    let cell = |row: &HashMap<String, String>, what: &str| row[&format!("evolution_{figure}_{what}")].clone();
    let told = rows.iter().filter(|row| row["millesime"] == millesime && row["origine"] == "propre");
    let told: Vec<_> = told.filter(|row| !cell(row, "millesime").is_empty()).collect();
    (told.len(), told.iter().filter(|row| cell(row, "net") == "true").count())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
async fn no_trend_of_employment_crosses_the_break_and_few_are_more_than_chance() {
    let TestDb { db, .. } = published(&folder()).await;
    let server = TestServer::start(db).await;
    let mut ours = Vec::new();
    for millesime in ["2019_2020", "2020_2021", "2021_2022"] {
        for region in exposition::domain::CodeRegion::all() {
            let path = format!("/api/v1/regions/{region}/certifications.csv?millesime={millesime}");
            ours.extend(rows(&server.get(&path).await.text().await.unwrap(), b','));
        }
    }
    // Counted over the file itself by other means, with Newcombe's formula of another hand.
    assert_eq!(changes(&ours, "2019_2020", "part_en_emploi_6_mois"), (0, 0), "nothing before");
    // 5,219 pairs have the count of those in employment; in four more everybody goes on studying,
    // and the absent count is 0 (DATA.md §3).
    assert_eq!(changes(&ours, "2020_2021", "part_en_emploi_6_mois"), (5_223, 189));
    assert_eq!(changes(&ours, "2021_2022", "part_en_emploi_6_mois"), (0, 0), "half of it counts otherwise");
    assert_eq!(changes(&ours, "2020_2021", "part_poursuite_etudes"), (5_223, 361));
    assert_eq!(changes(&ours, "2021_2022", "part_poursuite_etudes"), (5_537, 960), "768 of them overlap");
}
