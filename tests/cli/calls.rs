//! `exposition usage`: the calls, for the operator.

use std::process::Command;

use crate::common::{PROGRAM, TestServer, sample_database};

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_the_last_days_are_printed_as_a_table_and_as_lines() {
    let test = sample_database().await;
    let server = TestServer::start(test.db.clone()).await;
    for _ in 0..3 {
        server.get("/api/v1/indicateurs").await;
    }
    server.get("/api/v1/certifications/99999999").await;
    server.state.usage.flush().await.unwrap();
    let run = |arguments: &'static [&'static str]| {
        let mut command = Command::new(PROGRAM);
        command
            .arg("usage")
            .args(arguments)
            .env("DATABASE_URL", &test.url)
            .env("EXPOSITION_TODAY", crate::common::TODAY);
        async move { tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap() }
    };
    let lines = run(&["--json", "--days", "1"]).await;
    assert_eq!(lines.status.code(), Some(0), "{lines:?}");
    let mut lines: Vec<serde_json::Value> =
        String::from_utf8(lines.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["route"].to_string());
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            (line["route"].as_str().unwrap(), line["statut"].as_i64().unwrap(), line["appels"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(said, [("/api/v1/certifications/{code}", 404, 1), ("/api/v1/indicateurs", 200, 3)]);
    assert!(lines.iter().all(|line| line["plateforme"] == "-" && line["jour"] == crate::common::TODAY), "{lines:?}");
    let table = String::from_utf8(run(&[]).await.stdout).unwrap();
    let row = table.lines().find(|line| line.contains("/api/v1/indicateurs")).unwrap();
    assert!(["200", "3", crate::common::TODAY].iter().all(|cell| row.contains(cell)), "{table}");
}
