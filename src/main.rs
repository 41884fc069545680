//! Parses the command line and calls [`exposition::cli::run`]; nothing else. The allocator is a
//! choice of the program's, not of the library's.

use std::process::ExitCode;

/// A lookup allocates some hundred small pieces on one thread and frees them on another, which the
/// system's allocator does half as fast (docs/BENCHMARKS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    exposition::cli::run()
}
