//! From measures to indicators: pure functions over whole tables, no I/O, no clock.
//!
//! One file per step, its rule in its header; [`compute`](mod@compute) lists the steps in order. Everything
//! is a set operation over maps keyed by typed codes: a million rows are a few seconds.
//!
//! Confidentiality is decided here and only here: what leaves [`figures`] for a cell under the
//! threshold holds no hidden figure, so nothing later (aggregates, storage, HTTP) can disclose
//! one.

pub mod agregation;
pub mod annees_anterieures;
pub mod certifications;
pub mod cohortes;
pub mod compute;
pub mod contexte;
pub mod continuum;
pub mod couverture;
pub mod disponibilite;
pub mod entries;
pub mod etablissements;
pub mod familles;
pub mod figures;
pub mod heritage;
mod links;
pub mod reperes;
pub mod roles;
pub mod secondes_communes;
pub mod sise;

#[cfg(test)]
mod tests;

pub use compute::{Seuils, compute};
