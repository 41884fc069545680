//! `exposition actualiser` that goes on until it is asked to end.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::common::{PROGRAM, database};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_a_schedule_is_followed_by_a_wait_that_a_signal_ends_well() {
    let test = database().await;
    let mut program = Command::new(PROGRAM);
    program.args(["actualiser", "--toutes-les", "24h", "--sans-portail", "--adresse", "https://localhost/a.csv"]);
    program.env("DATABASE_URL", &test.url).env("EXPOSITION_LOG_FORMAT", "json");
    let mut program = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(program.stderr.take().unwrap());
    let heard = tokio::task::spawn_blocking(move || {
        let mut heard = Vec::new();
        for line in log.lines() {
            heard.push(line.unwrap());
            if heard.last().unwrap().contains("the next run comes after a pause") {
                break;
            }
        }
        heard.join("\n")
    });
    let heard = heard.await.unwrap();
    assert!(heard.contains("the host localhost is not one that may be asked"), "{heard}");
    assert!(program.try_wait().unwrap().is_none(), "it waits: {heard}");
    kill(Pid::from_raw(i32::try_from(program.id()).unwrap()), Signal::SIGTERM).unwrap();
    let output = program.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Nothing new"));
}
