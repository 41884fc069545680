//! The program as a server, in a process of its own.

use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::client::local;
use crate::common::{Fallible, Server};

/// A running `exposition serve`; killed if it is dropped.
pub(crate) struct Service {
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
    child: Child,
}

impl Service {
    /// Starts it on a free port, with these variables; ready on return. Its log is thrown away.
    pub(crate) async fn start(server: &Server, database: &str, settings: &[(&str, &str)]) -> Fallible<Self> {
        let mut command = Command::from(server.program(database));
        command.args(["serve", "--port", "0"]).envs(settings.iter().copied()).kill_on_drop(true);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let line = BufReader::new(stdout).lines().next_line().await?.ok_or("exposition serve ended at once")?;
        let url = line.split(' ').find(|word| word.starts_with("http://")).ok_or("no address was said")?.to_owned();
        let service = Self { url, child };
        service.ready().await?;
        Ok(service)
    }

    /// Waits until the publication is known.
    async fn ready(&self) -> Fallible<()> {
        let client = local().build()?;
        for _ in 0..100 {
            let answer = client.get(format!("{}/health/ready", self.url)).send().await;
            if answer.is_ok_and(|response| response.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Err("exposition serve is not ready after 10 s".into())
    }

    /// Asks it to stop and waits for its end.
    pub(crate) async fn stop(mut self) -> Fallible<()> {
        let pid = self.child.id().ok_or("exposition serve ended by itself")?;
        kill(Pid::from_raw(i32::try_from(pid)?), Signal::SIGTERM)?;
        self.child.wait().await?;
        Ok(())
    }
}
