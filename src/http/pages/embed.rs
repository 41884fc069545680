//! `/integrer`: pictures and fragments for other sites.
//!
//! A fragment is static, of fixed proportions and without anything that a site would have to trust:
//! no key, no script, no cookie. It may be framed by anybody.

use askama::Template;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::{EMBEDDED_POLICY, guard, page};
use super::formation::{Found, find};
use super::layout::{Layout, SERVICE, fingerprint};
use super::request::{PageRequest, code_in_address, formation_address};
use super::words;
use crate::domain::{CodeCertification, Lieu, Uai};
use crate::http::drawing::card::{Card, SIZE};
use crate::http::drawing::outcome::Outcome;
use crate::http::drawing::palette::Theme;
use crate::http::drawing::svg;
use crate::http::problem::{ParameterError, Problem};
use crate::http::request::DataRequest;

/// What a fragment needs beside its picture.
pub(super) const STYLE: &str = "body{margin:0}svg{display:block;width:100%;height:auto}a:focus-visible{outline:3px solid #0b5cad;display:block}\
    h1{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}";

/// Its address, which changes with it.
pub(super) fn style_address() -> String {
    format!("/integrer-{}.css", fingerprint(STYLE))
}

#[derive(Template)]
#[template(path = "fragment.html")]
struct Fragment {
    title: String,
    style: String,
    /// The page that it leads to.
    href: String,
    picture: String,
}

/// `/integrer/formations/{uai}/{code}` and `.svg`.
///
/// # Errors
/// 400 for an address or a theme that is none, 404 where there is nothing, 503 without a database.
pub(super) async fn formation(request: PageRequest) -> Result<Response, Problem> {
    let (uai, alone) = (request.uai()?, request.0.segment("code").strip_suffix(".svg").is_some());
    let code = code(&request)?;
    let (wanted, theme) = (request.wanted()?, theme(&request)?);
    let found = find(&request.0, Lieu::Etablissement(uai), code, wanted).await?;
    let found = found.ok_or_else(|| {
        Problem::sans_statistique(format!("Aucun chiffre n'est publié pour {code} dans l'établissement {uai}."))
    })?;
    let card = card(&request.0, uai, &found);
    let picture = card.draw(theme);
    if alone {
        let mut response = svg::answer(picture);
        guard(&mut response, EMBEDDED_POLICY);
        return Ok(response);
    }
    let fragment =
        Fragment { title: card.title(), style: style_address(), href: formation_address(uai, code), picture };
    let mut response = page(&fragment)?;
    guard(&mut response, EMBEDDED_POLICY);
    Ok(response)
}

fn code(request: &PageRequest) -> Result<CodeCertification, Problem> {
    let text = request.0.segment("code");
    let bare = text.strip_suffix(".svg").unwrap_or(text);
    CodeCertification::parse(bare)
        .map_err(|invalid| Problem::parameters(vec![ParameterError::new("code", text, invalid.0)]))
}

fn theme(request: &PageRequest) -> Result<Theme, Problem> {
    let word = request.text("theme");
    if word.is_empty() {
        return Ok(Theme::default());
    }
    Theme::parse(&word).ok_or_else(|| {
        let known: Vec<_> = Theme::ALL.iter().map(|(word, _)| *word).collect();
        Problem::parameters(vec![ParameterError::new("theme", &word, format!("attendu : {}", known.join(", ")))])
    })
}

/// The card of a course.
fn card(request: &DataRequest, uai: Uai, found: &Found) -> Card {
    let named = &found.resolved.named;
    let etablissement = named.etablissement.as_ref();
    let nom = etablissement.and_then(|e| e.nom.clone()).unwrap_or_else(|| uai.to_string());
    let commune =
        etablissement.and_then(|e| e.commune.clone()).map_or_else(String::new, |commune| format!(", {commune}"));
    let publication = request.publication();
    let fictive = if publication.fictive { ", DONNÉES FICTIVES" } else { "" };
    Card {
        subject: words::label(&named.certification.libelle),
        place: format!("{nom}{commune}"),
        cohort: words::cohort(&named.statistique),
        outcome: Outcome::of_statistique(&named.statistique),
        source: format!("Source : InserJeunes, publication {}{fictive}", publication.version),
    }
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage {
    layout: Layout,
    example: String,
    code_frame: String,
    code_picture: String,
    origin: String,
}

/// `/integrer`: how to.
///
/// # Errors
/// Those of the database.
pub(super) async fn explain(request: PageRequest) -> Result<Response, Problem> {
    let origin = request.0.state().config.origin();
    let example = "/integrer/formations/UAI/CODE".to_owned();
    let (width, height) = SIZE;
    page(&EmbedPage {
        layout: Layout::new(&request.0, "Intégrer une image", "Montrer ces chiffres sur un autre site.")
            .link("canonical", "/integrer"),
        code_frame: format!(
            "<iframe src=\"{origin}{example}\" title=\"Que deviennent les élèves ?\" width=\"{width}\" height=\"{height}\" \
             loading=\"lazy\"></iframe>"
        ),
        code_picture: format!(
            "<img src=\"{origin}{example}.svg\" alt=\"\" width=\"{width}\" height=\"{height}\" loading=\"lazy\">"
        ),
        example,
        origin,
    })
}

/// `/oembed?url=`: what to frame for the page of a course (oEmbed 1.0).
///
/// # Errors
/// 404 for what is no page of a course.
pub(super) async fn oembed(request: PageRequest) -> Result<Response, Problem> {
    let url = request.text("url");
    let origin = request.0.state().config.origin();
    let path = url.strip_prefix(&origin).unwrap_or(&url);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let pair = path.strip_prefix("/formations/").and_then(|rest| {
        let (uai, code) = rest.split_once('/')?;
        Some((Uai::parse(uai).ok()?, CodeCertification::parse(code).ok()?))
    });
    let (uai, code) = pair.ok_or_else(|| {
        Problem::unknown("« url » doit être l'adresse d'une page de formation : /formations/{uai}/{code}.")
    })?;
    let (width, height) = SIZE;
    let src = format!("{origin}/integrer/formations/{uai}/{}", code_in_address(code));
    let html = format!(
        "<iframe src=\"{src}\" title=\"Que deviennent les élèves ?\" width=\"{width}\" height=\"{height}\" loading=\"lazy\"></iframe>"
    );
    let body = json!({
        "version": "1.0", "type": "rich", "provider_name": SERVICE, "provider_url": origin, "title": "Que deviennent les élèves ?",
        "width": width, "height": height, "html": html,
    });
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
