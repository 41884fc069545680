//! Matching a platform's catalogue: a row per offer becomes the pair (UAI, code) that has figures,
//! or a reason with an address (docs/MATCHING.md).
//!
//! ```text
//!  cells ──► row::Offer ──► rules::RULES, in order ──► status ──► Verdict ──► output, report
//!              ▲                    ▲
//!        columns, cells       Index (one per publication, shared)
//! ```
//!
//! Everything here is pure: rows and an [`Index`] go in, verdicts come out; a verdict depends on its
//! row, on the index and on the corrections alone, so that neither order nor neighbours matter.
//!
//! - [`columns`]: which column of a catalogue is which field; profiles of platforms.
//! - [`cells`]: what spreadsheets leave in a cell.
//! - [`row`]: the cells of a row become an [`Offer`]: UAIs, voie, codes that some table has.
//! - [`index`]: a publication, for looking up. Built once: about 100 MB for a million entries, of
//!   which each pair keeps its latest millésime only.
//! - [`rules`]: the table of the rules, one file each; [`search`] is what they share.
//! - [`status`]: why there is no figure, and who can repair it.
//! - [`verdict`]: what a row gets, and the columns of the output.
//! - [`report`]: the sums over a catalogue, in the eleven parts of the report.

pub mod cells;
pub mod columns;
pub mod correction;
pub mod index;
pub mod report;
pub mod row;
pub mod rules;
pub mod search;
pub mod status;
pub mod verdict;

pub use correction::{Correction, Corrections};
pub use index::{Index, IndexBuilder};
pub use row::Offer;
pub use rules::{RuleName, judge};
pub use status::{Actor, Statut};
pub use verdict::Verdict;
