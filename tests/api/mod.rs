//! The HTTP interface, over real HTTP and a real database.

mod batch;
mod comparison;
mod contract;
mod conventions;
mod correspondances;
mod derived;
mod formations;
mod lists;
mod lookups;
mod outage;
mod sample;
mod statistiques;
mod world;
