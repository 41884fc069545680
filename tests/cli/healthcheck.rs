//! `exposition healthcheck`, and the health that monitors of the old contract ask for.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::common::cable::{Cable, State};
use crate::common::{PROGRAM, TestServer, config, sample_database};
use exposition::db::Db;

/// Asks the server of an address as the image does.
async fn ask(url: &str, path: &str) -> Output {
    let port = url.rsplit(':').next().unwrap().to_owned();
    let path = path.to_owned();
    let run = move || {
        Command::new(PROGRAM).args(["healthcheck", "--path", &path]).env("EXPOSITION_PORT", port).output().unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_as_the_server_answers_and_says_why() {
    let test = sample_database().await;
    let (url, cable) = Cable::to(&test).await;
    let server = TestServer::start(Db::connect(&url, &config().database).unwrap()).await;
    assert_eq!(ask(&server.url, "/health/live").await.status.code(), Some(0));
    assert_eq!(ask(&server.url, "/health/ready").await.status.code(), Some(0));
    let health = server.json("/api").await;
    assert_eq!(health["healthcheck"]["mongodb"], true, "{health}");
    cable.set(State::Cut);
    let begin = Instant::now();
    while server.get("/health/ready").await.status() != 503 {
        assert!(begin.elapsed() < Duration::from_secs(15), "the loss of the database is not noticed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let health = server.json("/api").await;
    assert_eq!(health["healthcheck"]["mongodb"], false, "the old monitors ask for the body, not the status: {health}");
    assert_eq!(ask(&server.url, "/health/live").await.status.code(), Some(0));
    let ready = ask(&server.url, "/health/ready").await;
    assert_eq!(ready.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ready.stderr).contains("503"), "{ready:?}");
    let nobody = ask("http://127.0.0.1:1", "/health/live").await;
    assert_eq!(nobody.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("port 1"), "{nobody:?}");
}
