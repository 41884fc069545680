//! v1: the service's own contract, one file per resource.
//!
//! To add a resource, take [`indicateurs`] as the model:
//!
//! 1. A file with three kinds of types that never merge: the domain type that a function of
//!    [`crate::db`] returns (its private row stays there), the response type (`Serialize`,
//!    `ToSchema`, doc comments in French, an example per field; no `#[serde(flatten)]`, because
//!    `champs=` reads the field names from the schema), and `From` between the two.
//! 2. A handler of 10 to 25 lines: `request.params()`; one call per parameter; `end()?` or
//!    `end_with(required)?`; one database function with `request.publication().id`; then
//!    [`page::object_answer`](super::page::object_answer), [`page::list_answer`](super::page::list_answer) or
//!    [`page::list_answer_in_memory`](super::page::list_answer_in_memory). Whatever is asked of the reader is
//!    allowed, everything else is refused: ask for all parameters before `fin`.
//! 3. `#[utoipa::path]` with the parameters and the 200 alone (headers, 304 and errors are added by
//!    [`super::openapi`]); a list names both `application/json` and `text/csv`.
//! 4. `routes!(handler)` for an object, `with_csv(routes!(handler))` for a list, whose response type
//!    implements [`CsvRow`](super::csv::CsvRow); one line in `donnees` below.
//!
//! Publication, day, ETag, 304, cache and HEAD need nothing from a handler: they are done before
//! it is called. What a handler answers must depend on nothing else than its [`DataRequest`] and the
//! rows of that publication.
//!
//! [`DataRequest`]: super::request::DataRequest

use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::AppState;

pub mod certifications;
pub mod correspondances;
pub mod couverture;
pub mod etablissements;
pub mod formations;
pub mod indicateurs;
mod lieux;
mod list;
pub mod publications;
pub mod referentiels;
pub mod regions;
pub mod sources;
pub mod statistique;

/// The routes that answer from one publication.
pub(super) fn data() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(certifications::routes())
        .merge(regions::routes())
        .merge(etablissements::routes())
        .merge(formations::routes())
        .merge(correspondances::routes())
        .merge(indicateurs::routes())
        .merge(referentiels::routes())
        .merge(sources::routes())
        .merge(couverture::routes())
}

/// A list and its CSV twin: the same handler under `path` and `path.csv`, both documented.
pub(super) fn with_csv((schemas, paths, handler): UtoipaMethodRouter<AppState>) -> OpenApiRouter<AppState> {
    let csv = super::openapi::csv_twin(&paths);
    OpenApiRouter::new().routes((schemas, paths, handler.clone())).routes((Vec::new(), csv, handler))
}

#[cfg(test)]
pub(super) fn codes_indicateurs() -> impl Iterator<Item = &'static str> {
    crate::domain::catalogue::all().map(|(code, _)| code)
}
