//! `exposition serve`: started before its database.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::cable::{Cable, State};
use crate::common::{PROGRAM, client, sample_database};

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_a_database_that_is_not_there_yet_and_says_so() {
    let test = sample_database().await;
    let (url, cable) = Cable::to(&test).await;
    cable.set(State::Cut);
    let mut program = Command::new(PROGRAM);
    program.args(["serve", "--port", "0"]).env("DATABASE_URL", url).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = program.spawn().unwrap();
    let out = BufReader::new(program.stdout.take().unwrap());
    let line = tokio::task::spawn_blocking(|| out.lines().next().unwrap().unwrap()).await.unwrap();
    let address = line.strip_prefix("Listening on ").and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
    let client = client().build().unwrap();
    let status = async |path: &str| client.get(format!("{address}{path}")).send().await.unwrap().status().as_u16();
    assert_eq!((status("/health/live").await, status("/health/ready").await), (200, 503));
    assert_eq!(status("/api/v1/certifications").await, 503);

    cable.set(State::Plugged);
    let begin = Instant::now();
    while status("/health/ready").await != 200 {
        assert!(begin.elapsed() < Duration::from_secs(15), "it does not notice that the database is there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status("/api/v1/certifications").await, 200);
    program.kill().unwrap();
    program.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_for_the_server_and_other_commands_do_not_read_it() {
    let test = sample_database().await;
    let mut program = Command::new(PROGRAM);
    program.arg("publications").env("DATABASE_URL", &test.url);
    program.env("DATABASE_READ_URL", "postgres://nobody@127.0.0.1:9/nothing");
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1.0.0"), "{output:?}");
}
