//! `/docs`: the API for developers, and the page where it can be tried out.
//!
//! The trial page is the one exception to «no script»: a vendored program from this origin, with a
//! policy that lets it run and nothing else. Its contract is the service's own, with codes that exist
//! in the data that are served: what is tried is answered, on the sample as on the real data.

use std::sync::LazyLock;

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa_swagger_ui::Config;

use super::answer::{guard, page};
use super::layout::Layout;
use super::request::{PageRequest, code_in_address};
use crate::db::lists::{Page, Scope, Sort, StatistiqueList, Zone};
use crate::domain::choice::Wanted;
use crate::domain::{CodeCertification, CodeRegion, Indicateur, Maille, Uai};
use crate::http::openapi;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::request::DataRequest;
use crate::http::state::AppState;
use crate::http::v1::statistique::slices;

/// Where the contract with codes that exist is.
const CONTRACT: &str = "/docs/contrat.json";

/// Where the script is that translates the program's own words.
pub(super) const WORDS_ADDRESS: &str = "/docs/francais.js";

/// Scripts, styles and answers of this origin; the program writes styles into its elements.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// The contract, made once.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&openapi::json()).unwrap_or_default());

/// Codes that exist together: a course with figures.
struct Example {
    uai: Uai,
    code: CodeCertification,
    region: CodeRegion,
}

/// Looks for a course that shows figures, near the beginning of the list.
async fn example(request: &DataRequest) -> Result<Option<Example>, Problem> {
    let list = StatistiqueList {
        scope: Scope::Formations(Zone::default()),
        slices: slices(request, Maille::Etablissement, Wanted::default())?,
        filters: Vec::new(),
        tri: Sort::Code { descending: false },
        q: None,
        found: None,
        niveau: None,
    };
    let (state, id) = (request.state(), request.publication().id);
    let found = state.db.list_statistiques(id, &list, &Page { after: None, limite: 200 }).await?;
    let shows = found.iter().filter(|named| {
        let statistique = &named.statistique;
        statistique.figures.get(Indicateur::PartEnEmploi6Mois).known().is_some()
            && statistique.contexte.region.known().is_some()
            && statistique.contexte.france.known().is_some()
    });
    let places = shows.filter_map(|named| {
        let etablissement = named.etablissement.as_ref()?;
        Some(Example { uai: etablissement.uai, code: named.certification.code, region: etablissement.region? })
    });
    Ok(places.into_iter().next())
}

impl Example {
    /// The value of a parameter of a path; `None` for one that needs none of the data.
    fn of(&self, path: &str, name: &str, version: &str) -> Option<String> {
        match name {
            "uai" => Some(self.uai.to_string()),
            "region" => Some(self.region.to_string()),
            "version" => Some(version.to_owned()),
            "code" if !path.contains("/indicateurs/") => Some(code_in_address(self.code)),
            _ => None,
        }
    }
}

/// `/docs/contrat.json`: the contract, whose parameters of paths have values that exist. Examples of
/// filters are left out, since the trial page would send them all together.
///
/// # Errors
/// Those of the database.
pub(super) async fn contract(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let example = example(&request).await?;
    let mut document = DOCUMENT.clone();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let parameters = item.pointer_mut("/get/parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten().filter_map(Value::as_object_mut) {
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (name, place) = (text("name"), text("in"));
            if place == "query" {
                parameter.remove("example");
            } else if let Some(value) =
                example.as_ref().and_then(|one| one.of(path, &name, &request.publication().version))
            {
                parameter.insert("example".to_owned(), Value::String(value));
            }
        }
    }
    Ok(Json(document).into_response())
}

#[derive(Template)]
#[template(path = "documentation.html")]
struct DocumentationPage {
    layout: Layout,
    /// Requests that are answered, each with what it is for.
    requests: Vec<(&'static str, String)>,
    origin: String,
}

/// `/docs`.
///
/// # Errors
/// Those of the database.
pub(super) async fn landing(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let mut requests = vec![("Chercher un diplôme", "/api/v1/certifications?q=coiffure".to_owned())];
    if let Some(Example { uai, code, region }) = example(&request).await? {
        let code = code_in_address(code);
        requests.extend([
            ("Une formation dans un établissement", format!("/api/v1/formations/{uai}/{code}")),
            ("Ce diplôme dans une région", format!("/api/v1/regions/{region}/certifications/{code}")),
            ("Ses années", format!("/api/v1/certifications/{code}/historique")),
            ("Un établissement", format!("/api/v1/etablissements/{uai}")),
        ]);
    }
    requests.push(("Ce que veut dire chaque chiffre", "/api/v1/indicateurs".to_owned()));
    let origin = request.state().config.origin();
    let layout =
        Layout::new(&request, "L'API, pour les développeurs", "Les mêmes chiffres, en JSON et en CSV, sans clé.");
    let layout = layout.at("/docs").twin("OpenAPI", "application/json", openapi::ADDRESS).link("canonical", "/docs");
    page(&DocumentationPage { layout, requests, origin })
}

#[derive(Template)]
#[template(path = "trial.html")]
struct TrialPage {
    layout: Layout,
    words: &'static str,
}

/// `/docs/`: the trial page.
///
/// # Errors
/// None but a fault of the program.
pub(super) async fn trial(State(state): State<AppState>) -> Result<Response, Problem> {
    let mut response = page(&TrialPage {
        layout: Layout::bare(&state, "Essayer l'API", "Essayer les requêtes."),
        words: WORDS_ADDRESS,
    })?;
    guard(&mut response, POLICY);
    Ok(response)
}

/// The words of the vendored program, in French.
pub(super) async fn words() -> Response {
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    let mut response = ([(header::CONTENT_TYPE, kind)], include_str!("trial.js")).into_response();
    guard(&mut response, POLICY);
    response
}

/// The files of the vendored program.
///
/// # Errors
/// 404 for a file that it has not.
pub(super) async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let config = Config::new([CONTRACT]).try_it_out_enabled(true).display_request_duration(true);
    let found = utoipa_swagger_ui::serve(&name, config.into()).map_err(|error| Problem::internal(error.to_string()))?;
    let found = found.filter(|_| name != "index.html").ok_or_else(|| Problem::of(ProblemCode::UnknownRoute))?;
    let kind = HeaderValue::from_str(&found.content_type).map_err(Problem::internal)?;
    let mut response = ([(header::CONTENT_TYPE, kind)], found.bytes.into_owned()).into_response();
    guard(&mut response, POLICY);
    Ok(response)
}
