//! pgbench with the service's own statement.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use exposition::domain::Indicateur;
use tokio::process::Command;

use super::THREADS;
use super::data::{CODES, Data, FIRST_CODE};
use crate::common::{Fallible, Server};

/// The source of the statement, from which it is taken: it cannot drift away from it.
const SOURCE: &str = include_str!("../../src/db/statistiques.rs");

/// Transactions per second of so many clients over this time.
pub(crate) async fn measure(server: &Server, data: &Data, clients: usize, time: Duration) -> Fallible<f64> {
    let script = server.folder().join("pgbench.sql");
    fs::write(&script, transaction(data)?)?;
    let mut command = Command::from(server.tool("pgbench"));
    // Planned as by the service (`db::BY_KEY`).
    let planning = "-c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off";
    command.env("PGOPTIONS", planning).args(["-M", "prepared", "-n"]);
    command.args([format!("-c{clients}"), format!("-j{THREADS}"), format!("-T{}", time.as_secs())]);
    command.arg("-f").arg(&script).arg(&data.url);
    let output = command.output().await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match tps {
        Some(tps) if output.status.success() => Ok(tps),
        _ => Err(format!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// Draws région and code as evenly as the requests name them.
fn transaction(data: &Data) -> Fallible<String> {
    let mut script = format!("\\set place random(1, {})\n\\set lieu case", data.regions.len());
    for (number, region) in (1..).zip(&data.regions) {
        write!(script, " when :place = {number} then {region}")?;
    }
    writeln!(script, " end\n\\set code random({FIRST_CODE}, {})", FIRST_CODE + CODES - 1)?;
    let statement = statement().ok_or("the statement of read_at_lieu was not found in its source")?;
    writeln!(script, "\\set publication {}", data.publication)?;
    let statement = statement.replace("$1", ":publication").replace("$2", "ARRAY[:lieu]").replace("$3", "ARRAY[:code]");
    writeln!(script, "{statement};")?;
    Ok(script)
}

/// The columns are written once for all statements, the rest with the function; those of the figures
/// stand in the catalogue.
fn statement() -> Option<String> {
    let (_, columns) = SOURCE.split_once("macro_rules! statistiques_of")?;
    let (_, after) = columns.split_once("$first")?;
    let (_, after) = after.split_once("$column)+")?;
    let (_, rest) = SOURCE.split_once("fn read_at_lieu")?;
    let figures: Vec<&str> = Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()).collect();
    Some(literal(columns)?.to_owned() + &figures.join(", s.") + literal(after)? + literal(rest)?)
}

/// The first text in quotes, raw (`r#"…"#`) or not.
fn literal(source: &str) -> Option<&str> {
    let (before, text) = source.split_once('"')?;
    let end = if before.ends_with('#') { "\"#" } else { "\"" };
    Some(text.split_once(end)?.0)
}
