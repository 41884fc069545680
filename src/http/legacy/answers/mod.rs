//! What one statistic, or the sum of several, looks like in this contract.

pub(in crate::http) mod chiffres;
pub(in crate::http) mod entry;
pub(in crate::http) mod filieres;
pub(in crate::http) mod json;
pub(in crate::http) mod messages;
pub(in crate::http) mod millesimes;
pub(in crate::http) mod singles;
