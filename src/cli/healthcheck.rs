//! `exposition healthcheck`: asks a running server whether it is alive; for the image, which has
//! no shell and no other client.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{CliError, Ending};
use crate::config::HttpConfig;

/// How long the server may take to say that it is alive.
const PATIENCE: Duration = Duration::from_secs(5);

/// Arguments of `exposition healthcheck`.
#[derive(Debug, clap::Args)]
pub(super) struct HealthcheckArgs {
    /// Path to ask for: /health/live, or /health/ready to want a publication too
    #[arg(long, default_value = "/health/live")]
    path: String,
}

/// Asks the server on this machine's loopback; done when it answers 200.
pub(super) async fn run(args: &HealthcheckArgs, config: &HttpConfig) -> Result<Ending, CliError> {
    let answer = timeout(PATIENCE, status_line(&args.path, config.port)).await;
    let what = format!("the server on port {} does not answer", config.port);
    let answer = answer.map_err(|_| CliError::Other(what.clone()))?.map_err(CliError::io(what))?;
    if answer.split(' ').nth(1) == Some("200") {
        return Ok(Ending::Done);
    }
    Err(CliError::Other(format!("{} answered {}", args.path, answer.trim_end())))
}

async fn status_line(path: &str, port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.take(16_384).read_to_string(&mut answer).await?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
