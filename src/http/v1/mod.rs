//! The service's own contract, one file per resource.
//!
//! To add a resource, take [`indicateurs`] as the model:
//!
//! 1. A file with three kinds of types that never merge: the domain type that a function of
//!    [`crate::db`] returns (its private row stays there), the response type (`Serialize`,
//!    `ToSchema`, doc comments in French, an example per field), and `From` between the two.
//! 2. What the route takes: a type that implements [`Parameters`]. Its `read` asks for each
//!    parameter by its description ([`Param`](super::parameters::Param); those that several routes
//!    take are in `parameters.rs`, others stand in the file) and puts together what was read at the
//!    end, so that everything that is wrong is found. Whatever is asked for is allowed and
//!    documented; everything else is refused. A list that takes its page alone has
//!    [`PageOf`](parameters::PageOf).
//! 3. A handler of 10 to 25 lines whose only argument is [`Asked`] of that type: one database
//!    function with `request.publication().id`, then
//!    [`page::object_answer`](super::page::object_answer), or
//!    [`page::list_answer`](super::page::list_answer) with what implements
//!    [`Listing`](super::page::Listing): the list's own query, or
//!    [`InMemory`](super::page::InMemory).
//! 4. `#[utoipa::path]` with the 200 alone: parameters come from the handler's argument, headers,
//!    304 and errors from [`super::openapi`].
//! 5. `object!(handler)` for an object, `list!(handler)` for a list and its CSV twin, whose rows
//!    implement [`CsvRow`](super::csv::CsvRow); one line in `data` below.
//!
//! To add a filter to a list: its [`Param`](super::parameters::Param), a field of the type that the
//! route takes and a line in its `read`; a field of the list in [`crate::db::lists`] and the
//! condition there.
//!
//! Publication, day, ETag, 304, cache and HEAD need nothing from a handler: they are done before
//! it is called. What a handler answers must depend on nothing else than its [`DataRequest`] and the
//! rows of that publication.
//!
//! [`DataRequest`]: super::request::DataRequest

use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::openapi;
use super::parameters::{Asked, Parameters, described};
use super::request::Format;
use super::state::AppState;

/// The route of a handler that answers with a list: see [`list()`].
macro_rules! list {
    ($handler:ident) => {
        $crate::http::v1::list($handler, utoipa_axum::routes!($handler))
    };
}

/// The route of a handler that answers with an object: see [`object`].
macro_rules! object {
    ($handler:ident) => {
        $crate::http::v1::object($handler, utoipa_axum::routes!($handler))
    };
}

pub mod appariements;
pub mod batch;
pub mod certifications;
pub mod changements;
pub mod correspondances;
pub mod couverture;
pub mod etablissements;
pub mod exports;
mod feed;
pub mod formations;
pub mod indicateurs;
mod lieux;
mod list;
mod parameters;
pub mod publications;
pub mod referentiels;
pub mod regions;
pub mod reperes;
pub mod sources;
pub mod statistique;
pub mod voisines;

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
        .merge(reperes::routes())
        .merge(sources::routes())
        .merge(voisines::routes())
        .merge(couverture::routes())
}

/// A list and its CSV twin: the same handler under `path` and `path.csv`, each documented with what
/// the handler asks of a request for that format.
pub(super) fn list<P: Parameters, F>(
    _: fn(Asked<P>) -> F,
    (schemas, paths, handler): UtoipaMethodRouter<AppState>,
) -> OpenApiRouter<AppState> {
    let twins = openapi::with_parameters(openapi::csv_twin(&paths), &described::<P>(Format::Csv));
    let paths = openapi::with_parameters(paths, &described::<P>(Format::Json));
    OpenApiRouter::new().routes((schemas, paths, handler.clone())).routes((Vec::new(), twins, handler))
}

/// An object, documented with what its handler asks of a request.
pub(super) fn object<P: Parameters, F>(
    _: fn(Asked<P>) -> F,
    (schemas, paths, handler): UtoipaMethodRouter<AppState>,
) -> OpenApiRouter<AppState> {
    let paths = openapi::with_parameters(paths, &described::<P>(Format::Json));
    OpenApiRouter::new().routes((schemas, paths, handler))
}

#[cfg(test)]
pub(super) fn codes_indicateurs() -> impl Iterator<Item = &'static str> {
    crate::domain::catalogue::all().map(|(code, _)| code)
}
