//! `exposition` turns the files of the statistical services (InserJeunes) into
//! answers to one question: *what became of those who took this course before me?*
//!
//! The modules follow the data:
//!
//! ```text
//! CSV files ─► ingestion ─► PostgreSQL ─► indicators ─► publication ─► http ─► platforms
//! ```
//!
//! - [`domain`]: the vocabulary (codes, millésimes, measures, values and the reason why one is
//!   absent). No I/O.
//! - [`download`]: an address becomes a file, or a reason why not.
//! - [`ingestion`]: a file becomes checked rows: detect, decode, header, typed row, report.
//! - [`indicators`]: pure functions from measures to indicators; `compute.rs` lists the steps.
//! - [`publication`]: compute, check, write, switch, in one transaction.
//! - [`refresh`]: fetch what changed, ingest it, publish it, for a schedule.
//! - [`db`]: the only place with SQL.
//! - [`matching`]: a platform's catalogue becomes pairs with figures, or reasons. No I/O.
//! - [`offers`]: such a catalogue read, judged and written, for the command and the route.
//! - [`exports`]: a publication as files to take home, with what describes them.
//! - [`http`]: routes, conventions, OpenAPI.
//! - [`embedded`]: the private PostgreSQL that makes one command enough.
//! - [`sample`]: the fictitious data set of `exposition demo`.
//! - [`cli`]: one file per command.

pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod domain;
pub mod download;
pub mod embedded;
pub mod exports;
pub mod http;
pub mod indicators;
pub mod ingestion;
pub mod matching;
pub mod offers;
pub mod publication;
pub mod refresh;
pub mod sample;
pub mod telemetry;
