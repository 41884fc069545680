//! Conditionnel: ETag, 304, cached answers and the headers that every data answer carries.
//!
//! An answer is a pure function of the publication, the day, the program and the request. So its
//! strong ETag is a hash of those four and is known before any handler runs: `If-None-Match` is
//! answered without SQL, and the same hash is the key of the cache. A new publication changes
//! every key; the old entries age out by size, nothing is swept.
//!
//! HEAD becomes GET further out ([`devenir_get`]), so that it is cached, compressed and described
//! alike.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::cache::Memorisee;
use super::curseur::Curseur;
use super::probleme::{CodeProbleme, Erreur, Probleme};
use super::publication::{Connues, Epingle};
use super::requete::{Contexte, Format};
use super::{Etat, Services};

/// `Publication`: the version of the data that an answer was made from.
pub(super) const PUBLICATION: HeaderName = HeaderName::from_static("publication");
/// `Donnees-Fictives: oui` on every answer made from the sample data.
pub(super) const DONNEES_FICTIVES: HeaderName = HeaderName::from_static("donnees-fictives");

const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300, stale-while-revalidate=86400");
const CACHE_IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Codings whose ETag differs from that of the plain answer: strong means byte for byte.
const CODAGES: [&str; 3] = ["gzip", "br", "zstd"];

/// What a group of routes depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Portee {
    /// One publication, which `publication=` may pin.
    Donnees,
    /// The list of publications.
    Publications,
}

/// The state of the layer.
#[derive(Debug, Clone)]
pub(super) struct Garde {
    pub(super) etat: Etat,
    pub(super) portee: Portee,
}

/// Answers from the ETag or the cache; else lets the handler answer, and dresses its answer.
pub(super) async fn conditionnel(State(garde): State<Arc<Garde>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let contexte = match garde.preparer(&parts).await {
        Ok(contexte) => Arc::new(contexte),
        Err(probleme) => return probleme.into_response(),
    };
    let etag = garde.etag(&contexte);
    if let Some(found) = correspond(&parts.headers, &etag) {
        return vetir(StatusCode::NOT_MODIFIED.into_response(), &contexte, &found);
    }
    let any = parts.headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
    let response = if let Some(memorisee) = garde.etat.cache.get(&etag).await {
        memorisee.reponse()
    } else {
        parts.extensions.insert(Arc::clone(&contexte));
        let response = next.run(Request::from_parts(parts, body)).await;
        if response.status() != StatusCode::OK {
            return nommer(response, &contexte);
        }
        garde.memoriser(&etag, vetir(response, &contexte, &etag)).await
    };
    if any { vetir(StatusCode::NOT_MODIFIED.into_response(), &contexte, &etag) } else { response }
}

impl Garde {
    /// Reads what can be read without the handler. What is wrong with `publication=` is left to
    /// the handler's reader, so that it is reported with everything else.
    async fn preparer(&self, parts: &Parts) -> Result<Contexte, Probleme> {
        let (chemin, format, interrogation) = Contexte::lire(&parts.uri, &parts.headers);
        let Services { publications, clock, .. } = &*self.etat;
        let mut erreurs = interrogation.erreurs.clone();
        let curseur = interrogation.valeur("curseur").and_then(Curseur::decode);
        let version = interrogation.valeur("publication").filter(|_| self.portee == Portee::Donnees);
        let epingle = match (version, &curseur) {
            (Some(version), _) => Some(Epingle::Version(version)),
            (None, Some(curseur)) => Some(Epingle::Numero(curseur.publication())),
            (None, None) => None,
        };
        let epinglee = match epingle {
            Some(epingle) => publications.epinglee(epingle).await?,
            None => None,
        };
        if let (Some(version), None) = (version, &epinglee) {
            erreurs.push(Erreur::new("publication", version, versions(&publications.connues())));
        }
        if let (Some(version), Some(epinglee), Some(curseur)) = (version, &epinglee, &curseur)
            && curseur.publication() != epinglee.id
        {
            erreurs.push(Erreur::new("publication", version, "ce curseur est celui d'une autre publication"));
        }
        let publication = epinglee
            .or_else(|| publications.connues().courante.clone())
            .ok_or_else(|| Probleme::de(CodeProbleme::AucunePublication))?;
        Ok(Contexte {
            publication,
            etat: self.etat.clone(),
            today: clock.today(),
            format,
            epinglable: self.portee == Portee::Donnees,
            chemin,
            interrogation,
            curseur,
            erreurs,
        })
    }

    /// The strong ETag of the plain answer, without quotes.
    fn etag(&self, contexte: &Contexte) -> String {
        let mut hash = Sha256::new();
        let publication = &contexte.publication;
        let format = if contexte.format == Format::Csv { "csv" } else { "json" };
        let day = contexte.today.to_string();
        let query = contexte.interrogation.canonique(&[]);
        for part in [&publication.version, &publication.empreinte, env!("CARGO_PKG_VERSION"), &day, format] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(publication.id.to_be_bytes());
        hash.update(&contexte.chemin);
        hash.update([0]);
        hash.update(query);
        if self.portee == Portee::Publications {
            for known in &self.etat.publications.connues().toutes {
                hash.update(known.id.to_be_bytes());
                hash.update([u8::from(known.courante), u8::from(known.purgee)]);
            }
        }
        hex::encode(hash.finalize().iter().copied().take(16).collect::<Vec<_>>())
    }

    /// Keeps an answer whose length is known; a stream passes.
    async fn memoriser(&self, etag: &str, response: Response) -> Response {
        let cache = &self.etat.cache;
        if !response.body().size_hint().exact().is_some_and(|bytes| cache.accepte(bytes)) {
            return response;
        }
        let (parts, body) = response.into_parts();
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => {
                cache.insert(etag, Memorisee::new(parts.headers.clone(), bytes.clone())).await;
                Response::from_parts(parts, Body::from(bytes))
            }
            Err(error) => Probleme::interne(error).into_response(),
        }
    }
}

/// What `publication=` may be.
fn versions(connues: &Connues) -> String {
    let versions: Vec<_> =
        connues.toutes.iter().filter(|known| !known.purgee).map(|known| known.version.as_str()).collect();
    format!("publication inconnue ; servies : {}", versions.join(", "))
}

/// The tag of `If-None-Match` that names this answer, under one of its codings (RFC 9110 §13.1.2:
/// a weak comparison, so that `W/` does not count). `*` is left to after the handler, which alone
/// knows whether there is an answer.
fn correspond(headers: &HeaderMap, etag: &str) -> Option<String> {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).find_map(|value| {
        value.split(',').find_map(|tag| {
            let tag = tag.trim();
            let bare = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
            let suffix = bare.strip_prefix(etag)?;
            let coded = suffix.strip_prefix('-').is_some_and(|codage| CODAGES.contains(&codage));
            (suffix.is_empty() || coded).then(|| bare.to_owned())
        })
    })
}

/// The headers of every answer that a publication was read for, errors included.
fn nommer(mut response: Response, contexte: &Contexte) -> Response {
    let headers = response.headers_mut();
    if let Ok(version) = HeaderValue::from_str(&contexte.publication.version) {
        headers.insert(PUBLICATION, version);
    }
    if contexte.publication.fictive {
        headers.insert(DONNEES_FICTIVES, HeaderValue::from_static("oui"));
    }
    response
}

/// The headers of a good answer.
fn vetir(response: Response, contexte: &Contexte, etag: &str) -> Response {
    let mut response = nommer(response, contexte);
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{etag}\"")) {
        headers.insert(header::ETAG, etag);
    }
    let pinned = contexte.epinglable && contexte.interrogation.valeur("publication").is_some();
    headers.insert(header::CACHE_CONTROL, if pinned { CACHE_IMMUTABLE } else { CACHE });
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// After compression: names the coding in the ETag, which is otherwise no strong one.
pub(super) fn coder_etag(response: &mut Response) {
    let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let coded = text(header::CONTENT_ENCODING).and_then(|codage| {
        let plain = text(header::ETAG)?.strip_suffix('"')?;
        HeaderValue::from_str(&format!("{plain}-{codage}\"")).ok()
    });
    if let Some(coded) = coded {
        response.headers_mut().insert(header::ETAG, coded);
    }
}

/// Makes HEAD the GET that it stands for, whose body [`sans_corps`] takes away: compression and
/// cache then see no difference, and the headers are the same by construction.
pub(super) fn devenir_get(request: &mut Request) -> bool {
    let tete = request.method() == Method::HEAD;
    if tete {
        *request.method_mut() = Method::GET;
    }
    tete
}

/// The answer to HEAD.
pub(super) fn sans_corps(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    // A body whose length is not known: an empty one would be announced as `Content-Length: 0`.
    Response::from_parts(parts, Body::from_stream(stream::empty::<Result<Bytes, Infallible>>()))
}
