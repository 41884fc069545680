//! What fails on the way and is tried again.

use std::time::{Duration, Instant};

use super::serveur::{Reponse, Serveur};
use super::{FICHIER, Monde};

#[tokio::test]
async fn a_server_that_fails_once_is_asked_again() {
    let serveur = Serveur::start(|requete| match requete.numero {
        1 => Reponse::new("500 Internal Server Error", &[], "oops"),
        _ => Reponse::csv(FICHIER),
    })
    .await;
    assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
    assert_eq!(serveur.requetes().len(), 2);
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_given_up_after_the_attempts_allowed() {
    let serveur = Serveur::start(|_| Reponse::new("503 Service Unavailable", &[], "")).await;
    let (essais, message) = Monde::new(&[&serveur]).echouer(&serveur.url("/a.csv")).await;
    assert_eq!((essais, serveur.requetes().len()), (3, 3));
    assert!(message.contains("after 3 attempts") && message.contains("503") && message.contains("later"), "{message}");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_obeyed() {
    let serveur = Serveur::start(|requete| match requete.numero {
        1 => Reponse::new("429 Too Many Requests", &[("retry-after", "1")], ""),
        _ => Reponse::csv(FICHIER),
    })
    .await;
    let start = Instant::now();
    assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_asks_for_too_long_a_wait_is_not_asked_again() {
    let serveur = Serveur::start(|_| Reponse::new("429 Too Many Requests", &[("retry-after", "3600")], "")).await;
    let (essais, message) = Monde::new(&[&serveur]).echouer(&serveur.url("/a.csv")).await;
    assert_eq!((essais, serveur.requetes().len()), (1, 1));
    assert!(message.contains("come back in 3600 s"), "{message}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_said_without_the_query_of_the_address() {
    let serveur = Serveur::start(|_| Reponse::default()).await;
    let mut monde = Monde::new(&[&serveur]);
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    monde.config.exemptees.push(free);
    let (essais, message) = monde.echouer(&format!("http://{free}/a.csv?apikey=secret")).await;
    assert_eq!(essais, 3);
    assert!(message.contains("the connection failed") && !message.contains("secret"), "{message}");
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_tried_again() {
    let serveur = Serveur::start(|requete| match requete.numero {
        1 => Reponse::default(),
        _ => Reponse::csv(FICHIER),
    })
    .await;
    assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for() {
    let headers = [("content-length", "100")];
    let serveur =
        Serveur::start(move |_| Reponse::brute("200 OK", &headers, "annee;uai\n").puis("", Duration::from_hours(1)))
            .await;
    let mut monde = Monde::new(&[&serveur]);
    monde.config.essais = 2;
    let start = Instant::now();
    let (essais, message) = monde.echouer(&serveur.url("/a.csv")).await;
    assert_eq!(essais, 2);
    assert!(message.contains("sent nothing for 0.3 s"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_drips_is_stopped_by_the_limit_on_the_whole() {
    let headers = [("content-length", "100000")];
    let serveur =
        Serveur::start(move |_| Reponse::brute("200 OK", &headers, "annee").puis(";", Duration::from_millis(20))).await;
    let mut monde = Monde::new(&[&serveur]);
    monde.config.duree_max = Duration::from_millis(500);
    let (_, message) = monde.echouer(&serveur.url("/a.csv")).await;
    assert!(message.contains("EXPOSITION_DOWNLOAD_TIMEOUT_S"), "{message}");
    assert_eq!(serveur.requetes().len(), 1, "it was never idle");
}

#[tokio::test]
async fn an_interrupted_download_leaves_nothing() {
    let headers = [("content-length", "100000")];
    let serveur =
        Serveur::start(move |_| Reponse::brute("200 OK", &headers, "annee").puis(";", Duration::from_millis(20))).await;
    let monde = Monde::new(&[&serveur]);
    let address = serveur.url("/a.csv");
    let interrupted = tokio::time::timeout(Duration::from_millis(900), monde.telecharger(&address)).await;
    assert!(interrupted.is_err());
    assert_eq!(serveur.requetes().len(), 1, "it was on its way");
    assert_eq!(monde.restes(), 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_the_fault_of_the_disk() {
    let serveur = Serveur::start(|_| Reponse::csv(FICHIER)).await;
    let mut monde = Monde::new(&[&serveur]);
    monde.config.dossier.push("absent");
    let message = monde.telecharger(&serveur.url("/a.csv")).await.unwrap_err().to_string();
    assert!(message.contains("absent cannot be written") && message.contains("TMPDIR"), "{message}");
}
