//! The sample data, enlarged to the size of a real publication.
//!
//! Codes and régions that are asked for are numbers without a leading zero, because pgbench can
//! draw numbers only.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use exposition::sample;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

use super::client::DataRequest;
use crate::common::rows::{Key, line, regions};
use crate::common::{Fallible, Server, number};

/// The first of the invented CFDs.
pub(crate) const FIRST_CODE: usize = 40_090_000;
/// How many there are.
pub(crate) const CODES: usize = 1_500;
/// Publications that are kept, as many as a service in use has: with several, PostgreSQL plans
/// the same statement otherwise.
pub(crate) const PUBLICATIONS: usize = 5;
const MILLESIMES: [&str; 3] = ["2020_2021", "2021_2022", "2022_2023"];

/// A published database.
pub(crate) struct Data {
    /// Its address.
    pub(crate) url: String,
    /// The number of the publication.
    pub(crate) publication: i64,
    /// How many rows the served publication has.
    pub(crate) statistiques: i64,
    /// The régions that are asked for.
    pub(crate) regions: Vec<&'static str>,
}

impl Data {
    /// Every région with every code, under v1.
    pub(crate) fn requests(&self) -> Vec<DataRequest> {
        self.requests_under("/api/v1/regions")
    }

    /// The same under the legacy contract.
    pub(crate) fn legacy_requests(&self) -> Vec<DataRequest> {
        self.requests_under("/api/inserjeunes/regionales")
    }

    fn requests_under(&self, route: &str) -> Vec<DataRequest> {
        let path = |(region, code): (String, String)| format!("{route}/{region}/certifications/{code}");
        self.pairs().into_iter().map(path).map(DataRequest::new).collect()
    }

    /// Every région with every code, in a random order that is always the same.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let codes = FIRST_CODE..FIRST_CODE + CODES;
        let pairs =
            codes.flat_map(|code| self.regions.iter().map(move |region| ((*region).to_owned(), code.to_string())));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.shuffle(&mut StdRng::seed_from_u64(2));
        pairs
    }
}

/// Ingests and publishes the enlarged sample.
pub(crate) async fn publish(server: &Server) -> Fallible<Data> {
    let url = server.database("banc").await?;
    let folder = server.folder().join("sample");
    fs::create_dir(&folder)?;
    for edition in 1..=PUBLICATIONS {
        write(&folder, edition)?;
        run(server, &url, &["ingest", &folder.display().to_string()])?;
        run(server, &url, &["publish"])?;
    }
    let publication = number(&url, "SELECT publication_id::bigint FROM publication_courante").await?;
    let statistiques = "SELECT count(*) FROM statistiques JOIN publication_courante USING (publication_id)";
    let statistiques = number(&url, statistiques).await?;
    let numeric = |code: &&str| !code.starts_with('0');
    let regions = regions().iter().map(exposition::domain::CodeRegion::as_str).filter(numeric).collect();
    Ok(Data { url, publication, statistiques, regions })
}

fn run(server: &Server, url: &str, arguments: &[&str]) -> Fallible<()> {
    let output = server.program(url).args(arguments).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("exposition {arguments:?}: {}\n{}", output.status, String::from_utf8_lossy(&said)).into())
}

/// The files; each edition has other labels.
fn write(folder: &Path, edition: usize) -> Fallible<()> {
    for file in sample::files() {
        let mut content = file.content;
        if file.name.starts_with("v_formation_diplome") {
            let more = formations(&header(&content), edition);
            content.extend(more.into_bytes());
        } else if file.name.starts_with("inserjeunes-mesures-regional") {
            let more = statistiques(&header(&content));
            content.extend(more.into_bytes());
        }
        fs::write(folder.join(file.name), content)?;
    }
    Ok(())
}

/// The columns of a file, from its first line.
fn header(content: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(content);
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    first.split(';').map(str::to_owned).collect()
}

fn formations(columns: &[String], edition: usize) -> String {
    let row = |number: usize| {
        let value = |column: &String| match column.as_str() {
            "FORMATION_DIPLOME" => (FIRST_CODE + number).to_string(),
            "NIVEAU_FORMATION_DIPLOME" => "400".to_owned(),
            "LIBELLE_COURT" => format!("SPECIALITE {number} ({edition})"),
            "LIBELLE_LONG_200" => format!("SPECIALITE INVENTEE NUMERO {number}, EDITION {edition} (BAC PRO)"),
            "DATE_OUVERTURE" => "01/09/2015".to_owned(),
            _ => String::new(),
        };
        columns.iter().map(value).collect::<Vec<_>>().join(";") + "\n"
    };
    (0..CODES).map(row).collect()
}

fn statistiques(columns: &[String]) -> String {
    let mut rng = StdRng::seed_from_u64(3);
    let mut text = String::new();
    for number in 0..CODES {
        let code = (FIRST_CODE + number).to_string();
        for region in regions() {
            for millesime in MILLESIMES {
                let key = Key { region, millesime, voie: "apprentissage", code: &code };
                text.push_str(&line(columns.iter().map(String::as_str), key, &mut rng));
                text.push('\n');
            }
        }
    }
    text
}
