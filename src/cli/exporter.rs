//! `exposition exporter`: a publication as files in a folder.

use std::path::PathBuf;
use std::sync::Arc;

use super::{CliError, Ending};
use crate::config::Config;
use crate::db::Db;
use crate::exports::{Releasing, release_to};
use crate::publication::PublicationError;

/// Arguments of `exposition exporter`.
#[derive(Debug, clap::Args)]
pub(super) struct ExporterArgs {
    /// Folder to make, with the files in it
    #[arg(long = "vers", value_name = "DIR")]
    target: PathBuf,
    /// Version of the publication; the one that is served when left out
    #[arg(long, value_name = "VERSION")]
    publication: Option<String>,
}

/// Writes the files.
pub(super) async fn run(args: ExporterArgs, db: &Db, config: &Config) -> Result<Ending, CliError> {
    let all: Vec<_> = db.publications().await?.into_iter().map(Arc::new).collect();
    let found = match &args.publication {
        Some(version) => all.iter().find(|found| found.version == *version),
        None => all.iter().find(|found| found.courante),
    };
    let Some(found) = found.cloned() else {
        let missing = || {
            CliError::Refused("there is no publication yet: exposition ingest PATH… && exposition publish".to_owned())
        };
        return Err(args.publication.map_or_else(missing, |version| PublicationError::Unknown(version).into()));
    };
    if found.purgee {
        return Err(PublicationError::Purged(found.version.clone()).into());
    }
    let origin = config.http.site.public_url.clone().unwrap_or_default();
    let releasing = Releasing::new(found, &all, &origin);
    let files = Box::pin(release_to(db, &releasing, &args.target)).await?;
    for file in &files {
        println!("{}  {}", file.sha256, file.name);
    }
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    eprintln!(
        "Publication {}: {} files, {bytes} bytes in {}",
        releasing.publication.version,
        files.len(),
        args.target.display()
    );
    Ok(Ending::Done)
}
