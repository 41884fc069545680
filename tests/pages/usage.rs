//! Calls are counted without saying whose they are, and given back.

use chrono::NaiveDate;
use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use exposition::domain::usage::UsageGroup;
use reqwest::Method;

use super::html::{plain, text};
use crate::common::TestServer;

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

async fn key(server: &TestServer, name: &str, byte: u8) -> (i32, String) {
    let text = KeyText::from_bytes([byte; 32]);
    let (empreinte, droits) = (text.hash(), [AccessScope::Legacy, AccessScope::V1]);
    let key =
        NewApiKey { empreinte: &empreinte, nom: name, contact: None, droits: &droits, quota: None, expire_le: None };
    (server.state.db.create_key(key).await.unwrap().id, text.expose().to_owned())
}

#[tokio::test]
async fn calls_are_counted_by_day_route_status_and_key_and_given_back_to_its_holder() {
    let server = TestServer::sample().await;
    let (_, ours) = key(&server, "orientation", 7).await;
    let (_, other) = key(&server, "autre", 9).await;
    let legacy = "/api/inserjeunes/formations";
    let asked = async |path: &str, key: &str| {
        server.request(Method::GET, path).header("x-api-key", key).send().await.unwrap().status().as_u16()
    };
    assert_eq!(asked(legacy, &ours).await, 200);
    for _ in 0..3 {
        server.get("/recherche?q=un-nom-de-personne").await;
    }
    server.get("/health/live").await;
    server.state.usage.flush().await.unwrap();
    let today = server.state.clock.today();
    let all = server.state.db.usage(today, today, None).await.unwrap();
    let calls = |route: &str| -> i64 { all.iter().filter(|one| one.groupe.route == route).map(|one| one.appels).sum() };
    assert_eq!(calls("/recherche"), 3);
    assert_eq!(calls("/health/live"), 0);
    assert!(!format!("{all:?}").contains("personne") && !format!("{all:?}").contains("127.0.0.1"), "{all:?}");
    // Twice more, to the same row.
    server.get("/recherche").await;
    server.state.usage.flush().await.unwrap();
    let again = server.state.db.usage(today, today, None).await.unwrap();
    assert_eq!(again.iter().find(|one| one.groupe.route == "/recherche").unwrap().appels, 4);
    let usage = |key: String| {
        let server = &server;
        async move {
            let request = server.request(Method::GET, "/api/v1/cles/moi/usage").header("x-api-key", key);
            request.send().await.unwrap()
        }
    };
    let answer = usage(ours).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (200, &"private, no-store".parse().unwrap())
    );
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["cle"], "orientation");
    let day = today.to_string();
    let call = serde_json::json!({"jour": day, "route": legacy, "statut": 200, "appels": 1});
    assert_eq!(answer["appels"][0], call, "{answer}");
    assert!(answer["appels"].as_array().unwrap().iter().all(|one| one["route"] != "/recherche"), "{answer}");
    let of_other: serde_json::Value = usage(other).await.json().await.unwrap();
    assert_eq!(of_other["appels"].as_array().unwrap().len(), 0, "{of_other}");
    assert_eq!(usage("wrong".to_owned()).await.status(), 401);
    assert_eq!(server.problem("/api/v1/cles/moi/usage").await.0, 401);
}

#[tokio::test]
async fn the_page_tells_rounded_counts_of_days_that_are_over_and_no_small_ones() {
    let server = TestServer::sample().await;
    let (id, _) = key(&server, "plateforme d'essai", 8).await;
    let today = server.state.clock.today();
    let before = |days: u64| today.checked_sub_days(chrono::Days::new(days)).unwrap();
    let group = |jour, route: &str, cle| UsageGroup { jour, route: route.to_owned(), statut: 200, cle };
    let counts = [
        (group(before(3), "/comparer", 0), 1234),
        (group(before(3), "/plan", id), 19),
        (group(before(4), "/recherche", 0), 26),
        (group(before(1), "/donnees", 0), 500),
        (group(day("2001-01-01"), "/donnees", 0), 700),
    ];
    server.state.db.add_usage(&counts).await.unwrap();
    let page = plain(&text(&server, "/statistiques").await);
    for words in
        ["1280 pages et réponses", "/comparer1230", "/recherche30", "/planmoins de 20", "plateforme d'essaimoins de 20"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("500") && !page.contains("700"), "days that are not over, or long past: {page}");
}
