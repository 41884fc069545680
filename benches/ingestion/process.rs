//! Time and memory of a process.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::Fallible;

/// Between two looks at the process.
const PAUSE: Duration = Duration::from_millis(2);

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// From its start to its end.
    pub(crate) seconds: f64,
    /// The most memory it ever held, in KiB; `None` where the system has no `/proc`.
    pub(crate) peak_kib: Option<u64>,
}

/// Runs a command to its end, which must be a good one. What it prints is shown if it is not.
pub(crate) fn measure(command: &mut Command) -> Fallible<Run> {
    let begin = Instant::now();
    // Little is printed: the pipes hold it until the end.
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut peak_kib = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // The kernel keeps the maximum, so that nothing is missed between two looks.
        peak_kib = peak(child.id()).or(peak_kib);
        std::thread::sleep(PAUSE);
    };
    let seconds = begin.elapsed().as_secs_f64();
    if !status.success() {
        let mut said = String::new();
        child.stdout.take().map(|mut pipe| pipe.read_to_string(&mut said)).transpose()?;
        child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut said)).transpose()?;
        return Err(format!("{}: {status}\n{said}", command.get_program().display()).into());
    }
    Ok(Run { seconds, peak_kib })
}

fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
