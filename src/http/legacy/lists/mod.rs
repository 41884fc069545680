//! The lists, page by page: of statistics, and of the nomenclature.

pub(in crate::http) mod bcn;
pub(in crate::http) mod statistiques;
pub(in crate::http) mod table;
pub(in crate::http) mod totals;
