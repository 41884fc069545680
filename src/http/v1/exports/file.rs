//! `/api/v1/publications/{version}/exports/{fichier}`: one file, or a part of it (RFC 9110 §14).
//!
//! A file is named by its hash: that is its strong ETag, and it may be kept for ever. Several ranges at once
//! and units other than bytes are answered with the whole file, as the RFC allows.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ready::{media, ready};
use crate::domain::Invalid;
use crate::exports::file::ExportFile;
use crate::http::conditional::{CACHE_IMMUTABLE, PUBLICATION, SAMPLE_DATA, matches};
use crate::http::openapi;
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape, described};
use crate::http::problem::{Problem, ProblemBody, ProblemCode};
use crate::http::request::Format;
use crate::http::state::AppState;
use crate::http::v1::publications::VERSION_IN_PATH;

/// Bytes that are read at once.
const PIECE: usize = 1 << 16;
/// The longest name that is looked for.
const LONGEST: usize = 80;

/// The routes of this file.
pub(in crate::http) fn routes() -> OpenApiRouter<AppState> {
    let (schemas, paths, handler) = routes!(read);
    let paths = openapi::with_parameters(paths, &described::<ReadParameters>(Format::Json));
    OpenApiRouter::new().routes((schemas, paths, handler))
}

const FILE: Param<String> = Param::new(
    Description::new(
        "fichier",
        Shape::Text("[A-Za-z0-9_.]{1,80}", (1, LONGEST)),
        "Nom d'un fichier, parmi ceux de `/api/v1/publications/{version}/exports`.",
    )
    .example("datapackage.json"),
    name,
);

fn name(text: &str) -> Result<String, Invalid> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain);
    fits.then(|| text.to_owned())
        .ok_or_else(|| Invalid("attendu : le nom d'un fichier, par exemple formations.parquet".to_owned()))
}

/// What [`read`] takes.
struct ReadParameters {
    version: String,
    file: String,
}

impl Parameters for ReadParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (version, file) = (reader.path(&VERSION_IN_PATH), reader.path(&FILE));
        Some(Self { version: version?, file: file? })
    }
}

/// Un fichier d'une publication
///
/// Le fichier, ou une partie (`Range: bytes=…`, une seule plage). L'ETag est l'empreinte SHA-256 du fichier.
#[utoipa::path(
    get, path = "/publications/{version}/exports/{fichier}", tag = "données", operation_id = "lire_export",
    responses(
        (status = 200, description = "Le fichier.", content(
            (String = "application/vnd.apache.parquet"),
            (String = "application/gzip"),
            (serde_json::Value = "application/json"),
            (serde_json::Value = "application/ld+json"),
            (String = "text/plain"),
        )),
        (status = 206, description = "La partie demandée.", content(
            (String = "application/vnd.apache.parquet"),
            (String = "application/gzip"),
            (serde_json::Value = "application/json"),
            (serde_json::Value = "application/ld+json"),
            (String = "text/plain"),
        )),
        (status = 416, description = "La plage est au-delà du fichier (`plage_refusee`).", body = ProblemBody, content_type = "application/problem+json")
    )
)]
async fn read(headers: HeaderMap, asked: Asked<ReadParameters>) -> Result<Response, Problem> {
    let Asked { request, wanted: ReadParameters { version, file } } = asked;
    let (publication, release) = ready(request.state(), &version).await?;
    let found = release.files.iter().find(|found| found.name == file).ok_or_else(|| {
        let names: Vec<_> = release.files.iter().map(|file| file.name.as_str()).collect();
        Problem::unknown(format!("Il n'y a pas de fichier {file} ; il y a : {}.", names.join(", ")))
    })?;
    let mut response = answer(&headers, &release.folder, found).await?;
    let about = response.headers_mut();
    if let Ok(version) = HeaderValue::from_str(&publication.version) {
        about.insert(PUBLICATION, version);
    }
    if publication.fictive {
        about.insert(SAMPLE_DATA, HeaderValue::from_static("oui"));
    }
    Ok(response)
}

/// A part of a file, first and last byte.
type Part = (u64, u64);

async fn answer(headers: &HeaderMap, folder: &Path, file: &ExportFile) -> Result<Response, Problem> {
    if let Some(tag) = matches(headers, &file.sha256) {
        return Ok(named(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let Ok(part) = wanted(headers, file) else {
        let response = Problem::of(ProblemCode::RangeRefused).into_response();
        return Ok(with(response, header::CONTENT_RANGE, format!("bytes */{}", file.bytes)));
    };
    let (first, length) = part.map_or((0, file.bytes), |(first, last)| (first, last - first + 1));
    let body = open(&folder.join(&file.name), first, length)
        .await
        .map_err(|error| Problem::of(ProblemCode::ExportsUnavailable).because(error))?;
    let mut response = named(Response::new(body), &file.sha256);
    if let Some((first, last)) = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        response = with(response, header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", file.bytes));
    }
    let about = response.headers_mut();
    about.insert(header::CONTENT_TYPE, HeaderValue::from_static(media(&file.name)));
    about.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    about.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

fn named(response: Response, tag: &str) -> Response {
    let mut response = with(response, header::ETAG, format!("\"{tag}\""));
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE_IMMUTABLE);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn with(mut response: Response, name: HeaderName, value: String) -> Response {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

async fn open(path: &Path, first: u64, length: u64) -> std::io::Result<Body> {
    let mut file = tokio::fs::File::open(path).await?;
    if first > 0 {
        file.seek(SeekFrom::Start(first)).await?;
    }
    Ok(Body::from_stream(ReaderStream::with_capacity(file.take(length), PIECE)))
}

/// The part that is asked for; `None` for the whole. A range of a file that the client knows another of
/// (`If-Range`) is the whole.
///
/// # Errors
/// A range that begins behind the end.
fn wanted(headers: &HeaderMap, file: &ExportFile) -> Result<Option<Part>, ()> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let own = format!("\"{}\"", file.sha256);
    let other = headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(own.as_str());
    match text(header::RANGE) {
        Some(range) if !other => part(range, file.bytes),
        _ => Ok(None),
    }
}

fn part(range: &str, bytes: u64) -> Result<Option<Part>, ()> {
    let Some((first, last)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // What no number can hold is behind every end.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first.trim()), number(last.trim()), first.trim().is_empty(), last.trim().is_empty()) {
        (Some(first), Some(last), ..) if first > last => Ok(None),
        (Some(first), last, _, open) if last.is_some() || open => {
            let last = last.unwrap_or(u64::MAX).min(bytes.saturating_sub(1));
            if first < bytes { Ok(Some((first, last))) } else { Err(()) }
        }
        (None, Some(count), true, _) => {
            if count == 0 || bytes == 0 {
                Err(())
            } else {
                Ok(Some((bytes.saturating_sub(count), bytes - 1)))
            }
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_of_bytes_is_understood_and_anything_else_is_the_whole_file() {
        for (range, expected) in [
            ("bytes=0-9", Ok(Some((0, 9)))),
            ("bytes=90-", Ok(Some((90, 99)))),
            ("bytes=90-1000", Ok(Some((90, 99)))),
            ("bytes=-5", Ok(Some((95, 99)))),
            ("bytes=-500", Ok(Some((0, 99)))),
            ("bytes=100-", Err(())),
            ("bytes=99999999999999999999-", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=9-3", Ok(None)),
            ("bytes=0-1,5-6", Ok(None)),
            ("bytes=a-b", Ok(None)),
            ("bytes=-", Ok(None)),
            ("lines=0-9", Ok(None)),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
    }
}
