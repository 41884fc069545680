//! JSON with the media types that clients of this contract compare literally.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::legacy::error::{JSON, LegacyError};
use crate::http::problem::Problem;

/// The JSON of one thing: `application/json; charset=utf-8`.
///
/// # Errors
/// 500 for a value that JSON cannot hold.
pub(in crate::http::legacy) fn single<T: Serialize>(body: &T) -> Result<Response, LegacyError> {
    write(body, JSON)
}

/// The JSON of a list: `application/json`, without a charset.
///
/// # Errors
/// As [`single`].
pub(in crate::http::legacy) fn list<T: Serialize>(body: &T) -> Result<Response, LegacyError> {
    write(body, HeaderValue::from_static("application/json"))
}

fn write<T: Serialize>(body: &T, media: HeaderValue) -> Result<Response, LegacyError> {
    let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, media)], bytes).into_response())
}
