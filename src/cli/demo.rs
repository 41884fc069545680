//! `exposition demo`: one command to true behaviour on fictitious data.
//!
//! It has its own PostgreSQL in `demo/` of the data folder, whatever `DATABASE_URL` says, and
//! refuses to touch one that holds anything but the sample. The example answers are asked of the
//! very router that serves.

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use super::serve::{EXPORTS, ServeArgs, listen, open};
use super::session::Session;
use super::{CliError, Ending, stop_token};
use crate::config::Config;
use crate::db::Db;
use crate::http;
use crate::ingestion;
use crate::publication::publish;
use crate::sample;

/// The subfolder of the data folder.
const SUBFOLDER: &str = "demo";

/// Questions that show what the service is for: a search, a certification of each filière at the
/// level that its source measures, a seconde commune, and a cohort too small to be shown.
const EXAMPLES: [&str; 7] = [
    "/api/v1/certifications?q=coiffure&limite=2&champs=code,libelle,niveau",
    "/api/v1/regions/32/certifications/50033616?champs=filiere,millesime,effectifs,part_en_emploi,taux_emploi,lecture",
    "/api/v1/regions/44/certifications/23830031106?champs=filiere,millesime,part_en_emploi,lecture",
    "/api/v1/certifications/23221021405/regions?limite=1&champs=region,filiere,part_en_emploi,origine",
    "/api/v1/formations?filiere=superieur&limite=1&champs=certification,filiere,millesime,salaire_12_mois,lecture",
    "/api/v1/correspondances/40030003?champs=libelle,famille_metier,annees_terminales",
    "/api/v1/regions/11/certifications/50033616?champs=millesime,part_en_emploi,absences,lecture",
];

/// Starts everything and serves until asked to stop.
pub(super) async fn run(args: ServeArgs, mut config: Config, data_dir: &Path) -> Result<Ending, CliError> {
    args.apply(&mut config.http);
    let stop = stop_token()?;
    let data_dir = data_dir.join(SUBFOLDER);
    config.http.exports.get_or_insert_with(|| data_dir.join(EXPORTS));
    let (listener, address) = listen(&config.http).await?;
    eprintln!("Starting a private PostgreSQL in {} …", data_dir.display());
    let session = Session::open_private(&config, &data_dir).await?;
    let prepared = tokio::select! {
        prepared = prepare(&session.db, &config, &data_dir) => prepared.map(|()| true),
        () = stop.cancelled() => Ok(false),
    };
    let served = match prepared {
        Ok(true) => serve(&session.db, &config, listener, address, &data_dir, stop).await,
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    session.close().await?;
    served.map(|()| Ending::Done)
}

/// The sample, ingested and published; quick when it is there already.
async fn prepare(db: &Db, config: &Config, data_dir: &Path) -> Result<(), CliError> {
    let real = db.files().await?.into_iter().find(|file| file.retire_le.is_none() && !sample::is_sample(&file.sha256));
    if let Some(real) = real {
        return Err(CliError::Other(format!(
            "{folder} holds real data ({}): the demo does not mix them with fictitious ones. Give the demo a folder of \
             its own with --data-dir, or withdraw the file with `exposition sources remove {} --data-dir {folder}`",
            real.nom,
            real.sha256.get(..12).unwrap_or_default(),
            folder = data_dir.display(),
        )));
    }
    let folder = data_dir.join("echantillon");
    let files = sample::write_to(&folder).map_err(CliError::io(format!("cannot write {}", folder.display())))?;
    eprintln!("Reading the {} ({} files in {}) …", sample::MARK, files.len(), folder.display());
    for file in files {
        let options = ingestion::Options::default();
        ingestion::ingest(db, &config.ingestion, &file, &options).await.map_err(|e| CliError::Other(e.to_string()))?;
    }
    publish(db, &config.publication).await?;
    let (catalogue, path) = (sample::platform_catalogue(), catalogue_of(data_dir));
    std::fs::write(&path, catalogue.content).map_err(CliError::io(format!("cannot write {}", path.display())))?;
    Ok(())
}

/// The catalogue of an invented platform, beside the sample and not part of it.
fn catalogue_of(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join(sample::PLATFORM_CATALOGUE)
}

async fn serve(
    db: &Db,
    config: &Config,
    listener: tokio::net::TcpListener,
    address: SocketAddr,
    data_dir: &Path,
    stop: CancellationToken,
) -> Result<(), CliError> {
    let state = open(db.clone(), config)?;
    state.publications.refresh().await?;
    print(&http::router(state.clone()), address, data_dir).await?;
    http::serve(listener, state, stop.cancelled_owned()).await.map_err(CliError::io("the server failed"))
}

async fn print(router: &Router, address: SocketAddr, data_dir: &Path) -> Result<(), CliError> {
    println!("\nThe service is up, with {} (fictitious data).\n", sample::MARK);
    println!("  pages           http://{address}/");
    println!("  documentation   http://{address}/docs");
    println!("  contract        http://{address}/api/v1/openapi.json");
    println!("  health          http://{address}/health/ready\n");
    for path in EXAMPLES {
        println!("curl 'http://{address}{path}'\n{}\n", ask(router, path).with_subscriber(NoSubscriber::new()).await?);
    }
    let (catalogue, folder) = (catalogue_of(data_dir), data_dir.join("rapport"));
    println!("A platform's catalogue, matched, with a report in {}:", folder.join("rapport.html").display());
    println!(
        "exposition appariement '{}' --profil parcoursup --rapport '{}' --data-dir '{}'\n",
        catalogue.display(),
        folder.display(),
        data_dir.display()
    );
    println!("Ctrl-C stops everything.");
    Ok(())
}

/// The real answer to a request, indented.
async fn ask(router: &Router, path: &str) -> Result<String, CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::Other(format!("the example {path} failed: {error}"));
    let request = Request::get(path).body(Body::empty()).map_err(|error| failed(&error))?;
    let response = router.clone().oneshot(request).await.map_err(|error| failed(&error))?;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.map_err(|error| failed(&error))?;
    if !status.is_success() {
        return Err(failed(&String::from_utf8_lossy(&bytes)));
    }
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
    serde_json::to_string_pretty(&value).map_err(|error| failed(&error))
}
