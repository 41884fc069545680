//! Parses the command line and calls [`exposition::cli::run`]; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    exposition::cli::run()
}
