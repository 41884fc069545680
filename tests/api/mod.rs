//! The HTTP interface, over real HTTP and a real database.

mod batch;
mod changements;
mod comparison;
mod contract;
mod conventions;
mod correspondances;
mod derived;
mod exports;
mod formations;
mod limits;
mod lists;
mod lookups;
mod metrics;
mod outage;
mod sample;
mod search;
mod statistiques;
mod voisines;
pub mod world;
