//! Exit codes and messages.

use std::process::{Command, Output};

use crate::common::{PROGRAM, database};

fn run(url: &str, args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).env("DATABASE_URL", url).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn wrong_usage_is_64_and_help_is_0() {
    for args in [&["nonsense"][..], &["serve", "--port", "many"], &["ingest"], &[], &["sources", "remove"]] {
        assert_eq!(Command::new(PROGRAM).args(args).output().unwrap().status.code(), Some(64), "{args:?}");
    }
    for command in
        ["demo", "ingest", "publish", "serve", "publications", "sources", "keys", "accounts", "openapi", "doctor"]
    {
        let help = Command::new(PROGRAM).args([command, "--help"]).output().unwrap();
        assert_eq!(help.status.code(), Some(0), "{command}");
        assert!(help.stdout.len() > 100, "{command}");
    }
}

#[test]
fn only_what_a_rule_names_can_be_accepted() {
    let words = "contradictions, texte, colonne_disparue";
    for (args, said) in [
        (&["ingest", "a.csv", "--accepter", "tout"][..], words),
        (&["ingest", "a.csv", "--accepter", "perte:regionale/pro/taux_emploi_6_mois"], words),
        (&["publish", "--accepter", "contradictions"], "perte:MAILLE/FILIERE/INDICATEUR"),
        (&["publish", "--accepter", "perte:regionale/pro/taux"], "taux_emploi_12_mois"),
    ] {
        let output = Command::new(PROGRAM).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{args:?}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}

#[test]
fn a_wrong_variable_and_an_unreachable_database_are_said_clearly() {
    let wrong = Command::new(PROGRAM).arg("doctor").env("EXPOSITION_PORT", "http").output().unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("EXPOSITION_PORT"), "{}", text(&wrong.stderr));
    let away = run("postgres://nobody@127.0.0.1:9/none", &["publish"]);
    assert_eq!(away.status.code(), Some(1));
    assert!(text(&away.stderr).contains("cannot be reached"), "{}", text(&away.stderr));
}

#[tokio::test]
async fn good_files_go_in_beside_a_refused_one_and_the_exit_is_2() {
    let test = database().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let good = "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100\n320;3;BTS;UN BTS\n";
    std::fs::write(path("n_niveau_formation_diplome.csv"), good).unwrap();
    std::fs::write(path("vide.csv"), "").unwrap();
    std::fs::write(path("notes.csv"), "a;b\n1;2\n").unwrap();
    let report = path("rapport.json");
    let folder_alone = run(&test.url, &["ingest", &folder.path().display().to_string(), "--report", &report]);
    assert_eq!(
        folder_alone.status.code(),
        Some(2),
        "an empty file is refused even in a folder: {}",
        text(&folder_alone.stdout)
    );
    let reports: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(reports.as_array().unwrap().len(), 3);
    assert!(text(&folder_alone.stderr).contains("exposition publish"), "the next step is named");
    let sources = run(&test.url, &["sources", "list"]);
    assert!(text(&sources.stdout).contains("n_niveau_formation_diplome"), "{}", text(&sources.stdout));
    let named = run(&test.url, &["ingest", &path("notes.csv")]);
    assert_eq!(named.status.code(), Some(2), "the same file named explicitly is refused");
}

#[tokio::test]
async fn an_argument_of_which_nothing_is_read_ends_with_2_and_says_so() {
    let test = database().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for name in ["vide", "autres", "bon"] {
        std::fs::create_dir(path(name)).unwrap();
    }
    std::fs::write(path("vide/notes.txt"), "x").unwrap();
    std::fs::write(path("autres/notes.csv"), "a;b\n1;2\n").unwrap();
    let by_level = "annee;uai;niveau_formation;taux_emploi_6_mois\n";
    std::fs::write(path("autres/fr-en-inserjeunes-cfa-niveau_formation.csv"), by_level).unwrap();
    let good = "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100\n320;3;BTS;UN BTS\n";
    std::fs::write(path("bon/n_niveau_formation_diplome.csv"), good).unwrap();
    for (name, part) in [("vide", "no .csv, .csv.gz, .zip file"), ("autres", "2 files, none of a dataset that is read")]
    {
        let output = run(&test.url, &["ingest", &path(name)]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(text(&output.stderr).contains(part), "{}", text(&output.stderr));
        let beside = run(&test.url, &["ingest", &path("bon"), &path(name)]);
        assert_eq!(beside.status.code(), Some(2), "also beside a folder that is read");
    }
    let twice = run(&test.url, &["ingest", &path("bon")]);
    assert_eq!(twice.status.code(), Some(0), "a file that is in already is read: {}", text(&twice.stderr));
}

#[tokio::test]
async fn publications_are_listed_and_gone_back_to() {
    let test = crate::common::sample_database().await;
    let list = run(&test.url, &["publications"]);
    assert!(
        text(&list.stdout).contains("1.0.0") && text(&list.stdout).contains("fictitious"),
        "{}",
        text(&list.stdout)
    );
    assert_eq!(run(&test.url, &["publications", "rollback", "1.0.0"]).status.code(), Some(0));
    assert_eq!(run(&test.url, &["publications", "rollback", "8.0.0"]).status.code(), Some(2));
    let again = run(&test.url, &["publish"]);
    assert!(text(&again.stdout).starts_with("Nothing to publish"), "{}", text(&again.stdout));
}

#[test]
fn the_contract_is_printed_without_any_database() {
    let output = Command::new(PROGRAM).arg("openapi").env("DATABASE_URL", "nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).trim_end(), exposition::http::openapi::json().trim_end());
}

#[test]
fn every_table_is_made_where_its_width_is_bounded() {
    let mut makers = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).unwrap_or_default().contains("Table::new()") {
                makers.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    assert_eq!(makers, ["table.rs"]);
}

#[tokio::test]
async fn the_tables_of_the_sample_data_fit_100_columns() {
    let test = crate::common::sample_database().await;
    let made =
        run(&test.url, &["keys", "create", "--name", "Une plateforme au nom assez long", "--contact", "a@example.org"]);
    assert_eq!(made.status.code(), Some(0));
    for args in [["sources", "list"], ["publications", "list"], ["keys", "list"]] {
        let output = text(&run(&test.url, &args).stdout);
        let widest = output.lines().map(|line| line.chars().count()).max().unwrap();
        assert!((20..=100).contains(&widest), "{args:?}: {widest}\n{output}");
    }
}
