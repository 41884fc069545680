//! `/correspondances`: from any code to the others, each link with its source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use exposition::db::Db;
use exposition::publication::publish;
use serde_json::{Value, json};

use crate::common::{TestServer, config, ingest, sample_database};

/// CAP Métiers de la coiffure; its numbers in the sample are made of its rank.
const CFD: &str = "50033616";

async fn codes(server: &TestServer, code: &str) -> Value {
    server.json(&format!("/api/v1/correspondances/{code}")).await
}

fn linked(answer: &Value) -> Vec<String> {
    let links = answer["liens"].as_array().unwrap().iter();
    links
        .map(|link| {
            format!(
                "{} {} {}",
                link["code"].as_str().unwrap(),
                link["relation"].as_str().unwrap(),
                link["lie_a"].as_str().unwrap()
            )
        })
        .collect()
}

/// The first code of a system that the answer links to.
fn first(answer: &Value, system: &str) -> String {
    let links = answer["liens"].as_array().unwrap();
    let found =
        links.iter().find_map(|link| Some(link["lie_a"].as_str().unwrap()).filter(|code| code.starts_with(system)));
    assert!(found.is_some(), "no {system}: {answer}");
    found.unwrap().to_owned()
}

#[tokio::test]
async fn every_code_leads_to_the_diploma_and_the_diploma_to_every_code() {
    let server = TestServer::sample().await;
    let of_diploma = codes(&server, CFD).await;
    for system in ["RNCP:", "ONISEP:FOR.", "MEF:"] {
        let code = first(&of_diploma, system);
        let back = codes(&server, &code).await;
        assert_eq!(
            format!("{}:{}", back["type"].as_str().unwrap().to_uppercase(), back["code"].as_str().unwrap()),
            code
        );
        if system != "MEF:" {
            assert_eq!((&back["diplome"]["cfd"], &back["libelle"]), (&json!(CFD), &of_diploma["libelle"]), "{back}");
            assert!(linked(&back).contains(&format!("{code} meme_formation CFD:{CFD}")), "{back}");
        }
    }
    let bare = first(&of_diploma, "MEF:").split(':').nth(1).unwrap().to_owned();
    assert_eq!(codes(&server, &bare).await["type"], "mef", "ten characters are a MEF");
}

#[tokio::test]
async fn a_mef_is_its_mefstat11() {
    let server = TestServer::sample().await;
    let of_year = codes(&server, "23830031106").await;
    let mef = of_year["liens"].as_array().unwrap().iter().find(|link| link["code"] == "MEFSTAT11:23830031106").unwrap();
    assert_eq!((&mef["lie_a"], &mef["source"]), (&json!("MEF:2473110633"), &json!("n_mef")));
    let back = codes(&server, "2473110633").await;
    assert_eq!(back["diplome"]["cfd"], "40031106", "{back}");
}

#[tokio::test]
async fn each_link_names_its_source_its_licence_and_its_line() {
    let server = TestServer::sample().await;
    let answer = codes(&server, CFD).await;
    let mut licences = BTreeMap::new();
    for link in answer["liens"].as_array().unwrap() {
        licences.insert(link["source"].as_str().unwrap().to_owned(), link["licence"].as_str().unwrap().to_owned());
        assert!(
            link["fichier"].as_str().unwrap().starts_with("sha256:") && link["ligne"].as_i64().unwrap() > 1,
            "{link}"
        );
    }
    assert_eq!(licences["onisep-ideo-formations-initiales"], "ODbL 1.0");
    assert_eq!(licences["n_mef"], "Licence Ouverte 2.0");
}

#[tokio::test]
async fn one_diploma_has_several_numbers_and_a_replaced_number_names_its_successor() {
    let server = TestServer::sample().await;
    // The renovation of the CAP Cuisine.
    let (old, new) = (codes(&server, "50022139").await, codes(&server, "50022146").await);
    let (old_number, new_number) = (first(&old, "RNCP:"), first(&new, "RNCP:"));
    assert_ne!(old_number, new_number);
    let asked = codes(&server, &old_number).await;
    assert!(linked(&asked).contains(&format!("{old_number} remplace_par {new_number}")), "{asked}");
    assert!(linked(&new).contains(&format!("{new_number} remplace {old_number}")), "{new}");
    let answer = codes(&server, "32025014").await;
    let links = answer["liens"].as_array().unwrap().iter();
    let of_diploma = links.filter(|link| link["code"] == "CFD:32025014").map(|link| link["lie_a"].as_str().unwrap());
    let numbers: BTreeSet<_> = of_diploma.filter(|code| code.starts_with("RNCP:")).collect();
    assert_eq!(numbers.len(), 2, "{answer}");
}

#[tokio::test]
async fn higher_education_is_reached_through_its_own_table() {
    let server = TestServer::sample().await;
    let answer = codes(&server, "SISE:9800001").await;
    let number = first(&answer, "RNCP:");
    let back = codes(&server, &number).await;
    assert_eq!((&back["diplome"], &back["libelle"]), (&Value::Null, &answer["libelle"]), "{back}");
    assert!(linked(&back).contains(&format!("{number} meme_formation SISE:9800001")), "{back}");
}

#[tokio::test]
async fn an_unknown_code_is_404_and_one_of_no_shape_400() {
    let server = TestServer::sample().await;
    for (code, status) in [("RNCP:1", 404), ("1234567890", 404), ("RNCP:RS12", 400), ("35341", 400)] {
        assert_eq!(server.problem(&format!("/api/v1/correspondances/{code}")).await.0, status, "{code}");
    }
}

/// Adds a table and publishes.
async fn add(db: &Db, content: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rncp-cfd.csv");
    fs::write(&path, content).unwrap();
    ingest(db, &path).await;
    publish(db, &config().publication).await.unwrap();
}

#[tokio::test]
async fn links_belong_to_their_publication_and_one_number_may_mean_two_diplomas() {
    let test = sample_database().await;
    let server = TestServer::start(test.db.clone()).await;
    assert_eq!(server.problem("/api/v1/correspondances/RNCP:77").await.0, 404);
    add(&test.db, &format!("rncp;cfd\n77;{CFD}\n77;50025218\n")).await;
    server.state.publications.refresh().await.unwrap();
    let both = codes(&server, "RNCP:77").await;
    assert_eq!(both["diplome"], Value::Null);
    let cfds: Vec<_> = both["diplomes"].as_array().unwrap().iter().map(|one| one["cfd"].clone()).collect();
    assert_eq!(cfds, [json!("50025218"), json!(CFD)]);
    assert!(both["libelle"].as_str().unwrap().contains(" ; "), "{both}");
    // What was published before says what it said.
    assert_eq!(server.problem("/api/v1/correspondances/RNCP:77?publication=1.0.0").await.0, 404);
    let pinned = server.json(&format!("/api/v1/correspondances/{CFD}?publication=1.0.0")).await;
    assert!(linked(&pinned).iter().any(|link| link.contains("RNCP:99")), "{pinned}");
}
