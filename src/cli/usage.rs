//! `exposition usage`: how often the service was called, by day, route, status and platform.

use chrono::Days;

use super::table::{Column, table};
use super::{CliError, Ending};
use crate::clock::Clock;
use crate::db::Db;

/// Arguments of `exposition usage`.
#[derive(Debug, clap::Args)]
pub(super) struct UsageArgs {
    /// Days up to today
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=3650))]
    days: u64,
    /// Print one line of JSON per day, route, status and platform
    #[arg(long)]
    json: bool,
}

/// Prints the counts. They are exact, and for the operator.
pub(super) async fn run(args: UsageArgs, db: &Db, clock: Clock) -> Result<Ending, CliError> {
    let today = clock.today();
    let first = today.checked_sub_days(Days::new(args.days - 1)).unwrap_or(today);
    let usage = db.usage(first, today, None).await?;
    let mut table = table(&[
        Column::Whole("day"),
        Column::Text("route"),
        Column::Whole("status"),
        Column::Text("platform"),
        Column::Number("calls"),
    ]);
    for one in usage {
        let platform = one.platform.unwrap_or_else(|| if one.groupe.cle == 0 { "-" } else { "(gone)" }.to_owned());
        let (jour, route, statut) = (one.groupe.jour.to_string(), one.groupe.route, one.groupe.statut);
        if args.json {
            println!(
                "{}",
                serde_json::json!({"jour": jour, "route": route, "statut": statut, "plateforme": platform, "appels": one.appels})
            );
        } else {
            table.add_row([jour, route, statut.to_string(), platform, one.appels.to_string()]);
        }
    }
    if !args.json {
        println!("{table}");
    }
    Ok(Ending::Done)
}
