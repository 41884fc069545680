//! The report: the same numbers as the verdicts, in HTML, JSON and CSV, and against an earlier one.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::super::common::{self, PROGRAM};
use super::platform;

fn run(url: &str, folder: &Path, text: &str, more: &[&str]) -> (Value, String) {
    let (file, dir, out) = (folder.join("catalogue.csv"), folder.join("rapport"), folder.join("sortie.csv"));
    std::fs::write(&file, text).unwrap();
    let run = Command::new(PROGRAM)
        .args(["appariement", file.to_str().unwrap(), "--profil", "parcoursup", "--rapport", dir.to_str().unwrap()])
        .args(["--sortie", out.to_str().unwrap()])
        .args(more)
        .env("DATABASE_URL", url)
        .env("EXPOSITION_TODAY", common::TODAY)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let json = std::fs::read(dir.join("rapport.json")).unwrap();
    (serde_json::from_slice(&json).unwrap(), std::fs::read_to_string(out).unwrap())
}

#[tokio::test]
async fn the_numbers_are_those_of_the_verdicts_in_every_form() {
    let database = common::sample_database().await;
    let folder = tempfile::tempdir().unwrap();
    let (report, output) = run(&database.url, folder.path(), &platform(), &[]);
    let records: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(output.as_bytes())
        .records()
        .collect::<Result<_, _>>()
        .unwrap();
    let covered = records.iter().filter(|record| &record[1] == "couvert").count();
    assert_eq!(report["ensemble"]["lignes"], records.len());
    assert_eq!(report["ensemble"]["lignes_couvertes"], covered);
    let sum = |list: &str, field: &str| {
        report[list].as_array().unwrap().iter().map(|row| row[field].as_u64().unwrap()).sum::<u64>()
    };
    let rows = records.len() as u64;
    assert_eq!(sum("cascade", "lignes"), covered as u64, "the waterfall adds up");
    assert_eq!(sum("motifs", "lignes"), rows - covered as u64, "every other row has a reason");
    for list in ["perimetres", "types_diplome", "roles"] {
        assert_eq!(sum(list, "lignes"), rows, "{list}");
        assert_eq!(sum(list, "lignes_couvertes"), covered as u64, "{list}");
    }
    // Wishes of the catalogue itself, by hand: the last column.
    let text = platform();
    let wishes: Vec<u64> =
        text.lines().skip(1).map(|line| line.rsplit(';').next().unwrap().trim().parse().unwrap()).collect();
    assert_eq!(report["ensemble"]["poids"], wishes.iter().sum::<u64>());
    let poor: u64 =
        records.iter().zip(&wishes).filter(|(record, _)| &record[13] == "oui").map(|(_, wishes)| wishes).sum();
    assert_eq!(report["perspectives"]["ensemble"]["sans"], poor);
    let page = std::fs::read_to_string(folder.path().join("rapport/rapport.html")).unwrap();
    assert!(!page.contains("<script"), "no script");
    for part in 1..=11 {
        assert!(page.contains(&format!("<h2>{part}. ")), "part {part}");
    }
    assert!(page.contains("Données fictives"));
    let motifs = std::fs::read_to_string(folder.path().join("rapport/motifs.csv")).unwrap();
    assert_eq!(motifs.lines().count(), report["motifs"].as_array().unwrap().len() + 1);
}

#[tokio::test]
async fn what_was_won_and_lost_since_an_earlier_report_has_its_cause() {
    let database = common::sample_database().await;
    let (before, now) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = platform();
    let (_, output) = run(&database.url, before.path(), &text, &[]);
    let lost =
        output.lines().skip(1).find(|line| line.contains(";couvert;")).unwrap().split(';').next().unwrap().to_owned();
    let without = |line: &&str| !line.starts_with(&format!("{lost};"));
    let shorter = text.lines().filter(without).collect::<Vec<_>>().join("\r\n");
    let old = before.path().join("rapport/rapport.json");
    let (report, _) = run(&database.url, now.path(), &shorter, &["--avant", old.to_str().unwrap()]);
    let cause = |name: &str| {
        let causes = report["avant"]["causes"].as_array().unwrap();
        let found = causes.iter().find(|cause| cause["cause"] == name).unwrap();
        (found["gagnees"].as_u64().unwrap(), found["perdues"].as_u64().unwrap())
    };
    assert_eq!((cause("catalogue"), cause("donnees"), cause("regle")), ((0, 1), (0, 0), (0, 0)));
    assert_eq!(report["avant"]["exemples"][0]["id"], lost);
}

#[tokio::test]
async fn a_file_that_is_no_report_and_a_catalogue_that_is_none_are_refused_with_2() {
    let database = common::sample_database().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalogue.csv");
    std::fs::write(&file, "a;b\n1;2\n").unwrap();
    let run = |more: &[&str]| {
        let run = Command::new(PROGRAM)
            .args(["appariement", file.to_str().unwrap()])
            .args(more)
            .env("DATABASE_URL", &database.url)
            .output();
        let run = run.unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    let (code, said) = run(&[]);
    assert_eq!(code, Some(2));
    assert!(said.contains("aucune colonne de code"), "{said}");
    let (code, said) = run(&["--avant", file.to_str().unwrap()]);
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(run(&["--profil", "facebook"]).0, Some(64));
}
