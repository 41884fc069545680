//! What differs between two publications, over HTTP.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use exposition::config::PublicationConfig;
use exposition::db::Db;
use exposition::db::changements::{ChangeFilters, Pair};
use exposition::publication::{publish, rollback};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::common::statements::StatementCounter;
use crate::common::{TestDb, TestServer, config, database, ingest};

/// Région, code, E, P, J6.
type Cell = (&'static str, &'static str, i32, i32, i32);

const BTS: &str = "32020008";
const CAP: &str = "50022137";
const BEFORE: [Cell; 4] =
    [("11", BTS, 100, 40, 30), ("53", BTS, 60, 20, 20), ("32", BTS, 19, 7, 5), ("44", CAP, 50, 10, 20)];
const AFTER: [Cell; 4] =
    [("11", BTS, 100, 40, 33), ("53", BTS, 18, 6, 5), ("32", BTS, 40, 10, 12), ("75", CAP, 60, 10, 20)];

async fn write(db: &Db, cells: &[Cell], kept: u32) {
    let folder = tempfile::tempdir().unwrap();
    let diplomes = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE\n\
                    32020008;320;UN BTS;01/09/2018;\n50022137;500;UN CAP;01/09/2018;\n";
    let mut mesures =
        "millesime;code_region;filiere;cfd;nb_annee_term;nb_poursuite_etudes;nb_en_emploi_6_mois\n".to_owned();
    for (region, code, e, p, j) in cells {
        writeln!(mesures, "2020_2021;{region};apprentissage;{code};{e};{p};{j}").unwrap();
    }
    let files = [("v_formation_diplome.csv", diplomes), ("inserjeunes-mesures.csv", mesures.as_str())];
    let known = !db.publications().await.unwrap().is_empty();
    for (name, content) in files.into_iter().skip(usize::from(known)) {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        ingest(db, &path).await;
    }
    let config = PublicationConfig { max_loss_percent: 100, kept, ..config().publication };
    publish(db, &config).await.unwrap();
}

/// Publishes after a file came in.
async fn add(db: &Db, name: &str, content: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let report = ingest(db, &path).await;
    let config = PublicationConfig { max_loss_percent: 100, kept: 9, ..config().publication };
    publish(db, &config).await.unwrap();
    report.sha256.unwrap()
}

async fn world(before: &[Cell], after: &[Cell]) -> (TestDb, TestServer) {
    let test = database().await;
    write(&test.db, before, 9).await;
    write(&test.db, after, 9).await;
    let server = TestServer::start(test.db.clone()).await;
    (test, server)
}

const CHANGES: &str = "/api/v1/publications/2.0.0/changements";

async fn all(server: &TestServer, path: &str) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), None::<String>);
    loop {
        let and = if path.contains('?') { '&' } else { '?' };
        let cursor = next.map(|cursor| format!("&curseur={cursor}")).unwrap_or_default();
        let page = server.json(&format!("{path}{and}limite=7{cursor}")).await;
        found.extend(page["donnees"].as_array().unwrap().clone());
        match page["pagination"]["suivant"].as_str() {
            Some(cursor) => next = Some(cursor.to_owned()),
            None => return found,
        }
    }
}

async fn figure(server: &TestServer, region: &str, indicateur: &str) -> Value {
    let page = server.json(&format!("{CHANGES}?region={region}&indicateur={indicateur}")).await;
    let found = page["donnees"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    json!([found[0]["nature"], found[0]["avant"], found[0]["apres"], found[0]["cause"]["regle"]])
}

#[tokio::test]
async fn each_kind_of_change_is_told_with_its_cause() {
    let (_test, server) = world(&BEFORE, &AFTER).await;
    let part = "part_en_emploi_6_mois";
    assert_eq!(figure(&server, "11", part).await, json!(["corrige", 30, 33, "fichier_remplace"]));
    assert_eq!(figure(&server, "53", part).await, json!(["devient_masque", null, null, "seuil"]));
    assert_eq!(figure(&server, "32", part).await, json!(["devient_visible", null, 30, "seuil"]));
    assert_eq!(figure(&server, "44", part).await, json!(["retire", 40, null, "fichier_remplace"]));
    assert_eq!(figure(&server, "75", part).await, json!(["ajoute", null, 33, "fichier_ajoute"]));
    // The size of a cohort is never hidden, but nothing is said of what a hidden one was.
    assert_eq!(figure(&server, "53", "nb_annee_term").await, json!(["corrige", null, 18, "fichier_remplace"]));
}

#[tokio::test]
async fn the_other_direction_is_the_same_mirrored_and_a_publication_does_not_differ_from_itself() {
    let (test, server) = world(&BEFORE, &AFTER).await;
    let mut mirrored = all(&server, "/api/v1/publications/1.0.0/changements?depuis=2.0.0").await;
    let other = |word: &str| {
        match word {
            "ajoute" => "retire",
            "retire" => "ajoute",
            "devient_masque" => "devient_visible",
            "devient_visible" => "devient_masque",
            word => word,
        }
        .to_owned()
    };
    for change in &mut mirrored {
        let (avant, apres) = (change["avant"].clone(), change["apres"].clone());
        (change["avant"], change["apres"]) = (apres, avant);
        change["nature"] = json!(other(change["nature"].as_str().unwrap()));
        let cause = &mut change["cause"];
        let (avant, apres) = (cause["fichier_avant"].clone(), cause["fichier_apres"].clone());
        (cause["fichier_avant"], cause["fichier_apres"]) = (apres, avant);
        let rule = match cause["regle"].as_str().unwrap() {
            "fichier_ajoute" => "fichier_retire",
            "fichier_retire" => "fichier_ajoute",
            rule => rule,
        };
        cause["regle"] = json!(rule);
    }
    assert_eq!(mirrored, all(&server, CHANGES).await);
    rollback(&test.db, "1.0.0").await.unwrap();
    assert_eq!(all(&server, CHANGES).await, mirrored, "whichever is served");
    assert!(all(&server, &format!("{CHANGES}?depuis=2.0.0")).await.is_empty());
    assert!(all(&server, "/api/v1/publications/1.0.0/changements").await.is_empty(), "nothing was before");
}

/// What is said of the changes of two publications of which hidden cohorts held this, without the files.
async fn told(paths: &[String], before: &[Cell], after: &[Cell]) -> Vec<Value> {
    let (_test, server) = world(before, after).await;
    let mut found = Vec::new();
    for path in paths {
        for mut change in all(&server, path).await {
            change["cause"].as_object_mut().unwrap().retain(|name, _| name == "regle");
            found.push(change);
        }
    }
    assert!(!found.is_empty());
    found
}

#[tokio::test]
async fn what_hidden_cohorts_held_changes_no_answer() {
    let paths = [CHANGES.to_owned(), "/api/v1/publications/1.0.0/changements?depuis=2.0.0".to_owned()];
    let (mut before, mut after) = (BEFORE, AFTER);
    (before[2].3, before[2].4) = (2, 16);
    (after[1].3, after[1].4) = (11, 1);
    assert_eq!(told(&paths, &BEFORE, &AFTER).await, told(&paths, &before, &after).await);
    // Nor does what a cohort that is hidden now held when it was not, but by whether a sum that it was
    // part of changed: not what the sum was. The other direction has the sums of that time.
    (before[1].3, before[1].4) = (31, 9);
    let [one, other] = [BEFORE, before].map(async |before| {
        let mut found = told(&paths[..1], &before, &after).await;
        found.retain(|change| change["cause"]["regle"] != "somme" || !change["avant"].is_null());
        found
    });
    assert_eq!(one.await, other.await);
}

/// Of so many régions a few figures each.
fn many(j: i32) -> Vec<Cell> {
    let regions = ["11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93"];
    regions.into_iter().flat_map(|region| [(region, BTS, 100, 40, j), (region, CAP, 80, 20, j)]).collect()
}

#[tokio::test]
async fn pages_file_sums_and_stream_say_each_change_once() {
    let (test, server) = world(&many(30), &many(31)).await;
    let path = "/api/v1/publications/1.0.1/changements";
    let pages = all(&server, path).await;
    assert!(pages.len() > 50, "{}", pages.len());
    let mut once: Vec<_> = pages.iter().map(Value::to_string).collect();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), pages.len());
    let csv = server.get(&format!("{path}.csv")).await.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), pages.len());
    for (row, change) in rows.iter().zip(&pages) {
        for name in ["maille", "region", "code_certification", "millesime", "indicateur", "avant", "apres", "nature"] {
            let value = &change[name];
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(row[name], if value.is_null() { String::new() } else { shown }, "{name}");
        }
        assert_eq!(
            row["fichier_apres_sha256"],
            change["cause"]["fichier_apres"]["sha256"].as_str().unwrap_or_default()
        );
    }
    let resume = server.json(&format!("{path}/resume")).await;
    let mut counted = BTreeMap::new();
    for change in &pages {
        *counted.entry(format!("{} {}", change["region"], change["nature"])).or_insert(0) += 1;
    }
    let mut told = BTreeMap::new();
    for group in resume["groupes"].as_array().unwrap() {
        for (kind, count) in group["nombres"].as_object().unwrap() {
            *told.entry(format!("{} \"{kind}\"", group["region"])).or_insert(0) += count.as_i64().unwrap();
        }
    }
    assert_eq!(told, counted);
    assert_eq!(resume["total"], pages.len());
    let pair = Pair { before: 1, after: 2 };
    let streamed: Vec<_> = test.db.stream_changes(pair).try_collect().await.unwrap();
    let listed = test.db.changes(pair, &ChangeFilters::default(), None, 9999).await.unwrap().unwrap();
    assert_eq!(streamed, listed);
    assert_eq!(streamed.len(), pages.len());
}

#[tokio::test]
async fn a_page_takes_three_statements_at_most() {
    let (_test, server) = world(&BEFORE, &AFTER).await;
    let counter = StatementCounter::start();
    server.json(&format!("{CHANGES}?total=true&nature=corrige")).await;
    let heard = counter.take();
    assert!((1..=3).contains(&heard.len()), "{heard:?}");
}

#[tokio::test]
async fn versions_that_there_are_not_and_those_that_are_gone_are_told_apart() {
    let test = database().await;
    for cells in [BEFORE, AFTER, BEFORE] {
        write(&test.db, &cells, 2).await;
    }
    let server = TestServer::start(test.db.clone()).await;
    let (status, problem) = server.problem("/api/v1/publications/9.9.9/changements").await;
    assert_eq!((status, &problem["code"]), (404, &json!("ressource_inconnue")));
    let (status, problem) = server.problem(&format!("{CHANGES}?depuis=9.9.9")).await;
    assert_eq!((status, &problem["code"]), (400, &json!("parametres_invalides")));
    for path in [CHANGES.to_owned(), format!("{CHANGES}/resume"), format!("{CHANGES}?depuis=1.0.0")] {
        let (status, problem) = server.problem(&path).await;
        assert_eq!((status, &problem["code"]), (410, &json!("publication_retiree")), "{path}");
    }
    let mut connection = test.connection().await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM changements WHERE ancienne = 1")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left, 0, "they go with the publication");
    assert!(!all(&server, "/api/v1/publications/3.0.0/changements").await.is_empty());
}

#[tokio::test]
async fn the_feed_has_an_entry_for_each_publication() {
    let (_test, server) = world(&BEFORE, &AFTER).await;
    let response = server.get("/api/v1/publications.atom").await;
    assert_eq!(response.headers()["content-type"], "application/atom+xml; charset=utf-8");
    let xml = response.text().await.unwrap();
    assert_eq!(xml.matches("<entry>").count(), 2, "{xml}");
    let newest = xml.find("<title>Publication 2.0.0</title>").unwrap();
    assert!(newest < xml.find("<title>Publication 1.0.0</title>").unwrap());
    assert!(xml.contains("/api/v1/publications/2.0.0/changements\""), "{xml}");
    assert_eq!(xml.matches("<id>urn:uuid:").count(), 3);
}

#[tokio::test]
async fn a_salary_comes_from_a_file_of_its_own_and_so_does_the_cause_of_its_change() {
    let test = database().await;
    write(&test.db, &[("11", BTS, 100, 40, 30)], 9).await;
    let national = "millesime;territoire;filiere;cfd;nb_annee_term\n2021;national;apprentissage;32020008;200\n";
    add(&test.db, "inserjeunes-mesures-national.csv", national).await;
    let salaries = |q2| format!("millesime;voie;code formation;q1;q2;q3\n2021;apprentissage;32020008;1400;{q2};1700\n");
    let first = add(&test.db, "salaires.csv", &salaries(1500)).await;
    let second = add(&test.db, "salaires.csv", &salaries(1550)).await;
    let server = TestServer::start(test.db.clone()).await;
    let versions: Vec<_> = test.db.publications().await.unwrap().into_iter().map(|found| found.version).collect();
    let [corrected, added, ..] = versions.as_slice() else { panic!("{versions:?}") };

    let changes = all(&server, &format!("/api/v1/publications/{corrected}/changements")).await;
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(
        (&change["indicateur"], &change["avant"], &change["apres"]),
        (&json!("salaire_12_mois_q2"), &json!(1500), &json!(1550))
    );
    let cause = json!({
        "regle": "fichier_remplace",
        "fichier_avant": {"nom": "salaires.csv", "sha256": first},
        "fichier_apres": {"nom": "salaires.csv", "sha256": second},
    });
    assert_eq!(change["cause"], cause);

    let changes = all(&server, &format!("/api/v1/publications/{added}/changements")).await;
    assert_eq!(changes.len(), 3);
    for change in changes {
        let cause = json!({
            "regle": "fichier_ajoute",
            "fichier_avant": null,
            "fichier_apres": {"nom": "salaires.csv", "sha256": first},
        });
        assert_eq!((&change["nature"], &change["cause"]), (&json!("ajoute"), &cause));
    }
}
