//! Réponse: JSON with the media types that clients of this contract compare literally.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::erreur::{Erreur, JSON};
use crate::http::probleme::Probleme;

/// The JSON of one thing: `application/json; charset=utf-8`.
///
/// # Errors
/// 500 for a value that JSON cannot hold.
pub(super) fn seule<T: Serialize>(corps: &T) -> Result<Response, Erreur> {
    ecrire(corps, JSON)
}

/// The JSON of a list: `application/json`, without a charset.
///
/// # Errors
/// As [`seule`].
pub(super) fn liste<T: Serialize>(corps: &T) -> Result<Response, Erreur> {
    ecrire(corps, HeaderValue::from_static("application/json"))
}

fn ecrire<T: Serialize>(corps: &T, media: HeaderValue) -> Result<Response, Erreur> {
    let octets = serde_json::to_vec(corps).map_err(Probleme::interne)?;
    Ok(([(header::CONTENT_TYPE, media)], octets).into_response())
}
