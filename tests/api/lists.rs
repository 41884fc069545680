//! Lists: pages, sorts, filters, and the CSV twin.

use serde_json::{Value, json};

use super::world::server;
use crate::common::TestServer;

/// Every element of a list, page after page.
async fn walk(server: &TestServer, path: &str, limite: usize) -> Vec<Value> {
    let glue = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{glue}limite={limite}");
    let (mut next, mut found) = (first.clone(), Vec::new());
    loop {
        let body = server.json(&next).await;
        let rows = body["donnees"].as_array().unwrap().clone();
        assert!(rows.len() <= limite);
        found.extend(rows);
        let Some(curseur) = body["pagination"]["suivant"].as_str() else { return found };
        next = format!("{first}&curseur={curseur}");
    }
}

fn keys(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| format!("{} {}", row["certification"]["code"].as_str().unwrap(), row["filiere"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn pages_of_one_make_the_whole_list_in_every_sort() {
    let server = server().await;
    for tri in ["code", "-code", "part_en_emploi_6_mois", "-part_en_emploi_6_mois", "nb_annee_term"] {
        let path = format!("/api/v1/regions/53/certifications?tri={tri}");
        let whole = walk(&server, &path, 1000).await;
        assert_eq!(whole.len(), 3, "{tri}");
        assert_eq!(keys(&walk(&server, &path, 1).await), keys(&whole), "{tri}");
        assert_eq!(keys(&walk(&server, &path, 2).await), keys(&whole), "{tri}");
    }
}

#[tokio::test]
async fn missing_figures_come_last_in_both_directions() {
    let server = server().await;
    // Employment at 6 months: agricole 19, pro 17, apprentissage hidden.
    let order = |rows: Vec<Value>| rows.iter().map(|r| r["filiere"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let up = walk(&server, "/api/v1/regions/53/certifications?tri=part_en_emploi_6_mois", 10).await;
    assert_eq!(order(up), ["pro", "agricole", "apprentissage"]);
    let down = walk(&server, "/api/v1/regions/53/certifications?tri=-part_en_emploi_6_mois", 10).await;
    assert_eq!(order(down), ["agricole", "pro", "apprentissage"]);
}

#[tokio::test]
async fn filters_keep_what_they_say_and_never_a_hidden_cell() {
    let server = server().await;
    let count =
        async |query: &str| walk(&server, &format!("/api/v1/regions/53/certifications?{query}"), 10).await.len();
    assert_eq!(count("part_en_emploi_6_mois[gte]=0").await, 2);
    assert_eq!(count("part_en_emploi_6_mois[gte]=18").await, 1);
    assert_eq!(count("nb_sortant[lte]=12").await, 0, "the hidden cell has 12 leavers");
    assert_eq!(count("nb_annee_term[lt]=20").await, 1, "the size is not hidden");
    assert_eq!(count("filiere=pro").await, 1);
    assert_eq!(count("niveau=5").await, 1);
    assert_eq!(count("q=engins").await, 2);
    assert_eq!(count("q=metiers+de+l%27ea").await, 1);
}

#[tokio::test]
async fn a_search_ignores_accents_and_finds_beginnings_of_words() {
    let server = server().await;
    let found = async |query: &str| {
        let rows = walk(&server, &format!("/api/v1/certifications?{query}"), 10).await;
        rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["24730025214", "32020008", "40025214", "50022137"]);
    assert_eq!(found("q=metiers").await, ["32020008"]);
    assert_eq!(found("q=BOUL").await, ["50022137"]);
    assert_eq!(found("q=boul+cap").await, ["50022137"], "nothing has the word, so that it is read as a beginning");
    assert_eq!(found("q=boulangre").await, ["50022137"], "a typing error is forgiven");
    assert_eq!(found("q=astronaute").await, Vec::<String>::new());
    assert_eq!(found("q=CFD%3A50022137").await, ["50022137"]);
    assert_eq!(found("q=24730025214").await, ["24730025214"], "a code is not replaced by the CFD that stands for it");
    assert_eq!(found("q=engins").await, ["40025214"], "a CFD stands for its MEFSTAT11");
    assert_eq!(found("q=engins&grouper=non").await, ["24730025214", "40025214"], "the open one first");
    assert_eq!(found("q=engins&grouper=non&tri=-code").await, ["40025214", "24730025214"]);
    assert_eq!(found("grouper=cfd").await, ["32020008", "40025214", "50022137"]);
    assert_eq!(found("q=engins&codes=24730025214").await, ["24730025214"], "with codes nothing is grouped");
    assert_eq!(found("q=%26%7C%21%27").await, ["32020008", "40025214", "50022137"], "no word at all: every CFD");
    assert_eq!(found("codes=32020008,50022137").await, ["32020008", "50022137"]);
    assert_eq!(found("fermee=true").await, ["40025214"]);
    assert_eq!(found("filiere=agricole").await, ["24730025214"]);
    assert_eq!(found("tri=-part_en_emploi_6_mois").await, ["32020008", "24730025214", "40025214", "50022137"]);
    assert_eq!(found("part_en_emploi_6_mois[lt]=30").await, ["24730025214"]);
}

#[tokio::test]
async fn a_search_has_the_same_order_page_by_page() {
    let server = server().await;
    let codes = |rows: Vec<Value>| rows.iter().map(|row| row["code"].clone()).collect::<Vec<_>>();
    let path = "/api/v1/certifications?q=m&grouper=non";
    let whole = codes(walk(&server, path, 100).await);
    assert_eq!(whole.len(), 3, "métiers, maintenance and its MEFSTAT11");
    assert_eq!(whole.last().unwrap(), "40025214", "the closed one");
    assert_eq!(codes(walk(&server, path, 1).await), whole);
    assert_eq!(server.problem("/api/v1/certifications?tri=pertinence").await.0, 400);
}

#[tokio::test]
async fn an_etablissement_is_found_by_its_uai_however_it_is_typed() {
    let server = server().await;
    for q in ["0350017D", "0350017d", "350017d", "embruns"] {
        let rows = walk(&server, &format!("/api/v1/etablissements?q={q}"), 10).await;
        assert_eq!(rows.iter().map(|row| &row["uai"]).collect::<Vec<_>>(), ["0350017D"], "{q}");
    }
    assert!(walk(&server, "/api/v1/etablissements?q=0750001U", 10).await.is_empty(), "another UAI");
    assert!(walk(&server, "/api/v1/etablissements?q=35000", 10).await.is_empty(), "nobody has this postal code");
}

#[tokio::test]
async fn the_csv_twin_is_the_whole_list() {
    let server = server().await;
    let text = server.get("/api/v1/certifications/32020008/regions.csv?separateur=;").await.text().await.unwrap();
    let lines: Vec<_> = text.split("\r\n").collect();
    let header: Vec<_> = lines[0].split(';').collect();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let rows: Vec<Vec<_>> = lines[1..].iter().filter(|l| !l.is_empty()).map(|l| l.split(';').collect()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][column("region")], "11");
    assert_eq!(rows[0][column("part_en_emploi_6_mois")], "30");
    assert_eq!(rows[1][column("part_en_emploi_6_mois")], "", "hidden");
    assert!(rows[1][column("absences")].contains("part_en_emploi_6_mois=sous_seuil"));
    let by_header = server
        .request(reqwest::Method::GET, "/api/v1/certifications/32020008/regions?separateur=;")
        .header("accept", "text/csv")
        .send()
        .await
        .unwrap();
    assert_eq!(by_header.text().await.unwrap(), text);
}

#[tokio::test]
async fn a_total_is_counted_on_demand_and_filters_apply() {
    let server = server().await;
    let body = server.json("/api/v1/certifications?total=true&limite=1&q=bac&grouper=non").await;
    assert_eq!(body["pagination"]["total"], 2);
    assert_eq!(server.json("/api/v1/regions/53/certifications?total=true").await["pagination"]["total"], 3);
    assert_eq!(server.json("/api/v1/etablissements?total=true").await["pagination"]["total"], 1);
    assert!(server.json("/api/v1/certifications").await["pagination"].get("total").is_none());
}

#[tokio::test]
async fn every_closed_list_is_served_with_its_csv_twin() {
    let server = server().await;
    for (list, least) in [
        ("indicateurs", 26),
        ("referentiels/millesimes", 2),
        ("referentiels/regions", 19),
        ("referentiels/academies", 30),
        ("referentiels/departements", 101),
        ("referentiels/diplomes", 3),
        ("referentiels/filieres", 4),
        ("regions", 19),
        ("sources", 5),
        ("publications", 1),
    ] {
        let rows = walk(&server, &format!("/api/v1/{list}"), 1000).await.len();
        assert!(rows >= least, "{list}: {rows}");
        let csv = server.get(&format!("/api/v1/{list}.csv")).await.text().await.unwrap();
        assert_eq!(csv.matches("\r\n").count(), rows + 1, "{list}: a line each and the header");
    }
}

#[tokio::test]
async fn a_source_says_what_was_read_and_kept() {
    let body = server().await.json("/api/v1/sources").await;
    let mesures =
        body["donnees"].as_array().unwrap().iter().find(|s| s["dataset"] == json!("inserjeunes-mesures")).unwrap();
    assert_eq!(mesures["nom"], "inserjeunes-mesures.csv");
    assert_eq!((&mesures["lignes_lues"], &mesures["lignes_gardees"]), (&json!(6), &json!(6)));
}
