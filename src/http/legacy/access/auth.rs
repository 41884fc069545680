//! How a request of this contract says who it comes from.
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
//! before anything else sees the request ([`surround`]): neither a handler, nor a log line, nor a
//! key of a cache can hold it, and no validation need know it. A token is not accepted there: the
//! original replaces the dots of every query value.
//!
//! A public route ignores whatever key it is given, also a wrong one. A private one answers before
//! it reads any other parameter ([`protect`]), and marks its answer `private`, so that no shared
//! cache hands it to somebody without a key.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::Entry;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use crate::config::Secret;
use crate::domain::access::{AccessScope, KeyText};
use crate::http::access::{Access, AccessError, Identity, X_API_KEY, shown};
use crate::http::legacy::error::LegacyError;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// `Deprecation` (RFC 9745).
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");

/// Since when keys in addresses are discouraged: 2026-11-23, the first day of this service.
const SINCE: HeaderValue = HeaderValue::from_static("@1795392000");

/// Where that is explained.
const EXPLANATION: HeaderValue = HeaderValue::from_static("</api/doc/>; rel=\"deprecation\"; type=\"text/html\"");

/// The parameter of the query.
const API_KEY: &str = "apiKey";

/// The value of `apiKey=`, taken out of the address.
#[derive(Debug, Clone)]
struct KeyInAddress(Secret);

/// Who a private route answers to: an extension of its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Identity);

/// What every route of the contract needs, public or private: to be applied last, so that it runs
/// first.
pub fn surround<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(from_fn(hide))
}

/// What the private routes need: to be applied after (so that it runs before) anything that reads
/// parameters or answers from a cache.
pub fn protect<S: Clone + Send + Sync + 'static>(routes: Router<S>, state: &AppState) -> Router<S> {
    routes.route_layer(from_fn_with_state(state.access.clone(), demand))
}

/// Takes `apiKey=` out of the address, and keeps the other two from being printed.
async fn hide(mut request: Request, next: Next) -> Response {
    for name in [X_API_KEY, header::AUTHORIZATION] {
        if let Entry::Occupied(mut values) = request.headers_mut().entry(name) {
            values.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
    let Some((key, uri)) = without_key(request.uri()) else { return next.run(request).await };
    *request.uri_mut() = uri;
    request.extensions_mut().insert(KeyInAddress(key));
    let mut response = next.run(request).await;
    response.headers_mut().insert(DEPRECATION, SINCE);
    response.headers_mut().append(header::LINK, EXPLANATION);
    response
}

/// The first key of an address, and the address without any; `None` when there is none.
fn without_key(uri: &Uri) -> Option<(Secret, Uri)> {
    let query = uri.query()?;
    let key = query.split('&').find_map(key_of)?;
    let rest: Vec<_> = query.split('&').filter(|piece| key_of(piece).is_none()).collect();
    let adresse = if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), rest.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(adresse).ok();
    Some((Secret::new(key), Uri::from_parts(parts).ok()?))
}

/// The value of a piece of a query, if it is a key.
fn key_of(piece: &str) -> Option<String> {
    let (name, value) = form_urlencoded::parse(piece.as_bytes()).next()?;
    (name == API_KEY).then(|| value.into_owned())
}

/// Lets through the requests whose key or token opens this contract.
async fn demand(State(access): State<Access>, mut request: Request, next: Next) -> Response {
    // Owned, since the body of a request cannot be shared between threads while it is borrowed.
    let credentials = credentials(&request);
    let refusal = match identify(&access, credentials).await {
        Ok(Some(identity)) if identity.opens(AccessScope::Legacy) => {
            request.extensions_mut().insert(Caller(identity));
            return with_cache(next.run(request).await, "private, no-cache");
        }
        Ok(Some(_)) => forbidden(),
        Ok(None) => LegacyError::unauthorized("Not authorized"),
        Err(error) => LegacyError::from(Problem::from(error)),
    };
    with_cache(refusal.into_response(), "no-store")
}

fn with_cache(mut response: Response, directive: &'static str) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(directive));
    response
}

fn forbidden() -> LegacyError {
    let message = "Cette clé n'ouvre pas /api/inserjeunes : demandez à l'exploitant une clé qui a le droit « legacy ».";
    LegacyError::new(StatusCode::FORBIDDEN, message)
}

/// Of several keys and tokens in one request, the first that opens this contract; if none does,
/// the first that is known.
async fn identify(access: &Access, credentials: Vec<Credential>) -> Result<Option<Identity>, AccessError> {
    let mut known = None;
    for credential in credentials {
        match read(access, credential).await? {
            Some(identity) if identity.opens(AccessScope::Legacy) => return Ok(Some(identity)),
            Some(identity) => known = known.or(Some(identity)),
            None => {}
        }
    }
    Ok(known)
}

/// Something that a request shows.
enum Credential {
    KeyOrToken(Secret),
    Key(Secret),
}

async fn read(access: &Access, credential: Credential) -> Result<Option<Identity>, AccessError> {
    let (Credential::KeyOrToken(secret) | Credential::Key(secret)) = &credential;
    match (KeyText::parse(secret.expose()), &credential) {
        (Some(key), _) => access.key(&key).await,
        (None, Credential::KeyOrToken(token)) => access.token(token.expose()).await,
        (None, Credential::Key(_)) => Ok(None),
    }
}

/// The key that a request shows, wherever it is; whether there is such a key is not asked.
pub(in crate::http) fn presented_key(request: &Request) -> Option<KeyText> {
    let shown = credentials(request);
    let shown = shown.iter().map(|credential| match credential {
        Credential::KeyOrToken(secret) | Credential::Key(secret) => KeyText::parse(secret.expose()),
    });
    let in_address = || KeyText::parse(without_key(request.uri())?.0.expose());
    shown.flatten().next().or_else(in_address)
}

/// What the request shows.
fn credentials(request: &Request) -> Vec<Credential> {
    let headers = shown(request.headers()).map(|text| Credential::KeyOrToken(Secret::new(text.to_owned())));
    let adresse = request.extensions().get::<KeyInAddress>().map(|key| Credential::Key(key.0.clone()));
    headers.chain(adresse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(address: &str) -> Option<(String, String)> {
        let (key, uri) = without_key(&address.parse().unwrap())?;
        Some((key.expose().to_owned(), uri.to_string()))
    }

    #[test]
    fn the_key_leaves_the_address_and_everything_else_stays_as_it_was() {
        let found = |key: &str, uri: &str| Some((key.to_owned(), uri.to_owned()));
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
        let key = KeyInAddress(Secret::new("secret".to_owned()));
        assert!(!format!("{key:?}").contains("secret"));
    }
}
