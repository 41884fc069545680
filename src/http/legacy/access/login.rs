//! A name and a password against a token for one day.
//!
//! The body is validated as the clients know it (every problem at once, in a fixed order, unknown
//! fields last), then an unknown name and a wrong password are one and the same answer. Neither
//! name nor password is ever logged: people type one in the place of the other.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::http::access::Connection;
use crate::http::legacy::error::{Detail, LegacyError};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// `POST /api/inserjeunes/auth/login`.
pub fn routes(state: &AppState) -> Router<AppState> {
    let limite = DefaultBodyLimit::max(state.config.max_body_bytes);
    Router::new().route("/api/inserjeunes/auth/login", post(login).layer(limite))
}

async fn login(
    State(state): State<AppState>,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, LegacyError> {
    let body = body.map_err(|refusal| unreadable(refusal.status()))?;
    let Credentials { username, password } = Credentials::read(&body)?;
    let adresse = client.map(|Extension(ConnectInfo(client))| client.ip());
    match state.access.connect(&username, password, adresse).await.map_err(Problem::from)? {
        Connection::Token(token) => Ok(success(&token)),
        Connection::Refused => {
            Err(LegacyError::unauthorized("Votre nom d'utilisateur ou votre mot de passe est invalide"))
        }
        Connection::TooSoon(wait) => Ok(too_soon(wait)),
    }
}

/// Of a body that is too long, or that broke off.
fn unreadable(status: StatusCode) -> LegacyError {
    let message = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Corps de requête trop grand",
        _ => "Corps de requête illisible : un objet JSON est attendu",
    };
    LegacyError::new(status, message)
}

fn success(token: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Json(json!({ "token": token }))).into_response()
}

fn too_soon(wait: Duration) -> Response {
    let message = "Trop d'essais de connexion : réessayez après le délai de l'en-tête Retry-After (en secondes).";
    let mut response = LegacyError::new(StatusCode::TOO_MANY_REQUESTS, message).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    response
}

/// What somebody logs in with.
struct Credentials {
    username: String,
    password: String,
}

impl Credentials {
    /// Reads the body, whatever type it is said to be of; none at all is an empty object.
    fn read(body: &[u8]) -> Result<Self, LegacyError> {
        let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
        let unreadable = |_| unreadable(StatusCode::BAD_REQUEST);
        let object: Value = serde_json::from_slice(body).map_err(unreadable)?;
        if !object.is_object() {
            return Err(LegacyError::validation(vec![not_an_object(&object)]));
        }
        let JsonFields(champs) = serde_json::from_slice(body).map_err(unreadable)?;
        Self::validate(champs).map_err(LegacyError::validation)
    }

    fn validate(mut champs: Vec<(String, Value)>) -> Result<Self, Vec<Detail>> {
        let mut details = Vec::new();
        let mut take = |nom| {
            let position = champs.iter().position(|(field, _)| field == nom);
            let valeur = position.map(|position| champs.remove(position).1);
            text(nom, valeur).map_err(|detail| details.push(detail)).unwrap_or_default()
        };
        let (username, password) = (take("username"), take("password"));
        details.extend(champs.into_iter().map(unknown));
        if details.is_empty() { Ok(Self { username, password }) } else { Err(details) }
    }
}

/// A text that is there and not empty.
fn text(nom: &str, valeur: Option<Value>) -> Result<String, Detail> {
    let (kind, end, valeur) = match valeur {
        Some(Value::String(text)) if !text.is_empty() => return Ok(text),
        Some(valeur @ Value::String(_)) => ("string.empty", "is not allowed to be empty", Some(valeur)),
        Some(valeur) => ("string.base", "must be a string", Some(valeur)),
        None => ("any.required", "is required", None),
    };
    let mut context = json!({ "label": nom, "key": nom });
    if let (Some(valeur), Some(context)) = (valeur, context.as_object_mut()) {
        context.insert("value".to_owned(), valeur);
    }
    Err(Detail { message: format!("\"{nom}\" {end}"), path: vec![nom.into()], kind, context })
}

fn unknown((nom, valeur): (String, Value)) -> Detail {
    Detail {
        message: format!("\"{nom}\" is not allowed"),
        kind: "object.unknown",
        context: json!({ "child": nom, "label": nom, "value": valeur, "key": nom }),
        path: vec![nom.into()],
    }
}

fn not_an_object(valeur: &Value) -> Detail {
    Detail {
        message: "\"value\" must be of type object".to_owned(),
        path: Vec::new(),
        kind: "object.base",
        context: json!({ "type": "object", "label": "value", "value": valeur }),
    }
}

/// The fields of an object in the order of the text, in which the unknown ones are reported. Of a
/// field that is repeated the last value counts.
struct JsonFields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for JsonFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lecture;
        impl<'de> Visitor<'de> for Lecture {
            type Value = JsonFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonFields, A::Error> {
                let mut champs: Vec<(String, Value)> = Vec::new();
                while let Some((nom, valeur)) = map.next_entry::<String, Value>()? {
                    match champs.iter_mut().find(|(known, _)| *known == nom) {
                        Some((_, is_old)) => *is_old = valeur,
                        None => champs.push((nom, valeur)),
                    }
                }
                Ok(JsonFields(champs))
            }
        }
        deserializer.deserialize_map(Lecture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(body: &str) -> Value {
        let JsonFields(fields) = serde_json::from_str(body).unwrap();
        let Err(details) = Credentials::validate(fields) else { panic!("{body} is accepted") };
        serde_json::to_value(details).unwrap()
    }

    #[test]
    fn a_name_and_a_password_are_read() {
        let read = Credentials::read(br#"{"password": " p ", "username": "u"}"#).ok().unwrap();
        assert_eq!((read.username.as_str(), read.password.as_str()), ("u", " p "));
    }

    #[test]
    fn an_empty_field_and_one_that_is_no_text_are_named_with_their_value() {
        assert_eq!(
            problems(r#"{"password": 12, "username": ""}"#),
            json!([
                {"message": "\"username\" is not allowed to be empty", "path": ["username"], "type": "string.empty",
                 "context": {"label": "username", "key": "username", "value": ""}},
                {"message": "\"password\" must be a string", "path": ["password"], "type": "string.base",
                 "context": {"label": "password", "key": "password", "value": 12}},
            ])
        );
        assert_eq!(problems(r#"{"username": null, "password": "p"}"#)[0]["context"]["value"], Value::Null);
    }

    #[test]
    fn unknown_fields_come_last_in_the_order_of_the_body() {
        let found = problems(r#"{"z": {"b": 1}, "username": "u", "a": null}"#);
        let messages: Vec<_> = found.as_array().unwrap().iter().map(|detail| detail["message"].as_str()).collect();
        let expected = ["\"password\" is required", "\"z\" is not allowed", "\"a\" is not allowed"];
        assert_eq!(messages, expected.map(Some));
        assert_eq!(found[1]["context"], json!({"child": "z", "label": "z", "key": "z", "value": {"b": 1}}));
    }

    #[test]
    fn a_repeated_field_counts_once() {
        let JsonFields(fields) = serde_json::from_str(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
        assert_eq!(fields, [("a".to_owned(), json!(3)), ("b".to_owned(), json!(2))]);
    }
}
