//! The command line: one file per command.

use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
enum Arguments {
    #[command(name = "__guard", hide = true)]
    Guard(crate::embedded::GuardArgs),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let Arguments::Guard(args) = Arguments::parse();
    crate::embedded::guard(&args)
}
