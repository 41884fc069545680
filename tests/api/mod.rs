//! The HTTP interface, over real HTTP and a real database.

mod contract;
mod conventions;
mod derived;
mod formations;
mod listes;
mod lookups;
mod outage;
mod sample;
mod statistiques;
mod world;
