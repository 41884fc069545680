//! What the head of an answer says: a failure, where a part begins, which version it is of.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::{Response, StatusCode};

use super::Version;
use super::body::{excerpt, refused_type};
use super::failure::{AttemptEnd, DownloadRefusal, Fault};

/// Bytes read of a body that is only quoted.
const READ: usize = 4096;

/// The text of a header, if it is one.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What tells this version of a file from others: a strong ETag, else the time of the last change.
/// A weak ETag does not promise the same bytes.
pub(super) fn validator(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(ETAG).filter(|etag| !etag.as_bytes().starts_with(b"W/")).or_else(|| headers.get(LAST_MODIFIED))
}

/// What the server calls the version that it sends, to be asked about later.
pub(super) fn version(headers: &HeaderMap) -> Version {
    let told = |name| text(headers, name).map(str::to_owned);
    Version { etag: told(ETAG), modified: told(LAST_MODIFIED) }
}

/// Where a part begins, and the size of the whole: `bytes 100-199/200`, `bytes 100-199/*`.
pub(super) fn part(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let range = text(headers, CONTENT_RANGE)?.strip_prefix("bytes ")?;
    let (span, total) = range.split_once('/')?;
    let (start, _) = span.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}

/// How long the server asks to wait: seconds, or until when.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    SystemTime::from(until).duration_since(SystemTime::now()).ok()
}

/// The failure that a status stands for; `None` for 200 and 206.
pub(super) async fn status(answer: Response) -> Result<Response, AttemptEnd> {
    let status = answer.status();
    if matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT) {
        return Ok(answer);
    }
    if status == StatusCode::RANGE_NOT_SATISFIABLE {
        return Err(Fault::Resumption.into());
    }
    let retried = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    if retried || status.is_server_error() {
        return Err(Fault::Status { status, wait: wait(answer.headers()) }.into());
    }
    Err(DownloadRefusal::Status { status, excerpt: start(answer).await }.into())
}

/// Refuses what its head says is no file.
pub(super) async fn announced(answer: Response) -> Result<Response, AttemptEnd> {
    let headers = answer.headers();
    if let Some(coding) = text(headers, CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(DownloadRefusal::Compressed(coding.to_owned()).into());
    }
    match text(headers, CONTENT_TYPE).and_then(refused_type) {
        Some(what) => Err(DownloadRefusal::NotCsv { what, excerpt: start(answer).await }.into()),
        None => Ok(answer),
    }
}

/// The beginning of a body, for people; what cannot be read is left out.
async fn start(mut answer: Response) -> String {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        read.extend_from_slice(&chunk);
        if read.len() >= READ {
            break;
        }
    }
    excerpt(&read)
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
            assert_eq!(part(&headers(CONTENT_RANGE, text)), expected, "{text}");
        }
    }

    #[test]
    fn only_what_promises_the_same_bytes_tells_versions_apart() {
        assert!(validator(&headers(ETAG, "\"a\"")).is_some());
        assert!(validator(&headers(ETAG, "W/\"a\"")).is_none());
        assert!(validator(&headers(LAST_MODIFIED, "Wed, 21 Oct 2026 07:28:00 GMT")).is_some());
    }

    #[test]
    fn the_wait_is_read_as_seconds_or_as_a_moment() {
        assert_eq!(wait(&headers(RETRY_AFTER, "3")), Some(Duration::from_secs(3)));
        assert_eq!(wait(&headers(RETRY_AFTER, "Wed, 21 Oct 2015 07:28:00 GMT")), None);
        let far = wait(&headers(RETRY_AFTER, "Fri, 01 Jan 2100 00:00:00 GMT")).unwrap();
        assert!(far > Duration::from_hours(1));
        assert_eq!(wait(&headers(RETRY_AFTER, "soon")), None);
    }
}
