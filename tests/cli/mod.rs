//! The program as people run it: a process, its exit code, its output.

mod backup;
mod calls;
mod demo;
mod healthcheck;
mod keys;
mod killed;
mod refresh;
mod request_log;
mod roles;
mod serve;
mod upgrade;
mod usage;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{PROGRAM, client};

/// A program that is killed if the test ends before it does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server of its own process that is ready, and its address.
async fn ready_server(url: &str) -> (Running, String) {
    ready_server_with(url, &[]).await
}

/// The same with settings of its own.
async fn ready_server_with(url: &str, settings: &[(&str, &str)]) -> (Running, String) {
    let mut program = Command::new(PROGRAM);
    program.args(["serve", "--port", "0"]).env("DATABASE_URL", url).stdout(Stdio::piped()).stderr(Stdio::null());
    // Several may run at once on the PostgreSQL of the tests.
    program.env("EXPOSITION_DB_CONNECTIONS", "6");
    let mut program = Running(program.envs(settings.iter().copied()).spawn().unwrap());
    let out = BufReader::new(program.0.stdout.take().unwrap());
    let line = tokio::task::spawn_blocking(|| out.lines().next().unwrap().unwrap()).await.unwrap();
    let address = line.strip_prefix("Listening on ").and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
    let ready = async || client().build().unwrap().get(format!("{address}/health/ready")).send().await.unwrap();
    let begin = Instant::now();
    while ready().await.status().as_u16() != 200 {
        assert!(begin.elapsed() < Duration::from_mins(1), "not ready: {}", ready().await.text().await.unwrap());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (program, address)
}
