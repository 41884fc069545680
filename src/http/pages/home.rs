//! `/`: what this is, and a way to begin.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::layout::Layout;
use super::request::PageRequest;
use crate::db::publications::Publication;
use crate::domain::SEUIL;
use crate::http::drawing::years::years;
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    layout: Layout,
    seuil: i32,
    certifications: u64,
    etablissements: u64,
    /// The newest cohort.
    latest: Option<String>,
    version: String,
    day: String,
}

/// The page.
///
/// # Errors
/// None but a fault of the program.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let Publication { comptes, version, creee_le, .. } = request.publication().as_ref();
    let latest = comptes.statistiques.iter().map(|account| account.millesime).max();
    let description = "Que deviennent les jeunes après un CAP, un bac pro, un BTS ? Emploi, études, salaires.";
    page(&HomePage {
        layout: Layout::new(&request, "Accueil", description)
            .at("/")
            .json("/api/v1/publications")
            .link("canonical", "/"),
        seuil: SEUIL,
        certifications: comptes.certifications,
        etablissements: comptes.etablissements,
        latest: latest.map(years),
        version: version.clone(),
        day: creee_le.format("%d/%m/%Y").to_string(),
    })
}
