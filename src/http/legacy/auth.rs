//! Auth: how a request of this contract says who it comes from.
//!
//! Three ways, tried in this order; the first that is accepted counts:
//!
//! | where | what |
//! |---|---|
//! | header `x-api-key` | key or token of `auth/login` |
//! | header `Authorization: Bearer` | the same |
//! | query `apiKey=` | key only, with a `Deprecation` header in the answer |
//!
//! An address ends up in logs, histories and proxies. So the last way is taken out of the address
//! before anything else sees the request ([`entourer`]): neither a handler, nor a log line, nor a
//! key of a cache can hold it, and no validation need know it. A token is not accepted there: the
//! original replaces the dots of every query value.
//!
//! A public route ignores whatever key it is given, also a wrong one. A private one answers before
//! it reads any other parameter ([`proteger`]), and marks its answer `private`, so that no shared
//! cache hands it to somebody without a key.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::Entry;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use super::super::Etat;
use super::super::acces::{Acces, ErreurAcces, Identite};
use super::super::probleme::Probleme;
use super::erreur::Erreur;
use crate::config::Secret;
use crate::domain::acces::{Droit, TexteCle};

/// `x-api-key`.
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// `Deprecation` (RFC 9745).
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");

/// Since when keys in addresses are discouraged: 2026-11-23, the first day of this service.
const DEPUIS: HeaderValue = HeaderValue::from_static("@1795392000");

/// Where that is explained.
const EXPLICATION: HeaderValue = HeaderValue::from_static("</api/doc/>; rel=\"deprecation\"; type=\"text/html\"");

/// The parameter of the query.
const API_KEY: &str = "apiKey";

/// The value of `apiKey=`, taken out of the address.
#[derive(Debug, Clone)]
struct CleDansLAdresse(Secret);

/// Who a private route answers to: an extension of its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appelant(pub Identite);

/// What every route of the contract needs, public or private: to be applied last, so that it runs
/// first.
pub fn entourer<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(from_fn(cacher))
}

/// What the private routes need: to be applied after (so that it runs before) anything that reads
/// parameters or answers from a cache.
pub fn proteger<S: Clone + Send + Sync + 'static>(routes: Router<S>, etat: &Etat) -> Router<S> {
    routes.route_layer(from_fn_with_state(etat.acces.clone(), exiger))
}

/// Takes `apiKey=` out of the address, and keeps the other two from being printed.
async fn cacher(mut request: Request, next: Next) -> Response {
    for name in [X_API_KEY, header::AUTHORIZATION] {
        if let Entry::Occupied(mut values) = request.headers_mut().entry(name) {
            values.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
    let Some((cle, uri)) = sans_cle(request.uri()) else { return next.run(request).await };
    *request.uri_mut() = uri;
    request.extensions_mut().insert(CleDansLAdresse(cle));
    let mut response = next.run(request).await;
    response.headers_mut().insert(DEPRECATION, DEPUIS);
    response.headers_mut().append(header::LINK, EXPLICATION);
    response
}

/// The first key of an address, and the address without any; `None` when there is none.
fn sans_cle(uri: &Uri) -> Option<(Secret, Uri)> {
    let query = uri.query()?;
    let cle = query.split('&').find_map(cle_de)?;
    let reste: Vec<_> = query.split('&').filter(|piece| cle_de(piece).is_none()).collect();
    let adresse = if reste.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), reste.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(adresse).ok();
    Some((Secret::new(cle), Uri::from_parts(parts).ok()?))
}

/// The value of a piece of a query, if it is a key.
fn cle_de(piece: &str) -> Option<String> {
    let (name, value) = form_urlencoded::parse(piece.as_bytes()).next()?;
    (name == API_KEY).then(|| value.into_owned())
}

/// Lets in who has the right to this contract.
async fn exiger(State(acces): State<Acces>, mut request: Request, next: Next) -> Response {
    // Owned, since the body of a request cannot be shared between threads while it is borrowed.
    let preuves = preuves(&request);
    let refus = match reconnaitre(&acces, preuves).await {
        Ok(Some(identite)) if identite.ouvre(Droit::Legacy) => {
            request.extensions_mut().insert(Appelant(identite));
            return avec_cache(next.run(request).await, "private, no-cache");
        }
        Ok(Some(_)) => interdit(),
        Ok(None) => Erreur::unauthorized("Not authorized"),
        Err(error) => Erreur::from(Probleme::from(error)),
    };
    avec_cache(refus.into_response(), "no-store")
}

fn avec_cache(mut response: Response, directive: &'static str) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(directive));
    response
}

fn interdit() -> Erreur {
    let message = "Cette clé n'ouvre pas /api/inserjeunes : demandez à l'exploitant une clé qui a le droit « legacy ».";
    Erreur::new(StatusCode::FORBIDDEN, message)
}

/// Who is asking: the first who may ask here, else the first who is known at all.
async fn reconnaitre(acces: &Acces, preuves: Vec<Preuve>) -> Result<Option<Identite>, ErreurAcces> {
    let mut connue = None;
    for preuve in preuves {
        match lire(acces, preuve).await? {
            Some(identite) if identite.ouvre(Droit::Legacy) => return Ok(Some(identite)),
            Some(identite) => connue = connue.or(Some(identite)),
            None => {}
        }
    }
    Ok(connue)
}

/// Something that a request shows.
enum Preuve {
    CleOuJeton(Secret),
    Cle(Secret),
}

async fn lire(acces: &Acces, preuve: Preuve) -> Result<Option<Identite>, ErreurAcces> {
    let (Preuve::CleOuJeton(secret) | Preuve::Cle(secret)) = &preuve;
    match (TexteCle::parse(secret.expose()), &preuve) {
        (Some(cle), _) => acces.cle(&cle).await,
        (None, Preuve::CleOuJeton(jeton)) => acces.jeton(jeton.expose()).await,
        (None, Preuve::Cle(_)) => Ok(None),
    }
}

/// What the request shows. Of a repeated header only the first counts: each costs a lookup.
fn preuves(request: &Request) -> Vec<Preuve> {
    let headers = request.headers();
    let x_api_key = texte(headers, &X_API_KEY);
    let bearer = texte(headers, &header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let headers = [x_api_key, bearer].into_iter().flatten();
    let headers = headers.map(|text| Preuve::CleOuJeton(Secret::new(text.to_owned())));
    let adresse = request.extensions().get::<CleDansLAdresse>().map(|cle| Preuve::Cle(cle.0.clone()));
    headers.chain(adresse).collect()
}

fn texte<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(address: &str) -> Option<(String, String)> {
        let (cle, uri) = sans_cle(&address.parse().unwrap())?;
        Some((cle.expose().to_owned(), uri.to_string()))
    }

    #[test]
    fn the_key_leaves_the_address_and_everything_else_stays_as_it_was() {
        let found = |cle: &str, uri: &str| Some((cle.to_owned(), uri.to_owned()));
        assert_eq!(split("/a/b?apiKey=k"), found("k", "/a/b"));
        assert_eq!(split("/a?x=%2C1&apiKey=k&y"), found("k", "/a?x=%2C1&y"));
        assert_eq!(split("http://h/a?apiKey=k&x=1"), found("k", "http://h/a?x=1"));
        assert_eq!(split("/a?api%4Bey=a%20b&apiKey=c"), found("a b", "/a"), "however it is written, and all of them");
        assert_eq!(split("/a?apiKey="), found("", "/a"));
    }

    #[test]
    fn an_address_without_a_key_is_left_alone() {
        for address in ["/a", "/a?", "/a?apikey=k", "/a?x=apiKey", "/a?xapiKey=k"] {
            assert_eq!(split(address), None, "{address}");
        }
    }

    #[test]
    fn a_key_taken_out_of_an_address_is_not_printed() {
        let cle = CleDansLAdresse(Secret::new("secret".to_owned()));
        assert!(!format!("{cle:?}").contains("secret"));
    }
}
