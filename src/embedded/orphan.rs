//! What an earlier run left behind: a PostgreSQL without its program, or its pid file.
//!
//! Only the holder of the lock comes here, so whatever still runs on the data folder belongs to
//! nobody. The number in `postmaster.pid` may since have been given to another process (after a
//! reboot this is likely); PostgreSQL would refuse to start then, and stopping that process would
//! be worse, so the process must be a `postgres` on this very folder.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::{EmbeddedError, OnPath};
use super::guard::{FAST_SHUTDOWN, IMMEDIATE_SHUTDOWN};

/// Stops a PostgreSQL that runs on `cluster`, and removes a pid file that would keep the next one
/// from starting.
pub(super) fn stop_leftover(cluster: &Path) -> Result<(), EmbeddedError> {
    let file = cluster.join("postmaster.pid");
    let text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read.on("read", &file)?,
    };
    if let Some(pid) = recorded_pid(&text).filter(|pid| is_server_of(*pid, cluster)) {
        tracing::warn!(pid, "stopping the PostgreSQL that an earlier run left behind");
        stop(pid)?;
    }
    match fs::remove_file(&file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).on("remove", &file),
        _ => Ok(()),
    }
}

/// The process that wrote the file; a negative number is a server in single-user mode.
fn recorded_pid(text: &str) -> Option<i32> {
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    pid.checked_abs().filter(|pid| *pid > 1)
}

fn is_server_of(pid: i32, cluster: &Path) -> bool {
    let Some(words) = command_line(pid) else { return false };
    let program = words.split(['\0', ' ']).next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or_default();
    let cluster = cluster.to_string_lossy();
    program.starts_with("postgres") && words.split('\0').any(|word| word.contains(&*cluster))
}

/// The command line of a process: as the kernel shows it where there is /proc, else as `ps` does.
fn command_line(pid: i32) -> Option<String> {
    if Path::new("/proc/self").exists() {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    let output = Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn stop(pid: i32) -> Result<(), EmbeddedError> {
    for (signal, patience) in [(Signal::SIGINT, FAST_SHUTDOWN), (Signal::SIGQUIT, IMMEDIATE_SHUTDOWN)] {
        if kill(Pid::from_raw(pid), signal) == Err(Errno::ESRCH) || ends_within(pid, patience) {
            return Ok(());
        }
    }
    Err(EmbeddedError::Leftover { pid })
}

fn ends_within(pid: i32, patience: Duration) -> bool {
    let end = Instant::now() + patience;
    while Instant::now() < end {
        if !runs(pid) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// Whether the process is there and alive: one that ended and whose parent has not looked yet
/// (a container without an init process never looks) shows an empty command line.
fn runs(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH) && command_line(pid).is_some_and(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_of_a_process_that_is_something_else_is_removed_and_the_process_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        let file = dir.path().join("postmaster.pid");
        fs::write(&file, format!("{}\n{}\n", other.id(), dir.path().display())).unwrap();
        stop_leftover(dir.path()).unwrap();
        assert!(!file.exists());
        assert!(other.try_wait().unwrap().is_none(), "the other process must go on");
        other.kill().unwrap();
        other.wait().unwrap();
    }

    #[test]
    fn a_pid_file_that_cannot_be_read_as_one_is_removed() {
        for text in ["", "garbage\n", "0\n", "1\n", "99999999999\n"] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join("postmaster.pid"), text).unwrap();
            stop_leftover(dir.path()).unwrap();
            assert!(!dir.path().join("postmaster.pid").exists(), "{text:?}");
        }
    }
}
