//! `/formations/{uai}/{code}/autour`: what else is taught around a formation, the same or better first.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::formation::missing;
use super::layout::Layout;
use super::request::{PageRequest, code_in_address, formation_address};
use super::words;
use crate::db::statistiques::NamedStatistique;
use crate::domain::neighbours::Neighbour;
use crate::domain::{Lieu, Uai};
use crate::http::problem::Problem;
use crate::http::v1::statistique::chosen;
use crate::http::v1::voisines::{RADIUS_DEFAULT, neighbours};

/// How many are shown.
const SHOWN: usize = 20;

/// One of them.
struct Near {
    href: String,
    label: String,
    /// Where: the établissement, its commune and how far.
    place: String,
    /// What became of its pupils, beside those here.
    result: String,
}

#[derive(Template)]
#[template(path = "around.html")]
struct AroundPage {
    layout: Layout,
    name: String,
    taught: &'static str,
    place: String,
    href: String,
    /// What became of the pupils here, where it can be said.
    here: Option<String>,
    shown: Vec<Near>,
    /// How many more there are.
    more: usize,
    rayon_km: u16,
}

/// The page.
///
/// # Errors
/// 400 for an address that is none, 404 where there is nothing, 503 without a database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let (uai, code, wanted) = (request.uai()?, request.code()?, request.wanted()?);
    let request = request.0;
    let (state, id) = (request.state(), request.publication().id);
    let stored = state.db.statistiques_at_lieu(id, Lieu::Etablissement(uai), code).await?;
    if stored.is_empty() {
        return missing(&request, uai, code).await;
    }
    let resolved = chosen(state, id, stored, wanted).await?.statistique;
    let asked = resolved.statistique();
    let found = neighbours(&request, asked, (uai, wanted), RADIUS_DEFAULT).await?;
    let NamedStatistique { certification, etablissement, .. } = &resolved.named;
    let name = words::label(&certification.libelle);
    let place = etablissement.as_ref().and_then(|e| e.nom.clone()).unwrap_or_else(|| uai.to_string());
    let address = format!("{}/autour", formation_address(uai, code));
    let year = wanted.millesime.map(|millesime| format!("&millesime={millesime}")).unwrap_or_default();
    let api = format!("/api/v1/formations/{uai}/{}/voisines?filiere={}{year}", code_in_address(code), asked.filiere);
    let layout = Layout::new(&request, format!("Autour de : {name}, {place}"), "Ce qui s'enseigne autour.");
    page(&AroundPage {
        layout: layout.json(api).link("canonical", address),
        taught: words::taught(asked.filiere),
        href: formation_address(uai, code),
        here: asked.favourable().map(words::favourable),
        more: found.len().saturating_sub(SHOWN),
        shown: found.iter().take(SHOWN).filter_map(|neighbour| near(uai, neighbour)).collect(),
        rayon_km: RADIUS_DEFAULT,
        name,
        place,
    })
}

fn near(here: Uai, neighbour: &Neighbour<NamedStatistique>) -> Option<Near> {
    let NamedStatistique { statistique, certification, etablissement } = &neighbour.statistique;
    let etablissement = etablissement.as_ref()?;
    let place = if etablissement.uai == here {
        "dans le même établissement".to_owned()
    } else {
        let name = etablissement.nom.clone().unwrap_or_else(|| etablissement.uai.to_string());
        let far = words::how_far(neighbour.distance_m);
        match &etablissement.commune {
            Some(commune) => format!("{name}, {commune}, {far}"),
            None => format!("{name}, {far}"),
        }
    };
    Some(Near {
        href: format!("{}?filiere={}", formation_address(etablissement.uai, statistique.code), statistique.filiere),
        label: format!("{} {}", words::label(&certification.libelle), words::taught(statistique.filiere)),
        place,
        result: words::beside_here(statistique.favourable(), neighbour.standing),
    })
}
