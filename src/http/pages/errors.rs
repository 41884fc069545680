//! What a page says when there is none to show.
//!
//! Programs get `application/problem+json` at every address; people get a page with what to try.
//! Who is which, says `Accept`: a browser asks for HTML by name, and whoever asks for nothing in
//! particular is given what the address usually gives, which outside `/api` is a page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::with_status;
use super::layout::Layout;
use super::twins;
use crate::http::docs;
use crate::http::problem::{OwnBody, ParameterError, Problem, ProblemCode};
use crate::http::state::AppState;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    layout: Layout,
    title: &'static str,
    said: String,
    advice: &'static str,
    errors: Vec<ParameterError>,
    word: &'static str,
    not_found: bool,
}

/// Turns the errors of pages into pages, and leads to the twins of pages.
pub(in crate::http) async fn as_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let program = path.starts_with("/api") || path.starts_with("/health");
    let json = program || prefers_json(request.headers());
    if let Some(twin) = twins::of(request.uri()) {
        return twin;
    }
    if json && path == "/" && request.method() == Method::GET {
        let mut response = docs::addresses().into_response();
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
        return response;
    }
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || json || response.extensions().get::<OwnBody>().is_some() {
        return response;
    }
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    let problem = problem.unwrap_or_else(|| Arc::new(Problem::of(ProblemCode::from_status(status))));
    let Ok(mut page) = with_status(status, &of(&state, &problem)) else { return response };
    if let Some(allow) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allow.clone());
    }
    if let Some(seconds) = problem.definition().retry {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    page.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    // The log says what went wrong.
    page.extensions_mut().insert(problem);
    page
}

/// Whether the asker wants JSON rather than a page, by name.
fn prefers_json(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut json, mut html) = (0.0_f32, 0.0_f32);
    for range in ranges.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
        match media.as_str() {
            "application/json" | "application/problem+json" => json = json.max(quality),
            "text/html" | "application/xhtml+xml" => html = html.max(quality),
            _ => {}
        }
    }
    json > html
}

fn of(state: &AppState, problem: &Problem) -> ErrorPage {
    let definition = problem.definition();
    let (title, advice) = words(definition.status);
    ErrorPage {
        layout: Layout::bare(state, title, "Cette page n'existe pas, ou ne peut pas être montrée."),
        title,
        said: if definition.status == StatusCode::NOT_FOUND { problem.detail().to_owned() } else { String::new() },
        advice,
        errors: problem.errors().to_vec(),
        word: definition.word,
        not_found: definition.status.is_client_error(),
    }
}

/// Title and advice, for people.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("Page introuvable", "Vérifiez l'adresse, ou cherchez la formation par son nom."),
        StatusCode::GONE => ("Ces données ne sont plus servies", "Enlevez « publication » de l'adresse."),
        StatusCode::METHOD_NOT_ALLOWED => ("Cette page se lit seulement", "Ouvrez-la par un lien ou par son adresse."),
        StatusCode::SERVICE_UNAVAILABLE => ("Le service se repose", "Réessayez dans quelques instants."),
        status if status.is_client_error() => {
            ("Adresse mal écrite", "Corrigez l'adresse, ou cherchez la formation par son nom.")
        }
        _ => ("Une erreur est arrivée", "Elle vient du service, pas de vous. Réessayez plus tard."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_ask_for_json_by_name_and_browsers_for_html() {
        for (accept, json) in [
            ("", false),
            ("*/*", false),
            ("application/json", true),
            ("application/problem+json", true),
            ("text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8", false),
            ("application/json, text/html;q=0.5", true),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(prefers_json(&headers), json, "{accept}");
        }
    }
}
