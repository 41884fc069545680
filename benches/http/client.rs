//! Who makes requests: wrk where it is installed, else a loop of our own, which takes more of the
//! cores itself and so makes the service look slower than it is.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::{ETAG, IF_NONE_MATCH};
use tokio::process::Command;

use super::THREADS;
use crate::common::Fallible;

/// A GET.
#[derive(Debug, Clone)]
pub(crate) struct DataRequest {
    path: String,
    if_none_match: Option<String>,
}

impl DataRequest {
    /// An unconditional one.
    pub(crate) fn new(path: String) -> Self {
        Self { path, if_none_match: None }
    }
}

/// What makes requests.
pub(crate) enum Client {
    /// wrk, with a folder for its script.
    Wrk(PathBuf),
    /// The loop below.
    Own,
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wrk(_) => "wrk",
            Self::Own => "own client, since wrk is not installed",
        })
    }
}

/// Reads the requests, one a line: path, tab, ETag. Each thread begins elsewhere.
const SCRIPT: &str = r#"
local threads = 0
function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end
local requests = {}
local at = 0
function init(args)
   for line in io.lines(args[1]) do
      local path, etag = line:match("^(.-)\t(.*)$")
      local headers = { ["Host"] = "localhost" }
      if etag ~= "" then headers["If-None-Match"] = etag end
      requests[#requests + 1] = wrk.format("GET", path, headers)
   end
   at = math.floor(#requests * number / tonumber(args[2]))
end
function request()
   at = at % #requests + 1
   return requests[at]
end
"#;

impl Client {
    /// wrk if it can be run.
    pub(crate) async fn find(folder: &Path) -> Self {
        match Command::new("wrk").arg("--version").output().await {
            Ok(_) => Self::Wrk(folder.to_owned()),
            Err(_) => Self::Own,
        }
    }

    /// Requests per second of so many clients over this time, cycling through the requests.
    pub(crate) async fn measure(
        &self,
        url: &str,
        requests: &[DataRequest],
        clients: usize,
        time: Duration,
    ) -> Fallible<f64> {
        match self {
            Self::Wrk(folder) => wrk(folder, url, requests, clients, time).await,
            Self::Own => own(url, requests, clients, time).await,
        }
    }
}

async fn wrk(folder: &Path, url: &str, requests: &[DataRequest], clients: usize, time: Duration) -> Fallible<f64> {
    let (script, list) = (folder.join("requests.lua"), folder.join("requests.txt"));
    fs::write(&script, SCRIPT)?;
    let line =
        |request: &DataRequest| format!("{}\t{}\n", request.path, request.if_none_match.as_deref().unwrap_or(""));
    fs::write(&list, requests.iter().map(line).collect::<String>())?;
    let mut command = Command::new("wrk");
    command.arg(format!("-t{THREADS}")).arg(format!("-c{clients}")).arg(format!("-d{}s", time.as_secs()));
    command.arg("-s").arg(&script).arg(url).arg("--").arg(&list).arg(THREADS.to_string());
    let output = command.output().await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let failed = text.contains("Non-2xx or 3xx responses") || text.contains("Socket errors");
    let speed = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
    match speed {
        Some(speed) if !failed => Ok(speed),
        _ => Err(format!("wrk: {text}{}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// A client of servers on this machine: it accepts no certificate and looks for none.
pub(crate) fn local() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// The plainest client: ETags of answers that are not compressed.
pub(crate) fn plain() -> Fallible<reqwest::Client> {
    Ok(local().no_gzip().no_brotli().no_zstd().build()?)
}

async fn own(url: &str, requests: &[DataRequest], clients: usize, time: Duration) -> Fallible<f64> {
    let (requests, begin): (Arc<[DataRequest]>, _) = (requests.into(), Instant::now());
    let mut tasks = Vec::new();
    for number in 0..clients {
        let (client, requests, url) = (plain()?, Arc::clone(&requests), url.to_owned());
        tasks.push(tokio::spawn(async move {
            let mut count = 0u32;
            for request in requests.iter().cycle().skip(requests.len() * number / clients) {
                if begin.elapsed() >= time {
                    break;
                }
                send(&client, &url, request).await?.bytes().await?;
                count += 1;
            }
            Fallible::Ok(count)
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

async fn send(client: &reqwest::Client, url: &str, request: &DataRequest) -> Fallible<reqwest::Response> {
    let mut builder = client.get(format!("{url}{}", request.path));
    if let Some(etag) = &request.if_none_match {
        builder = builder.header(IF_NONE_MATCH, etag);
    }
    let response = builder.send().await?;
    let expected = if request.if_none_match.is_some() { 304 } else { 200 };
    if response.status() != expected {
        return Err(format!("{}: {} instead of {expected}", request.path, response.status()).into());
    }
    Ok(response)
}

/// Requests at once outside of a measure, and how many ETags are checked.
const CHECKED: usize = 8;

/// Makes every request once.
pub(crate) async fn warm(url: &str, requests: &[DataRequest]) -> Fallible<()> {
    let client = plain()?;
    let one = async |request: &DataRequest| send(&client, url, request).await.map(drop);
    stream::iter(requests).map(one).buffer_unordered(CHECKED).try_collect().await
}

/// Makes every request once; returns them with the ETags that were answered, after a check that
/// these are answered by 304.
pub(crate) async fn with_etags(url: &str, requests: &[DataRequest]) -> Fallible<Vec<DataRequest>> {
    let client = plain()?;
    let one = async |request: &DataRequest| {
        let response = send(&client, url, request).await?;
        let etag = response.headers().get(ETAG).ok_or("no ETag")?.to_str()?.to_owned();
        Fallible::Ok(DataRequest { path: request.path.clone(), if_none_match: Some(etag) })
    };
    let all: Vec<DataRequest> = stream::iter(requests).map(one).buffer_unordered(CHECKED).try_collect().await?;
    for request in all.iter().take(CHECKED) {
        send(&client, url, request).await?;
    }
    Ok(all)
}
