//! `/docs/problemes`: the page that the `type` of every error leads to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::answer::page;
use super::layout::Layout;
use crate::http::problem::{Definition, Problem, ProblemCode};
use crate::http::state::AppState;

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    layout: Layout,
    problems: Vec<Definition>,
}

/// The page, which needs no publication: an error may say that there is none.
///
/// # Errors
/// None but a fault of the program.
pub(super) async fn show(State(state): State<AppState>) -> Result<Response, Problem> {
    page(&ProblemsPage {
        layout: Layout::bare(&state, "Les erreurs de l'API", "Le nom, le statut et le remède de chaque erreur."),
        problems: ProblemCode::ALL.iter().map(|code| code.definition()).collect(),
    })
}
