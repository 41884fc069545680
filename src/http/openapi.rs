//! The OpenAPI contract, generated from the routes and completed with what all of them share.
//!
//! A handler documents what is its own: its parameters and its good answer. Headers, 304 and the
//! errors that any data route can give are added here, once, so that no route can forget them.

use serde_json::{Value, json};
use utoipa::OpenApi as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Paths, Ref, RefOr, Response, ResponseBuilder};

use super::access::X_API_KEY;
use super::conditional::FRESH;
use super::parameters::conditions;
use super::parameters::page::PUBLICATION;
use super::problem::{ParameterError, Problem, ProblemCode};
use super::routes::{Routes, routes};
use crate::domain::SEUIL;

/// Where the contract is served.
pub(super) const ADDRESS: &str = "/api/v1/openapi.json";

/// The scheme of what opens more than is open to all.
const KEY: &str = "cle";
const KEY_MEANING: &str =
    "Facultative : une clé élève le nombre d'éléments d'un lot. Aussi acceptée : `Authorization: Bearer`.";

/// Headers of what may be kept.
const KEEPING: [&str; 2] = ["ETag", "Cache-Control"];

/// Headers of a good answer, with an example of each.
const HEADERS: [(&str, &str, &str); 7] = [
    ("ETag", "\"6f1c0e7a9b2d4c58a1b3c5d7e9f00112\"", "Empreinte forte de la réponse, à renvoyer dans `If-None-Match`."),
    ("Publication", "1.0.0", "Version des données dont la réponse est faite."),
    ("Cache-Control", FRESH, "Durée de garde ; un an, `immutable`, quand `publication=` est donné."),
    ("X-Request-Id", "5f0c6f6e8a9d4c21", "Identifiant de la requête, à joindre à tout signalement."),
    (
        "RateLimit-Policy",
        "\"adresse\";q=6000;w=60",
        "Ce qui est permis : `q` requêtes par `w` secondes, par clé (`cle`) ou à défaut par adresse (`adresse`).",
    ),
    ("RateLimit", "\"adresse\";r=5999;t=1", "Ce qui reste : `r` requêtes ; tout sera rétabli dans `t` secondes."),
    ("Donnees-Fictives", "oui", "Présent seulement quand les données sont fictives (démonstration)."),
];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "exposition",
        description = include_str!("openapi.md"),
        license(name = "MIT (programme) ; Licence Ouverte 2.0 (données)",
            url = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/")
    ),
    servers((url = "/", description = "Ce serveur")),
    tags(
        (name = "certifications", description = "Les diplômes et ce que leurs anciens élèves sont devenus."),
        (name = "régions", description = "Les régions et leurs statistiques."),
        (name = "établissements", description = "Les lycées et les CFA, et leurs résultats dans leur ensemble."),
        (name = "formations", description = "Une certification dans un établissement : ce que les jeunes choisissent."),
        (name = "référentiels", description = "Les listes fermées : indicateurs, millésimes, territoires, filières."),
        (name = "appariement", description = "Le catalogue d'une plateforme, ligne par ligne."),
        (name = "données", description = "D'où viennent les données : publications et fichiers sources."),
        (name = "exploitation", description = "Pour qui fait fonctionner le service."),
    ),
    components(schemas(super::problem::ProblemBody)),
    security(())
)]
struct Base;

/// The contract.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = Base::openapi();
    let Routes { data, batches, publications, files, health } = routes();
    document.merge(pinned(data.into_openapi()));
    document.merge(pinned(batches.into_openapi()));
    document.merge(publications.into_openapi());
    document.merge(files.into_openapi());
    let lists: Vec<_> =
        document.paths.paths.keys().filter_map(|path| path.strip_suffix(".csv")).map(str::to_owned).collect();
    for (path, item) in &mut document.paths.paths {
        if let Some(operation) = &mut item.get {
            complete(path, operation, lists.contains(path));
        }
        if let Some(operation) = &mut item.post {
            complete_batch(path, operation);
        }
    }
    document.merge(super::usage::routes().into_openapi());
    document.merge(health.into_openapi());
    let components = document.components.get_or_insert_default();
    conditions::describe(components);
    let key = ApiKeyValue::with_description(X_API_KEY.as_str(), KEY_MEANING);
    components.add_security_scheme(KEY, SecurityScheme::ApiKey(ApiKey::Header(key)));
    name_elements(&mut document);
    document
}

/// The contract as it is served and committed. Its texts say `{seuil}` for the threshold.
#[must_use]
pub fn json() -> String {
    document().to_pretty_json().unwrap_or_default().replace("{seuil}", &SEUIL.to_string())
}

/// The one operation of an address.
fn operation(item: &mut PathItem) -> Option<&mut Operation> {
    item.get.as_mut().or(item.post.as_mut())
}

/// What answers from one publication may be asked of another.
fn pinned(mut document: OpenApi) -> OpenApi {
    for operation in document.paths.paths.values_mut().filter_map(operation) {
        let publication = PUBLICATION.documented(ParameterIn::Query);
        operation.parameters.get_or_insert_default().push(publication.into());
    }
    document
}

/// Gives the operations of some paths their parameters.
pub(super) fn with_parameters(mut paths: Paths, parameters: &[RefOr<Parameter>]) -> Paths {
    for operation in paths.paths.values_mut().filter_map(operation) {
        operation.parameters.get_or_insert_default().extend(parameters.iter().cloned());
    }
    paths
}

/// Lets the elements of a list refer to their own schema, instead of repeating it.
fn name_elements(document: &mut OpenApi) {
    for (name, schema) in document.components.iter_mut().flat_map(|components| &mut components.schemas) {
        let (Some(element), RefOr::T(Schema::Object(list))) = (name.strip_prefix("Liste_"), schema) else { continue };
        if let Some(RefOr::T(Schema::Array(donnees))) = list.properties.get_mut("donnees") {
            donnees.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(element))));
        }
    }
}

/// Adds what every data route shares; a `list` has pages.
fn complete(path: &str, operation: &mut Operation, list: bool) {
    if let Some(RefOr::T(good)) = operation.responses.responses.get_mut("200") {
        for (name, example, description) in HEADERS {
            good.headers.insert(name.to_owned(), header(example, description));
        }
        if list {
            let description = "Adresse de la page suivante (`rel=\"next\"`) ; absent sur la dernière.";
            good.headers.insert("Link".to_owned(), header("</api/v1/…?curseur=…>; rel=\"next\"", description));
        }
    }
    let not_modified = ResponseBuilder::new()
        .description("Rien n'a changé depuis la réponse dont `If-None-Match` donne l'empreinte.")
        .header("ETag", string_header("\"6f1c0e7a9b2d4c58a1b3c5d7e9f00112\"", "La même empreinte."))
        .build();
    let responses = &mut operation.responses.responses;
    responses.insert("304".to_owned(), RefOr::T(not_modified));
    let of_millesime = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "millesime"));
    refusals(operation, examples(path, of_millesime));
}

/// Adds what every batch shares: nobody keeps its answer.
fn complete_batch(path: &str, operation: &mut Operation) {
    if let Some(RefOr::T(good)) = operation.responses.responses.get_mut("200") {
        for (name, example, description) in HEADERS.into_iter().filter(|(name, ..)| !KEEPING.contains(name)) {
            good.headers.insert(name.to_owned(), header(example, description));
        }
    }
    // No `security` here: a key is welcome, and generated clients would demand what is said there.
    let of_bodies = [ProblemCode::KeyRefused, ProblemCode::BodyTooLarge, ProblemCode::MediaTypeRefused];
    let of_bodies = of_bodies.map(|code| (code, Problem::of(code).example(path)));
    refusals(operation, examples(path, false).into_iter().chain(of_bodies));
}

/// Documents errors; of those with the same status the first.
fn refusals(operation: &mut Operation, problems: impl IntoIterator<Item = (ProblemCode, Value)>) {
    for (code, example) in problems {
        let definition = code.definition();
        let status = definition.status.as_str().to_owned();
        let described = format!("{} (`{}`). {}", definition.titre, definition.word, definition.advice);
        let responses = &mut operation.responses.responses;
        responses.entry(status).or_insert_with(|| RefOr::T(problem(&described, example)));
    }
}

/// The errors that any data route can give, each with a real example. A list of statistics whose
/// millésime is nowhere says which there are, with 404.
fn examples(path: &str, of_millesime: bool) -> Vec<(ProblemCode, Value)> {
    let refused = ParameterError::new("couleur", "bleu", "paramètre inconnu ; permis : champs, publication");
    let mut problems = vec![(ProblemCode::InvalidParameters, Problem::parameters(vec![refused]))];
    let of = |code| (code, Problem::of(code));
    if path.contains('{') {
        problems.push(of(ProblemCode::UnknownResource));
    } else if of_millesime {
        problems.push(of(ProblemCode::StatistiqueAbsente));
    }
    problems.extend([
        of(ProblemCode::PublicationRetired),
        of(ProblemCode::TooManyRequests),
        of(ProblemCode::InternalError),
        of(ProblemCode::DatabaseUnavailable),
    ]);
    problems.into_iter().map(|(code, problem)| (code, problem.example(path))).collect()
}

fn problem(description: &str, example: Value) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Probleme"))).example(Some(example)).build();
    let id = string_header("5f0c6f6e8a9d4c21", "Identifiant de la requête.");
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .header("X-Request-Id", id)
        .build()
}

fn header(example: &str, description: &str) -> RefOr<utoipa::openapi::Header> {
    RefOr::T(string_header(example, description))
}

fn string_header(example: &str, description: &str) -> utoipa::openapi::Header {
    let schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).example(Some(json!(example))).build()
}

/// The documentation of a list's CSV twin, from that of the list.
pub(super) fn csv_twin(paths: &Paths) -> Paths {
    let mut twins = Paths::new();
    for (path, item) in &paths.paths {
        let mut item = item.clone();
        if let Some(operation) = &mut item.get {
            as_csv(operation);
        }
        twins.paths.insert(format!("{path}.csv"), item);
    }
    twins
}

fn as_csv(operation: &mut Operation) {
    operation.operation_id = operation.operation_id.take().map(|id| id + "_csv");
    operation.summary = operation.summary.take().map(|summary| format!("{summary} (CSV)"));
    operation.description = Some(
        "Toute la liste filtrée, en CSV (RFC 4180, UTF-8, une ligne d'en-tête). Même réponse que l'adresse sans \
         `.csv` avec `Accept: text/csv`."
            .to_owned(),
    );
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        response.content = [("text/csv".to_owned(), ContentBuilder::new().schema(Some(text)).build().into())].into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_parameter_and_answer_is_described() {
        for (path, item) in &mut document().paths.paths {
            let operation = operation(item).unwrap();
            assert!(operation.operation_id.is_some() && operation.tags.is_some(), "{path}");
            assert!(operation.summary.as_ref().is_some_and(|text| !text.is_empty()), "{path}");
            for parameter in operation.parameters.iter().flatten() {
                // What is referred to is described among the components.
                let RefOr::T(parameter) = parameter else { continue };
                assert!(parameter.description.as_ref().is_some_and(|text| text.len() > 5), "{path} {}", parameter.name);
            }
            for (status, response) in &operation.responses.responses {
                let RefOr::T(response) = response else { panic!("{path}") };
                assert!(!response.description.is_empty(), "{path} {status}");
            }
        }
    }

    #[test]
    fn operation_identifiers_are_unique_and_every_list_has_its_twin() {
        let mut document = document();
        let mut ids: Vec<_> =
            document.paths.paths.values_mut().filter_map(|item| operation(item)?.operation_id.clone()).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for (path, item) in &document.paths.paths {
            let Some(operation) = &item.get else { continue };
            let good = serde_json::to_value(&operation.responses.responses["200"]).unwrap();
            let schema = good["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default();
            let twin = document.paths.paths.contains_key(&format!("{path}.csv"));
            assert_eq!(schema.starts_with("#/components/schemas/Liste_"), twin, "{path}");
        }
    }
}
