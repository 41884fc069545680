//! The report over a catalogue: sums that do not depend on the order of its rows.
//!
//! A [`Tally`] takes verdicts one by one and holds no row of the catalogue but the heaviest without
//! figures, and per row what `--avant` compares: identifier, status and a number. [`Report`] is what
//! HTML, JSON and CSV are made of, so that all three have the same numbers.

mod prospects;
mod sums;
mod tally;

pub use prospects::{Prospect, Prospects, ProspectsLine};
pub use sums::{Corrected, Heavy, Labelled, Motif, Report, RowOutcome, Share, Stage, per_thousand};
pub use tally::Tally;

/// Rows without figures that are named, the heaviest.
pub const HEAVIEST: usize = 50;
