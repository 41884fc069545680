//! Rejeu: every recorded case, on the data of the recordings.

use std::collections::BTreeMap;

use exposition::db::Db;
use exposition::db::acces::NouvelleCle;
use exposition::domain::acces::{Droit, TexteCle};
use exposition::domain::mot_de_passe::MotDePasse;
use exposition::http::acces::aleatoire;
use serde_json::{Value, json};

use super::cas::{Acces, Cas};
use super::comparaison::comparer;
use super::{folder, recorded_database};
use crate::common::TestServer;

/// How many differences are printed.
const MONTREES: usize = 40;

/// The account that the recordings log in with.
const COMPTE: (&str, &str) = ("utilisateur", "Mot2passe!");

/// A key, and the recordings' account.
async fn ouvrir(db: &Db) -> String {
    let empreinte = MotDePasse::nouveau(COMPTE.1.to_owned()).unwrap().hacher(&[1; 16]).unwrap();
    assert!(db.creer_compte(COMPTE.0, &empreinte).await.unwrap());
    let texte = TexteCle::from_bytes(aleatoire().unwrap());
    let (empreinte, droits) = (texte.empreinte(), [Droit::Legacy]);
    let cle = NouvelleCle {
        empreinte: &empreinte,
        nom: "rejeu",
        contact: None,
        droits: &droits,
        quota: None,
        expire_le: None,
    };
    db.creer_cle(cle).await.unwrap();
    texte.expose().to_owned()
}

async fn jeton(server: &TestServer) -> String {
    let body = json!({"username": COMPTE.0, "password": COMPTE.1});
    let login = server.request(reqwest::Method::POST, "/api/inserjeunes/auth/login").json(&body);
    let answer: Value = login.send().await.unwrap().json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn every_recorded_answer_is_given_again() {
    let folder = folder();
    let db = recorded_database(&folder).await.db;
    let cle = ouvrir(&db).await;
    let server = TestServer::start(db).await;
    let acces = Acces { cle, jeton: jeton(&server).await };
    let mut bilan: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut fautes = Vec::new();
    for cas in Cas::lire(&folder) {
        let differences = comparer(&cas, &cas.rejouer(&server, &acces).await);
        let (bons, tous) = bilan.entry(cas.route.clone()).or_default();
        *bons += usize::from(differences.is_empty());
        *tous += 1;
        if !differences.is_empty() {
            fautes.push(format!("{} {} {:?}\n    {}", cas.id, cas.path, cas.tags, differences.join("\n    ")));
        }
    }
    for (route, (bons, tous)) in &bilan {
        println!("{bons:>4} of {tous:>4}  {route}");
    }
    for faute in fautes.iter().take(MONTREES) {
        println!("{faute}");
    }
    assert!(fautes.is_empty(), "{} of the recorded answers differ", fautes.len());
}
