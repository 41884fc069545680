//! From measures to indicators: pure functions over whole tables, no I/O, no clock.
//!
//! One file per step, its rule in its header; [`compute`] lists the steps in order. Everything
//! is a set operation over maps keyed by typed codes: a million rows are a few seconds.
//!
//! Confidentiality is decided here and only here: what leaves [`figures`] for a cell under the
//! threshold holds no hidden figure, so nothing later (aggregates, storage, HTTP) can disclose
//! one.

pub mod agregation;
pub mod certifications;
pub mod compute;
pub mod continuum;
pub mod couverture;
pub mod etablissements;
pub mod figures;

pub use compute::{Seuils, compute};

