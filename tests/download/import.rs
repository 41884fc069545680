//! From an address to rows in PostgreSQL, through the command.

use std::process::Command;

use exposition::cli::ingest::{IngestArgs, IngestCommandError, Input, Outcome, run};
use exposition::config::Config;
use exposition::download::Address;
use sha2::{Digest as _, Sha256};

use super::server::{Reply, Server};
use super::{FILE, Network};
use crate::common::{PROGRAM, config};
use crate::ingestion::World;

const EXPORT: &str = "/api/explore/v2.1/catalog/datasets/fr-en-inserjeunes-cfa/exports/csv?delimiter=%3B";

/// The command on the addresses and then on the path, with its report.
async fn importer(
    world: &World,
    network: &Network,
    entries: Vec<Input>,
) -> (Result<Outcome, IngestCommandError>, serde_json::Value) {
    let report = world.write("rapport.json", "");
    let config = Config { download: network.config.clone(), ..config() };
    let args = IngestArgs {
        entries,
        portail: Vec::new(),
        dataset: None,
        millesime: None,
        voie: None,
        accepter: Vec::new(),
        report: Some(report.clone()),
    };
    let outcome = run(args, &world.pg.db, &config).await;
    (outcome, serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap())
}

fn address(text: &str) -> Input {
    Input::Address(Address::parse(text).unwrap())
}

#[tokio::test]
async fn a_fetched_file_gives_the_rows_of_the_same_file_imported_from_the_disk() {
    let rows = "SELECT uai, taux_emploi_6_mois, ligne FROM mesures_etablissement ORDER BY uai";
    let server = Server::start(|_| Reply::csv(FILE)).await;
    let network = Network::new(&[&server]);
    let fetched = World::new().await;
    let (outcome, report) = importer(&fetched, &network, vec![address(&server.url(EXPORT))]).await;
    assert_eq!(outcome.unwrap(), Outcome::Done);
    assert_eq!(report[0]["etat"], "importe");
    assert_eq!(report[0]["sha256"], hex::encode(Sha256::digest(FILE)));
    assert_eq!(
        report[0]["fichier"],
        server.url("/api/explore/v2.1/catalog/datasets/fr-en-inserjeunes-cfa/exports/csv"),
        "the address without its query, not the temporary file"
    );
    let local = World::new().await;
    let imported = local.accept("fr-en-inserjeunes-cfa.csv", FILE).await;
    assert_eq!(report[0]["sha256"], imported.sha256.unwrap());
    assert_eq!(fetched.rows(rows).await, local.rows(rows).await);
    assert_eq!(fetched.rows(rows).await.len(), 3);
    let kept = fetched.rows("SELECT nom, rapport->>'fichier' AS origine FROM fichiers").await;
    assert!(kept[0].starts_with("fr-en-inserjeunes-cfa.csv http://127.0.0.1:"), "{kept:?}");
    let listed = fetched.pg.db.files().await.unwrap().remove(0);
    assert_eq!(listed.adresse.as_deref(), report[0]["fichier"].as_str());
    assert_eq!(local.pg.db.files().await.unwrap().remove(0).adresse, None);
    assert_eq!(network.rests(), 0);
    let (_, again) = importer(&fetched, &network, vec![address(&server.url(EXPORT))]).await;
    assert_eq!(again[0]["etat"], "deja_present");
}

#[tokio::test]
async fn a_compressed_file_is_fetched_and_read_as_the_csv_in_it() {
    let gzip = |body: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, body).unwrap();
        encoder.finish().unwrap()
    };
    let server =
        Server::start(move |_| Reply::new("200 OK", &[("Content-Type", "application/gzip")], gzip(FILE.as_bytes())))
            .await;
    let network = Network::new(&[&server]);
    let world = World::new().await;
    let (outcome, report) =
        importer(&world, &network, vec![address(&server.url("/fr-en-inserjeunes-cfa.csv.gz"))]).await;
    assert_eq!(outcome.unwrap(), Outcome::Done, "{report}");
    assert_eq!(report[0]["sha256"], hex::encode(Sha256::digest(FILE)));
    assert_eq!(world.rows("SELECT nom FROM fichiers").await, ["fr-en-inserjeunes-cfa.csv.gz"]);
    assert_eq!(network.rests(), 0);
}

#[tokio::test]
async fn the_other_arguments_go_in_beside_an_address_that_does_not() {
    let away = Server::start(|_| Reply::new("503 Service Unavailable", &[], "")).await;
    let page = Server::start(|_| Reply::new("200 OK", &[], "<html>")).await;
    let good = Server::start(|_| Reply::csv(FILE)).await;
    let network = Network::new(&[&away, &page, &good]);
    let world = World::new().await;
    let file = world.write(
        "n_niveau_formation_diplome.csv",
        "NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100\n320;3;BTS;UN BTS\n",
    );
    let all =
        vec![address(&away.url("/a.csv")), address(&page.url("/b.csv")), address(&good.url(EXPORT)), Input::Path(file)];
    let (outcome, report) = importer(&world, &network, all.clone()).await;
    assert!(matches!(outcome, Err(IngestCommandError::Unreachable(1))), "{outcome:?}");
    let states: Vec<_> = report.as_array().unwrap().iter().map(|file| file["etat"].as_str().unwrap()).collect();
    assert_eq!(states, ["injoignable", "refuse", "importe", "importe"]);
    assert!(report[0]["motif"].as_str().unwrap().contains("503"), "{}", report[0]["motif"]);
    // What is refused is the sender's to mend: the exit code is 2, not 1.
    let (outcome, _) = importer(&world, &network, all[1..].to_vec()).await;
    assert_eq!(outcome.unwrap(), Outcome::Refused);
}

#[test]
fn wrong_addresses_and_unknown_datasets_are_wrong_usage() {
    for (args, expected) in [
        (&["ingest", "http://data.education.gouv.fr/a.csv"][..], "only https:// addresses are fetched"),
        (&["ingest", "ftp://data.education.gouv.fr/a.csv"], "only https://"),
        (&["ingest", "https://moi:secret@data.education.gouv.fr/a.csv"], "a user or a password"),
        (&["ingest", "--portail", "fr-en-inserjeunes"], "fr-en-inserjeunes-cfa, "),
        (&["ingest", "a.csv", "--portail", "n_mef"], "fr-esr-insersup"),
    ] {
        let output = Command::new(PROGRAM).args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{args:?}: {said}");
        assert!(said.contains(expected), "{args:?}: {said}");
    }
}

#[tokio::test]
async fn the_program_itself_refuses_a_host_outside_of_the_list_with_exit_2() {
    let world = World::new().await;
    let run = |args: &[&str], hosts: &str| {
        let mut command = Command::new(PROGRAM);
        command.args(args).env("DATABASE_URL", &world.pg.url).env("EXPOSITION_DOWNLOAD_HOSTS", hosts);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["ingest", "https://localhost/a.csv"], "depot.example");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("the host localhost is not one that may be asked"), "{said}");
    let (code, said) = run(&["ingest", "https://localhost/a.csv"], "localhost");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a private or reserved address"), "{said}");
    let (code, said) = run(&["ingest", "--portail", "fr-en-inserjeunes-cfa"], "depot.example");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("data.education.gouv.fr is not one that may be asked"), "{said}");
}
