//! `exposition ingest` of an InserSup file of the real size, while `wc -l` reads the same file.
//!
//! The real file has 1,036,781 rows of 101 columns, 740 to 770 MB; the one written here has the
//! same shape and invented figures. `wc -l` finds the line ends and nothing else: it says what
//! the machine gives. It is read alone first, then again and again for as long as the program
//! works, on the same cores. Speeds count the file once, over the program's whole life from start
//! to end, transaction and duplicate check included. The file was just written: both read it
//! from the system's memory.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "the other benchmarks need the rest of it")]
mod common;
#[path = "../common/insersup/mod.rs"]
mod insersup;
#[path = "../ingestion/process.rs"]
mod process;

use common::{Fallible, Server, execute, median, number};
use insersup::{Generation, REAL_ROWS, SourceFile, Summary};
use process::Run;

/// Measured rounds.
const ROUNDS: usize = 3;
/// Speed to be reached, in MB (10^6 bytes) per second.
const GOAL: f64 = 60.0;
/// Memory not to be exceeded, in MB.
const MEMORY_GOAL: f64 = 150.0;

/// A written file.
struct Bench<'a> {
    server: &'a Server,
    url: &'a str,
    path: PathBuf,
    megabytes: f64,
    summary: Summary,
}

impl Bench<'_> {
    /// One `wc -l`: its speed in MB/s.
    fn wc(&self) -> Fallible<f64> {
        let begin = Instant::now();
        let output = Command::new("wc").arg("-l").arg(&self.path).output()?;
        let lines = self.summary.lines + 1;
        if !String::from_utf8_lossy(&output.stdout).trim_start().starts_with(&format!("{lines} ")) {
            return Err(format!("wc -l: expected {lines} lines, {output:?}").into());
        }
        Ok(self.megabytes / begin.elapsed().as_secs_f64())
    }

    /// One import into empty tables.
    async fn ingest(&self) -> Fallible<Run> {
        execute(self.url, "CHECKPOINT").await?;
        let run = process::measure(self.server.program(self.url).arg("ingest").arg(&self.path).stdin(Stdio::null()))?;
        let found = number(self.url, "SELECT count(*) FROM insersup").await?;
        let whole = number(self.url, "SELECT count(*) FROM insersup WHERE ensemble").await?;
        let Summary { gardees, wholes, .. } = self.summary;
        if (usize::try_from(found)?, usize::try_from(whole)?) != (gardees, wholes) {
            return Err(format!("{found} rows, {whole} whole, instead of {gardees}, {wholes}").into());
        }
        execute(self.url, "TRUNCATE insersup, portees, publication_fichiers, fichiers").await?;
        Ok(run)
    }

    /// One import while `wc -l` reads: also returns the speeds of the latter.
    fn beside_wc(&self) -> Fallible<(Run, Vec<f64>)> {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let wc = scope.spawn(|| {
                let mut speeds = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    speeds.push(self.wc()?);
                }
                Fallible::Ok(speeds)
            });
            let runtime = tokio::runtime::Handle::current();
            let run = tokio::task::block_in_place(|| runtime.block_on(self.ingest()));
            done.store(true, Ordering::Relaxed);
            let speeds = wc.join().map_err(|_| "the thread of wc died")??;
            Ok((run?, speeds))
        })
    }

    async fn compare(&self) -> Fallible<()> {
        let (lines, columns) = (self.summary.lines, header_len(&self.path)?);
        println!(
            "\n{:.0} MB, {lines} rows × {columns} columns, {} of them for the service",
            self.megabytes, self.summary.gardees
        );
        let alone: Vec<f64> = (0..ROUNDS).map(|_| self.wc()).collect::<Fallible<_>>()?;
        println!("  wc -l alone                    {:>6.0} MB/s", median(alone));
        let run = self.ingest().await?;
        println!("  exposition ingest alone        {:>6.1} MB/s", self.megabytes / run.seconds);
        let (mut ours, mut theirs, mut peak) = (Vec::new(), Vec::new(), run.peak_kib);
        for _ in 0..ROUNDS {
            let (run, speeds) = self.beside_wc()?;
            ours.push(self.megabytes / run.seconds);
            theirs.extend(speeds);
            peak = peak.max(run.peak_kib);
        }
        let rounds: Vec<String> = ours.iter().map(|speed| format!("{speed:.1}")).collect();
        let (slowest, wc) = (ours.iter().copied().fold(f64::INFINITY, f64::min), median(theirs));
        println!("  both at once: wc -l            {wc:>6.0} MB/s");
        println!(
            "  both at once: exposition ingest {slowest:>5.1} MB/s, the slowest of {} (goal: at least {GOAL})",
            rounds.join(", ")
        );
        println!("  ratio ingest / wc -l, at once  {:>6.3}", median(ours) / wc);
        #[expect(clippy::cast_precision_loss, reason = "a size, to be read by people")]
        let peak = peak.map_or(f64::NAN, |kib| kib as f64 * 1024.0 / 1e6);
        println!("  peak memory of the program     {peak:>6.1} MB (goal: under {MEMORY_GOAL})");
        Ok(())
    }
}

fn header_len(path: &Path) -> Fallible<usize> {
    let mut header = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(File::open(path)?), &mut header)?;
    Ok(header.split(';').count())
}

async fn bench(server: &Server, rows: usize) -> Fallible<()> {
    let url = server.database("banc").await?;
    for (name, generation) in [("2025_S2", Generation::Unique), ("2026_S1", Generation::ByHorizon)] {
        let path = server.folder().join(format!("fr-esr-insersup-{name}.csv"));
        let mut out = BufWriter::new(File::create(&path)?);
        let summary = SourceFile { generation, lines: rows, seed: 1 }.write(&mut out)?;
        out.flush()?;
        drop(out);
        #[expect(clippy::cast_precision_loss, reason = "a size, to be read by people")]
        let megabytes = std::fs::metadata(&path)?.len() as f64 / 1e6;
        println!("\ngeneration {name}");
        let bench = Bench { server, url: &url, path, megabytes, summary };
        bench.compare().await?;
        std::fs::remove_file(&bench.path)?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Fallible<()> {
    // Cargo itself adds --bench.
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let rows = given.map_or(Ok(REAL_ROWS), |text| text.parse())?;
    let server = Server::start().await?;
    let outcome = bench(&server, rows).await;
    server.stop().await?;
    outcome
}
