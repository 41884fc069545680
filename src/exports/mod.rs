//! A publication as files that can be taken home: tables as Parquet and CSV, sums, and the documents by which
//! other services understand them.
//!
//! What is written follows from the rows of the publication, the files that it was made from, the version of
//! the program and the public address alone: no time of the making, no number of the database, one order of
//! rows and columns. The same inputs give the same bytes wherever they are written, by the server or by
//! `exposition exporter`.
//!
//! The rows are those that the lists answer from, where nothing hidden is, made into cells by the functions
//! that the lists use ([`rows`]): a file cannot say what the API does not.
//!
//! ## To add a table
//!
//! Its member in [`table`], with its texts and key; its row, a list of described columns, in [`rows`]; in
//! [`mod@write`] the stream that it is made of, from `db/exports.rs`. Schemas, headers and documents follow.

mod csv;
pub mod file;
mod metadata;
mod parquet;
pub mod rows;
pub mod sink;
mod store;
pub mod table;
mod write;

pub use store::{Exports, Release};
pub use write::{Releasing, release_to, table_to};

use crate::db::DbError;

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The folder cannot be written to or the disk is full.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The rows of the publication are gone.
    #[error("the rows of publication {0} are no longer kept (EXPOSITION_PUBLICATIONS_KEPT)")]
    Gone(String),
    /// Something stands where the files would go.
    #[error("{0} exists and is not empty: name a folder that is not there yet")]
    Occupied(String),
}

impl ExportError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}
