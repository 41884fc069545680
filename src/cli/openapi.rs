//! `exposition openapi`: prints a contract, the same bytes that the server answers.

use std::io::Write as _;

use clap::Args;

use super::{CliError, Ending};

/// Which contract is printed.
#[derive(Debug, Args)]
pub(super) struct OpenapiArgs {
    /// Print the contract of /api/inserjeunes instead of /api/v1
    #[arg(long)]
    legacy: bool,
}

/// Prints the OpenAPI document on stdout.
pub(super) fn run(args: &OpenapiArgs) -> Result<Ending, CliError> {
    let document = if args.legacy { crate::http::legacy::documentation::json() } else { crate::http::openapi::json() };
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", document.trim_end()).map_err(CliError::io("cannot write to standard output"))?;
    Ok(Ending::Done)
}
