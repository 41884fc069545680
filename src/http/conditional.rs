//! ETag, 304, cached answers and the headers that every data answer carries.
//!
//! An answer is a pure function of the publication, the day, the program and the request. So its
//! strong ETag is a hash of those four and is known before any handler runs: `If-None-Match` is
//! answered without SQL, and the same hash is the key of the cache. A new publication changes
//! every key; the old entries age out by size, nothing is swept.
//!
//! HEAD becomes GET further out ([`become_get`]), so that it is cached, compressed and described
//! alike.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::cache::KeptAnswer;
use super::cursor::Cursor;
use super::parameters::page::{CURSEUR, PUBLICATION as VERSION};
use super::problem::{ParameterError, Problem, ProblemCode};
use super::publication::{KnownPublications, Pin};
use super::request::{Contexte, Format};
use super::state::{AppState, Services};
use crate::db::publications::Publication;

/// `Publication`: the version of the data that an answer was made from.
pub(super) const PUBLICATION: HeaderName = HeaderName::from_static("publication");
/// `Donnees-Fictives: oui` on every answer made from the sample data.
pub(super) const SAMPLE_DATA: HeaderName = HeaderName::from_static("donnees-fictives");

pub(super) const CACHE: HeaderValue = HeaderValue::from_static(FRESH);
/// How long an answer may be kept: five minutes, and a day more by whoever asks for a new one meanwhile
/// (`stale-while-revalidate`) or cannot get one (`stale-if-error`).
pub(super) const FRESH: &str = "public, max-age=300, s-maxage=300, stale-while-revalidate=86400, stale-if-error=86400";
pub(super) const CACHE_IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Codings whose ETag differs from that of the plain answer: strong means byte for byte.
const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

/// What a group of routes depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteGroup {
    /// One publication, which `publication=` may pin.
    Data,
    /// The list of publications.
    Publications,
    /// Batches: questions in a body, whose answers nobody keeps.
    Batch,
    /// Files, which name themselves: they depend on no day and need no database once they are there.
    Files,
}

/// The state of the layer.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    pub(super) state: AppState,
    pub(super) scope: RouteGroup,
}

/// Answers from the ETag or the cache; else lets the handler answer, and dresses its answer.
pub(super) async fn conditional(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let batch = guard.scope == RouteGroup::Batch;
    if request.method() != if batch { Method::POST } else { Method::GET } {
        return guard.state.while_it_answers(next.run(request)).await;
    }
    let (mut parts, body) = request.into_parts();
    // Naming the publication may ask the database, when it is one that is not known.
    let contexte = match guard.prepare(&parts).await {
        Ok(contexte) => Arc::new(contexte),
        Err(problem) => return problem.into_response(),
    };
    parts.extensions.insert(Arc::clone(&contexte));
    if guard.scope == RouteGroup::Files {
        return next.run(Request::from_parts(parts, body)).await;
    }
    if batch {
        let answer = guard.state.while_it_answers(next.run(Request::from_parts(parts, body))).await;
        let mut response = name(answer, &contexte);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }
    let known = Known { services: &guard.state, etag: guard.etag(&contexte), keeps: &[StatusCode::OK] };
    known.answer(Request::from_parts(parts, body), next, |response, etag| dress(response, &contexte, etag)).await
}

/// An answer that is named before it is made.
pub(super) struct Known<'a> {
    /// Where it may be kept.
    pub(super) services: &'a Services,
    /// Its strong ETag, without quotes.
    pub(super) etag: String,
    /// The statuses with which it is kept.
    pub(super) keeps: &'a [StatusCode],
}

impl Known<'_> {
    /// Answers from what the client has or the cache keeps; else asks `next`. `dress` gives an
    /// answer its headers: the ETag is that of a good one or of a 304, `None` beside any other
    /// status.
    pub(super) async fn answer(
        &self,
        request: Request,
        next: Next,
        dress: impl Fn(Response, Option<&str>) -> Response + Send,
    ) -> Response {
        let unchanged = |etag: &str| dress(StatusCode::NOT_MODIFIED.into_response(), Some(etag));
        if let Some(found) = matches(request.headers(), &self.etag) {
            return unchanged(&found);
        }
        let any = request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
        let response = if let Some(kept) = self.services.cache.get(&self.etag).await {
            kept.answer()
        } else {
            let response = self.services.while_it_answers(next.run(request)).await;
            let etag = (response.status() == StatusCode::OK).then_some(self.etag.as_str());
            self.remember(dress(response, etag)).await
        };
        if any && response.status() == StatusCode::OK { unchanged(&self.etag) } else { response }
    }

    /// Keeps an answer whose length is known; a stream passes.
    async fn remember(&self, response: Response) -> Response {
        let fits = |bytes| self.services.cache.accepts(bytes);
        if !self.keeps.contains(&response.status()) || !response.body().size_hint().exact().is_some_and(fits) {
            return response;
        }
        let (parts, body) = response.into_parts();
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => {
                let kept = KeptAnswer::new(parts.status, parts.headers.clone(), bytes.clone());
                self.services.cache.insert(&self.etag, kept).await;
                Response::from_parts(parts, Body::from(bytes))
            }
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

/// The ETag, without quotes, of what `publication` says on `day`; `request` is all else that an
/// answer depends on, in a form that two different requests never share.
pub(super) fn etag<'a>(
    publication: &Publication,
    day: NaiveDate,
    request: impl IntoIterator<Item = &'a [u8]>,
) -> String {
    let mut hash = Sha256::new();
    let day = day.to_string();
    for part in [&publication.version, &publication.empreinte, env!("CARGO_PKG_VERSION"), &day] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(publication.id.to_be_bytes());
    for part in request {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(hash.finalize().iter().copied().take(16).collect::<Vec<_>>())
}

impl Guard {
    /// Reads what can be read without the handler. What is wrong with `publication=` is left to
    /// the handler's reader, so that it is reported with everything else.
    async fn prepare(&self, parts: &Parts) -> Result<Contexte, Problem> {
        let (path, format, query) = Contexte::read(&parts.uri, &parts.headers);
        let Services { publications, clock, .. } = &*self.state;
        let mut errors = query.errors.clone();
        let curseur = query.valeur(CURSEUR.name).and_then(Cursor::decode);
        let version = query.valeur(VERSION.name).filter(|_| self.is_pinnable());
        let pin = match (version, &curseur) {
            (Some(version), _) => Some(Pin::Version(version)),
            (None, Some(curseur)) => Some(Pin::Number(curseur.publication())),
            (None, None) => None,
        };
        let pinned = match pin {
            Some(pin) => publications.pinned(pin).await?,
            None => None,
        };
        if let (Some(version), None) = (version, &pinned) {
            errors.push(ParameterError::new(VERSION.name, version, versions(&publications.known())));
        }
        if let (Some(version), Some(pinned), Some(curseur)) = (version, &pinned, &curseur)
            && curseur.publication() != pinned.id
        {
            errors.push(ParameterError::new(VERSION.name, version, "ce curseur est celui d'une autre publication"));
        }
        let publication = pinned
            .or_else(|| publications.known().courante.clone())
            .ok_or_else(|| Problem::of(ProblemCode::NoPublication))?;
        Ok(Contexte {
            publication,
            state: self.state.clone(),
            today: clock.today(),
            format,
            pinnable: self.is_pinnable(),
            path,
            query,
            curseur,
            errors,
        })
    }

    /// Whether `publication=` is a parameter of the group.
    fn is_pinnable(&self) -> bool {
        matches!(self.scope, RouteGroup::Data | RouteGroup::Batch)
    }

    /// The strong ETag of the plain answer, without quotes.
    fn etag(&self, contexte: &Contexte) -> String {
        let format = if contexte.format == Format::Csv { "csv" } else { "json" };
        let query = contexte.query.canonical(&[]);
        let mut states = Vec::new();
        if self.scope == RouteGroup::Publications {
            for known in &self.state.publications.known().all {
                states.extend(known.id.to_be_bytes());
                states.extend([u8::from(known.courante), u8::from(known.purgee)]);
            }
        }
        // What could not be decoded is in no pair: such a request must not have the tag of one without.
        let undecoded =
            contexte.query.errors.iter().flat_map(|error| [error.parameter.as_bytes(), error.valeur.as_bytes()]);
        let request = [format.as_bytes(), contexte.path.as_bytes(), query.as_ref(), &states];
        etag(&contexte.publication, contexte.today, request.into_iter().chain(undecoded))
    }
}

/// What `publication=` may be.
fn versions(known: &KnownPublications) -> String {
    let versions: Vec<_> = known.all.iter().filter(|known| !known.purgee).map(|known| known.version.as_str()).collect();
    format!("publication inconnue ; servies : {}", versions.join(", "))
}

/// The tag of `If-None-Match` that names this answer, under one of its codings (RFC 9110 §13.1.2:
/// a weak comparison, so that `W/` does not count). `*` is left to after the handler, which alone
/// knows whether there is an answer.
pub(super) fn matches(headers: &HeaderMap, etag: &str) -> Option<String> {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).find_map(|value| {
        value.split(',').find_map(|tag| {
            let tag = tag.trim();
            let bare = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
            let suffix = bare.strip_prefix(etag)?;
            let coded = suffix.strip_prefix('-').is_some_and(|coding| CODINGS.contains(&coding));
            (suffix.is_empty() || coded).then(|| bare.to_owned())
        })
    })
}

/// The headers of every answer that a publication was read for, errors included.
fn name(mut response: Response, contexte: &Contexte) -> Response {
    let headers = response.headers_mut();
    if let Ok(version) = HeaderValue::from_str(&contexte.publication.version) {
        headers.insert(PUBLICATION, version);
    }
    if contexte.publication.fictive {
        headers.insert(SAMPLE_DATA, HeaderValue::from_static("oui"));
    }
    response
}

/// The headers of an answer; `etag` is that of a good one.
fn dress(response: Response, contexte: &Contexte, etag: Option<&str>) -> Response {
    let response = name(response, contexte);
    let Some(etag) = etag else { return response };
    let pinned = contexte.pinnable && contexte.query.valeur(VERSION.name).is_some();
    let caching = if pinned { CACHE_IMMUTABLE } else { CACHE };
    keepable(response, etag, caching, "accept, accept-encoding")
}

/// Says of a good answer what it is called, how long it holds and what it was chosen by.
pub(super) fn keepable(mut response: Response, etag: &str, caching: HeaderValue, vary: &'static str) -> Response {
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{etag}\"")) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    response
}

/// After compression: names the coding in the ETag, which is otherwise no strong one.
pub(super) fn coded_etag(response: &mut Response) {
    let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let coded = text(header::CONTENT_ENCODING).and_then(|coding| {
        let plain = text(header::ETAG)?.strip_suffix('"')?;
        HeaderValue::from_str(&format!("{plain}-{coding}\"")).ok()
    });
    if let Some(coded) = coded {
        response.headers_mut().insert(header::ETAG, coded);
    }
}

/// Makes HEAD the GET that it stands for, whose body [`without_body`] takes away: compression and
/// cache then see no difference, and the headers are the same by construction.
pub(super) fn become_get(request: &mut Request) -> bool {
    let head = request.method() == Method::HEAD;
    if head {
        *request.method_mut() = Method::GET;
    }
    head
}

/// The answer to HEAD.
pub(super) fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    // A body whose length is not known: an empty one would be announced as `Content-Length: 0`.
    Response::from_parts(parts, Body::from_stream(stream::empty::<Result<Bytes, Infallible>>()))
}
