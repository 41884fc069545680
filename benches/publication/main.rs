//! `exposition publish` of a million entries, and of a folder of files if one is given.
//!
//! Goals: a million entries are published in under 20 s, of which the computation takes under
//! 3 s; the folder of files is ingested and published in under 3 s. Beside the program, in the
//! same run and on the same server, PostgreSQL's own `CREATE TABLE … AS` copies the rows that
//! were written and builds their primary key: what the disk and the server cost anybody.
//!
//! `cargo bench --bench publication -- FOLDER` measures that folder too.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use exposition::config::Config;
use exposition::db::Db;
use exposition::publication::{Outcome, PublicationSummary, publish};

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "shared with benchmarks that need more")]
mod common;
#[path = "../ingestion/process.rs"]
#[expect(dead_code, reason = "shared with a benchmark that measures memory")]
mod process;
mod world;

use common::{Fallible, Server, execute, median, number};

/// Publications of the large country, each after the sources changed a little.
const ROUNDS: usize = 3;

/// Publishes in this process, whose memory is then that of the publication.
async fn published(url: &str) -> Fallible<PublicationSummary> {
    let config = Config::from_env()?;
    let db = Db::connect(url, &config.database)?;
    let issue = publish(&db, &config.publication).await?;
    db.close().await;
    match issue {
        Outcome::Published(summary) => Ok(*summary),
        Outcome::Unchanged(_) | Outcome::Tried(_) => Err("nothing new was published".into()),
    }
}

/// The most memory this process ever held, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or(f64::NAN) / 1024.0
}

fn ingest(server: &Server, url: &str, folder: &Path) -> Fallible<f64> {
    Ok(process::measure(server.program(url).arg("ingest").arg(folder).stdin(Stdio::null()))?.seconds)
}

async fn large(server: &Server) -> Fallible<()> {
    let url = server.database("grand").await?;
    let folder = server.folder().join("grand");
    std::fs::create_dir(&folder)?;
    world::write(&folder)?;
    println!("\na country of invented schools: ingested in {:.2} s", ingest(server, &url, &folder)?);
    let (mut totals, mut computes) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Every publication says something new.
        let change = format!("UPDATE formations_diplome SET libelle_long_200 = 'DIPLOME {round}' WHERE ligne = 3");
        execute(&url, &change).await?;
        execute(&url, "CHECKPOINT").await?;
        let begin = Instant::now();
        let summary = published(&url).await?;
        let total = begin.elapsed().as_secs_f64();
        let entries: i64 = summary.couverture.iter().map(|line| line.comptes.total()).sum();
        let steps: Vec<_> =
            summary.durations.iter().map(|(step, time)| format!("{step} {:.2}", time.as_secs_f64())).collect();
        println!("  {entries} entries published in {total:.2} s ({})", steps.join(", "));
        totals.push(total);
        computes.extend(
            summary.durations.iter().filter(|(step, _)| *step == "compute").map(|(_, time)| time.as_secs_f64()),
        );
    }
    println!(
        "  median {:.2} s (goal: under 20), of which compute {:.2} s (goal: under 3)",
        median(totals.clone()),
        median(computes)
    );
    println!("  peak memory of the program {:.0} MiB", peak());
    let id = number(&url, "SELECT publication_id::bigint FROM publication_courante").await?;
    execute(&url, "CHECKPOINT").await?;
    let begin = Instant::now();
    execute(&url, &format!("CREATE TABLE copie AS SELECT * FROM statistiques_p{id}")).await?;
    execute(&url, "ALTER TABLE copie ADD PRIMARY KEY (publication_id, lieu, code_certification, millesime, filiere)")
        .await?;
    let copy = begin.elapsed().as_secs_f64();
    println!(
        "  the server copies these rows and builds one key in {copy:.2} s: publishing takes {:.1} times that",
        median(totals) / copy
    );
    Ok(())
}

async fn given(server: &Server, folder: &Path) -> Fallible<()> {
    println!("\n{}: ingested and published, seconds in {ROUNDS} rounds", folder.display());
    let mut sums = Vec::new();
    for round in 0..ROUNDS {
        let url = server.database(&format!("donne_{round}")).await?;
        // What the first command of a new database does once.
        process::measure(server.program(&url).args(["sources", "list"]).stdin(Stdio::null()))?;
        let (ingested, begin) = (ingest(server, &url, folder)?, Instant::now());
        process::measure(server.program(&url).arg("publish").stdin(Stdio::null()))?;
        let published = begin.elapsed().as_secs_f64();
        println!("  ingest {ingested:.2} + publish {published:.2} = {:.2}", ingested + published);
        sums.push(ingested + published);
    }
    println!("  median {:.2} s (goal: under 3)", median(sums));
    Ok(())
}

#[tokio::main]
async fn main() -> Fallible<()> {
    // Cargo itself adds --bench.
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let server = Server::start().await?;
    let outcome = async {
        if let Some(folder) = folder {
            given(&server, &folder).await?;
        }
        large(&server).await
    };
    let outcome = outcome.await;
    server.stop().await?;
    outcome
}
