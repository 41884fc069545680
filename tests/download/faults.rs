//! What fails on the way and is tried again.

use std::time::{Duration, Instant};

use super::server::{Reply, Server};
use super::{FILE, Network};

#[tokio::test]
async fn a_server_that_fails_once_is_asked_again() {
    let server = Server::start(|request| match request.number {
        1 => Reply::new("500 Internal Server Error", &[], "oops"),
        _ => Reply::csv(FILE),
    })
    .await;
    assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_given_up_after_the_attempts_allowed() {
    let server = Server::start(|_| Reply::new("503 Service Unavailable", &[], "")).await;
    let (attempts, message) = Network::new(&[&server]).fail(&server.url("/a.csv")).await;
    assert_eq!((attempts, server.requests().len()), (3, 3));
    assert!(message.contains("after 3 attempts") && message.contains("503") && message.contains("later"), "{message}");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_obeyed() {
    let server = Server::start(|request| match request.number {
        1 => Reply::new("429 Too Many Requests", &[("retry-after", "1")], ""),
        _ => Reply::csv(FILE),
    })
    .await;
    let start = Instant::now();
    assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_asks_for_too_long_a_wait_is_not_asked_again() {
    let server = Server::start(|_| Reply::new("429 Too Many Requests", &[("retry-after", "3600")], "")).await;
    let (attempts, message) = Network::new(&[&server]).fail(&server.url("/a.csv")).await;
    assert_eq!((attempts, server.requests().len()), (1, 1));
    assert!(message.contains("come back in 3600 s"), "{message}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_said_without_the_query_of_the_address() {
    let server = Server::start(|_| Reply::default()).await;
    let mut network = Network::new(&[&server]);
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    network.config.exempt.push(free);
    let (attempts, message) = network.fail(&format!("http://{free}/a.csv?apikey=secret")).await;
    assert_eq!(attempts, 3);
    assert!(message.contains("the connection failed") && !message.contains("secret"), "{message}");
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_tried_again() {
    let server = Server::start(|request| match request.number {
        1 => Reply::default(),
        _ => Reply::csv(FILE),
    })
    .await;
    assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for() {
    let headers = [("content-length", "100")];
    let server =
        Server::start(move |_| Reply::brute("200 OK", &headers, "annee;uai\n").then("", Duration::from_hours(1))).await;
    let mut network = Network::new(&[&server]);
    network.config.attempts = 2;
    let start = Instant::now();
    let (attempts, message) = network.fail(&server.url("/a.csv")).await;
    assert_eq!(attempts, 2);
    assert!(message.contains("sent nothing for 0.3 s"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_drips_is_stopped_by_the_limit_on_the_whole() {
    let headers = [("content-length", "100000")];
    let server =
        Server::start(move |_| Reply::brute("200 OK", &headers, "annee").then(";", Duration::from_millis(20))).await;
    let mut network = Network::new(&[&server]);
    network.config.max_duration = Duration::from_millis(500);
    let (_, message) = network.fail(&server.url("/a.csv")).await;
    assert!(message.contains("EXPOSITION_DOWNLOAD_TIMEOUT_S"), "{message}");
    assert_eq!(server.requests().len(), 1, "it was never idle");
}

#[tokio::test]
async fn an_interrupted_download_leaves_nothing() {
    let headers = [("content-length", "100000")];
    let server =
        Server::start(move |_| Reply::brute("200 OK", &headers, "annee").then(";", Duration::from_millis(20))).await;
    let network = Network::new(&[&server]);
    let address = server.url("/a.csv");
    let interrupted = tokio::time::timeout(Duration::from_millis(900), network.download(&address)).await;
    assert!(interrupted.is_err());
    assert_eq!(server.requests().len(), 1, "it was on its way");
    assert_eq!(network.rests(), 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_the_fault_of_the_disk() {
    let server = Server::start(|_| Reply::csv(FILE)).await;
    let mut network = Network::new(&[&server]);
    network.config.folder.push("absent");
    let message = network.download(&server.url("/a.csv")).await.unwrap_err().to_string();
    assert!(message.contains("absent cannot be written") && message.contains("TMPDIR"), "{message}");
}
