//! `/recherche?q=&ou=&suite=`: courses and établissements.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::finder::{self, Results};
use super::layout::Layout;
use super::request::{PageRequest, encoded};
use crate::db::lists::After;
use crate::http::cursor::Cursor;
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    layout: Layout,
    q: String,
    location: String,
    /// Whether anything was asked.
    asked: bool,
    results: Results,
    next: Option<String>,
    damaged: bool,
}

/// The page.
///
/// # Errors
/// Those of the database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let (q, location, rest) = (request.text("q"), request.text("ou"), request.whole("suite"));
    let request = request.0;
    let list = format!("/recherche?q={}&ou={}", encoded(&q), encoded(&location));
    let rest = Some(rest).filter(|rest| !rest.is_empty());
    let after: Option<After> = rest.as_deref().and_then(|rest| {
        let cursor = Cursor::decode(rest)?;
        (cursor.publication() == request.publication().id).then(|| cursor.key(&list)).flatten()
    });
    let damaged = rest.is_some() && after.is_none();
    let results = finder::find(&request, &q, &location, after).await?;
    let next = results.next.as_ref().and_then(|after| Cursor::new(&list, after, request.publication().id));
    let title = match (q.as_str(), location.as_str()) {
        ("", "") => "Rechercher une formation".to_owned(),
        (q, "") => format!("Recherche : {q}"),
        ("", location) => format!("Recherche : {location}"),
        (q, location) => format!("Recherche : {q}, {location}"),
    };
    let layout = Layout::new(&request, title, "Chercher une formation ou un établissement.").at("/recherche");
    page(&SearchPage {
        layout: layout
            .json(format!("/api/v1/certifications?q={}", encoded(if q.is_empty() { "coiffure" } else { &q }))),
        asked: !q.is_empty() || !location.is_empty(),
        next: next.map(|cursor| format!("{list}&suite={}", cursor.encode())),
        q,
        location,
        results,
        damaged,
    })
}
