//! Erreur: the errors of this contract, whose shape its clients have in their code.
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
use crate::http::probleme::{CorpsPropre, Probleme};

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
pub struct Erreur {
    statut: StatusCode,
    message: String,
    details: Vec<Detail>,
    data: Option<Value>,
    cause: Option<Arc<Probleme>>,
}

impl Erreur {
    /// An error with its message and nothing more.
    #[must_use]
    pub fn new(statut: StatusCode, message: impl Into<String>) -> Self {
        Self { statut, message: message.into(), details: Vec::new(), data: None, cause: None }
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
    pub fn sans_millesime(demande: &str, disponibles: &[String]) -> Self {
        let data = json!({ "millesime": demande, "millesimesDisponible": disponibles });
        Self { data: Some(data), ..Self::not_found("Pas de données pour le millésime") }
    }

    /// The HTTP status.
    #[must_use]
    pub fn statut(&self) -> StatusCode {
        self.statut
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

impl From<Probleme> for Erreur {
    fn from(probleme: Probleme) -> Self {
        Self::from(Arc::new(probleme))
    }
}

impl From<Arc<Probleme>> for Erreur {
    fn from(probleme: Arc<Probleme>) -> Self {
        let definition = probleme.definition();
        Self { cause: Some(probleme), ..Self::new(definition.statut, definition.conseil) }
    }
}

impl From<DbError> for Erreur {
    fn from(error: DbError) -> Self {
        Self::from(Probleme::from(error))
    }
}

/// Une erreur de l'ancien contrat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erreur)]
pub(in crate::http) struct CorpsErreur {
    /// Statut HTTP.
    #[serde(rename = "statusCode")]
    #[schema(example = 400)]
    statut: u16,
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

impl IntoResponse for Erreur {
    fn into_response(self) -> Response {
        let corps = CorpsErreur {
            statut: self.statut.as_u16(),
            error: self.statut.canonical_reason().unwrap_or("Error"),
            message: self.message,
            details: self.details,
            data: self.data,
        };
        let octets = serde_json::to_vec(&corps).unwrap_or_default();
        let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        let mut response = (self.statut, Extension(CorpsPropre), headers, octets).into_response();
        if let Some(cause) = self.cause {
            if let Some(secondes) = cause.definition().reessayer {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secondes));
            }
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// The page of an address that does not exist.
const INCONNUE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n\
                        </head>\n<body>\n<pre>Not Found</pre>\n</body>\n</html>\n";

/// 404 for an address that does not exist: HTML, unlike every other error.
pub(in crate::http) fn adresse_inconnue() -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    (StatusCode::NOT_FOUND, Extension(CorpsPropre), [(header::CONTENT_TYPE, html)], INCONNUE).into_response()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn corps(erreur: Erreur) -> (u16, String, Value) {
        let response = erreur.into_response();
        let statut = response.status().as_u16();
        let media = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let octets = response.into_body().collect().await.unwrap().to_bytes();
        (statut, media, serde_json::from_slice(&octets).unwrap())
    }

    #[tokio::test]
    async fn an_error_has_three_fields_and_no_empty_ones() {
        let (statut, media, corps) = corps(Erreur::unauthorized("Not authorized")).await;
        assert_eq!((statut, media.as_str()), (401, "application/json; charset=utf-8"));
        assert_eq!(corps, json!({"statusCode": 401, "error": "Unauthorized", "message": "Not authorized"}));
    }

    #[tokio::test]
    async fn a_missing_millesime_names_the_others() {
        let (_, _, corps) = corps(Erreur::sans_millesime("1999", &["2031".to_owned()])).await;
        assert_eq!(corps["data"], json!({"millesime": "1999", "millesimesDisponible": ["2031"]}));
        assert_eq!(corps["message"], "Pas de données pour le millésime");
    }

    #[tokio::test]
    async fn what_went_wrong_inside_stays_out_of_the_body() {
        let (statut, _, corps) = corps(Erreur::from(DbError::Corrupt("a secret cell".to_owned()))).await;
        assert_eq!(statut, 500);
        assert!(!corps.to_string().contains("secret"), "{corps}");
    }
}
