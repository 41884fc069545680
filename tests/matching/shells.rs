//! The command and the route, CSV and NDJSON, in another order and in two parts: the same verdicts.

use std::collections::BTreeMap;
use std::process::Command;

use exposition::offers::{Format, published};
use serde_json::{Value, json};

use super::super::common::{self, PROGRAM, TestServer};
use super::{platform, verdicts};

const ADDRESS: &str = "/api/v1/appariements?profil=parcoursup";

async fn posted(server: &TestServer, address: &str, kind: &str, body: String) -> (u16, String) {
    let request = server.request(reqwest::Method::POST, address).header("content-type", kind).body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Header and rows of the sample's catalogue.
fn parts() -> (String, Vec<String>) {
    let text = platform();
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().map(str::to_owned);
    (lines.next().unwrap(), lines.collect())
}

fn joined(header: &str, rows: &[String]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

/// The output, row by row, by identifier.
fn by_id(csv: &str) -> BTreeMap<String, String> {
    csv.lines().skip(1).map(|line| (line.split(';').next().unwrap().to_owned(), line.to_owned())).collect()
}

#[tokio::test]
async fn order_and_parts_do_not_matter_and_both_shells_say_the_same() {
    let database = common::sample_database().await;
    let server = TestServer::start(database.db.clone()).await;
    let (header, rows) = parts();
    assert!(rows.len() > 150, "{}", rows.len());
    let (status, whole) = posted(&server, ADDRESS, "text/csv", platform()).await;
    assert_eq!(status, 200, "{whole}");
    assert_eq!(whole.lines().count(), rows.len() + 1, "a row for a row");
    let ids: Vec<&str> = whole.lines().skip(1).map(|line| line.split(';').next().unwrap()).collect();
    let sent: Vec<&str> = rows.iter().map(|row| row.split(';').next().unwrap()).collect();
    assert_eq!(ids, sent, "in order");

    let mut reversed = rows.clone();
    reversed.reverse();
    let (_, other) = posted(&server, ADDRESS, "text/csv", joined(&header, &reversed)).await;
    assert_eq!(by_id(&other), by_id(&whole));

    let (first, second) = rows.split_at(rows.len() / 3);
    let mut halves = by_id(&posted(&server, ADDRESS, "text/csv", joined(&header, first)).await.1);
    halves.extend(by_id(&posted(&server, ADDRESS, "text/csv", joined(&header, second)).await.1));
    assert_eq!(halves, by_id(&whole));

    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("catalogue.csv"), folder.path().join("sortie.csv"));
    std::fs::write(&file, platform()).unwrap();
    let run = Command::new(PROGRAM)
        .args(["appariement", file.to_str().unwrap(), "--profil", "parcoursup", "--sortie", out.to_str().unwrap()])
        .env("DATABASE_URL", &database.url)
        .env("EXPOSITION_TODAY", common::TODAY)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(std::fs::read_to_string(out).unwrap(), whole);
    let summary = String::from_utf8(run.stdout).unwrap();
    assert!(summary.contains("lignes sur") && summary.contains("uai = UAI_COMPOSANTE"), "{summary}");
}

#[tokio::test]
async fn an_object_per_line_gets_an_object_per_line_that_says_the_same() {
    let server = TestServer::sample().await;
    let (header, rows) = parts();
    let text = joined(&header, &rows);
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let objects: Vec<String> = reader
        .records()
        .map(|record| json!(names.iter().zip(record.unwrap().iter()).collect::<BTreeMap<_, _>>()).to_string())
        .collect();
    let body = objects.join("\n");
    let (status, lines) = posted(&server, ADDRESS, "application/x-ndjson", body).await;
    assert_eq!(status, 200, "{lines}");
    let (_, whole) = posted(&server, ADDRESS, "text/csv", text.clone()).await;
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(whole.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(lines.lines().count(), records.len());
    for (line, record) in lines.lines().zip(&records) {
        let value: Value = serde_json::from_str(line).unwrap();
        for (name, field) in columns.iter().zip(record) {
            let written = match &value[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Bool(true) => "oui".to_owned(),
                Value::Bool(false) => "non".to_owned(),
                other => other.to_string(),
            };
            assert_eq!(written, field, "{name} of {line}");
        }
    }
}

#[tokio::test]
async fn corrections_are_the_second_part_of_a_form() {
    let server = TestServer::sample().await;
    let (header, rows) = parts();
    // A row without a code, and a code that the sample teaches in the same place.
    let sound = rows
        .iter()
        .find(|row| row.split(';').nth(6).is_some_and(|cfd| cfd.len() == 8) && row.contains("Apprentissage"))
        .unwrap();
    let fields: Vec<&str> = sound.split(';').collect();
    let bare = fields
        .iter()
        .enumerate()
        .map(|(at, field)| if (5..9).contains(&at) { "" } else { field })
        .collect::<Vec<_>>()
        .join(";");
    let id = fields[0];
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"catalogue\"\r\nContent-Type: text/csv\r\n\r\n{header}\n{bare}\n\r\n\
         --x\r\nContent-Disposition: form-data; name=\"corrections\"\r\nContent-Type: text/csv\r\n\r\n\
         id,type,code,motif\n{id},cfd,{},vu avec le CFA\n\r\n--x--\r\n",
        fields[6]
    );
    let (status, answer) = posted(&server, ADDRESS, "multipart/form-data; boundary=x", form.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.lines().nth(1).unwrap().contains(";correction;"), "{answer}");
    let line = format!("{id},cfd,{},vu avec le CFA\n", fields[6]);
    for (wrong, said) in [
        (line.replace(fields[6], "99999999"), "n'est dans aucune table"),
        (line.replace(",cfd,", ",couleur,"), "attendu : mefstat11, mef, cfd, sise, rncp, onisep ou certif_info"),
        (line.replace(",cfd,", ",uai,"), "attendu : mefstat11"),
        (format!("{line}{line}"), "est corrigé deux fois"),
    ] {
        let form = form.replace(&line, &wrong);
        let (status, refused) = posted(&server, ADDRESS, "multipart/form-data; boundary=x", form).await;
        assert_eq!(status, 422, "{refused}");
        assert!(refused.contains(said), "{said}: {refused}");
    }
    let form = form.replace("id,type,code,motif", "id,type,code,motif,uai").replace("vu avec le CFA", "vu,075000");
    let (status, refused) = posted(&server, ADDRESS, "multipart/form-data; boundary=x", form).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.contains("UAI « 075000 » illisible"), "{refused}");
}

#[tokio::test]
async fn the_same_publication_gives_the_same_twice() {
    let database = common::sample_database().await;
    let publication = database.db.current_publication().await.unwrap().unwrap();
    let text = platform().replace("CAPACITE", "PLACES");
    let mut both = Vec::new();
    for _ in 0..2 {
        let index = published::load(&database.db, publication.id).await.unwrap();
        both.push(verdicts(&index, &text, Format::Csv).unwrap());
    }
    assert!(both[0] == both[1]);
}
