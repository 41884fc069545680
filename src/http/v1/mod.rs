//! v1: the service's own contract, one file per resource.

use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::Etat;

pub mod certifications;
mod definitions;
pub mod etablissements;
pub mod indicateurs;
mod liste;
pub mod publications;
pub mod referentiels;
pub mod regions;
pub mod sources;
pub mod statistique;

/// The routes that answer from one publication.
pub(super) fn donnees() -> OpenApiRouter<Etat> {
    OpenApiRouter::new()
        .merge(certifications::routes())
        .merge(regions::routes())
        .merge(etablissements::routes())
        .merge(indicateurs::routes())
        .merge(referentiels::routes())
        .merge(sources::routes())
}

/// A list and its CSV twin: the same handler under `path` and `path.csv`, both documented.
pub(super) fn avec_csv((schemas, paths, handler): UtoipaMethodRouter<Etat>) -> OpenApiRouter<Etat> {
    let csv = super::openapi::jumeau_csv(&paths);
    OpenApiRouter::new().routes((schemas, paths, handler.clone())).routes((Vec::new(), csv, handler))
}

#[cfg(test)]
pub(super) fn codes_indicateurs() -> impl Iterator<Item = &'static str> {
    definitions::toutes().map(|definition| definition.code)
}
