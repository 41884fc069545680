//! The command line: one file per command.

use std::process::ExitCode;

use clap::Parser;

use crate::config::Config;

pub mod data_dir;
pub mod doctor;

#[derive(Debug, Parser)]
enum Arguments {
    /// Checks everything the service needs.
    Doctor,
    #[command(name = "__guard", hide = true)]
    Guard(crate::embedded::GuardArgs),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    match Arguments::parse() {
        Arguments::Guard(args) => crate::embedded::guard(&args),
        Arguments::Doctor => match check() {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn check() -> Result<bool, Box<dyn std::error::Error>> {
    let config = Config::from_env()?;
    crate::telemetry::init(&config.log)?;
    let data_dir = data_dir::resolve(None, &config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(doctor::run(&config, &data_dir))?)
}
