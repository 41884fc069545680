//! The rows of what is exported, each a list of described columns.

mod link;
mod nomenclatures;
mod place;
mod statistique;
mod whole;

pub use link::{FlatChange, FlatLink};
pub use place::FlatTerritoire;
pub use statistique::FlatStatistique;
pub use whole::FlatWhole;
