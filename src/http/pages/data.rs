//! `/donnees`: what each word and figure means, where the data come from, what changed.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::layout::Layout;
use super::request::PageRequest;
use crate::db::sources::StoredFile;
use crate::domain::catalogue;
use crate::http::problem::Problem;
use crate::http::request::DataRequest;

/// An indicator in words.
struct Word {
    code: &'static str,
    name: &'static str,
    text: &'static str,
    formula: &'static str,
    warnings: Vec<String>,
}

/// A file behind the figures.
struct Source {
    name: String,
    kept: i64,
    day: String,
    licence: &'static str,
}

/// A version of the data.
struct Version {
    number: String,
    day: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    layout: Layout,
    words: Vec<Word>,
    sources: Vec<Source>,
    versions: Vec<Version>,
}

/// The page.
///
/// # Errors
/// Those of the database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let files = request.state().db.sources(request.publication().id).await?;
    let fictive = request.publication().fictive;
    page(&DataPage {
        layout: Layout::new(
            &request,
            "Les données et le sens des mots",
            "Ce que veut dire chaque chiffre, et d'où il vient.",
        )
        .at("/donnees")
        .json("/api/v1/indicateurs")
        .csv("/api/v1/indicateurs.csv")
        .link("canonical", "/donnees"),
        words: words(),
        sources: files.into_iter().map(|file| source(file, fictive)).collect(),
        versions: versions(&request),
    })
}

fn words() -> Vec<Word> {
    let word = |(code, definition): (&'static str, &'static catalogue::Definition)| Word {
        code,
        name: definition.nom,
        text: definition.text,
        formula: definition.formule,
        warnings: definition.precautions().collect(),
    };
    catalogue::all().map(word).collect()
}

fn source(file: StoredFile, fictive: bool) -> Source {
    let licence = file.dataset.licence().as_str();
    Source {
        name: file.nom,
        kept: file.lignes_gardees,
        day: file.ingere_le.format("%d/%m/%Y").to_string(),
        licence: if fictive { "données fictives" } else { licence },
    }
}

fn versions(request: &DataRequest) -> Vec<Version> {
    let known = request.state().publications.known();
    let here = request.publication().id;
    let version = |publication: &std::sync::Arc<crate::db::publications::Publication>| Version {
        number: publication.version.clone(),
        day: publication.creee_le.format("%d/%m/%Y").to_string(),
        current: publication.id == here,
    };
    // Those that were published later than the one this page is made of are not part of it.
    known.all.iter().filter(|publication| publication.id <= here).map(version).collect()
}
