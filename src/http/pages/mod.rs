//! The pages for people.
//!
//! A page is made on the server, from a template that lies beside its Rust file, and from the same
//! functions of `domain` and `db` as the API: what a page shows is what the API answers, of the same
//! publication. It passes the same layer as well ([`super::conditional`]), so that ETag, 304, cache
//! and `publication=` need nothing here. There is no script, no cookie, no font, nothing from
//! elsewhere; [`answer`] says so to the browser.
//!
//! To add a page:
//!
//! 1. `name.rs` with a struct that derives `Template`, whose first field is the [`layout`]; a
//!    function `show` that takes a [`request::PageRequest`] and ends with [`answer::page`].
//! 2. `name.html` beside it, which extends `base.html`. Figures go through [`cohort`], with
//!    `data-chiffre` and the name of the indicator on each, which is what the tests compare with the
//!    API. A sentence has twenty words at most.
//! 3. One line in [`routes`], and in the plan of the site (`plan.html`).
//! 4. Its address in the list of `tests/pages` and of the browser's tests.

use axum::Router;
use axum::response::Redirect;
use axum::routing::{any, get};

use super::state::AppState;

mod about;
mod answer;
mod around;
mod assets;
mod certification;
mod cohort;
mod compare;
mod coverage;
mod data;
mod documentation;
mod embed;
pub(super) mod errors;
mod etablissement;
mod finder;
mod formation;
mod home;
pub(super) mod layout;
mod problems;
mod request;
mod search;
mod sitemap;
pub(super) mod theme;
mod twins;
mod usage;
mod words;

/// The pages, where a slash too many is taken away.
pub(super) const ADDRESSES: [&str; 14] = [
    "/recherche",
    "/formations/{uai}/{code}",
    "/formations/{uai}/{code}/autour",
    "/certifications/{code}",
    "/etablissements/{uai}",
    "/comparer",
    "/couverture",
    "/donnees",
    "/statistiques",
    "/accessibilite",
    "/mentions-legales",
    "/plan",
    "/integrer",
    "/integrer/formations/{uai}/{code}",
];

/// The pages that are made from a publication.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(home::show))
        .route("/recherche", get(search::show))
        .route("/formations/{uai}/{code}", get(formation::show))
        .route("/formations/{uai}/{code}/autour", get(around::show))
        .route("/certifications/{code}", get(certification::show))
        .route("/etablissements/{uai}", get(etablissement::show))
        .route("/comparer", get(compare::show))
        .route("/couverture", get(coverage::show))
        .route("/donnees", get(data::show))
        .route("/accessibilite", get(about::accessibility))
        .route("/mentions-legales", get(about::legal))
        .route("/plan", get(about::plan))
        .route("/statistiques", get(usage::show))
        .route("/sitemap.xml", get(sitemap::map))
        .route("/robots.txt", get(sitemap::robots))
        .route("/integrer", get(embed::explain))
        .route("/integrer/formations/{uai}/{code}", get(embed::formation))
        .route("/oembed", get(embed::oembed))
        .route("/docs", get(documentation::landing))
        .route("/docs/contrat.json", get(documentation::contract))
}

/// What is the same for every publication.
pub(super) fn assets() -> Router<AppState> {
    Router::new()
        .route(layout::STYLE_ADDRESS.as_str(), get(assets::of_pages))
        .route(&embed::style_address(), get(assets::of_fragments))
        .route("/theme/{name}", get(assets::of_theme))
        .route("/docs/problemes", get(problems::show))
        .route("/docs/problemes/", any(async || Redirect::permanent("/docs/problemes")))
        .route("/docs/", get(documentation::trial))
        .route(documentation::WORDS_ADDRESS, get(documentation::words))
        .route("/docs/{*file}", get(documentation::file))
}
