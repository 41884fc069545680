//! Keys, passwords and tokens are in no log, at no level.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::common::{PROGRAM, client, database};

const PASSWORD: &str = "Mot2passe-jamais-journalise";
const WRONG_PASSWORD: &str = "Faux2passe-jamais-journalise";

/// Everything that a program wrote to stderr, line by line, and its stdout.
struct Output {
    stdout: String,
    stderr: String,
}

fn program(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).env("DATABASE_URL", url).env("EXPOSITION_LOG", "trace").env("EXPOSITION_LOG_FORMAT", "json");
    command
}

fn run(url: &str, args: &[&str], input: &str) -> Output {
    let mut child =
        program(url, args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let output = Output { stdout: text(output.stdout), stderr: text(output.stderr) };
    assert!(output.stderr.contains("\"level\":\"DEBUG\""), "the logs are on: {}", output.stderr);
    output
}

/// A server that is killed if the test ends before it does.
struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Server {
    fn start(url: &str, log: &Path) -> Self {
        let mut child = program(url, &["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(File::create(log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        Self { child, url: address }
    }

    fn stop(mut self) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGTERM).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "SIGTERM did not stop it");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Uses the key and the passwords in every way there is; the token that it got.
async fn use_everything(url: &str, key: &str) -> String {
    let client = client().build().unwrap();
    let login = |password: &str| {
        let body = json!({"username": "journal", "password": password});
        client.post(format!("{url}/api/inserjeunes/auth/login")).json(&body).send()
    };
    assert_eq!(login(WRONG_PASSWORD).await.unwrap().status(), 401);
    let token = login(PASSWORD).await.unwrap().json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    for path in
        ["/api/inserjeunes/certifications", "/api/inserjeunes/auth/login", "/api/v1/certifications", "/nulle-part"]
    {
        let address = format!("{url}{path}");
        for text in [key, &token] {
            client.get(&address).header("x-api-key", text).send().await.unwrap();
            client.get(&address).bearer_auth(text).send().await.unwrap();
            client.get(format!("{address}?apiKey={text}")).send().await.unwrap();
            client.post(format!("{address}?a=1&apiKey={text}")).send().await.unwrap();
        }
    }
    token
}

#[tokio::test]
async fn neither_keys_nor_passwords_nor_tokens_are_in_the_logs_at_the_highest_level() {
    let test = database().await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("serve.log");

    let made = run(&test.url, &["keys", "create", "--name", "Journal", "--json"], "");
    let key = serde_json::from_str::<Value>(&made.stdout).unwrap()["key"].as_str().unwrap().to_owned();
    assert_eq!(key.len(), 43);
    let account = run(&test.url, &["accounts", "create", "journal"], &format!("{PASSWORD}\n"));
    let server = Server::start(&test.url, &log);
    let token = use_everything(&server.url, &key).await;
    server.stop();
    let revoked = run(&test.url, &["keys", "revoke", "Journal"], "");
    let wrong = run(&test.url, &["keys", "revoke", &key], "");

    let request_log = std::fs::read_to_string(&log).unwrap();
    assert!(request_log.contains("/api/inserjeunes/auth/login"), "the requests are logged");
    let texts =
        [request_log, made.stderr, account.stdout, account.stderr, revoked.stdout, revoked.stderr, wrong.stderr];
    for secret in [key.as_str(), &token, PASSWORD, WRONG_PASSWORD] {
        for text in &texts {
            let line = text.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "a secret is logged");
        }
    }
}
