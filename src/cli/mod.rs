//! The command line: one file per command.

pub mod ingest;
pub mod sources;

use std::process::ExitCode;

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
