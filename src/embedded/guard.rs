//! The guard: a small process that runs PostgreSQL and stops it when the program is gone.
//!
//! The program holds the only write end of a pipe whose read end is the guard's standard input.
//! However the program ends — stopped, crashed, `kill -9` — the kernel closes the pipe, the guard
//! reads its end and stops PostgreSQL. Stopping in good order is the same event, so the path that
//! matters after a crash is the one that every run takes. `PR_SET_PDEATHSIG` was refused: it needs
//! `unsafe`, is Linux only, and fires when the *thread* that spawned the child ends.
//!
//! Guard and PostgreSQL have process groups of their own: Ctrl-C at the terminal reaches only the
//! program, which then stops them in order. Signals that would end the guard are ignored for the
//! same reason (systemd sends SIGTERM to every process of a service). SIGKILL remains: then the
//! program, or the next start, stops PostgreSQL itself.
//!
//! A PostgreSQL that had started and then died (a bug, the kernel short of memory) is started
//! again, at first at once, then after longer and longer pauses; after [`LIVES`] short lives in a
//! row the guard gives up. One that never started is an error of the start, and one that ended in
//! good order was told to. Each death is a line of [`DEATHS`], which `doctor` reads.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::fd::AsFd;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use crate::clock;

/// How long a fast shutdown may take: it writes every changed page to disk.
pub(super) const FAST_SHUTDOWN: Duration = Duration::from_secs(30);
/// How long an immediate shutdown may take; PostgreSQL kills what is left after 5 s itself.
pub(super) const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);

/// A life after which earlier deaths do not count any more.
const LONG: Duration = Duration::from_mins(1);
/// The pause before the second start; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// Short lives in a row after which it is left alone: the pauses between them are 16 s in all.
const LIVES: u32 = 7;
/// The file, in the folder that the guard runs in, that has a line for each death.
pub(super) const DEATHS: &str = "deaths.log";

/// Arguments of the hidden command `__guard`.
#[derive(Debug, clap::Args)]
pub struct GuardArgs {
    /// User that PostgreSQL runs as; without it, the guard's own.
    #[arg(long, requires = "gid")]
    pub uid: Option<u32>,
    /// Group that PostgreSQL runs as.
    #[arg(long, requires = "uid")]
    pub gid: Option<u32>,
    /// `postgres` and its arguments.
    #[arg(last = true, required = true)]
    pub command: Vec<OsString>,
}

/// Runs the command of `args` until standard input ends, then stops it. Blocks; makes its own
/// runtime, so it must not be called within one.
#[must_use]
pub fn guard(args: &GuardArgs) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(watch(args))) {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            // Standard error is PostgreSQL's log, which the program quotes when a start fails.
            eprintln!("the guard of PostgreSQL failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn watch(args: &GuardArgs) -> io::Result<ExitStatus> {
    let pipe = pipe::Receiver::from_owned_fd(io::stdin().as_fd().try_clone_to_owned()?)?;
    let mut program = Program { pipe, is_served: false };
    // A signal that was once listened to no longer ends the process.
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        drop(signal(kind)?);
    }
    let mut short_lives = 0;
    loop {
        let begin = Instant::now();
        let mut server = spawn(args)?;
        let status = tokio::select! {
            status = server.wait() => status?,
            () = program.end() => return stop(&mut server).await,
        };
        short_lives = if begin.elapsed() < LONG { short_lives + 1 } else { 1 };
        if status.success() || !program.is_served || short_lives >= LIVES {
            return Ok(status);
        }
        let pause = PAUSE * 2_u32.pow(short_lives - 1);
        note(status, pause)?;
        if timeout(pause, program.end()).await.is_ok() {
            return Ok(status);
        }
    }
}

/// Says that PostgreSQL died, for whoever reads its log and for `doctor`.
fn note(status: ExitStatus, pause: Duration) -> io::Result<()> {
    let line = format!(
        "{} PostgreSQL ended by itself ({status}); started again after {} ms",
        clock::now().format("%Y-%m-%dT%H:%M:%SZ"),
        pause.as_millis()
    );
    eprintln!("{line}");
    let mut deaths = OpenOptions::new().append(true).create(true).open(DEATHS)?;
    writeln!(deaths, "{line}")
}

fn spawn(args: &GuardArgs) -> io::Result<Child> {
    let (program, arguments) =
        args.command.split_first().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no command"))?;
    let mut command = Command::new(program);
    super::command::clean_environment(command.as_std_mut());
    command.args(arguments).stdin(Stdio::null()).process_group(0);
    if let (Some(uid), Some(gid)) = (args.uid, args.gid) {
        command.uid(uid).gid(gid);
    }
    command.spawn().map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))
}

/// The program at the other end of the pipe.
struct Program {
    pipe: pipe::Receiver,
    /// Whether PostgreSQL has ever answered it: it says so by writing something.
    is_served: bool,
}

impl Program {
    /// Waits until nobody holds the other end. An error of the pipe is an end too: better to stop
    /// a PostgreSQL than to leave one behind.
    async fn end(&mut self) {
        let mut bytes = [0; 64];
        while self.pipe.read(&mut bytes).await.is_ok_and(|read| read > 0) {
            self.is_served = true;
        }
    }
}

async fn stop(server: &mut Child) -> io::Result<ExitStatus> {
    for (name, patience) in [(Signal::SIGINT, FAST_SHUTDOWN), (Signal::SIGQUIT, IMMEDIATE_SHUTDOWN)] {
        if let Some(pid) = server.id().and_then(|id| i32::try_from(id).ok()) {
            nix::sys::signal::kill(Pid::from_raw(pid), name)?;
        }
        if let Ok(status) = timeout(patience, server.wait()).await {
            return status;
        }
    }
    server.kill().await?;
    server.wait().await
}
