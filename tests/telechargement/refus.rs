//! What is refused, whatever the number of attempts.

use std::time::Duration;

use super::serveur::{Reponse, Serveur};
use super::{FICHIER, Monde};

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
        let serveur = Serveur::start(move |_| Reponse::new("200 OK", &[("content-type", content_type)], body)).await;
        let message = Monde::new(&[&serveur]).refuser(&serveur.url("/a.csv")).await;
        assert!(message.contains(quoted) && message.contains("instead of a CSV file"), "{content_type}: {message}");
        assert_eq!(serveur.requetes().len(), 1);
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
        let serveur = Serveur::start(move |_| Reponse::csv(format!("{FICHIER}{end}"))).await;
        let message = Monde::new(&[&serveur]).refuser(&serveur.url("/a.csv")).await;
        assert!(message.contains("breaks off") && message.contains("timeout of the cluster"), "{message}");
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_when_it_is_announced_and_when_it_is_not() {
    let mut monde = Monde::new(&[]);
    monde.config.taille_max = 10_000;
    let announced = Serveur::start(|_| Reponse::brute("200 OK", &[("content-length", "10001")], "")).await;
    let endless = Serveur::start(|_| Reponse::brute("200 OK", &[], FICHIER).puis(FICHIER, Duration::ZERO)).await;
    monde.config.exemptees = vec![announced.socket, endless.socket];
    let message = monde.refuser(&announced.url("/a.csv")).await;
    assert!(message.contains("larger than 10000 bytes (the server announces 10001)"), "{message}");
    let message = monde.refuser(&endless.url("/a.csv")).await;
    assert!(message.contains("larger than 10000 bytes: EXPOSITION_DOWNLOAD_MAX_BYTES"), "{message}");
}

#[tokio::test]
async fn a_file_of_exactly_the_limit_is_taken() {
    let serveur = Serveur::start(|_| Reponse::csv(FICHIER)).await;
    let mut monde = Monde::new(&[&serveur]);
    monde.config.taille_max = FICHIER.len() as u64;
    assert_eq!(monde.recevoir(&serveur.url("/a.csv")).await, FICHIER);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_not_asked_twice() {
    let serveur = Serveur::start(|_| Reponse::new("404 Not Found", &[], "Unknown dataset: x")).await;
    let message = Monde::new(&[&serveur]).refuser(&serveur.url("/a.csv")).await;
    assert!(message.contains("404 Not Found") && message.contains("Unknown dataset: x"), "{message}");
    assert_eq!(serveur.requetes().len(), 1);
}

#[tokio::test]
async fn redirects_are_followed_and_the_last_address_names_the_file() {
    let serveur = Serveur::start(|requete| match requete.chemin.as_str() {
        "/r/1" => Reponse::vers("/r/2"),
        "/r/2" => Reponse::vers("depp-2022-etablissements-2021_2022-pro.csv"),
        _ => Reponse::csv(FICHIER),
    })
    .await;
    let monde = Monde::new(&[&serveur]);
    let fetched = monde.telecharger(&serveur.url("/r/1")).await.unwrap();
    assert_eq!(fetched.path().file_name().unwrap(), "depp-2022-etablissements-2021_2022-pro.csv");
    assert_eq!(serveur.requetes().last().unwrap().chemin, "/r/depp-2022-etablissements-2021_2022-pro.csv");
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let serveur = Serveur::start(|_| Reponse::vers("/a.csv")).await;
    let message = Monde::new(&[&serveur]).refuser(&serveur.url("/a.csv")).await;
    assert!(message.contains("more than 5 times"), "{message}");
    assert_eq!(serveur.requetes().len(), 6);
}

#[tokio::test]
async fn redirects_to_what_may_not_be_asked_are_not_followed() {
    let other = Serveur::start(|_| Reponse::csv(FICHIER)).await;
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
        let serveur = Serveur::start(move |_| Reponse::vers(&to)).await;
        let mut monde = Monde::new(&[&serveur]);
        monde.config.hotes = hosts.map(str::to_owned).to_vec();
        let message = monde.refuser(&serveur.url("/a.csv?apikey=secret")).await;
        assert!(message.contains("the server redirects to") && message.contains(expected), "{target}: {message}");
        assert_eq!(serveur.requetes().len(), 1);
    }
    assert_eq!(other.requetes().len(), 0, "no other server was asked");
}

#[tokio::test]
async fn an_address_of_the_operator_passes_the_same_checks() {
    let mut monde = Monde::new(&[]);
    monde.config.hotes = vec!["localhost".to_owned()];
    for (address, expected) in [
        ("https://ailleurs.example/a.csv", "EXPOSITION_DOWNLOAD_HOSTS"),
        ("http://data.education.gouv.fr/a.csv", "only https://"),
        ("https://localhost/a.csv", "a private or reserved address"),
    ] {
        let message = monde.refuser(address).await;
        assert!(message.contains(expected) && !message.contains("redirects"), "{address}: {message}");
    }
}

#[tokio::test]
async fn a_compressed_answer_that_was_not_asked_for_is_refused() {
    let serveur = Serveur::start(|_| Reponse::new("200 OK", &[("content-encoding", "gzip")], "\x1f")).await;
    let message = Monde::new(&[&serveur]).refuser(&serveur.url("/a.csv")).await;
    assert!(message.contains("compresses its answer (gzip)"), "{message}");
}
