//! The program that runs PostgreSQL: from taking over what lies there to the orderly stop.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::binaries::find_for;
use super::error::EmbeddedError;
use super::guard::{FAST_SHUTDOWN, IMMEDIATE_SHUTDOWN};
use super::home::Home;
use super::lock::Lock;
use super::{EmbeddedSettings, PATIENCE, PAUSE, blocking, cluster, command, orphan};
use crate::db::{DbError, creation};

/// How long a start is tried again while processes of a killed PostgreSQL still hold its memory.
const MEMORY_PATIENCE: Duration = Duration::from_secs(15);

/// A PostgreSQL that this program runs.
#[derive(Debug)]
pub(super) struct Owner {
    home: Home,
    lock: Lock,
    guard: Child,
    /// Written to once, when PostgreSQL answers; the guard waits for its end.
    pipe: Option<ChildStdin>,
    address: Address,
}

/// What is needed to run PostgreSQL, once the data folder is in order.
struct Plan {
    command: Vec<OsString>,
    address: Address,
    url: String,
}

impl Owner {
    /// Starts PostgreSQL for the holder of `lock`; its address comes with it.
    pub(super) async fn start(
        settings: &EmbeddedSettings,
        home: Home,
        mut lock: Lock,
    ) -> Result<(Self, String), EmbeddedError> {
        let begin = Instant::now();
        loop {
            let plan = prepare(settings, &home).await?;
            match run(settings, &home, &plan).await {
                Ok((guard, pipe)) => {
                    lock.announce(&plan.url)?;
                    tracing::info!(seconds = begin.elapsed().as_secs_f64(), "private PostgreSQL ready");
                    return Ok((Self { home, lock, guard, pipe, address: plan.address }, plan.url));
                }
                Err(EmbeddedError::Start { tail, .. })
                    if memory_is_held(&tail) && begin.elapsed() < MEMORY_PATIENCE =>
                {
                    sleep(Duration::from_millis(500)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Stops PostgreSQL: the end of the pipe tells the guard to. Should the guard have been
    /// killed, what it left is stopped as the next start would.
    pub(super) async fn stop(mut self) -> Result<(), EmbeddedError> {
        self.lock.announce("")?;
        drop(self.pipe.take());
        let bound = FAST_SHUTDOWN + IMMEDIATE_SHUTDOWN + Duration::from_secs(5);
        if timeout(bound, self.guard.wait()).await.is_err() {
            tracing::warn!("the guard of PostgreSQL does not end; stopping PostgreSQL without it");
        }
        let (cluster, address) = (self.home.cluster(), self.address);
        blocking(move || {
            orphan::stop_leftover(&cluster)?;
            if let Address::Socket(dir) = address
                && let Err(error) = std::fs::remove_dir_all(&dir)
            {
                tracing::warn!(dir = %dir.display(), %error, "the folder of the socket stays behind");
            }
            Ok(())
        })
        .await
    }
}

/// A postmaster that is killed may leave children that take a moment to notice.
fn memory_is_held(log: &str) -> bool {
    log.contains("pre-existing shared memory block")
}

/// Brings the data folder in order: leftovers away, cluster made.
async fn prepare(settings: &EmbeddedSettings, home: &Home) -> Result<Plan, EmbeddedError> {
    let (settings, home) = (settings.clone(), home.clone());
    blocking(move || {
        let data = home.cluster();
        let made = cluster::made_by(&data, &home.account)?;
        if made.is_some() {
            orphan::stop_leftover(&data)?;
        }
        home.remove_unfinished()?;
        let binaries = find_for(settings.bin_dir.as_deref(), made)?;
        match made {
            None => cluster::create(&home, &binaries, settings.durable)?,
            Some(made) if made != binaries.major => {
                return Err(EmbeddedError::OtherMajor { cluster: data, made, found: binaries.major });
            }
            Some(_) => {}
        }
        let address = Address::choose(&home)?;
        let url = address.url(&cluster::password(&data)?);
        let mut command = vec![binaries.postgres().into_os_string()];
        command.extend(cluster::arguments(data, &address, settings.durable));
        Ok(Plan { command, address, url })
    })
    .await
}

/// Starts the guard, which starts PostgreSQL, and waits until it answers.
async fn run(
    settings: &EmbeddedSettings,
    home: &Home,
    plan: &Plan,
) -> Result<(Child, Option<ChildStdin>), EmbeddedError> {
    let home_of_log = home.clone();
    let log = blocking(move || home_of_log.new_log()).await?;
    let same_log = log.try_clone().map_err(|source| on_log(home.log(), source))?;
    let mut command = Command::new(&settings.program);
    command.arg("__guard");
    if let Some((uid, gid)) = home.account.change() {
        command.args(["--uid", &uid.to_string(), "--gid", &gid.to_string()]);
    }
    command.arg("--").args(&plan.command).current_dir(home.root()).process_group(0);
    command.stdin(Stdio::piped()).stdout(log).stderr(same_log);
    let program = settings.program.clone();
    let mut guard = command.spawn().map_err(|source| EmbeddedError::Run { program, source })?;
    let mut pipe = guard.stdin.take();
    wait_until_ready(home, &plan.url, &mut guard).await?;
    if let Some(pipe) = &mut pipe {
        // A guard that is gone has had its PostgreSQL answer: the next request will say what is.
        let _ = pipe.write_all(b"ready").await;
    }
    Ok((guard, pipe))
}

fn on_log(path: PathBuf, source: std::io::Error) -> EmbeddedError {
    EmbeddedError::Files { action: "share", path, source }
}

/// Recovery after a power cut may take minutes: as long as PostgreSQL lives, it is waited for.
async fn wait_until_ready(home: &Home, url: &str, guard: &mut Child) -> Result<(), EmbeddedError> {
    let begin = Instant::now();
    loop {
        let last = match creation::ensure_database(url).await {
            Ok(()) => return Ok(()),
            Err(DbError::Unavailable(error)) => error,
            Err(other) => return Err(other.into()),
        };
        if !matches!(guard.try_wait(), Ok(None)) {
            return Err(EmbeddedError::Start { log: home.log(), tail: command::tail(&home.log()) });
        }
        if begin.elapsed() > PATIENCE {
            let (log, tail) = (home.log(), command::tail(&home.log()));
            return Err(EmbeddedError::Slow { seconds: PATIENCE.as_secs(), last: last.to_string(), log, tail });
        }
        sleep(PAUSE).await;
    }
}
