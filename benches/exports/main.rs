//! Exporting the formations of a country with a million entries, beside `COPY` of the same query.
//!
//! Goals: at least half as many rows a second as PostgreSQL sends with `COPY (…) TO STDOUT`, read by the same
//! driver and thrown away, in the same run; memory that does not grow with the table.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use exposition::config::Config;
use exposition::db::Db;
use exposition::domain::Maille;
use exposition::exports::table::{ExportTable, Form};
use exposition::exports::{Releasing, release_to, table_to};
use futures_util::{TryStreamExt as _, pin_mut};

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "shared with benchmarks that need more")]
mod common;
#[path = "../ingestion/process.rs"]
#[expect(dead_code, reason = "shared with a benchmark that measures memory")]
mod process;
#[path = "../publication/world.rs"]
mod world;

use common::{Fallible, Server, median};

/// Each is measured so often, in turns.
const ROUNDS: usize = 3;

/// The most memory this process ever held, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or(f64::NAN) / 1024.0
}

/// Seconds of `COPY` alone, and its bytes.
async fn copied(db: &Db, publication: i32) -> Fallible<(f64, usize)> {
    let begin = Instant::now();
    let mut exporting = db.begin_export(publication).await?.ok_or("the publication is gone")?;
    let blocks = exporting.statistiques(Maille::Etablissement).await?;
    pin_mut!(blocks);
    let mut bytes = 0;
    while let Some(block) = blocks.try_next().await? {
        bytes += block.len();
    }
    Ok((begin.elapsed().as_secs_f64(), bytes))
}

/// Seconds of one form, rows and bytes of its file.
async fn written(db: &Db, releasing: &Releasing, form: Form, folder: &Path) -> Fallible<(f64, u64, u64)> {
    let folder = tempfile::tempdir_in(folder)?;
    let begin = Instant::now();
    let files = table_to(db, releasing, ExportTable::Formations, &[form], folder.path()).await?;
    let file = files.first().ok_or("no file was written")?;
    Ok((begin.elapsed().as_secs_f64(), file.rows.unwrap_or_default(), file.bytes))
}

async fn measure(db: &Db, releasing: &Releasing, folder: &Path) -> Fallible<()> {
    let (mut copies, mut parquets, mut csvs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (copy, bytes) = copied(db, releasing.publication.id).await?;
        let (parquet, rows, of_parquet) = written(db, releasing, Form::Parquet, folder).await?;
        let after_parquet = peak();
        let (csv, _, of_csv) = written(db, releasing, Form::Csv, folder).await?;
        println!(
            "  {rows} rows: COPY {copy:.2} s ({} MB), Parquet {parquet:.2} s ({} MB), CSV {csv:.2} s ({} MB); peak memory \
             {after_parquet:.0} and {:.0} MiB",
            bytes / 1_000_000,
            of_parquet / 1_000_000,
            of_csv / 1_000_000,
            peak()
        );
        copies.push(copy);
        parquets.push(parquet);
        csvs.push(csv);
    }
    let copy = median(copies);
    println!(
        "  of the speed of COPY: Parquet {:.2}, CSV {:.2} (goal: 0.5)",
        copy / median(parquets),
        copy / median(csvs)
    );
    let begin = Instant::now();
    let files = release_to(db, releasing, &folder.join("all")).await?;
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    println!(
        "  everything: {} files, {} MB in {:.2} s; peak memory {:.0} MiB",
        files.len(),
        bytes / 1_000_000,
        begin.elapsed().as_secs_f64(),
        peak()
    );
    Ok(())
}

async fn run(server: &Server) -> Fallible<()> {
    let url = server.database("exports").await?;
    let folder = server.folder().join("exports");
    std::fs::create_dir(&folder)?;
    world::write(&folder)?;
    for command in [vec!["ingest"], vec!["publish"]] {
        let mut program = server.program(&url);
        program.args(&command);
        if command == ["ingest"] {
            program.arg(&folder);
        }
        // Another process: the memory measured here is that of exporting.
        process::measure(program.stdin(Stdio::null()))?;
    }
    let db = Db::connect(&url, &Config::from_env()?.database)?;
    let publication = Arc::new(db.current_publication().await?.ok_or("nothing was published")?);
    let releasing = Releasing { publication, before: None, origin: String::new() };
    let outcome = measure(&db, &releasing, &folder).await;
    db.close().await;
    outcome
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let server = Server::start().await?;
    println!("exports of a country of invented schools");
    let outcome = run(&server).await;
    server.stop().await?;
    outcome
}
