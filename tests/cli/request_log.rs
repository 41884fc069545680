//! What `exposition serve` tells of a request: one line in the log, and metrics on their own port.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use serde_json::Value;

use crate::common::{PROGRAM, client, sample_database};

const KNOWN: &str = "/api/v1/certifications";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A server that is killed when the test ends.
struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(url: &str, log: &Path) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--port", "0"]).env("DATABASE_URL", url).env("EXPOSITION_METRICS", "127.0.0.1:0");
        command.env("EXPOSITION_LOG", "info").env("EXPOSITION_LOG_FORMAT", "json");
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(log).unwrap()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// The address of the next line that names one.
    fn address(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.split_whitespace().find(|word| word.starts_with("http://")).expect("no address").to_owned()
    }
}

/// The lines of requests, once there are `count`.
async fn lines(log: &Path, count: usize) -> Vec<Value> {
    let begin = Instant::now();
    loop {
        let text = std::fs::read_to_string(log).unwrap();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let lines: Vec<_> = lines.filter(|line| line["message"] == "request").collect();
        if lines.len() >= count {
            return lines;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn one_line_says_what_a_request_asked_of_the_database_and_whose_it_was() {
    let test = sample_database().await;
    let secret = KeyText::from_bytes([7; 32]);
    let key = NewApiKey {
        empreinte: &secret.hash(),
        nom: "Onisep",
        contact: None,
        droits: AccessScope::ALL,
        quota: None,
        expire_le: None,
    };
    test.db.create_key(key).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut server = Server::start(&test.url, &log);
    let (metrics, address) = (server.address(), server.address());
    let client = client().build().unwrap();
    let get = async |headers: &[(&str, &str)]| {
        let request = client.get(format!("{address}{KNOWN}")).header("accept-encoding", "identity");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    };
    // The first answer may be «nothing published» while the server looks.
    while get(&[]).await.status() != 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = lines(&log, 1).await.len();
    let traced = format!("00-{TRACE}-00f067aa0ba902b7-01");
    assert_eq!(get(&[("x-api-key", secret.expose()), ("traceparent", &traced)]).await.status(), 200);
    assert_eq!(get(&[("accept", "text/csv"), ("traceparent", "00-nothing")]).await.status(), 200);
    let found = lines(&log, before + 2).await;
    let (first, kept) = (&found[before - 1], &found[before]);
    // The list, and whatever followed it in the same request.
    assert!(first["sql"].as_u64().unwrap() >= 1 && first["rows"].as_u64().unwrap() > 1, "{first}");
    assert!(first["sql_ms"].as_f64().unwrap() > 0.0 && first["sql_ms"].as_f64() <= first["ms"].as_f64(), "{first}");
    // From memory: its only question was for the key.
    assert_eq!((&kept["sql"], &kept["key"], &kept["trace"]), (&1.into(), &"Onisep".into(), &TRACE.into()), "{kept}");
    assert!(kept["bytes"].as_u64().unwrap() > 100, "{kept}");
    assert_eq!(kept["route"], KNOWN);
    assert_eq!((&found[before + 1]["trace"], &found[before + 1]["key"]), (&"-".into(), &Value::Null));
    assert!(!std::fs::read_to_string(&log).unwrap().contains(secret.expose()), "the text of a key is in no line");

    let told = client.get(metrics).send().await.unwrap().text().await.unwrap();
    assert!(told.contains("exposition_http_requests_total{route=\"/api/v1/certifications\",status=\"2xx\"}"), "{told}");
}
