//! The HTTP interface, over real HTTP and a real database.

mod conventions;
mod listes;
mod outage;
mod sample;
mod statistiques;
mod world;
