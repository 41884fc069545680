//! `exposition ingest` against psql's `\copy` of the same file, on the same server.
//!
//! `\copy` is the fastest that PostgreSQL takes a CSV file without looking at it. The program
//! decodes, checks every field, finds contradictions and replaces older rows in the same
//! transaction; the goal is to do that at half the speed at least, in a memory that does not grow
//! with the file. The table of `\copy` has no index; a second one has the primary key without
//! which it would take a file twice.
//!
//! `cargo bench --bench ingestion -- FILE` repeats the rows of a regional file of
//! `inserjeunes-mesures`, with distinct codes; without FILE the rows are invented.

use std::path::{Path, PathBuf};
use std::process::Stdio;

#[path = "../common/mod.rs"]
mod common;
mod file;
mod process;

use common::{Fallible, Server, execute, median, number};
use file::Source;
use process::Run;

/// Sizes of the files, in rows.
const SIZES: [usize; 2] = [100_000, 1_000_000];
/// Measured rounds, after one to warm up.
const ROUNDS: usize = 3;
/// Share of the speed of `\copy` to be reached.
const GOAL: f64 = 0.5;
/// Memory not to be exceeded, in MiB.
const MEMORY_GOAL: f64 = 128.0;

/// Who takes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taker {
    Program,
    Copy,
    CopyWithKey,
}

impl Taker {
    const ALL: [Self; 3] = [Self::Program, Self::Copy, Self::CopyWithKey];

    fn name(self) -> &'static str {
        match self {
            Self::Program => "exposition ingest",
            Self::Copy => "psql \\copy",
            Self::CopyWithKey => "psql \\copy, primary key",
        }
    }

    /// The table that must hold every row afterwards.
    fn table(self) -> &'static str {
        match self {
            Self::Program => "mesures",
            Self::Copy => "copie",
            Self::CopyWithKey => "copie_avec_cle",
        }
    }

    fn reset(self) -> String {
        match self {
            Self::Program => "TRUNCATE mesures, portees, publication_fichiers, fichiers".to_owned(),
            Self::Copy | Self::CopyWithKey => format!("TRUNCATE {}", self.table()),
        }
    }
}

/// The server, a database and a file.
struct Bench<'a> {
    server: &'a Server,
    url: &'a str,
    file: PathBuf,
    rows: usize,
}

impl Bench<'_> {
    /// Lets one of them take the file into an empty table, and empties it again.
    async fn run(&self, taker: Taker) -> Fallible<Run> {
        // Nobody pays for what the one before left to be written.
        execute(self.url, "CHECKPOINT").await?;
        let mut command = match taker {
            Taker::Program => {
                let mut command = self.server.program(self.url);
                command.arg("ingest").arg(&self.file);
                command
            }
            Taker::Copy | Taker::CopyWithKey => {
                let mut command = self.server.tool("psql");
                let options = "WITH (FORMAT csv, HEADER, DELIMITER ';')";
                let copy = format!("\\copy {} FROM '{}' {options}", taker.table(), self.file.display());
                command.args(["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname", self.url, "--command", &copy]);
                command
            }
        };
        let run = process::measure(command.stdin(Stdio::null()))?;
        let count = number(self.url, &format!("SELECT count(*) FROM {}", taker.table())).await?;
        if usize::try_from(count)? != self.rows {
            return Err(format!("{}: {count} rows instead of {}", taker.name(), self.rows).into());
        }
        execute(self.url, &taker.reset()).await?;
        Ok(run)
    }

    /// Every round of every taker, in turns; prints them and returns the program's peak memory.
    async fn compare(&self) -> Fallible<f64> {
        let megabytes = mebibytes(std::fs::metadata(&self.file)?.len() / 1024);
        println!("\n{} rows ({megabytes:.0} MiB), rows/s in {ROUNDS} rounds and their median", self.rows);
        let mut runs: Vec<(Taker, Run)> = Vec::new();
        for round in 0..=ROUNDS {
            for taker in Taker::ALL {
                let run = self.run(taker).await?;
                if round > 0 {
                    runs.push((taker, run));
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a speed, to be read by people")]
        let speeds = |wanted: Taker| -> Vec<f64> {
            let of_taker = runs.iter().filter(|(taker, _)| *taker == wanted);
            of_taker.map(|(_, run)| self.rows as f64 / run.seconds).collect()
        };
        for taker in Taker::ALL {
            let rounds: Vec<String> = speeds(taker).iter().map(|speed| format!("{speed:>9.0}")).collect();
            println!("  {:<24}{}   {:>9.0}", taker.name(), rounds.join(" "), median(speeds(taker)));
        }
        let ratio = |reference| median(speeds(Taker::Program)) / median(speeds(reference));
        println!("  ratio to \\copy                   {:.2} (goal: at least {GOAL})", ratio(Taker::Copy));
        println!("  ratio to \\copy with primary key  {:.2}", ratio(Taker::CopyWithKey));
        let of_program = runs.iter().filter(|(taker, _)| *taker == Taker::Program);
        let peak = of_program.filter_map(|(_, run)| run.peak_kib).max().map_or(f64::NAN, mebibytes);
        println!("  peak memory of the program       {peak:.1} MiB (goal: under {MEMORY_GOAL:.0})");
        Ok(peak)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size, to be read by people")]
fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}

/// Two tables with the columns of the file, as somebody would write them by hand.
fn tables(header: &str) -> String {
    let columns: Vec<String> = header
        .split(';')
        .map(|column| {
            let figure = column.starts_with("nb_") || column.starts_with("taux_");
            format!("\"{column}\" {}", if figure { "integer" } else { "text COLLATE \"C\"" })
        })
        .collect();
    let columns = columns.join(", ");
    format!("CREATE TABLE copie ({columns}); CREATE TABLE copie_avec_cle ({columns}, PRIMARY KEY (id))")
}

async fn bench(server: &Server, source: &Source) -> Fallible<()> {
    println!("rows: {source}");
    let url = server.database("banc").await?;
    execute(&url, &tables(source.header())).await?;
    let mut peaks = Vec::new();
    for rows in SIZES {
        let file = server.folder().join(format!("inserjeunes-mesures-regional-{rows}.csv"));
        source.write(&file, rows)?;
        let bench = Bench { server, url: &url, file, rows };
        peaks.push(bench.compare().await?);
        std::fs::remove_file(&bench.file)?;
    }
    if let [small, large] = peaks[..] {
        println!("\npeak memory with ten times the rows: {:.2} times that of the smaller file", large / small);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Fallible<()> {
    // Cargo itself adds --bench.
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let source = given.map_or_else(|| Ok(Source::Invented), |path| Source::read(Path::new(&path)))?;
    let server = Server::start().await?;
    let outcome = bench(&server, &source).await;
    server.stop().await?;
    outcome
}
