//! What is refused, whatever the number of attempts.

use std::time::Duration;

use super::server::{Reply, Server};
use super::{FILE, Network};

#[tokio::test]
async fn a_page_or_a_message_instead_of_a_file_is_refused_with_its_beginning() {
    let page = "<!DOCTYPE html>\n<html><title>Maintenance en cours</title></html>";
    let error = "{\"error_code\": \"ODSQLError\", \"message\": \"Unknown dataset\"}";
    for (content_type, body, quoted) in [
        ("text/html; charset=utf-8", page, "Maintenance en cours"),
        ("text/csv", page, "Maintenance en cours"),
        ("application/json", error, "Unknown dataset"),
        ("text/csv", error, "Unknown dataset"),
        ("application/problem+json", error, "Unknown dataset"),
    ] {
        let server = Server::start(move |_| Reply::new("200 OK", &[("content-type", content_type)], body)).await;
        let message = Network::new(&[&server]).refuse(&server.url("/a.csv")).await;
        assert!(message.contains(quoted) && message.contains("instead of a CSV file"), "{content_type}: {message}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_export_that_ends_with_an_error_message_is_refused_with_the_message() {
    for end in [
        "{\"error_code\": \"InternalServerError\", \"message\": \"timeout of the cluster\"}",
        "cumul 2021-2022;03500{\"message\": \"timeout of the cluster\"}\n",
        "Error: timeout of the cluster\n",
        "<html><body>502 timeout of the cluster</body></html>",
    ] {
        let server = Server::start(move |_| Reply::csv(format!("{FILE}{end}"))).await;
        let message = Network::new(&[&server]).refuse(&server.url("/a.csv")).await;
        assert!(message.contains("breaks off") && message.contains("timeout of the cluster"), "{message}");
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_when_it_is_announced_and_when_it_is_not() {
    let mut network = Network::new(&[]);
    network.config.max_size = 10_000;
    let announced = Server::start(|_| Reply::brute("200 OK", &[("content-length", "10001")], "")).await;
    let endless = Server::start(|_| Reply::brute("200 OK", &[], FILE).then(FILE, Duration::ZERO)).await;
    network.config.exempt = vec![announced.socket, endless.socket];
    let message = network.refuse(&announced.url("/a.csv")).await;
    assert!(message.contains("larger than 10000 bytes (the server announces 10001)"), "{message}");
    let message = network.refuse(&endless.url("/a.csv")).await;
    assert!(message.contains("larger than 10000 bytes: EXPOSITION_DOWNLOAD_MAX_BYTES"), "{message}");
}

#[tokio::test]
async fn a_file_of_exactly_the_limit_is_taken() {
    let server = Server::start(|_| Reply::csv(FILE)).await;
    let mut network = Network::new(&[&server]);
    network.config.max_size = FILE.len() as u64;
    assert_eq!(network.receive(&server.url("/a.csv")).await, FILE);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_not_asked_twice() {
    let server = Server::start(|_| Reply::new("404 Not Found", &[], "Unknown dataset: x")).await;
    let message = Network::new(&[&server]).refuse(&server.url("/a.csv")).await;
    assert!(message.contains("404 Not Found") && message.contains("Unknown dataset: x"), "{message}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn redirects_are_followed_and_the_last_address_names_the_file() {
    let server = Server::start(|request| match request.path.as_str() {
        "/r/1" => Reply::to("/r/2"),
        "/r/2" => Reply::to("depp-2022-etablissements-2021_2022-pro.csv"),
        _ => Reply::csv(FILE),
    })
    .await;
    let network = Network::new(&[&server]);
    let fetched = network.download(&server.url("/r/1")).await.unwrap();
    assert_eq!(fetched.path().file_name().unwrap(), "depp-2022-etablissements-2021_2022-pro.csv");
    assert_eq!(server.requests().last().unwrap().path, "/r/depp-2022-etablissements-2021_2022-pro.csv");
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server = Server::start(|_| Reply::to("/a.csv")).await;
    let message = Network::new(&[&server]).refuse(&server.url("/a.csv")).await;
    assert!(message.contains("more than 5 times"), "{message}");
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn redirects_to_what_may_not_be_asked_are_not_followed() {
    let other = Server::start(|_| Reply::csv(FILE)).await;
    let hosts = ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "localhost", "depot.example"];
    let plain = other.url("/a.csv");
    for (target, expected) in [
        (plain.as_str(), "only https:// addresses are fetched, not http://"),
        ("file:///etc/passwd", "not file://"),
        ("https://10.0.0.1/a.csv", "10.0.0.1 is 10.0.0.1, a private or reserved address"),
        ("https://169.254.169.254/latest/meta-data", "a private or reserved address"),
        ("https://[::1]/a.csv", "a private or reserved address"),
        ("https://[::ffff:127.0.0.1]/a.csv", "host [::ffff:7f00:1] is not one that may be asked"),
        ("https://localhost/a.csv", "the host localhost is 127.0.0.1, a private or reserved address"),
        ("https://ailleurs.example/a.csv", "the host ailleurs.example is not one that may be asked"),
        ("https://depot.example:8443/a.csv", "the host depot.example:8443 is not one"),
        ("https://depot.example@ailleurs.example/a.csv", "the host ailleurs.example is not one"),
        ("https://2130706433/a.csv", "the host 127.0.0.1 is not one"),
    ] {
        let to = target.to_owned();
        let server = Server::start(move |_| Reply::to(&to)).await;
        let mut network = Network::new(&[&server]);
        network.config.hosts = hosts.map(str::to_owned).to_vec();
        let message = network.refuse(&server.url("/a.csv?apikey=secret")).await;
        assert!(message.contains("the server redirects to") && message.contains(expected), "{target}: {message}");
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(other.requests().len(), 0, "no other server was asked");
}

#[tokio::test]
async fn an_address_of_the_operator_passes_the_same_checks() {
    let mut network = Network::new(&[]);
    network.config.hosts = vec!["localhost".to_owned()];
    for (address, expected) in [
        ("https://ailleurs.example/a.csv", "EXPOSITION_DOWNLOAD_HOSTS"),
        ("http://data.education.gouv.fr/a.csv", "only https://"),
        ("https://localhost/a.csv", "a private or reserved address"),
    ] {
        let message = network.refuse(address).await;
        assert!(message.contains(expected) && !message.contains("redirects"), "{address}: {message}");
    }
}

#[tokio::test]
async fn a_compressed_answer_that_was_not_asked_for_is_refused() {
    let server = Server::start(|_| Reply::new("200 OK", &[("content-encoding", "gzip")], "\x1f")).await;
    let message = Network::new(&[&server]).refuse(&server.url("/a.csv")).await;
    assert!(message.contains("compresses its answer (gzip)"), "{message}");
}
