//! Searches, as statements of SQL, and what they find in the sample.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::TestServer;
use crate::common::statements::StatementCounter;

/// Every element of a list, page after page.
async fn walk(server: &TestServer, path: &str, limite: usize) -> Vec<Value> {
    let first = format!("{path}limite={limite}");
    let (mut next, mut found) = (first.clone(), Vec::new());
    loop {
        let body = server.json(&next).await;
        found.extend(body["donnees"].as_array().unwrap().clone());
        let Some(curseur) = body["pagination"]["suivant"].as_str() else { return found };
        next = format!("{first}&curseur={curseur}");
    }
}

/// The key of a formation.
fn key(row: &Value) -> [String; 3] {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    [text(&row["etablissement"]["uai"]), text(&row["certification"]["code"]), text(&row["filiere"])]
}

#[tokio::test]
async fn a_search_asks_the_database_no_more_than_three_times_the_first_one_included() {
    let server = TestServer::sample().await;
    let counter = StatementCounter::start();
    for query in [
        "certifications?q=coiffure",
        "certifications?q=coifure",
        "certifications?q=50033616",
        "certifications?q=boulanger&grouper=non&total=true",
        "formations?q=boulanger",
        "formations?q=coiffure+rennes",
        "formations?q=coifure+renes",
        "formations?q=coiffure+rennes&total=true",
        "formations?q=rennes&tri=-uai",
        "etablissements?q=rennes",
        "etablissements?q=renes&total=true",
        "etablissements?q=roseraie&proche=48.54,2.66",
    ] {
        let found = server.json(&format!("/api/v1/{query}")).await;
        assert!(!found["donnees"].as_array().unwrap().is_empty(), "{query}");
        let statements = counter.take();
        assert!((1..=3).contains(&statements.len()), "{query}: {statements:#?}");
    }
}

/// The first search of formations reads both indexes: nothing has asked for certifications before.
#[tokio::test]
async fn a_first_search_of_formations_asks_no_more_than_three_times() {
    let server = TestServer::sample().await;
    let counter = StatementCounter::start();
    assert!(!server.json("/api/v1/formations?q=coiffure+rennes").await["donnees"].as_array().unwrap().is_empty());
    let statements = counter.take();
    assert!((1..=3).contains(&statements.len()), "{statements:#?}");
}

/// What is typed; the word that each label, and the commune that each établissement must have. Both
/// are looked for in the list without `q`.
#[tokio::test]
async fn words_of_course_and_place_find_the_formations_that_have_both() {
    let server = TestServer::sample().await;
    let all = walk(&server, "/api/v1/formations?", 1000).await;
    for (typed, label, commune) in [
        ("boulanger", "BOULANGER", ""),
        ("rennes", "", "Rennes"),
        ("tours", "", "Tours"),
        ("35000", "", "Rennes"),
        ("coiffure rennes", "COIFFURE", "Rennes"),
        ("coiffure, rennes", "COIFFURE", "Rennes"),
        ("rennes coiffure", "COIFFURE", "Rennes"),
        ("coiffeuse à Rennes", "COIFFURE", "Rennes"),
        ("cap coiffure renn", "COIFFURE (CAP)", "Rennes"),
        ("coifure renes", "COIFFURE", "Rennes"),
        ("coiffure 35000", "COIFFURE", "Rennes"),
        ("50023224 quimper", "MACON", "Quimper"),
        ("coiffure ille-et-vilaine", "COIFFURE", "Rennes"),
        ("cuisine clermont ferrand", "CUISINE", "Clermont-Ferrand"),
        ("maçon fort-de-france", "MACON", "Fort-de-France"),
    ] {
        let has = |row: &&Value| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            text(&row["certification"]["libelle"]).contains(label)
                && (commune.is_empty() || text(&row["etablissement"]["commune"]) == commune)
        };
        let expected: BTreeSet<_> = all.iter().filter(has).map(key).collect();
        let found = walk(&server, &format!("/api/v1/formations?q={typed}&"), 1000).await;
        assert!(!expected.is_empty(), "{typed}: the sample has none");
        assert_eq!(found.iter().map(key).collect::<BTreeSet<_>>(), expected, "{typed}");
    }
    for nothing in ["astronaute", "boulanger astronaute", "0750001U"] {
        assert!(walk(&server, &format!("/api/v1/formations?q={nothing}&"), 10).await.is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn a_search_of_formations_has_every_one_once_the_open_ones_first_whatever_the_pages() {
    let server = TestServer::sample().await;
    for (query, first) in
        [("q=cuisine", "50022146"), ("q=cuisine+arras", "50022146"), ("q=lille", ""), ("q=bac+pro+cuisine", "40022106")]
    {
        let path = format!("/api/v1/formations?{query}&");
        let whole = walk(&server, &path, 1000).await;
        let keys: Vec<_> = whole.iter().map(key).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{query}: one twice");
        assert!(keys[0][1].contains(first), "{query}: {:?}", keys[0]);
        let closed: Vec<_> =
            whole.iter().map(|row| row["certification"]["formation_fermee"].as_bool().unwrap()).collect();
        assert!(closed.is_sorted(), "{query}: an open one behind a closed one");
        for limite in [1, 7] {
            assert_eq!(walk(&server, &path, limite).await.iter().map(key).collect::<Vec<_>>(), keys, "{query}");
        }
        let total = server.json(&format!("{path}limite=1&total=true")).await["pagination"]["total"].clone();
        assert_eq!(total, keys.len(), "{query}");
        let by_uai = walk(&server, &format!("{path}tri=uai&"), 50).await;
        let mut sorted = keys.clone();
        sorted.sort();
        assert_eq!(by_uai.iter().map(key).collect::<Vec<_>>(), sorted, "{query}: the same, by UAI");
    }
}

#[tokio::test]
async fn an_order_of_what_was_searched_asks_for_words() {
    let server = TestServer::sample().await;
    assert_eq!(server.problem("/api/v1/formations?tri=pertinence").await.0, 400);
    assert_eq!(server.problem("/api/v1/certifications/50022137/etablissements?tri=pertinence").await.0, 400);
    let all = walk(&server, "/api/v1/formations?q=%26%7C%21&", 1000).await;
    assert_eq!(all, walk(&server, "/api/v1/formations?", 1000).await, "no word at all: every formation, by UAI");
}

/// What is typed, and the words that the first établissement's name, and its commune, must be.
#[tokio::test]
async fn an_etablissement_is_found_by_name_then_by_place_typing_errors_forgiven() {
    let server = TestServer::sample().await;
    for (typed, name, commune) in [
        ("Lycée professionnel de la Roseraie", "Lycée professionnel de la Roseraie (fictif)", "Melun"),
        ("lp roseraie", "Lycée professionnel de la Roseraie (fictif)", "Melun"),
        ("cfa de la roseraie", "Centre de formation d'apprentis de la Roseraie (fictif)", "Melun"),
        ("rosraie centre", "Centre de formation d'apprentis de la Roseraie (fictif)", "Melun"),
        ("lycee pro rosera", "Lycée professionnel de la Roseraie (fictif)", "Melun"),
        ("lycée professionnel rennes", "Lycée professionnel des Saules (fictif)", "Rennes"),
        ("lycée professionnel st denis", "Lycée professionnel des Flamboyants (fictif)", "Saint-Denis"),
        ("université rennes", "Université des Saules (fictive)", "Rennes"),
    ] {
        let found = walk(&server, &format!("/api/v1/etablissements?q={typed}&"), 100).await;
        let first = found.first().unwrap_or_else(|| panic!("{typed}: nothing"));
        assert_eq!((first["nom"].as_str(), first["commune"].as_str()), (Some(name), Some(commune)), "{typed}");
        let uais: Vec<_> = found.iter().map(|row| row["uai"].as_str().unwrap()).collect();
        let one_by_one = walk(&server, &format!("/api/v1/etablissements?q={typed}&"), 1).await;
        assert_eq!(one_by_one.iter().map(|row| row["uai"].as_str().unwrap()).collect::<Vec<_>>(), uais, "{typed}");
    }
}

#[tokio::test]
async fn a_place_finds_its_etablissements_and_a_uai_its_own_alone() {
    let server = TestServer::sample().await;
    let all = walk(&server, "/api/v1/etablissements?", 1000).await;
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let uais = |rows: &[Value]| rows.iter().map(|row| text(row, "uai")).collect::<Vec<_>>();
    let at = |commune: &str| {
        let there: Vec<_> = all.iter().filter(|row| text(row, "commune") == commune).cloned().collect();
        uais(&there)
    };
    for (typed, commune) in [
        ("rennes", "Rennes"),
        ("renes", "Rennes"),
        ("35000", "Rennes"),
        ("martinique", "Fort-de-France"),
        ("fort de france", "Fort-de-France"),
    ] {
        let found = walk(&server, &format!("/api/v1/etablissements?q={typed}&"), 100).await;
        assert!(at(commune).len() > 1, "{commune}");
        assert_eq!(uais(&found), at(commune), "{typed}: none is nearer, so that UAIs decide");
    }
    let uai = text(&all[3], "uai");
    for typed in [uai.clone(), uai.to_lowercase(), uai.trim_start_matches('0').to_owned()] {
        assert_eq!(
            uais(&walk(&server, &format!("/api/v1/etablissements?q={typed}&"), 10).await),
            std::slice::from_ref(&uai),
            "{typed}"
        );
    }
}
