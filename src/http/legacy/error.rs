//! The errors of this contract, whose shape its clients have in their code.
//!
//! `{statusCode, error, message}`, with `details` for refused parameters and `data` for a missing
//! millésime. As everywhere, what went wrong inside travels beside the answer, to the log alone.

use std::sync::Arc;

use axum::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::db::DbError;
use crate::http::problem::{OwnBody, Problem};

/// The media type of errors and single answers.
pub(in crate::http) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// One refused parameter.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = DetailErreur)]
pub struct Detail {
    /// Ce qui ne va pas, en anglais, comme l'attendent les clients de ce contrat.
    #[schema(example = "\"millesime\" must have format XXXX or XXXX-1_XXXX")]
    pub message: String,
    /// Nom du paramètre, puis rang dans la liste s'il en est une.
    #[schema(example = json!(["millesime"]))]
    pub path: Vec<Value>,
    /// Genre de refus.
    #[serde(rename = "type")]
    #[schema(example = "millesime.invalid")]
    pub kind: &'static str,
    /// Valeur reçue et valeurs permises.
    pub context: Value,
}

/// An error on its way to the client.
#[derive(Debug)]
pub struct LegacyError {
    status: StatusCode,
    message: String,
    details: Vec<Detail>,
    data: Option<Value>,
    cause: Option<Arc<Problem>>,
}

impl LegacyError {
    /// An error with its message and nothing more.
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), details: Vec::new(), data: None, cause: None }
    }

    /// 401.
    #[must_use]
    pub fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 400: every refused parameter.
    #[must_use]
    pub fn validation(details: Vec<Detail>) -> Self {
        Self { details, ..Self::new(StatusCode::BAD_REQUEST, "Erreur de validation") }
    }

    /// 404: the code or the place is not known, or nothing is known of them together.
    #[must_use]
    pub fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 404: there is no statistic for the millésime that was asked for, but for others.
    #[must_use]
    pub fn sans_millesime(request: &str, available: &[String]) -> Self {
        let data = json!({ "millesime": request, "millesimesDisponible": available });
        Self { data: Some(data), ..Self::not_found("Pas de données pour le millésime") }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The refused parameters.
    #[must_use]
    pub fn details(&self) -> &[Detail] {
        &self.details
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<Problem> for LegacyError {
    fn from(problem: Problem) -> Self {
        Self::from(Arc::new(problem))
    }
}

impl From<Arc<Problem>> for LegacyError {
    fn from(problem: Arc<Problem>) -> Self {
        let definition = problem.definition();
        Self { cause: Some(problem), ..Self::new(definition.status, definition.advice) }
    }
}

impl From<DbError> for LegacyError {
    fn from(error: DbError) -> Self {
        Self::from(Problem::from(error))
    }
}

/// Une erreur de l'ancien contrat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erreur)]
pub(in crate::http) struct ErrorBody {
    /// Statut HTTP.
    #[serde(rename = "statusCode")]
    #[schema(example = 400)]
    status: u16,
    /// Nom du statut.
    #[schema(example = "Bad Request")]
    error: &'static str,
    /// Ce qui s'est passé.
    #[schema(example = "Erreur de validation")]
    message: String,
    /// Tous les paramètres refusés (statut 400 seulement).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    details: Vec<Detail>,
    /// Millésime demandé et millésimes disponibles (millésime absent seulement).
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

impl IntoResponse for LegacyError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            status: self.status.as_u16(),
            error: self.status.canonical_reason().unwrap_or("Error"),
            message: self.message,
            details: self.details,
            data: self.data,
        };
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        let mut response = (self.status, Extension(OwnBody), headers, bytes).into_response();
        if let Some(cause) = self.cause {
            if let Some(secondes) = cause.definition().retry {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secondes));
            }
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// The page of an address that does not exist.
const UNKNOWN: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n\
                        </head>\n<body>\n<pre>Not Found</pre>\n</body>\n</html>\n";

/// 404 for an address that does not exist: HTML, unlike every other error.
pub(in crate::http) fn unknown_address() -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    (StatusCode::NOT_FOUND, Extension(OwnBody), [(header::CONTENT_TYPE, html)], UNKNOWN).into_response()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn body(error: LegacyError) -> (u16, String, Value) {
        let response = error.into_response();
        let status = response.status().as_u16();
        let media = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, media, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn an_error_has_three_fields_and_no_empty_ones() {
        let (status, media, body) = body(LegacyError::unauthorized("Not authorized")).await;
        assert_eq!((status, media.as_str()), (401, "application/json; charset=utf-8"));
        assert_eq!(body, json!({"statusCode": 401, "error": "Unauthorized", "message": "Not authorized"}));
    }

    #[tokio::test]
    async fn a_missing_millesime_names_the_others() {
        let (_, _, body) = body(LegacyError::sans_millesime("1999", &["2031".to_owned()])).await;
        assert_eq!(body["data"], json!({"millesime": "1999", "millesimesDisponible": ["2031"]}));
        assert_eq!(body["message"], "Pas de données pour le millésime");
    }

    #[tokio::test]
    async fn what_went_wrong_inside_stays_out_of_the_body() {
        let (status, _, body) = body(LegacyError::from(DbError::Corrupt("a secret cell".to_owned()))).await;
        assert_eq!(status, 500);
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}
