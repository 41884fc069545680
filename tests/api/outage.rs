//! The database goes away, comes back, or has nothing to say.

use std::time::Duration;

use exposition::db::Db;

use super::world::published;
use crate::common::cable::{Cable, State};
use crate::common::{TestServer, config, database};
use reqwest::Method;

#[tokio::test]
async fn without_a_publication_the_server_lives_but_is_not_ready() {
    let server = TestServer::start(database().await.db).await;
    assert_eq!(server.get("/health/live").await.status(), 200);
    assert_eq!(server.get("/health/ready").await.status(), 503);
    let (status, problem) = server.problem("/api/v1/certifications/32020008").await;
    assert_eq!(status, 503);
    assert!(problem["detail"].as_str().unwrap().contains("publi"), "{problem}");
}

#[tokio::test]
async fn a_cut_cable_is_503_and_its_return_is_noticed_without_a_restart() {
    let test = published().await;
    let (url, cable) = Cable::to(&test).await;
    let server = TestServer::start(Db::connect(&url, &config().database).unwrap()).await;
    assert_eq!(server.get("/api/v1/certifications/32020008").await.status(), 200);
    assert_eq!(server.get("/health/ready").await.status(), 200);

    cable.set(State::Cut);
    let response = server.request(Method::GET, "/api/v1/certifications/50022137").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(server.get("/api/v1/certifications/32020008").await.status(), 200, "cached answers are still served");
    assert_eq!(server.get("/health/ready").await.status(), 503);
    assert_eq!(server.get("/health/live").await.status(), 200);

    cable.set(State::Plugged);
    let back = tokio::time::timeout(Duration::from_secs(5), async {
        while server.get("/api/v1/certifications/50022137").await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    back.await.expect("the server did not recover");
}

/// Waits until an address that is not in memory is answered well.
async fn recovery(server: &TestServer, path: &str) {
    let back = tokio::time::timeout(Duration::from_mins(1), async {
        while server.get(path).await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    back.await.expect("the server did not recover");
}

/// The limits that a request would have to wait out are longer than the test's patience: an answer
/// at all shows that it did not wait.
#[tokio::test]
async fn a_database_that_says_nothing_is_noticed_once_for_everybody() {
    for silence in [State::Stopped, State::Forgotten] {
        let test = published().await;
        let (url, cable) = Cable::to(&test).await;
        let mut config = config().database;
        (config.acquire_timeout, config.statement_timeout) = (Duration::from_mins(2), Duration::from_mins(2));
        let server = TestServer::start(Db::connect(&url, &config).unwrap()).await;
        let [kept, fresh, other, last] = ["32020008", "50022137", "40025214", "24730025214"];
        let path = |code: &str| format!("/api/v1/certifications/{code}");
        let legacy = format!("/api/inserjeunes/regionales/53/certifications/{last}");
        for path in [&path(kept), &legacy] {
            assert_eq!(server.get(path).await.status(), 200);
        }

        cable.set(silence);
        let (first, together) = (path(fresh), path(other));
        let (one, two) = tokio::join!(server.get(&first), server.get(&together));
        assert_eq!((one.status().as_u16(), two.status().as_u16()), (503, 503), "{silence:?}");
        for path in [&first, &format!("{legacy}?millesime=2019_2020"), "/api/v1/certifications?publication=9.9.9"] {
            let answer = server.get(path).await;
            assert_eq!(answer.status(), 503, "{silence:?} {path}");
            assert!(answer.headers().contains_key("retry-after"), "{path}");
        }
        assert_eq!(server.get(&path(kept)).await.status(), 200, "kept answers go on");
        assert_eq!(server.get(&legacy).await.status(), 200, "those of the legacy contract too");
        assert_eq!(server.get("/health/ready").await.status(), 503);
        assert_eq!(server.get("/health/live").await.status(), 200);

        cable.set(State::Plugged);
        recovery(&server, &first).await;
        assert_eq!(server.get("/health/ready").await.status(), 200);
    }
}
