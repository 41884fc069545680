//! `exposition openapi`: prints the contract, the same bytes that the server answers.

use std::io::Write as _;

use super::{CliError, Fin};

/// Prints the OpenAPI document on stdout.
pub(super) fn run() -> Result<Fin, CliError> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", crate::http::openapi::json().trim_end())
        .map_err(CliError::io("cannot write to standard output"))?;
    Ok(Fin::Done)
}
