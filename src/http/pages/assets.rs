//! Style sheets, and the files of the operator's theme.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::{embed, layout};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::state::AppState;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=3600");
const NOSNIFF: (HeaderName, HeaderValue) = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

fn style(text: &'static str) -> Response {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER), NOSNIFF], text).into_response()
}

/// The style sheet of the pages.
pub(super) async fn of_pages() -> Response {
    style(layout::STYLE)
}

/// That of fragments.
pub(super) async fn of_fragments() -> Response {
    style(embed::STYLE)
}

/// A file of the theme.
pub(super) async fn of_theme(State(state): State<AppState>, Path(name): Path<String>) -> Response {
    let Some(file) = state.theme.file(&name) else { return Problem::of(ProblemCode::UnknownRoute).into_response() };
    let kind = HeaderValue::from_static(file.kind);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_A_WHILE), NOSNIFF], file.bytes.clone()).into_response()
}
