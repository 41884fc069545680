//! Rejeu: every recorded case, on the data of the recordings.

use std::collections::BTreeMap;

use exposition::db::Db;
use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use exposition::domain::password::Password;
use exposition::http::access::random_bytes;
use serde_json::{Value, json};

use super::case::{Access, Case};
use super::comparison::compare;
use super::{folder, recorded_database};
use crate::common::TestServer;

/// How many differences are printed.
const SHOWN: usize = 40;

/// The account that the recordings log in with.
const ACCOUNT: (&str, &str) = ("utilisateur", "Mot2passe!");

/// A key, and the recordings' account.
async fn open(db: &Db) -> String {
    let empreinte = Password::new(ACCOUNT.1.to_owned()).unwrap().hash(&[1; 16]).unwrap();
    assert!(db.create_account(ACCOUNT.0, &empreinte).await.unwrap());
    let text = KeyText::from_bytes(random_bytes().unwrap());
    let (empreinte, droits) = (text.hash(), [AccessScope::Legacy]);
    let key =
        NewApiKey { empreinte: &empreinte, nom: "rejeu", contact: None, droits: &droits, quota: None, expire_le: None };
    db.create_key(key).await.unwrap();
    text.expose().to_owned()
}

async fn token(server: &TestServer) -> String {
    let body = json!({"username": ACCOUNT.0, "password": ACCOUNT.1});
    let login = server.request(reqwest::Method::POST, "/api/inserjeunes/auth/login").json(&body);
    let answer: Value = login.send().await.unwrap().json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn every_recorded_answer_is_given_again() {
    let folder = folder();
    let db = recorded_database(&folder).await.db;
    let key = open(&db).await;
    let server = TestServer::start(db).await;
    let access = Access { key, token: token(&server).await };
    let mut summary: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut faults = Vec::new();
    for case in Case::read(&folder) {
        let differences = compare(&case, &case.replay(&server, &access).await);
        let (good, all) = summary.entry(case.route.clone()).or_default();
        *good += usize::from(differences.is_empty());
        *all += 1;
        if !differences.is_empty() {
            faults.push(format!("{} {} {:?}\n    {}", case.id, case.path, case.tags, differences.join("\n    ")));
        }
    }
    for (route, (good, all)) in &summary {
        println!("{good:>4} of {all:>4}  {route}");
    }
    for fault in faults.iter().take(SHOWN) {
        println!("{fault}");
    }
    assert!(faults.is_empty(), "{} of the recorded answers differ", faults.len());
}
