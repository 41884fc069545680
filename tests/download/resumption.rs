//! A body that is cut, and what becomes of the rest.

use super::server::{DataRequest, Reply, Server};
use super::{FILE, Network};

/// Where the first answer of these servers breaks off.
const CUT: usize = 150;

/// The first part of the file, announced as the whole.
fn cut(headers: &[(&str, &str)]) -> Reply {
    let length = FILE.len().to_string();
    Reply::brute("200 OK", &[headers, &[("content-length", length.as_str())]].concat(), &FILE[..CUT])
}

/// A part of the file from `start`, which says that it begins at `claimed`.
fn partial_content(start: usize, claimed: usize, headers: &[(&str, &str)]) -> Reply {
    let range = format!("bytes {claimed}-{}/{}", FILE.len() - 1, FILE.len());
    let headers = [headers, &[("content-range", range.as_str())]].concat();
    Reply::new("206 Partial Content", &headers, &FILE[start..])
}

fn asked(request: &DataRequest) -> (Option<&str>, Option<&str>) {
    (request.header("range"), request.header("if-range"))
}

#[tokio::test]
async fn a_cut_file_is_continued_where_the_server_can_tell_that_it_is_the_same() {
    for (name, value) in [("etag", "\"v1\""), ("last-modified", "Wed, 21 Oct 2026 07:28:00 GMT")] {
        let server = Server::start(move |request| match request.number {
            1 => cut(&[(name, value)]),
            _ => partial_content(CUT, CUT, &[(name, value)]),
        })
        .await;
        assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(asked(&requests[0]), (None, None));
        assert_eq!(asked(&requests[1]), (Some("bytes=150-"), Some(value)));
        assert!(requests.iter().all(|request| request.header("accept-encoding") == Some("identity")));
    }
}

#[tokio::test]
async fn a_cut_file_is_fetched_anew_from_a_server_that_ignores_ranges() {
    let server = Server::start(|request| match request.number {
        1 => cut(&[("etag", "\"v1\"")]),
        _ => Reply::csv(FILE),
    })
    .await;
    assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
    assert_eq!(server.requests()[1].header("range"), Some("bytes=150-"));
}

#[tokio::test]
async fn without_a_strong_validator_the_rest_is_never_asked_for() {
    for headers in [&[][..], &[("etag", "W/\"v1\"")]] {
        let server = Server::start(move |request| match request.number {
            1 => cut(headers),
            _ => Reply::csv(FILE),
        })
        .await;
        assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
        assert_eq!(asked(&server.requests()[1]), (None, None));
    }
}

#[tokio::test]
async fn a_part_that_does_not_fit_is_thrown_away_with_what_was_there() {
    let etag = [("etag", "\"v1\"")];
    let part = "206 Partial Content";
    let unfit = [
        ("another offset", partial_content(100, 100, &etag)),
        ("another version", partial_content(CUT, CUT, &[("etag", "\"v2\"")])),
        ("another size", Reply::new(part, &[("content-range", "bytes 150-998/999")], &FILE[CUT..])),
        ("no range at all", Reply::new(part, &[], &FILE[CUT..])),
        ("nothing left", Reply::new("416 Range Not Satisfiable", &[("content-range", "bytes */10")], "")),
    ];
    for (what, second) in unfit {
        let server = Server::start(move |request| match request.number {
            1 => cut(&etag),
            2 => second.clone(),
            _ => Reply::csv(FILE),
        })
        .await;
        assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE, "{what}");
        assert_eq!(asked(&server.requests()[2]), (None, None), "{what}");
    }
}

#[tokio::test]
async fn a_file_that_changes_between_two_attempts_is_never_a_mixture() {
    let newer = FILE.replace("Bretagne", "Normandie");
    let sent = newer.clone();
    let server = Server::start(move |request| match request.number {
        1 => cut(&[("etag", "\"v1\"")]),
        // If-Range does not hold: the whole new file.
        _ => Reply::new("200 OK", &[("etag", "\"v2\"")], &sent),
    })
    .await;
    assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, newer);
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_a_cut_one() {
    let server = Server::start(|_| cut(&[])).await;
    let (attempts, message) = Network::new(&[&server]).fail(&server.url("/a.csv")).await;
    assert_eq!(attempts, 3);
    assert!(message.contains(&format!("cut after 150 bytes of {}", FILE.len())), "{message}");
}

#[tokio::test]
async fn a_chunked_body_without_its_end_is_a_cut_one() {
    let server = Server::start(|request| {
        let end = if request.number == 1 { "" } else { "0\r\n\r\n" };
        let body = format!("{:x}\r\n{FILE}\r\n{end}", FILE.len());
        Reply::brute("200 OK", &[("transfer-encoding", "chunked")], body)
    })
    .await;
    assert_eq!(Network::new(&[&server]).receive(&server.url("/a.csv")).await, FILE);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_length_announced_too_small_leaves_half_a_row_which_is_refused() {
    let server = Server::start(|_| Reply::brute("200 OK", &[("content-length", "150")], FILE)).await;
    let message = Network::new(&[&server]).refuse(&server.url("/a.csv")).await;
    assert!(message.contains("breaks off"), "{message}");
}
