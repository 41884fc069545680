//! `exposition demo`: one command, true answers, nothing left behind.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::common::PROGRAM;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("exposition-demo-").tempdir().unwrap();
    // As root the server runs as another user, who must be able to enter.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

fn start(folder: &Path) -> (Demo, Vec<String>) {
    let child = Command::new(PROGRAM)
        .args(["demo", "--port", "0", "--data-dir"])
        .arg(folder)
        // It must be ignored: the demo has its own.
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut demo = Demo(child);
    let mut lines = Vec::new();
    for line in BufReader::new(demo.0.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines.last().is_some_and(|line| line.starts_with("Ctrl-C")) {
            break;
        }
    }
    (demo, lines)
}

/// A demo that is killed if the test ends before it does.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

fn stop(mut demo: Demo) {
    let child = &mut demo.0;
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "Ctrl-C did not stop it");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn one_command_gives_true_answers_and_ctrl_c_stops_everything() {
    let folder = folder();
    let (child, lines) = start(folder.path());
    let output = lines.join("\n");
    let address = lines.iter().find_map(|line| line.split_once("contract")).unwrap().1.trim().to_owned();
    let client = crate::common::client().build().unwrap();
    let contract: serde_json::Value = client.get(&address).send().await.unwrap().json().await.unwrap();
    assert!(contract["paths"].as_object().unwrap().len() > 20);
    assert_eq!(output.matches("\ncurl 'http").count(), 7, "{output}");
    for filiere in ["apprentissage", "pro", "agricole", "superieur"] {
        assert!(output.contains(&format!("\"filiere\": \"{filiere}\"")), "{filiere}: {output}");
    }
    assert!(output.contains("METIERS DE LA COIFFURE (CAP)"), "{output}");
    assert!(output.contains("sous_seuil"), "the last example is a hidden cohort: {output}");
    assert!(output.contains("fictives"), "{output}");
    // The answer that was printed is the one that the server gives.
    let path = lines.iter().find(|line| line.contains("/regions/32/")).unwrap();
    let url = path.trim_start_matches("curl '").trim_end_matches('\'');
    let served: serde_json::Value = client.get(url).send().await.unwrap().json().await.unwrap();
    assert!(output.contains(&serde_json::to_string_pretty(&served).unwrap()));
    stop(child);
    assert!(!folder.path().join("demo/postgres/cluster/postmaster.pid").exists(), "PostgreSQL is stopped");

    let (child, again) = start(folder.path());
    assert!(again.len() >= lines.len(), "a second start finds its data");
    stop(child);
}
