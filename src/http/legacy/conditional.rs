//! ETag, 304 and kept answers for this contract, as [`crate::http::conditional`] has them.
//!
//! The original had none. They change no body: an answer depends on publication, day, program,
//! path and query alone. Half of what platforms ask for is not there, so that «not found» is kept
//! too; without an ETag, which only a good answer has.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::request::Moment;
use crate::http::conditional::{CACHE, Known, etag, keepable};
use crate::http::state::AppState;

/// What is kept of this contract.
const KEPT: [StatusCode; 2] = [StatusCode::OK, StatusCode::NOT_FOUND];

/// Answers from what the client has or the cache keeps; else lets the handler answer.
///
/// On private routes this runs behind the key, and what it says of caching is overruled there.
pub(super) async fn conditional(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return state.while_it_answers(next.run(request)).await;
    }
    let moment = Moment::now(&state);
    request.extensions_mut().insert(moment.clone());
    let Some(publication) = &moment.publication else { return state.while_it_answers(next.run(request)).await };
    let query = request.uri().query();
    let asked = [request.uri().path().as_bytes(), query.unwrap_or_default().as_bytes(), b"inserjeunes"];
    let known = Known { services: &state, etag: etag(publication, moment.today, asked), keeps: &KEPT };
    known.answer(request, next, dress).await
}

fn dress(response: Response, etag: Option<&str>) -> Response {
    match etag {
        Some(etag) => keepable(response, etag, CACHE, "accept-encoding"),
        None => response,
    }
}
