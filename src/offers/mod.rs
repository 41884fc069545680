//! A platform's catalogue on its way through the matching: read, judged row by row, written.
//!
//! The two shells, `exposition appariement` and `POST /api/v1/appariements`, use the same pieces, so
//! that they cannot answer differently. What is read is held in memory, row by row, and nowhere else:
//! nothing of it is written to the database, to a temporary file or to a log.
//!
//! A catalogue is looked at from end to end before the first verdict is given, so that what is wrong
//! with it is said instead of half an answer.

pub mod compare;
pub mod html;
pub mod output;
pub mod published;
pub mod read;
pub mod refusal;
pub mod tables;

pub use output::{Output, Writer};
pub use published::Published;
pub use read::{Catalogue, Format, Limits, corrections};
pub use refusal::OffersRefusal;

pub use crate::ingestion::Source;
