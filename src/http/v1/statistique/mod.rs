//! The statistic as v1 answers it, one shape for every place.
//!
//! Every key is always there. A figure is a number or `null`, and each `null` has its reason in
//! `absences` under the flat name of the indicator; a salary without any quartile is one `null`
//! and one reason. A key that makes sense for an établissement only is `null` elsewhere.

mod around;
mod contexte;
mod csv;
mod figures;
mod origine;
mod request;
mod response;

pub(super) use csv::StatistiqueCsvRow;
pub(in crate::http) use request::{Resolved, chosen, elsewhere, resolved, slices};
pub(super) use request::{Terminales, choice, needed, terminales};
pub use response::{BriefCertification, Niveau, StatistiqueResponse};
