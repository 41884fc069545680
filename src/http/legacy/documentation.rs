//! The OpenAPI of this contract, a document of its own, and its page.
//!
//! Parameters are described where they are read: [`described`](mod@super::described).

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::error::ErrorBody;

/// Where the document is served.
const ADDRESS: &str = "/api/doc/openapi.json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "exposition : contrat /api/inserjeunes",
        description = "Le contrat de l'API précédente, tel que ses clients le connaissent. Les nouvelles \
                       applications utilisent /api/v1 (voir /docs). Les listes acceptent les suffixes `.json` et \
                       `.csv`, les réponses par code le suffixe `.svg`.",
        license(name = "MIT (programme) ; Licence Ouverte 2.0 (données)",
            url = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/")
    ),
    servers((url = "/", description = "Ce serveur")),
    tags(
        (name = "réponses", description = "Une certification ou une formation, par son code."),
        (name = "listes", description = "Listes par pages ; une clé est nécessaire."),
    ),
    components(schemas(ErrorBody))
)]
struct Base;

/// The errors that an operation can give.
const ERRORS: [(&str, &str); 3] = [
    ("400", "Un ou plusieurs paramètres sont refusés ; `details` les nomme tous."),
    ("401", "Clé absente ou fausse."),
    ("404", "Code, établissement ou millésime sans données."),
];

/// What opens the lists, any of them, by the name that the document gives it.
fn schemes() -> [(&'static str, SecurityScheme); 3] {
    const EITHER: &str = "Une clé, ou un jeton de `auth/login`.";
    let header = ApiKeyValue::with_description("x-api-key", EITHER);
    let address = ApiKeyValue::with_description("apiKey", "Une clé. Abandonné : une adresse finit dans un journal.");
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(EITHER));
    [
        ("cle", SecurityScheme::ApiKey(ApiKey::Header(header))),
        ("jeton", SecurityScheme::Http(bearer.build())),
        ("cle_dans_l_adresse", SecurityScheme::ApiKey(ApiKey::Query(address))),
    ]
}

/// The document.
#[must_use]
pub(super) fn document() -> OpenApi {
    let mut document = Base::openapi();
    document.merge(super::routes::described().into_openapi());
    document.components.get_or_insert_default().add_security_schemes_from_iter(schemes());
    for operation in document.paths.paths.values_mut().filter_map(|item| item.get.as_mut()) {
        let list = operation.tags.iter().flatten().any(|tag| tag == "listes");
        let opens = schemes().map(|(name, _)| SecurityRequirement::new(name, [""; 0])).to_vec();
        operation.security = Some(if list { opens } else { vec![SecurityRequirement::default()] });
        for (status, description) in ERRORS.iter().filter(|(status, _)| (*status == "401") <= list) {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Erreur"))).build();
            let response = ResponseBuilder::new().description(*description).content("application/json", content);
            operation.responses.responses.insert((*status).to_owned(), RefOr::T(response.build()));
        }
    }
    document
}

/// The document as it is served and committed.
#[must_use]
pub fn json() -> String {
    document().to_pretty_json().unwrap_or_default()
}

/// `/api/doc/` and its document, from the binary.
pub(super) fn routes() -> Router {
    let document = json();
    let contract = move || {
        let json = document.clone();
        async move { ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json) }
    };
    let config = Config::new([ADDRESS]).try_it_out_enabled(true).display_request_duration(true);
    Router::new().route(ADDRESS, get(contract)).merge(SwaggerUi::new("/api/doc").config(config))
}
