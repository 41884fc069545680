//! What the law and good manners ask of a site: `/accessibilite`, `/mentions-legales`, `/plan`.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::layout::Layout;
use super::request::PageRequest;
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "accessibility.html")]
struct AccessibilityPage {
    layout: Layout,
    contact: Option<String>,
}

#[derive(Template)]
#[template(path = "legal.html")]
struct LegalPage {
    layout: Layout,
    publisher: Option<String>,
    hosting: Option<String>,
    contact: Option<String>,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    layout: Layout,
}

/// `/accessibilite`.
///
/// # Errors
/// None but a fault of the program.
pub(super) async fn accessibility(request: PageRequest) -> Result<Response, Problem> {
    let contact = request.0.state().config.site.contact.clone();
    let layout = Layout::new(&request.0, "Accessibilité", "Ce qui a été vérifié, comment, et ce qui reste à faire.");
    page(&AccessibilityPage { layout: layout.link("canonical", "/accessibilite"), contact })
}

/// `/mentions-legales`.
///
/// # Errors
/// None but a fault of the program.
pub(super) async fn legal(request: PageRequest) -> Result<Response, Problem> {
    let site = request.0.state().config.site.clone();
    let layout = Layout::new(&request.0, "Mentions légales", "Qui publie ce site et qui l'héberge.");
    page(&LegalPage {
        layout: layout.link("canonical", "/mentions-legales"),
        publisher: site.publisher,
        hosting: site.hosting,
        contact: site.contact,
    })
}

/// `/plan`.
///
/// # Errors
/// None but a fault of the program.
pub(super) async fn plan(request: PageRequest) -> Result<Response, Problem> {
    let layout = Layout::new(&request.0, "Plan du site", "Toutes les pages du site.");
    page(&PlanPage { layout: layout.link("canonical", "/plan") })
}
