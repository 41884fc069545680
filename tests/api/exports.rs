//! Publications taken home as files.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use exposition::db::Db;
use exposition::exports::table::ExportTable;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use reqwest::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

use super::world;
use crate::common::{PROGRAM, TestDb, TestServer, config, database, ingest};

const EXPORTS: &str = "/api/v1/publications/1.0.0/exports";

/// Name and bytes of each file of a publication, as it is served.
async fn served(server: &TestServer, version: &str) -> Vec<(String, Vec<u8>)> {
    let path = format!("/api/v1/publications/{version}/exports");
    let list = server.json(&format!("{path}?limite=100")).await;
    let mut files = Vec::new();
    for file in list["donnees"].as_array().unwrap() {
        let name = file["nom"].as_str().unwrap().to_owned();
        let response = server.get(&format!("{path}/{name}")).await;
        assert_eq!(response.status(), 200, "{name}");
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        let bytes = response.bytes().await.unwrap().to_vec();
        assert_eq!(file["octets"].as_u64().unwrap(), bytes.len() as u64, "{name}");
        assert_eq!(file["sha256"].as_str().unwrap(), hex::encode(Sha256::digest(&bytes)), "{name}");
        files.push((name, bytes));
    }
    files
}

fn unzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

type Table = (Vec<String>, Vec<Vec<String>>);

/// Header and rows.
fn table(text: &str) -> Table {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    let header = rows.next().unwrap();
    (header, rows.collect())
}

fn exported(files: &[(String, Vec<u8>)], name: &str) -> Table {
    let (_, bytes) = files.iter().find(|(found, _)| found == &format!("{name}.csv.gz")).unwrap();
    table(&unzipped(bytes))
}

/// A table without some of its columns.
fn without((header, rows): Table, left_out: &[&str]) -> Table {
    let kept: Vec<usize> = (0..header.len()).filter(|at| !left_out.contains(&header[*at].as_str())).collect();
    let choose = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
    (choose(&header), rows.iter().map(choose).collect())
}

fn column(table: &Table, name: &str) -> BTreeSet<String> {
    let at = table.0.iter().position(|found| found == name).unwrap();
    table.1.iter().map(|row| row[at].clone()).collect()
}

/// Every row that the API lists under these addresses, without what depends on the question.
async fn listed(server: &TestServer, paths: Vec<String>, header: &[String]) -> BTreeSet<Vec<String>> {
    let mut rows = BTreeSet::new();
    for path in paths {
        let response = server.get(&path).await;
        if response.status() == StatusCode::NOT_FOUND {
            continue;
        }
        let text = response.text().await.unwrap();
        let found = without(table(&text), &["formation_fermee", "distance_km", "annees_terminales"]);
        assert_eq!(found.0, header, "{path}");
        let origin = found.0.iter().position(|name| name == "origine");
        rows.extend(found.1.into_iter().filter(|row| origin.is_none_or(|at| row[at] != "annee_terminale")));
    }
    rows
}

#[tokio::test]
async fn the_contract_names_the_type_of_every_file() {
    let server = TestServer::sample().await;
    let list = server.json(&format!("{EXPORTS}?limite=100")).await;
    let said = |file: &serde_json::Value| file["type"].as_str().unwrap().split(';').next().unwrap().to_owned();
    let types: BTreeSet<String> = list["donnees"].as_array().unwrap().iter().map(said).collect();
    let contract: serde_json::Value = serde_json::from_str(&exposition::http::openapi::json()).unwrap();
    let responses = &contract["paths"]["/api/v1/publications/{version}/exports/{fichier}"]["get"]["responses"];
    for status in ["200", "206"] {
        let documented: BTreeSet<String> = responses[status]["content"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(documented, types, "{status}");
    }
}

#[tokio::test]
async fn the_statistics_of_each_maille_are_row_for_row_those_that_the_lists_answer() {
    let server = TestServer::sample().await;
    let files = served(&server, "1.0.0").await;
    let formations = exported(&files, "formations");
    let years = column(&formations, "millesime");
    let paths = years.iter().map(|year| format!("/api/v1/formations.csv?millesime={year}")).collect();
    let api = listed(&server, paths, &formations.0).await;
    assert_eq!(api, formations.1.iter().cloned().collect(), "formations");

    let regions = exported(&files, "certifications_regions");
    let (places, years) = (column(&regions, "region"), column(&regions, "millesime"));
    let of_year = |place: &String| {
        let place = place.clone();
        years
            .iter()
            .map(move |year| format!("/api/v1/regions/{place}/certifications.csv?millesime={year}"))
            .collect::<Vec<_>>()
    };
    let api = listed(&server, places.iter().flat_map(of_year).collect(), &regions.0).await;
    assert_eq!(api, regions.1.iter().cloned().collect(), "régions");

    let france = exported(&files, "certifications_france");
    let sise = |code: &String, kind: &str| if kind == "sise" { format!("SISE:{code}") } else { code.clone() };
    let codes: BTreeSet<_> = france.1.iter().map(|row| sise(&row[0], &row[1])).collect();
    let paths = codes.iter().map(|code| format!("/api/v1/certifications/{code}/historique.csv")).collect();
    let api = listed(&server, paths, &france.0).await;
    assert_eq!(api, france.1.iter().cloned().collect(), "France");
    for found in [&formations, &regions, &france] {
        assert!(found.1.len() > 20, "the sample has some of each");
    }
}

#[tokio::test]
async fn the_etablissements_are_those_of_the_list() {
    let server = TestServer::sample().await;
    let files = served(&server, "1.0.0").await;
    let api = table(&server.get("/api/v1/etablissements.csv").await.text().await.unwrap());
    assert_eq!(exported(&files, "etablissements"), without(api, &["distance_km"]));
}

/// A cell of Parquet as CSV writes it.
fn as_text(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) if text.starts_with(['=', '+', '-', '@']) => format!("'{text}"),
        Field::Str(text) => text.clone(),
        Field::Int(number) => number.to_string(),
        Field::Bool(value) => value.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Date(days) => {
            let day = chrono::NaiveDate::default() + chrono::Days::new(u64::try_from(*days).unwrap());
            day.to_string()
        }
        other => unreachable!("no column has {other:?}"),
    }
}

#[tokio::test]
async fn parquet_and_csv_say_the_same_in_the_columns_that_are_described() {
    let server = TestServer::sample().await;
    let files = served(&server, "1.0.0").await;
    for described in ExportTable::ALL.iter().filter(|table| **table != ExportTable::Changements) {
        let (_, bytes) = files.iter().find(|(name, _)| *name == format!("{described}.parquet")).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes.clone())).unwrap();
        let names: Vec<_> = described.columns().iter().map(|column| column.name.to_owned()).collect();
        let schema = reader.metadata().file_metadata().schema();
        assert_eq!(schema.get_fields().iter().map(|field| field.name()).collect::<Vec<_>>(), names, "{described}");
        let rows = reader.get_row_iter(None).unwrap();
        let rows: Vec<Vec<String>> =
            rows.map(|row| row.unwrap().get_column_iter().map(|(_, field)| as_text(field)).collect()).collect();
        let (header, expected) = exported(&files, described.as_str());
        assert_eq!(header, names, "{described}");
        assert_eq!(rows, expected, "{described}");
    }
}

#[tokio::test]
async fn each_row_has_a_key_of_its_own() {
    let server = TestServer::sample().await;
    let files = served(&server, "1.0.0").await;
    for described in ExportTable::ALL.iter().filter(|table| !table.key().is_empty()) {
        let (header, rows) = exported(&files, described.as_str());
        let at: Vec<_> =
            described.key().iter().map(|key| header.iter().position(|name| name == key).unwrap()).collect();
        let keys: BTreeSet<Vec<&str>> =
            rows.iter().map(|row| at.iter().map(|at| row[*at].as_str()).collect()).collect();
        assert_eq!(keys.len(), rows.len(), "{described}");
    }
}

#[tokio::test]
async fn two_databases_with_the_same_inputs_give_the_same_bytes() {
    let (one, other) = (database().await, database().await);
    // The numbers of files and publications are others there.
    for sequence in ["fichiers", "publications"] {
        let statement = "SELECT setval(pg_get_serial_sequence($1, 'id'), 500)";
        sqlx::query(statement).bind(sequence).execute(&mut other.connection().await).await.unwrap();
    }
    for test in [&one, &other] {
        world::publish_in(test).await;
    }
    let (one, other) = (TestServer::start(one.db.clone()).await, TestServer::start(other.db.clone()).await);
    let (one, other) = (served(&one, "1.0.0").await, served(&other, "1.0.0").await);
    for (a, b) in one.iter().zip(&other) {
        assert!(a == b, "{} and {} differ", a.0, b.0);
    }
    assert_eq!(one.len(), other.len());
    let all = ExportTable::ALL.len() - 1;
    assert_eq!(
        one.len(),
        2 * all + 4 + 1,
        "each table twice, four documents, the sums; there is nothing to compare with"
    );
}

/// Every table of a publication, without what names the files it was made from.
async fn said(mesures: &str) -> Vec<(String, Table)> {
    let test = database().await;
    world::publish_measured(&test, mesures).await;
    let server = TestServer::start(test.db.clone()).await;
    let files = served(&server, "1.0.0").await;
    let tables = files.iter().filter_map(|(name, _)| name.strip_suffix(".csv.gz"));
    tables.map(|name| (name.to_owned(), without(exported(&files, name), &["fichier"]))).collect()
}

#[tokio::test]
async fn worlds_that_differ_in_hidden_cells_only_give_the_same_files() {
    let hidden = "2020_2021;53;apprentissage;32020008;;19;7;12;5;6;;";
    assert!(world::MESURES.contains(hidden), "the size of a cohort is always shown, what became of it is not");
    let other = world::MESURES.replace(hidden, "2020_2021;53;apprentissage;32020008;;19;3;16;11;12;;");
    assert_eq!(said(world::MESURES).await, said(&other).await);
    // What is visible differs, so that the comparison can fail.
    let visible = world::MESURES.replace(";100;40;60;30;33;;", ";100;40;60;31;33;;");
    assert_ne!(said(world::MESURES).await, said(&visible).await);
}

fn run(test: &TestDb, folder: &Path, more: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(PROGRAM);
    command.env("DATABASE_URL", &test.url).args(["exporter", "--vers"]).arg(folder).args(more);
    command.output().unwrap()
}

#[tokio::test]
async fn the_command_writes_what_the_server_serves_and_nothing_over_something_else() {
    let test = world::published().await;
    let server = TestServer::start(test.db.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("publication");
    let output = run(&test, &target, &["--publication", "1.0.0"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = served(&server, "1.0.0").await;
    for (name, bytes) in &files {
        assert!(*bytes == std::fs::read(target.join(name)).unwrap(), "{name} differs");
    }
    assert_eq!(std::fs::read_dir(&target).unwrap().count(), files.len());
    assert_eq!(run(&test, &target, &[]).status.code(), Some(2), "the folder is not empty");
    assert_eq!(run(&test, &folder.path().join("other"), &["--publication", "9.0.0"]).status.code(), Some(2));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[tokio::test]
async fn the_sums_are_those_of_every_other_file() {
    let server = world::server().await;
    let files = served(&server, "1.0.0").await;
    let (last, sums) = files.last().unwrap();
    assert_eq!(last, "SHA256SUMS");
    let line = |(name, bytes): &(String, Vec<u8>)| format!("{}  {name}", hex::encode(Sha256::digest(bytes)));
    let expected: Vec<_> = files[..files.len() - 1].iter().map(line).collect();
    assert_eq!(String::from_utf8_lossy(sums).lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_file_is_sent_whole_in_part_or_not_again() {
    let server = world::server().await;
    let path = format!("{EXPORTS}/formations.parquet");
    let send = async |method: Method, headers: &[(&str, &str)]| {
        let request = server.request(method, &path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap()
    };
    let whole = send(Method::GET, &[]).await;
    let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(whole.headers()["content-type"], "application/vnd.apache.parquet");
    assert_eq!(whole.headers()["publication"], "1.0.0");
    let whole = whole.bytes().await.unwrap();
    assert_eq!(etag, format!("\"{}\"", hex::encode(Sha256::digest(&whole))));

    let head = send(Method::HEAD, &[]).await;
    assert_eq!(head.headers()["content-length"], whole.len().to_string().as_str());
    assert_eq!(head.headers()["etag"], etag.as_str());
    assert_eq!(head.bytes().await.unwrap().len(), 0);

    let part = send(Method::GET, &[("range", "bytes=4-9")]).await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], format!("bytes 4-9/{}", whole.len()).as_str());
    assert_eq!(part.bytes().await.unwrap(), whole.slice(4..10));
    let end = send(Method::GET, &[("range", "bytes=-4"), ("if-range", &etag)]).await;
    assert_eq!(end.bytes().await.unwrap(), "PAR1", "a Parquet file ends as it begins");
    let other = send(Method::GET, &[("range", "bytes=-4"), ("if-range", "\"x\"")]).await;
    assert_eq!((other.status().as_u16(), other.bytes().await.unwrap().len()), (200, whole.len()));

    let unchanged = send(Method::GET, &[("if-none-match", &etag)]).await;
    assert_eq!((unchanged.status().as_u16(), unchanged.headers()["etag"].to_str().unwrap()), (304, etag.as_str()));

    let refused = send(Method::GET, &[("range", "bytes=99999999-")]).await;
    assert_eq!(refused.status(), 416);
    assert_eq!(refused.headers()["content-range"], format!("bytes */{}", whole.len()).as_str());
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["code"], "plage_refusee");
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let server = world::server().await;
    let (status, problem) = server.problem(&format!("{EXPORTS}/lycees.csv")).await;
    assert_eq!((status, problem["code"].as_str()), (404, Some("ressource_inconnue")));
    assert!(problem["detail"].as_str().unwrap().contains("formations.csv.gz, formations.parquet"), "{problem}");
    let (status, _) = server.problem("/api/v1/publications/7.0.0/exports/formations.parquet").await;
    assert_eq!(status, 404);
    let (status, problem) = server.problem(&format!("{EXPORTS}/datapackage.json?couleur=bleu")).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("parametres_invalides")));
    let (status, _) = server.problem(&format!("{EXPORTS}/..%2f..%2fetc%2fpasswd")).await;
    assert_eq!(status, 400, "no name of a file has a slash");
}

/// Publishes a second time, with one more row than the world has.
async fn publish_again(db: &Db, kept: u32) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("more.csv");
    let text = "millesime;code_region;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;\
                nb_en_emploi_6_mois;nb_en_emploi_12_mois;nb_en_emploi_18_mois;nb_en_emploi_24_mois\n\
                2020_2021;75;apprentissage;50022137;;50;10;40;20;21;;\n";
    std::fs::write(&path, text).unwrap();
    ingest(db, &path).await;
    let config = exposition::config::PublicationConfig { max_loss_percent: 100, kept, ..config().publication };
    exposition::publication::publish(db, &config).await.unwrap();
}

#[tokio::test]
async fn the_changes_are_there_when_the_publication_before_is_kept() {
    let test = world::published().await;
    publish_again(&test.db, 9).await;
    let server = TestServer::start(test.db.clone()).await;
    let version = test.db.current_publication().await.unwrap().unwrap().version;
    let files = served(&server, &version).await;
    let path = format!("/api/v1/publications/{version}/changements.csv");
    let api = table(&server.get(&path).await.text().await.unwrap());
    assert!(!api.1.is_empty());
    assert_eq!(exported(&files, "changements"), api);
    assert!(served(&server, "1.0.0").await.iter().all(|(name, _)| !name.starts_with("changements")));
}

#[tokio::test]
async fn a_retired_publication_is_gone_with_its_files() {
    let test = world::published().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config().http;
    config.exports = Some(folder.path().to_owned());
    let server = TestServer::configured(test.db.clone(), config).await;
    served(&server, "1.0.0").await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    publish_again(&test.db, 1).await;
    server.state.publications.refresh().await.unwrap();
    let (status, problem) = server.problem(&format!("{EXPORTS}/SHA256SUMS")).await;
    assert_eq!((status, problem["code"].as_str()), (410, Some("publication_retiree")));
    let known = server.state.publications.known();
    let retired: Vec<_> = known.all.iter().filter(|found| found.purgee).cloned().collect();
    server.state.exports.forget(&retired);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn who_asks_at_once_gets_the_same_files_made_once() {
    let test = world::published().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config().http;
    config.exports = Some(folder.path().to_owned());
    let server = TestServer::configured(test.db.clone(), config.clone()).await;
    let path = format!("{EXPORTS}/SHA256SUMS");
    let get = || async { server.get(&path).await.bytes().await.unwrap() };
    let (one, other, third) = tokio::join!(get(), get(), get());
    assert!(one == other && other == third && !one.is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    // Another start finds them.
    let again = TestServer::configured(test.db.clone(), config).await;
    assert_eq!(again.get(&path).await.bytes().await.unwrap(), one);
    assert_eq!(served(&again, "1.0.0").await, served(&server, "1.0.0").await);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_said_and_the_rest_goes_on() {
    let test = world::published().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut config = config().http;
    config.exports = Some(file.path().join("exports"));
    let server = TestServer::configured(test.db.clone(), config).await;
    for path in [EXPORTS.to_owned(), format!("{EXPORTS}/formations.parquet")] {
        let (status, problem) = server.problem(&path).await;
        assert_eq!((status, problem["code"].as_str()), (503, Some("exports_indisponibles")), "{path}");
        assert!(!problem.to_string().contains(file.path().to_str().unwrap()), "the path is the operator's");
    }
    assert_eq!(server.get("/api/v1/regions").await.status(), 200);
}
