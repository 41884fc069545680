//! OpenAPI: the contract, generated from the routes and completed with what all of them share.

use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, Paths, RefOr};

/// Where the contract is served.
pub(super) const ADRESSE: &str = "/api/v1/openapi.json";

#[derive(utoipa::OpenApi)]
#[openapi(info(title = "exposition"), components(schemas(super::probleme::CorpsProbleme)))]
struct Socle;

/// The contract.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = Socle::openapi();
    let (donnees, publications, sante) = super::routes();
    for router in [donnees, publications, sante] {
        document.merge(router.into_openapi());
    }
    document
}

/// The contract as it is served and committed.
#[must_use]
pub fn json() -> String {
    document().to_pretty_json().unwrap_or_default()
}

/// Query parameters that make no sense for a whole list.
const SANS_OBJET_EN_CSV: [&str; 4] = ["limite", "curseur", "total", "champs"];

/// The documentation of a list's CSV twin, from that of the list.
pub(super) fn jumeau_csv(paths: &Paths) -> Paths {
    let mut twins = Paths::new();
    for (path, item) in &paths.paths {
        let mut item = item.clone();
        if let Some(operation) = &mut item.get {
            en_csv(operation);
        }
        twins.paths.insert(format!("{path}.csv"), item);
    }
    twins
}

fn en_csv(operation: &mut Operation) {
    operation.operation_id = operation.operation_id.take().map(|id| id + "_csv");
    operation.summary = operation.summary.take().map(|summary| format!("{summary} (CSV)"));
    operation.description = Some(
        "Toute la liste filtrée, en CSV (RFC 4180, UTF-8, une ligne d'en-tête). Même réponse que l'adresse sans \
         `.csv` avec `Accept: text/csv`."
            .to_owned(),
    );
    if let Some(parameters) = &mut operation.parameters {
        parameters
            .retain(|parameter| !matches!(parameter, RefOr::T(p) if SANS_OBJET_EN_CSV.contains(&p.name.as_str())));
    }
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        response.content.retain(|media, _| media == "text/csv");
    }
}
