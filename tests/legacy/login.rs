//! `auth/login`: the answers that its clients know, and what protects it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use exposition::domain::password::Password;
use serde_json::{Value, json};

use super::access::{Answer, World};
use crate::common::{TestServer, database};

const PRIVATE: &str = "/api/inserjeunes/prive";
const NAME: &str = "utilisateur";
const PASSWORD: &str = "Mot2passe!";
const REFUSED: &str = "Votre nom d'utilisateur ou votre mot de passe est invalide";

async fn world() -> World {
    let world = World::new(Duration::ZERO).await;
    let hash = Password::new(PASSWORD.to_owned()).unwrap().hash(&[1; 16]).unwrap();
    assert!(world.test.db.create_account(NAME, &hash).await.unwrap());
    world
}

fn request(body: &str) -> Request {
    let request = Request::post("/api/inserjeunes/auth/login").header("content-type", "application/json");
    let client = ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4000)));
    request.extension(client).body(Body::from(body.to_owned())).unwrap()
}

async fn login(world: &World, body: &Value) -> Answer {
    world.send(request(&body.to_string())).await
}

async fn token(world: &World) -> String {
    let answer = login(world, &json!({"username": NAME, "password": PASSWORD})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_right_password_gives_a_token_that_no_cache_keeps() {
    let world = world().await;
    let answer = login(&world, &json!({"username": NAME, "password": PASSWORD})).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let body = answer.json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["token"]);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_take_the_same_way_to_the_same_answer() {
    let world = world().await;
    let expected = json!({"statusCode": 401, "error": "Unauthorized", "message": REFUSED});
    for (name, checked) in [(NAME, 1), ("inconnu", 2), ("a\0b", 3)] {
        let answer = login(&world, &json!({"username": name, "password": "mauvais"})).await;
        assert_eq!((answer.status, answer.json()), (401, expected.clone()), "{name:?}");
        assert_eq!(world.state.access.verifications(), checked, "a hash was computed for {name:?}");
    }
    world.test.db.delete_account(NAME).await.unwrap();
    let answer = login(&world, &json!({"username": NAME, "password": PASSWORD})).await;
    assert_eq!((answer.status, world.state.access.verifications()), (401, 4), "a removed account is an unknown one");
}

fn required(name: &str) -> Value {
    json!({"message": format!("\"{name}\" is required"), "path": [name], "type": "any.required",
           "context": {"label": name, "key": name}})
}

#[tokio::test]
async fn a_body_longer_than_the_limit_is_refused() {
    let world = world().await;
    let limit = world.state.config.max_body_bytes;
    let longest = format!("{{}}{}", " ".repeat(limit - 2));
    assert_eq!(world.send(request(&longest)).await.status, 400, "as long as allowed: read, and found empty");
    let answer = world.send(request(&format!("{longest} "))).await;
    let expected = json!({"statusCode": 413, "error": "Payload Too Large", "message": "Corps de requête trop grand"});
    assert_eq!((answer.status, answer.json()), (413, expected));
    assert_eq!(world.state.access.verifications(), 0);
}

#[tokio::test]
async fn a_body_that_is_not_what_it_should_be_is_refused_with_every_problem() {
    let world = world().await;
    let cases = [
        (json!({"username": NAME}), json!([required("password")])),
        (json!({"password": "x"}), json!([required("username")])),
        (json!({}), json!([required("username"), required("password")])),
        (
            json!({"username": NAME, "password": PASSWORD, "extra": 1}),
            json!([{"message": "\"extra\" is not allowed", "path": ["extra"], "type": "object.unknown",
                    "context": {"child": "extra", "label": "extra", "value": 1, "key": "extra"}}]),
        ),
        (
            json!({"username": "", "password": PASSWORD}),
            json!([{"message": "\"username\" is not allowed to be empty", "path": ["username"], "type": "string.empty",
                    "context": {"label": "username", "value": "", "key": "username"}}]),
        ),
        (
            json!({"username": {"$ne": null}, "password": PASSWORD}),
            json!([{"message": "\"username\" must be a string", "path": ["username"], "type": "string.base",
                    "context": {"label": "username", "value": {"$ne": null}, "key": "username"}}]),
        ),
        (
            json!(["a"]),
            json!([{"message": "\"value\" must be of type object", "path": [], "type": "object.base",
                    "context": {"label": "value", "value": ["a"], "type": "object"}}]),
        ),
    ];
    for (body, details) in cases {
        let answer = login(&world, &body).await;
        let expected =
            json!({"statusCode": 400, "error": "Bad Request", "message": "Erreur de validation", "details": details});
        assert_eq!((answer.status, answer.json()), (400, expected), "{body}");
    }
    assert_eq!(world.send(request("")).await.json()["details"].as_array().unwrap().len(), 2, "no body at all");
    let unreadable = world.send(request("{\"username\": ")).await;
    assert_eq!((unreadable.status, &unreadable.json()["error"]), (400, &json!("Bad Request")));
    assert_eq!(world.state.access.verifications(), 0);
}

#[tokio::test]
async fn a_token_is_accepted_in_both_headers_and_not_in_the_address() {
    let world = world().await;
    let token = token(&world).await;
    for headers in [[("x-api-key", token.as_str())], [("authorization", &format!("Bearer {token}"))]] {
        let answer = world.get(PRIVATE, &headers).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "account"));
    }
    assert_eq!(world.get(&format!("{PRIVATE}?apiKey={token}"), &[]).await.status, 401);
}

#[tokio::test]
async fn the_tokens_of_a_removed_account_are_refused_also_when_its_name_is_given_again() {
    let world = world().await;
    let token = token(&world).await;
    world.test.db.delete_account(NAME).await.unwrap();
    assert_eq!(world.get(PRIVATE, &[("x-api-key", &token)]).await.status, 401);
    world.test.db.create_account(NAME, "$argon2id$unused").await.unwrap();
    assert_eq!(world.get(PRIVATE, &[("x-api-key", &token)]).await.status, 401);
}

#[tokio::test]
async fn servers_of_one_database_accept_each_others_tokens() {
    let first = world().await;
    let second = exposition::http::access::Access::new(
        first.test.db.clone(),
        first.state.clock,
        first.state.config.access.clone(),
    );
    let token = token(&first).await;
    assert!(second.token(&token).await.unwrap().is_some());
    let elsewhere = World::new(Duration::ZERO).await;
    assert!(elsewhere.state.access.token(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn a_configured_secret_replaces_that_of_the_database() {
    let stored = world().await;
    let mut config = stored.state.config.access.clone();
    config.jwt_secret = Some(exposition::config::Secret::new("un secret de test, assez long pour HS256".to_owned()));
    let make = || exposition::http::access::Access::new(stored.test.db.clone(), stored.state.clock, config.clone());
    let exposition::http::access::Connection::Token(token) =
        make().connect(NAME, PASSWORD.to_owned(), None).await.unwrap()
    else {
        panic!("the right password is refused")
    };
    assert!(make().token(&token).await.unwrap().is_some());
    assert!(stored.state.access.token(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn guessing_gets_slower_and_a_flood_is_sent_away_without_costing_a_hash() {
    let world = world().await;
    let body = json!({"username": NAME, "password": "mauvais"});
    let begin = std::time::Instant::now();
    let mut answers = futures_util::future::join_all((0..16).map(|_| login(&world, &body))).await;
    assert!(begin.elapsed() > Duration::from_secs(7), "the last one that was heard had to wait");
    answers.sort_by_key(|answer| answer.status);
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 11);
    assert_eq!(world.state.access.verifications(), 11);
    let away = &answers[11];
    assert_eq!((away.status, &away.json()["error"]), (429, &json!("Too Many Requests")));
    assert!(away.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    let other = login(&world, &json!({"username": "autre", "password": "mauvais"})).await;
    assert_eq!(other.status, 401, "another name is not concerned");
}

#[tokio::test]
async fn the_real_server_logs_in_and_brakes_by_client_address() {
    let test = database().await;
    let server = TestServer::start(test.db).await;
    let response = server
        .request(reqwest::Method::POST, "/api/inserjeunes/auth/login")
        .json(&json!({"username": "inconnu", "password": "mauvais"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(response.json::<Value>().await.unwrap()["message"], REFUSED);
}
