//! How often one client may ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use exposition::config::HttpConfig;
use exposition::db::Db;
use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use reqwest::{Method, Response};

use super::world::published;
use crate::common::{TestServer, client, config};

const KNOWN: &str = "/api/v1/certifications/32020008";
const LEGACY: &str = "/api/inserjeunes/regionales/53/certifications/24730025214";

/// Every request comes from this machine, which is trusted to say for whom.
fn limited(per_address: u32, per_key: u32) -> HttpConfig {
    let mut http = config().http;
    http.rate.per_address = per_address;
    http.rate.per_key = per_key;
    http.rate.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    http
}

async fn ask(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
    let request =
        headers.iter().fold(server.request(Method::GET, path), |all, (name, value)| all.header(*name, *value));
    request.send().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn key(db: &Db, byte: u8, quota: Option<i32>) -> String {
    let text = KeyText::from_bytes([byte; 32]);
    let key = NewApiKey {
        empreinte: &text.hash(),
        nom: "plateforme",
        contact: None,
        droits: AccessScope::ALL,
        quota,
        expire_le: None,
    };
    db.create_key(key).await.unwrap();
    text.expose().to_owned()
}

#[tokio::test]
async fn what_is_allowed_and_left_is_announced_and_beyond_it_the_answer_is_429() {
    let server = TestServer::configured(published().await.db, limited(3, 0)).await;
    let first = server.get(KNOWN).await;
    assert_eq!((first.status().as_u16(), header(&first, "ratelimit-policy")), (200, "\"adresse\";q=3;w=60"));
    assert_eq!(header(&first, "ratelimit"), "\"adresse\";r=2;t=20", "one of three comes back in 20 s");
    let kept = ask(&server, KNOWN, &[("if-none-match", header(&first, "etag"))]).await;
    assert_eq!((kept.status().as_u16(), header(&kept, "ratelimit")), (304, "\"adresse\";r=1;t=40"));
    assert_eq!(server.get("/health/live").await.status(), 200);
    let unknown = server.get("/api/v1/certifications/XX").await;
    assert_eq!(header(&unknown, "ratelimit"), "\"adresse\";r=0;t=60", "an error counts, /health does not");

    let refused = server.get(KNOWN).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "ratelimit")), (429, "\"adresse\";r=0;t=60"));
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((15..=20).contains(&wait), "{wait}");
    assert_eq!(header(&refused, "content-type"), "application/problem+json");
    let problem: serde_json::Value = refused.json().await.unwrap();
    assert_eq!((&problem["code"], &problem["status"]), (&"trop_de_requetes".into(), &429.into()));
    for path in ["/health/live", "/health/ready"] {
        let response = server.get(path).await;
        assert_eq!((response.status().as_u16(), header(&response, "ratelimit")), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn the_old_contract_says_it_in_its_own_shape() {
    let server = TestServer::configured(published().await.db, limited(1, 0)).await;
    assert_eq!(server.get(LEGACY).await.headers()["ratelimit-policy"], "\"adresse\";q=1;w=60");
    let refused = server.get(LEGACY).await;
    assert_eq!(header(&refused, "ratelimit"), "\"adresse\";r=0;t=60");
    assert!(header(&refused, "retry-after").parse::<u64>().unwrap() > 50);
    assert_eq!(header(&refused, "content-type"), "application/json; charset=utf-8");
    let body: serde_json::Value = refused.json().await.unwrap();
    assert_eq!((&body["statusCode"], &body["error"]), (&429.into(), &"Too Many Requests".into()));
}

#[tokio::test]
async fn each_client_behind_a_trusted_proxy_has_its_own_allowance() {
    let server = TestServer::configured(published().await.db, limited(1, 0)).await;
    let statuses = |address: &'static str| {
        let server = &server;
        async move {
            let header = [("x-forwarded-for", address)];
            [ask(server, KNOWN, &header).await.status().as_u16(), ask(server, KNOWN, &header).await.status().as_u16()]
        }
    };
    assert_eq!(statuses("203.0.113.1").await, [200, 429]);
    assert_eq!(statuses("203.0.113.2").await, [200, 429]);
    assert_eq!(statuses("198.51.100.7, 203.0.113.2").await, [429, 429], "what a client wrote itself is not believed");
    assert_eq!(statuses("2001:db8:0:1::1").await, [200, 429]);
    assert_eq!(statuses("2001:db8:0:1::2").await, [429, 429], "the same household");
    assert_eq!(statuses("2001:db8:0:2::1").await, [200, 429]);

    let mut distrustful = limited(1, 0);
    distrustful.rate.trusted_proxies.clear();
    let server = TestServer::configured(published().await.db, distrustful).await;
    assert_eq!(ask(&server, KNOWN, &[("x-forwarded-for", "203.0.113.1")]).await.status(), 200);
    assert_eq!(ask(&server, KNOWN, &[("x-forwarded-for", "203.0.113.2")]).await.status(), 429);
}

#[tokio::test]
async fn a_key_has_an_allowance_of_its_own_and_its_quota_counts() {
    let test = published().await;
    let (own, common) = (key(&test.db, 1, Some(2)).await, key(&test.db, 2, None).await);
    let server = TestServer::configured(test.db, limited(4, 7)).await;
    let policy = async |path: &str, name: &'static str, value: &str| {
        let response = ask(&server, path, &[(name, value)]).await;
        (response.status().as_u16(), header(&response, "ratelimit-policy").to_owned())
    };
    let of_key = |status, requests: u32| (status, format!("\"cle\";q={requests};w=60"));
    assert_eq!(policy(KNOWN, "x-api-key", &own).await, of_key(200, 2));
    assert_eq!(
        policy(LEGACY, "authorization", &format!("Bearer {own}")).await,
        of_key(200, 2),
        "one for both contracts"
    );
    assert_eq!(policy(KNOWN, "x-api-key", &own).await, of_key(429, 2));
    assert_eq!(policy(KNOWN, "x-api-key", &common).await, of_key(200, 7));
    assert_eq!(policy(&format!("{LEGACY}?apiKey={common}"), "accept", "*/*").await, of_key(200, 7));

    // Both keys cost the address one each when they were not known; invented ones always do.
    let invented = |byte| KeyText::from_bytes([byte; 32]).expose().to_owned();
    let of_address = |status| (status, "\"adresse\";q=4;w=60".to_owned());
    assert_eq!(policy(KNOWN, "x-api-key", &invented(8)).await, of_address(200));
    assert_eq!(policy(KNOWN, "x-api-key", &invented(9)).await, of_address(200));
    assert_eq!(policy(KNOWN, "x-api-key", &invented(10)).await, of_address(429));
    assert_eq!(policy(KNOWN, "x-api-key", &common).await, of_key(200, 7), "a known key is not its address");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_256_connections_exactly_as_many_are_let_in_as_are_allowed() {
    const ALLOWED: u64 = 300;
    let requests = u32::try_from(ALLOWED).unwrap();
    let server = TestServer::configured(published().await.db, limited(requests, 0)).await;
    let (admitted, refused) = (Arc::new(AtomicU64::new(1)), Arc::new(AtomicU64::new(0)));
    let begin = Instant::now();
    // From memory then: what is counted is meant here, not what 256 questions at once take.
    assert_eq!(server.get(KNOWN).await.status(), 200);
    let connections = (0..256).map(|_| {
        let (admitted, refused, url) = (Arc::clone(&admitted), Arc::clone(&refused), format!("{}{KNOWN}", server.url));
        // A client of its own is a connection of its own.
        let client = client().build().unwrap();
        tokio::spawn(async move {
            for _ in 0..4 {
                match client.get(&url).send().await.unwrap().status().as_u16() {
                    200 => admitted.fetch_add(1, Ordering::Relaxed),
                    429 => refused.fetch_add(1, Ordering::Relaxed),
                    other => panic!("{other}"),
                };
            }
        })
    });
    for connection in connections.collect::<Vec<_>>() {
        connection.await.unwrap();
    }
    // One comes back every 200 ms.
    let returned = u64::try_from(begin.elapsed().as_millis() / 200).unwrap();
    let (admitted, refused) = (admitted.load(Ordering::Relaxed), refused.load(Ordering::Relaxed));
    assert_eq!(admitted + refused, 1 + 256 * 4);
    assert!((ALLOWED..=ALLOWED + returned).contains(&admitted), "{admitted} of {ALLOWED} and {returned}");
}

#[tokio::test]
async fn none_is_no_limit_and_nothing_to_announce() {
    let server = TestServer::configured(published().await.db, limited(0, 0)).await;
    for _ in 0..20 {
        let response = server.get(KNOWN).await;
        assert_eq!((response.status().as_u16(), header(&response, "ratelimit")), (200, ""));
    }
}
