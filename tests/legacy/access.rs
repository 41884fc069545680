//! Who is let in: keys and tokens on a private route.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Uri};
use axum::routing::get;
use axum::{Extension, Router};
use chrono::NaiveDate;
use exposition::clock::Clock;
use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use exposition::http::AppState;
use exposition::http::access::{Identity, random_bytes};
use exposition::http::legacy::access::auth::{self, Caller};
use exposition::http::legacy::access::login;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::common::{TODAY, TestDb, config, database};

const PRIVATE: &str = "/api/inserjeunes/prive";
const PUBLIC: &str = "/api/inserjeunes/public";

/// A server with a private route, which says who it answers to, and a public one, which says
/// what it was asked.
pub struct World {
    pub test: TestDb,
    pub state: AppState,
    router: Router,
}

/// What a request is answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl World {
    /// Keys are asked of the database every time, unless `key_cache` says otherwise.
    pub async fn new(key_cache: Duration) -> Self {
        let test = database().await;
        let mut config = config().http;
        config.access.key_cache = key_cache;
        let day = NaiveDate::parse_from_str(TODAY, "%Y-%m-%d").unwrap();
        let state = AppState::new(test.db.clone(), Clock::Fixed(day), config);
        let router = router(&state);
        Self { test, state, router }
    }

    pub async fn key(&self, droits: &[AccessScope], last_day: Option<&str>) -> (i32, String) {
        let text = KeyText::from_bytes(random_bytes().unwrap());
        let key = NewApiKey {
            empreinte: &text.hash(),
            nom: "plateforme",
            contact: None,
            droits,
            quota: None,
            expire_le: last_day.map(|day| day.parse().unwrap()),
        };
        (self.test.db.create_key(key).await.unwrap().id, text.expose().to_owned())
    }

    pub async fn send(&self, request: Request) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn status(&self, path: &str, headers: &[(&str, &str)]) -> u16 {
        self.get(path, headers).await.status
    }
}

fn router(state: &AppState) -> Router {
    let who = |Extension(Caller(who)): Extension<Caller>| async move {
        match who {
            Identity::Key(key) => format!("key {}", key.id),
            Identity::Account(_) => "account".to_owned(),
        }
    };
    let private = auth::protect(Router::new().route(PRIVATE, get(who)), state);
    let public = Router::new().route(PUBLIC, get(async |uri: Uri| uri.to_string()));
    auth::surround(private.merge(public).merge(login::routes(state))).with_state(state.clone())
}

#[tokio::test]
async fn without_a_good_key_a_private_route_answers_401_whatever_else_is_wrong() {
    let world = World::new(Duration::ZERO).await;
    let expected = json!({"statusCode": 401, "error": "Unauthorized", "message": "Not authorized"});
    let unknown = "A".repeat(43);
    for headers in
        [&[][..], &[("x-api-key", "invalide")], &[("x-api-key", &unknown)], &[("authorization", "Basic eA==")]]
    {
        let answer = world.get(&format!("{PRIVATE}?uais=123"), headers).await;
        assert_eq!((answer.status, answer.json()), (401, expected.clone()), "{headers:?}");
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn a_key_is_accepted_in_both_headers_and_in_the_address() {
    let world = World::new(Duration::ZERO).await;
    let (id, key) = world.key(&[AccessScope::Legacy], None).await;
    let (bearer, in_address) = (format!("Bearer {key}"), format!("{PRIVATE}?apiKey={key}"));
    for (path, headers) in [
        (PRIVATE, &[("x-api-key", key.as_str())][..]),
        (PRIVATE, &[("authorization", &bearer)]),
        (&in_address, &[]),
        (&in_address, &[("x-api-key", "invalide")]),
    ] {
        let answer = world.get(path, headers).await;
        assert_eq!((answer.status, answer.body), (200, format!("key {id}")), "{path} {headers:?}");
        assert_eq!(answer.headers["cache-control"], "private, no-cache", "no shared cache may hand it on");
        assert_eq!(answer.headers.contains_key("deprecation"), path == in_address);
    }
}

#[tokio::test]
async fn a_key_in_the_address_reaches_no_handler_and_the_answer_says_that_it_is_deprecated() {
    let world = World::new(Duration::ZERO).await;
    let answer = world.get(&format!("{PUBLIC}?apiKey=fausse&x=1&apiKey=autre"), &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "/api/inserjeunes/public?x=1"));
    assert_eq!(answer.headers["deprecation"], "@1795392000");
    assert!(answer.headers["link"].to_str().unwrap().contains("rel=\"deprecation\""));
}

#[tokio::test]
async fn a_public_route_ignores_a_wrong_key() {
    let world = World::new(Duration::ZERO).await;
    assert_eq!(world.status(PUBLIC, &[("x-api-key", "invalide")]).await, 200);
    assert_eq!(world.status(PUBLIC, &[("authorization", "Bearer a.b.c")]).await, 200);
}

#[tokio::test]
async fn a_revoked_key_and_one_whose_last_day_has_passed_are_401() {
    let world = World::new(Duration::ZERO).await;
    let (id, key) = world.key(&[AccessScope::Legacy], None).await;
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 200);
    world.test.db.revoke_key(&id.to_string()).await.unwrap();
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 401);

    let (_, today) = world.key(&[AccessScope::Legacy], Some(TODAY)).await;
    let (_, yesterday) = world.key(&[AccessScope::Legacy], Some("2026-11-22")).await;
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &today)]).await, 200, "its last day");
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &yesterday)]).await, 401);
}

#[tokio::test]
async fn a_revoked_key_works_no_longer_than_the_cache_remembers_it() {
    let world = World::new(Duration::from_millis(500)).await;
    let (id, key) = world.key(&[AccessScope::Legacy], None).await;
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 200);
    world.test.db.revoke_key(&id.to_string()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 401);
}

#[tokio::test]
async fn what_is_known_of_a_key_is_not_asked_again() {
    let world = World::new(Duration::from_secs(10)).await;
    let (_, key) = world.key(&[AccessScope::Legacy], None).await;
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 200);
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &"A".repeat(43))]).await, 401);
    world.test.db.close().await;
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 200);
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &"A".repeat(43))]).await, 401);
}

#[tokio::test]
async fn a_key_that_cannot_be_judged_is_503_and_not_a_refusal() {
    let world = World::new(Duration::ZERO).await;
    let (_, key) = world.key(&[AccessScope::Legacy], None).await;
    world.test.db.close().await;
    let answer = world.get(PRIVATE, &[("x-api-key", &key)]).await;
    assert_eq!((answer.status, &answer.json()["statusCode"]), (503, &json!(503)));
}

#[tokio::test]
async fn a_key_of_another_scope_is_403_unless_a_better_one_comes_with_it() {
    let world = World::new(Duration::ZERO).await;
    let (_, other) = world.key(&[AccessScope::V1], None).await;
    let answer = world.get(PRIVATE, &[("x-api-key", &other)]).await;
    assert_eq!(answer.status, 403);
    let body = answer.json();
    assert_eq!((&body["statusCode"], &body["error"]), (&json!(403), &json!("Forbidden")));
    assert!(body["message"].as_str().unwrap().contains("legacy"), "{body}");
    let (_, good) = world.key(AccessScope::ALL, None).await;
    let both = [("x-api-key", other.as_str()), ("authorization", &format!("Bearer {good}"))];
    assert_eq!(world.status(PRIVATE, &both).await, 200);
}

#[tokio::test]
async fn the_last_use_of_a_key_is_written_beside_the_request() {
    let world = World::new(Duration::ZERO).await;
    let (id, key) = world.key(&[AccessScope::Legacy], None).await;
    let used = async || {
        let keys = world.test.db.keys().await.unwrap();
        keys.into_iter().find(|found| found.id == id).unwrap().utilisee_le
    };
    assert_eq!(used().await, None);
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 200);
    let mut first = None;
    for _ in 0..100 {
        first = used().await;
        if first.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(first.is_some());
    assert_eq!(world.status(PRIVATE, &[("x-api-key", &key)]).await, 200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(used().await, first, "at most once a minute");
}
