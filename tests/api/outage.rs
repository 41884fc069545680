//! The database goes away, comes back, or has nothing to say.

use std::time::{Duration, Instant};

use super::world::published;
use crate::common::cable::{Cable, State};
use crate::common::{TestServer, database};
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
    let (db, cable) = Cable::to(&test).await;
    let server = TestServer::start(db).await;
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

/// The status of an address, and how long it took.
async fn timed(server: &TestServer, path: &str) -> (u16, Duration) {
    let begin = Instant::now();
    (server.get(path).await.status().as_u16(), begin.elapsed())
}

/// Waits until an address that is not in memory is answered well.
async fn recovery(server: &TestServer, path: &str) -> Duration {
    let begin = Instant::now();
    let back = tokio::time::timeout(Duration::from_secs(5), async {
        while server.get(path).await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    back.await.expect("the server did not recover");
    begin.elapsed()
}

#[tokio::test]
async fn a_database_that_says_nothing_is_noticed_once_for_everybody() {
    for silence in [State::Stopped, State::Forgotten] {
        let test = published().await;
        let (db, cable) = Cable::to(&test).await;
        let server = TestServer::start(db).await;
        let [kept, fresh, other, last] = ["32020008", "50022137", "40025214", "24730025214"];
        let path = |code: &str| format!("/api/v1/certifications/{code}");
        let legacy = format!("/api/inserjeunes/regionales/53/certifications/{last}");
        for path in [&path(kept), &legacy] {
            assert_eq!(server.get(path).await.status(), 200);
        }

        cable.set(silence);
        // Those who ask first wait until it is known; far less than the limit of a statement.
        let (first, together) = (path(fresh), path(other));
        let ((status, took), (other, _)) = tokio::join!(timed(&server, &first), timed(&server, &together));
        assert_eq!((status, other), (503, 503), "{silence:?}");
        assert!(took < Duration::from_secs(6), "{silence:?}: {took:?}");
        // From then on nobody does.
        for path in [&first, &format!("{legacy}?millesime=2019_2020"), "/api/v1/certifications?publication=9.9.9"] {
            let (status, took) = timed(&server, path).await;
            assert_eq!(status, 503, "{path}");
            assert!(took < Duration::from_secs(1), "{silence:?} {path}: {took:?}");
        }
        assert_eq!(server.get(&path(kept)).await.status(), 200, "kept answers go on");
        assert_eq!(server.get(&legacy).await.status(), 200, "those of the legacy contract too");
        assert_eq!(server.get("/health/ready").await.status(), 503);
        assert_eq!(server.get("/health/live").await.status(), 200);

        cable.set(State::Plugged);
        let took = recovery(&server, &first).await;
        assert!(took < Duration::from_secs(4), "{silence:?}: {took:?}");
        assert_eq!(server.get("/health/ready").await.status(), 200);
    }
}
