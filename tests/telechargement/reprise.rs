//! A body that is cut, and what becomes of the rest.

use super::serveur::{Reponse, Requete, Serveur};
use super::{FICHIER, Monde};

/// Where the first answer of these servers breaks off.
const COUPE: usize = 150;

/// The first part of the file, announced as the whole.
fn coupe(headers: &[(&str, &str)]) -> Reponse {
    let length = FICHIER.len().to_string();
    Reponse::brute("200 OK", &[headers, &[("content-length", length.as_str())]].concat(), &FICHIER[..COUPE])
}

/// A part of the file from `start`, which says that it begins at `claimed`.
fn partie(start: usize, claimed: usize, headers: &[(&str, &str)]) -> Reponse {
    let range = format!("bytes {claimed}-{}/{}", FICHIER.len() - 1, FICHIER.len());
    let headers = [headers, &[("content-range", range.as_str())]].concat();
    Reponse::new("206 Partial Content", &headers, &FICHIER[start..])
}

fn asked(requete: &Requete) -> (Option<&str>, Option<&str>) {
    (requete.header("range"), requete.header("if-range"))
}

#[tokio::test]
async fn a_cut_file_is_continued_where_the_server_can_tell_that_it_is_the_same() {
    for (name, value) in [("etag", "\"v1\""), ("last-modified", "Wed, 21 Oct 2026 07:28:00 GMT")] {
        let serveur = Serveur::start(move |requete| match requete.numero {
            1 => coupe(&[(name, value)]),
            _ => partie(COUPE, COUPE, &[(name, value)]),
        })
        .await;
        assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
        let requetes = serveur.requetes();
        assert_eq!(requetes.len(), 2);
        assert_eq!(asked(&requetes[0]), (None, None));
        assert_eq!(asked(&requetes[1]), (Some("bytes=150-"), Some(value)));
        assert!(requetes.iter().all(|requete| requete.header("accept-encoding") == Some("identity")));
    }
}

#[tokio::test]
async fn a_cut_file_is_fetched_anew_from_a_server_that_ignores_ranges() {
    let serveur = Serveur::start(|requete| match requete.numero {
        1 => coupe(&[("etag", "\"v1\"")]),
        _ => Reponse::csv(FICHIER),
    })
    .await;
    assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
    assert_eq!(serveur.requetes()[1].header("range"), Some("bytes=150-"));
}

#[tokio::test]
async fn without_a_strong_validator_the_rest_is_never_asked_for() {
    for headers in [&[][..], &[("etag", "W/\"v1\"")]] {
        let serveur = Serveur::start(move |requete| match requete.numero {
            1 => coupe(headers),
            _ => Reponse::csv(FICHIER),
        })
        .await;
        assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
        assert_eq!(asked(&serveur.requetes()[1]), (None, None));
    }
}

#[tokio::test]
async fn a_part_that_does_not_fit_is_thrown_away_with_what_was_there() {
    let etag = [("etag", "\"v1\"")];
    let part = "206 Partial Content";
    let unfit = [
        ("another offset", partie(100, 100, &etag)),
        ("another version", partie(COUPE, COUPE, &[("etag", "\"v2\"")])),
        ("another size", Reponse::new(part, &[("content-range", "bytes 150-998/999")], &FICHIER[COUPE..])),
        ("no range at all", Reponse::new(part, &[], &FICHIER[COUPE..])),
        ("nothing left", Reponse::new("416 Range Not Satisfiable", &[("content-range", "bytes */10")], "")),
    ];
    for (what, second) in unfit {
        let serveur = Serveur::start(move |requete| match requete.numero {
            1 => coupe(&etag),
            2 => second.clone(),
            _ => Reponse::csv(FICHIER),
        })
        .await;
        assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER, "{what}");
        assert_eq!(asked(&serveur.requetes()[2]), (None, None), "{what}");
    }
}

#[tokio::test]
async fn a_file_that_changes_between_two_attempts_is_never_a_mixture() {
    let newer = FICHIER.replace("Bretagne", "Normandie");
    let sent = newer.clone();
    let serveur = Serveur::start(move |requete| match requete.numero {
        1 => coupe(&[("etag", "\"v1\"")]),
        // If-Range does not hold: the whole new file.
        _ => Reponse::new("200 OK", &[("etag", "\"v2\"")], &sent),
    })
    .await;
    assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, newer);
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_a_cut_one() {
    let serveur = Serveur::start(|_| coupe(&[])).await;
    let (essais, message) = Monde::new(&[&serveur]).echouer(&serveur.url("/a.csv")).await;
    assert_eq!(essais, 3);
    assert!(message.contains(&format!("cut after 150 bytes of {}", FICHIER.len())), "{message}");
}

#[tokio::test]
async fn a_chunked_body_without_its_end_is_a_cut_one() {
    let serveur = Serveur::start(|requete| {
        let end = if requete.numero == 1 { "" } else { "0\r\n\r\n" };
        let body = format!("{:x}\r\n{FICHIER}\r\n{end}", FICHIER.len());
        Reponse::brute("200 OK", &[("transfer-encoding", "chunked")], body)
    })
    .await;
    assert_eq!(Monde::new(&[&serveur]).recevoir(&serveur.url("/a.csv")).await, FICHIER);
    assert_eq!(serveur.requetes().len(), 2);
}

#[tokio::test]
async fn a_length_announced_too_small_leaves_half_a_row_which_is_refused() {
    let serveur = Serveur::start(|_| Reponse::brute("200 OK", &[("content-length", "150")], FICHIER)).await;
    let message = Monde::new(&[&serveur]).refuser(&serveur.url("/a.csv")).await;
    assert!(message.contains("breaks off"), "{message}");
}
