//! What the head of an answer says: a failure, where a part begins, which version it is of.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::{Response, StatusCode};

use super::corps::{extrait, type_refuse};
use super::echec::{Arret, Panne, Refus};

/// Bytes read of a body that is only quoted.
const LUS: usize = 4096;

/// The text of a header, if it is one.
pub(super) fn texte(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What tells this version of a file from others: a strong ETag, else the time of the last change.
/// A weak ETag does not promise the same bytes.
pub(super) fn validateur(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(ETAG).filter(|etag| !etag.as_bytes().starts_with(b"W/")).or_else(|| headers.get(LAST_MODIFIED))
}

/// Where a part begins, and the size of the whole: `bytes 100-199/200`, `bytes 100-199/*`.
pub(super) fn partie(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let range = texte(headers, CONTENT_RANGE)?.strip_prefix("bytes ")?;
    let (span, total) = range.split_once('/')?;
    let (start, _) = span.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}

/// How long the server asks to wait: seconds, or until when.
fn attente(headers: &HeaderMap) -> Option<Duration> {
    let text = texte(headers, RETRY_AFTER)?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    SystemTime::from(until).duration_since(SystemTime::now()).ok()
}

/// The failure that a status stands for; `None` for 200 and 206.
pub(super) async fn statut(reponse: Response) -> Result<Response, Arret> {
    let statut = reponse.status();
    if matches!(statut, StatusCode::OK | StatusCode::PARTIAL_CONTENT) {
        return Ok(reponse);
    }
    if statut == StatusCode::RANGE_NOT_SATISFIABLE {
        return Err(Panne::Reprise.into());
    }
    let retried = matches!(statut, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    if retried || statut.is_server_error() {
        return Err(Panne::Statut { statut, attente: attente(reponse.headers()) }.into());
    }
    Err(Refus::Statut { statut, extrait: debut(reponse).await }.into())
}

/// Refuses what its head says is no file.
pub(super) async fn annonce(reponse: Response) -> Result<Response, Arret> {
    let headers = reponse.headers();
    if let Some(coding) = texte(headers, CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Refus::Compresse(coding.to_owned()).into());
    }
    match texte(headers, CONTENT_TYPE).and_then(type_refuse) {
        Some(quoi) => Err(Refus::PasCsv { quoi, extrait: debut(reponse).await }.into()),
        None => Ok(reponse),
    }
}

/// The beginning of a body, for people; what cannot be read is left out.
async fn debut(mut reponse: Response) -> String {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = reponse.chunk().await {
        read.extend_from_slice(&chunk);
        if read.len() >= LUS {
            break;
        }
    }
    extrait(&read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_part_says_where_it_begins() {
        for (text, expected) in [
            ("bytes 100-199/200", Some((100, Some(200)))),
            ("bytes 100-199/*", Some((100, None))),
            ("bytes */200", None),
            ("lines 1-2/3", None),
        ] {
            assert_eq!(partie(&headers(CONTENT_RANGE, text)), expected, "{text}");
        }
    }

    #[test]
    fn only_what_promises_the_same_bytes_tells_versions_apart() {
        assert!(validateur(&headers(ETAG, "\"a\"")).is_some());
        assert!(validateur(&headers(ETAG, "W/\"a\"")).is_none());
        assert!(validateur(&headers(LAST_MODIFIED, "Wed, 21 Oct 2026 07:28:00 GMT")).is_some());
    }

    #[test]
    fn the_wait_is_read_as_seconds_or_as_a_moment() {
        assert_eq!(attente(&headers(RETRY_AFTER, "3")), Some(Duration::from_secs(3)));
        assert_eq!(attente(&headers(RETRY_AFTER, "Wed, 21 Oct 2015 07:28:00 GMT")), None);
        let far = attente(&headers(RETRY_AFTER, "Fri, 01 Jan 2100 00:00:00 GMT")).unwrap();
        assert!(far > Duration::from_hours(1));
        assert_eq!(attente(&headers(RETRY_AFTER, "soon")), None);
    }
}
