//! Erreur: every error of this contract, with the body that its clients know.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::super::probleme::{CorpsPropre, Probleme};

/// One problem of a request.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    /// What is wrong.
    pub message: String,
    /// Where: names and indexes.
    pub path: Vec<Value>,
    /// The rule that is broken.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What the rule knew.
    pub context: Value,
}

/// An error on its way to the client.
#[derive(Debug)]
pub struct Erreur {
    statut: StatusCode,
    message: String,
    details: Vec<Detail>,
    cause: Option<Arc<Probleme>>,
}

impl Erreur {
    /// An error with this status and message.
    #[must_use]
    pub fn new(statut: StatusCode, message: impl Into<String>) -> Self {
        Self { statut, message: message.into(), details: Vec::new(), cause: None }
    }

    /// 401.
    #[must_use]
    pub fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 400, with every problem.
    #[must_use]
    pub fn validation(details: Vec<Detail>) -> Self {
        Self { details, ..Self::new(StatusCode::BAD_REQUEST, "Erreur de validation") }
    }
}

impl From<Probleme> for Erreur {
    fn from(probleme: Probleme) -> Self {
        let definition = probleme.definition();
        Self { cause: Some(Arc::new(probleme)), ..Self::new(definition.statut, definition.conseil) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Corps<'a> {
    status_code: u16,
    error: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [Detail],
}

impl IntoResponse for Erreur {
    fn into_response(self) -> Response {
        let error = self.statut.canonical_reason().unwrap_or_default();
        let corps = Corps { status_code: self.statut.as_u16(), error, message: &self.message, details: &self.details };
        let mut response = (self.statut, Json(corps)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(CorpsPropre);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}
