//! The body of a batch: JSON, an array of elements; or NDJSON, one a line.
//!
//! Elements are kept as they were sent, so that a malformed one is no fault of the body. A body that is
//! not what it says is refused as a whole, and every line of it that is wrong is named.

use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::element::Element;
use super::limits::{BYTES, CHUNK, WITH_KEY};
use crate::http::problem::{ParameterError, Problem, ProblemCode};
use crate::http::request::prefers;

/// The names of NDJSON; the first is the one that is answered.
const NDJSON: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];
/// What stands for the name of a parameter.
const BODY: &str = "corps";
/// Lines of one body that are named, at most.
const NAMED: usize = 100;

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// In one object.
    Json,
    /// One a line.
    Lines,
}

impl Written {
    pub(super) fn content_type(self) -> HeaderValue {
        match self {
            Self::Json => HeaderValue::from_static("application/json"),
            Self::Lines => HeaderValue::from_static("application/x-ndjson"),
        }
    }

    /// How a body says that it is written.
    fn of_body(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/json" => Some(Self::Json),
            kind if NDJSON.contains(&kind) => Some(Self::Lines),
            _ => None,
        }
    }

    /// How the answer is written: as `Accept` says, else as the body.
    fn of_answer(self, headers: &HeaderMap) -> Self {
        let names_json = || {
            let texts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
            texts.flat_map(|text| text.split(',')).any(|range| range.trim().starts_with("application/json"))
        };
        match self {
            _ if prefers(headers, &NDJSON) => Self::Lines,
            Self::Lines if names_json() => Self::Json,
            written => written,
        }
    }
}

/// A body that has been read.
pub(super) struct Body {
    /// What was sent, in order.
    pub(super) elements: Vec<Element>,
    /// How the answer is to be written.
    pub(super) written: Written,
}

impl Body {
    /// Reads at most `most` elements.
    ///
    /// # Errors
    /// 415 for another kind of body, 413 for one that is too long, 400 for one that is not what it
    /// says, with every place that is wrong.
    pub(super) async fn read(headers: &HeaderMap, body: HttpBody, most: usize) -> Result<Self, Problem> {
        let written = Written::of_body(headers).ok_or_else(|| Problem::of(ProblemCode::MediaTypeRefused))?;
        let bytes = match Limited::new(body, BYTES).collect().await {
            Ok(read) => read.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(too_long()),
            Err(_) => return Err(refused(vec![error_at("", "le corps s'est interrompu")])),
        };
        let elements = match written {
            Written::Json => json(&bytes)?,
            Written::Lines => lines(&bytes)?,
        };
        if elements.len() > most {
            return Err(too_many(elements.len(), most));
        }
        if elements.is_empty() {
            return Err(refused(vec![error_at("", "attendu : au moins un élément")]));
        }
        Ok(Self { elements, written: written.of_answer(headers) })
    }
}

fn json(bytes: &[u8]) -> Result<Vec<Element>, Problem> {
    let text = text(bytes)?;
    match serde_json::from_str::<Vec<Box<RawValue>>>(text) {
        Ok(elements) => Ok(elements.into_iter().map(Element).collect()),
        Err(error) => Err(refused(vec![unreadable(&error, text, 1, "un tableau d'objets")])),
    }
}

fn lines(bytes: &[u8]) -> Result<Vec<Element>, Problem> {
    let text = text(bytes)?;
    let (mut elements, mut errors) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Box<RawValue>>(line) {
            Ok(element) => elements.push(Element(element)),
            Err(error) => errors.push(unreadable(&error, line, number + 1, "un objet par ligne")),
        }
    }
    if errors.is_empty() {
        return Ok(elements);
    }
    if let Some(more) = errors.len().checked_sub(NAMED).filter(|more| *more > 0) {
        errors.truncate(NAMED);
        errors.push(error_at("", format!("et {more} autres lignes illisibles")));
    }
    Err(refused(errors))
}

/// The text of a body, without the mark that some editors put before it.
fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        refused(vec![error_at("", format!("ligne {line} : codage illisible ; attendu : UTF-8"))])
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What is wrong, where, and what stands there. `first` is the number of the first line of the text.
fn unreadable(error: &serde_json::Error, text: &str, first: usize, expected: &str) -> ParameterError {
    let (line, column) = (error.line().max(1), error.column());
    let what = match error.classify() {
        Category::Eof => "le JSON s'arrête avant sa fin",
        Category::Syntax | Category::Io => "ce n'est pas du JSON",
        Category::Data => "ce n'est pas ce qui est attendu",
    };
    let found = text.lines().nth(line - 1).unwrap_or_default();
    let found: String = found.chars().skip(column.saturating_sub(20)).take(40).collect();
    error_at(&found, format!("ligne {}, colonne {column} : {what} ; attendu : {expected}", first + line - 1))
}

fn error_at(found: &str, detail: impl Into<String>) -> ParameterError {
    ParameterError::new(BODY, found, detail)
}

fn refused(errors: Vec<ParameterError>) -> Problem {
    Problem::parameters(errors)
}

fn too_long() -> Problem {
    let detail = format!("Le corps dépasse {} Mio : demandez en plusieurs requêtes.", BYTES / 1024 / 1024);
    Problem::new(ProblemCode::BodyTooLarge, detail)
}

fn too_many(found: usize, most: usize) -> Problem {
    let more =
        if most < WITH_KEY { format!(" ; avec une clé (en-tête x-api-key), {WITH_KEY}") } else { String::new() };
    let detail = format!("{found} éléments, {most} au plus par requête{more}. Demandez par lots de {CHUNK}.");
    Problem::new(ProblemCode::BodyTooLarge, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: &str, accept: &str, body: &str) -> Result<Body, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        Body::read(&headers, HttpBody::from(body.to_owned()), 3).await
    }

    async fn refusal(kind: &str, body: &str) -> serde_json::Value {
        read(kind, "*/*", body).await.map(|_| ()).unwrap_err().example("/")
    }

    #[tokio::test]
    async fn elements_keep_their_order_and_a_malformed_one_is_no_fault_of_the_body() {
        let found = read("application/json; charset=utf-8", "*/*", " [ {\"uai\": 1}, 3 ,null ] ").await.unwrap();
        let texts: Vec<&str> = found.elements.iter().map(|element| element.0.get()).collect();
        assert_eq!((texts, found.written), (vec!["{\"uai\": 1}", "3", "null"], Written::Json));
        let found = read("application/x-ndjson", "*/*", "{\"uai\": 1}\r\n\n3\n").await.unwrap();
        let texts: Vec<&str> = found.elements.iter().map(|element| element.0.get()).collect();
        assert_eq!((texts, found.written), (vec!["{\"uai\": 1}", "3"], Written::Lines));
    }

    #[tokio::test]
    async fn the_answer_is_written_as_the_body_unless_accept_says_otherwise() {
        for (kind, accept, expected) in [
            ("application/json", "*/*", Written::Json),
            ("application/json", "application/x-ndjson", Written::Lines),
            ("application/json", "application/ndjson, */*", Written::Lines),
            ("application/x-ndjson", "*/*", Written::Lines),
            ("application/x-ndjson", "application/json", Written::Json),
            ("application/ndjson", "application/json;q=0.1, application/x-ndjson", Written::Lines),
        ] {
            let found = read(kind, accept, "[1]").await.unwrap();
            assert_eq!(found.written, expected, "{kind}, {accept}");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_not_what_it_says_is_refused_with_every_place() {
        let details = |problem: &serde_json::Value| {
            let errors = problem["errors"].as_array().unwrap().iter();
            errors.map(|error| error["detail"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let problem = refusal("application/json", "[\n  {\"uai\": },\n 3").await;
        assert_eq!(problem["status"], 400);
        assert_eq!(details(&problem), ["ligne 2, colonne 11 : ce n'est pas du JSON ; attendu : un tableau d'objets"]);
        let problem = refusal("application/json", "{}").await;
        assert!(details(&problem)[0].contains("ce n'est pas ce qui est attendu"), "{problem}");
        let problem = refusal("application/x-ndjson", "{}\n{\n3\n}\n").await;
        let lines: Vec<String> = details(&problem).iter().map(|text| text.chars().take(7).collect()).collect();
        assert_eq!(lines, ["ligne 2", "ligne 4"], "{problem}");
        for empty in ["[]", "[ ]"] {
            assert_eq!(details(&refusal("application/json", empty).await), ["attendu : au moins un élément"]);
        }
    }

    #[tokio::test]
    async fn another_kind_of_body_and_too_much_of_it_are_refused() {
        assert_eq!(refusal("text/plain", "[]").await["status"], 415);
        let many = refusal("application/json", "[1, 2, 3, 4]").await;
        assert_eq!((&many["status"], &many["code"]), (&413.into(), &"corps_trop_grand".into()));
        let long = format!("[\"{}\"]", "x".repeat(BYTES));
        assert_eq!(refusal("application/json", &long).await["status"], 413);
    }

    #[tokio::test]
    async fn of_very_many_lines_that_are_wrong_the_rest_is_counted() {
        let problem = refusal("application/x-ndjson", &"{\n".repeat(NAMED + 7)).await;
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), NAMED + 1);
        assert_eq!(errors[NAMED]["detail"], "et 7 autres lignes illisibles");
    }
}
