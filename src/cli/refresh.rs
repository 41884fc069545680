//! `exposition actualiser`: fetches what changed, ingests it, publishes it; once, or again and again.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use comfy_table::Table;
use rand::Rng as _;

use super::ingest::{details, not_kept, portal_address};
use super::table::{self, Column};
use super::{CliError, Ending, publish, session, stop_token};
use crate::config::Config;
use crate::db::Db;
use crate::download::{Address, portal};
use crate::ingestion::Report;
use crate::refresh::{Found, Mode, Publishing, Refresh, RefreshError, Visit, refresh};

/// The shortest time between two runs: the portals belong to everybody.
const SHORTEST: Duration = Duration::from_mins(1);
/// The longest wait after a run that failed: the network or a portal was away.
const SOON: Duration = Duration::from_hours(1);

/// Arguments of `exposition actualiser`; what the command does is said beside its name.
#[derive(Debug, Args)]
pub struct RefreshArgs {
    /// Of the portals' datasets only this one; may be repeated. All that are known when left out.
    #[arg(long = "portail", value_name = "ID", value_parser = portal_address, conflicts_with = "no_portal")]
    pub portals: Vec<Address>,
    /// An https:// address to ask besides; may be repeated.
    #[arg(long = "adresse", value_name = "URL", value_parser = Address::parse_https)]
    pub addresses: Vec<Address>,
    /// Ask no portal: the addresses of --adresse alone.
    #[arg(long = "sans-portail", requires = "addresses")]
    pub no_portal: bool,
    /// Fetch, read and check what changed, say what would be ingested and published, change nothing.
    #[arg(long = "a-blanc")]
    pub trial: bool,
    /// Go on for ever: once now, then again after that time (30min, 24h, 7d) and up to a tenth more,
    /// by chance; after a failure within the hour. Ctrl-C and SIGTERM end it.
    #[arg(long = "toutes-les", value_name = "TIME", value_parser = interval, conflicts_with = "trial")]
    pub every: Option<Duration>,
}

/// A whole number and `min`, `h` or `d`.
fn interval(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let minutes = match unit {
        "min" => Some(1),
        "h" => Some(60),
        "d" => Some(24 * 60),
        _ => None,
    };
    let whole = || number.parse::<u64>().ok()?.checked_mul(minutes?)?.checked_mul(60).map(Duration::from_secs);
    whole()
        .filter(|time| (SHORTEST..=Duration::from_hours(24 * 366)).contains(time))
        .ok_or_else(|| "expected a time from 1min to 366d, as 30min, 24h or 7d".to_owned())
}

impl RefreshArgs {
    /// Every address once, those of the portals first.
    fn all(&self) -> Vec<Address> {
        let known = || portal::known().filter_map(portal::address).collect();
        let mut all: Vec<Address> = match (self.no_portal, self.portals.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => known(),
            (false, false) => self.portals.clone(),
        };
        for address in &self.addresses {
            if !all.contains(address) {
                all.push(address.clone());
            }
        }
        all
    }
}

/// Runs the command, on a database of its own time.
pub(super) async fn run(args: RefreshArgs, config: &Config, data_dir: &Path) -> Result<Ending, CliError> {
    let Some(every) = args.every else {
        return session::with(config, data_dir, async |db| once(&args, db, config).await).await;
    };
    // One listener for all runs: between two of them a signal would be lost.
    let stop = stop_token()?;
    loop {
        let end = session::until(&stop, config, data_dir, async |db| once(&args, db, config).await).await;
        if stop.is_cancelled() {
            return Ok(Ending::Done);
        }
        if let Err(error) = &end {
            eprintln!("error: {error}");
        }
        let pause = pause(every, &end);
        tracing::info!(seconds = pause.as_secs(), "the next run comes after a pause");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Ok(Ending::Done),
        }
    }
}

/// How long to wait after a run that ended so: not for a whole day when a portal was away.
fn pause(every: Duration, end: &Result<Ending, CliError>) -> Duration {
    let pause = if matches!(end, Ok(Ending::Done | Ending::Refused)) { every } else { every.min(SOON) };
    // So that programs that were started together do not ask together.
    pause.mul_f64(rand::rng().random_range(1.0..=1.1))
}

/// One run; prints what was asked, what came of it, and the publication.
///
/// # Errors
/// The database failed. What went in until then stays.
pub async fn once(args: &RefreshArgs, db: &Db, config: &Config) -> Result<Ending, CliError> {
    let mode = if args.trial { Mode::Trial } else { Mode::Apply };
    let mut said = |visit: &Visit| {
        // At once: the others may take long.
        if let Some(why) = trouble(visit) {
            eprintln!("{}: {why}", visit.address);
        }
    };
    let done = match refresh(db, config, &args.all(), mode, &mut said).await {
        Ok(done) => done,
        Err(RefreshError::Running) => {
            println!("{}", RefreshError::Running);
            return Ok(Ending::Done);
        }
        Err(error) => return Err(error.into()),
    };
    let Refresh { visits, publishing } = done;
    println!("{}", table(&visits));
    for report in visits.iter().flat_map(|visit| reports(&visit.found)) {
        print!("{}", details(report));
    }
    Ok(ending(&visits, print_publishing(publishing)))
}

/// Prints what became of the publication, and says how that ends.
fn print_publishing(publishing: Publishing) -> Ending {
    match publishing {
        Publishing::NothingNew => println!("Nothing new: the publication stays as it is."),
        Publishing::Due => println!("Dry run: a publication would be made, unless the guard against losses refuses."),
        Publishing::Done(outcome) => publish::print_outcome(&outcome),
        Publishing::Failed(error) => {
            println!("No publication was made: the one that is served stays.");
            eprintln!("error: {error}");
            return CliError::from(error).ending();
        }
    }
    Ending::Done
}

/// Who has to act: as in `ingest`, what failed goes before what is refused.
fn ending(visits: &[Visit], published: Ending) -> Ending {
    let any = |is: fn(&Found) -> bool| visits.iter().any(|visit| is(&visit.found));
    if any(Found::is_failure) || published == Ending::Failed {
        Ending::Failed
    } else if any(Found::is_refusal) || published == Ending::Refused {
        Ending::Refused
    } else {
        Ending::Done
    }
}

fn reports(found: &Found) -> &[Report] {
    match found {
        Found::File(reports) => reports,
        Found::SameVersion | Found::SameBytes | Found::NotFetched(_) => &[],
    }
}

/// Why nothing of an address went in, if that is so.
fn trouble(visit: &Visit) -> Option<String> {
    match &visit.found {
        Found::NotFetched(failure) if visit.found.is_refusal() => Some(format!("refused: {failure}")),
        Found::NotFetched(failure) => Some(failure.to_string()),
        found if found.is_refusal() => {
            let motifs: Vec<_> = reports(found).iter().filter_map(|report| report.motif.as_deref()).collect();
            Some(format!("refused: {}", motifs.join("; ")))
        }
        _ => None,
    }
}

/// One line for each address, and for each file where there are several.
fn table(visits: &[Visit]) -> Table {
    use Column::{Number, Text, Whole};
    let mut table = table::table(&[
        Text("address"),
        Whole("state"),
        Text("dataset"),
        Number("read"),
        Number("kept"),
        Text("not kept"),
    ]);
    for visit in visits {
        let alone = |state: &str| [visit.address.as_str(), state, "", "", "", ""].map(str::to_owned);
        match &visit.found {
            Found::SameVersion => table.add_row(alone("unchanged (304)")),
            Found::SameBytes => table.add_row(alone("unchanged")),
            Found::NotFetched(_) if visit.found.is_refusal() => table.add_row(alone("refused")),
            Found::NotFetched(_) => table.add_row(alone("not fetched")),
            Found::File(reports) => table.add_rows(reports.iter().map(row)),
        };
    }
    table
}

fn row(report: &Report) -> [String; 6] {
    [
        report.fichier.clone(),
        report.state.as_str().to_owned(),
        report.dataset.unwrap_or_default().to_owned(),
        report.lines.lues.to_string(),
        report.lines.gardees.to_string(),
        not_kept(report),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::download::{DownloadError, DownloadRefusal};
    use crate::ingestion::FileStatus;

    fn args() -> RefreshArgs {
        RefreshArgs { portals: Vec::new(), addresses: Vec::new(), no_portal: false, trial: false, every: None }
    }

    fn visit(found: Found) -> Visit {
        Visit { address: format!("https://data.education.gouv.fr/{}.csv", "un-nom-sans-fin-".repeat(9)), found }
    }

    fn refused() -> Found {
        Found::NotFetched(DownloadRefusal::Host("ailleurs.example".to_owned()).into())
    }

    fn away() -> Found {
        Found::NotFetched(DownloadError::Disk { folder: "/tmp".into(), cause: std::io::Error::other("full") })
    }

    #[test]
    fn a_time_is_a_number_and_a_unit_from_a_minute_on() {
        for (text, seconds) in [("1min", 60), ("30min", 1800), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(interval(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "h",
            "24",
            "0h",
            "24 h",
            "1.5h",
            "-1h",
            "30s",
            "367d",
            "99999999999999999999h",
            "18446744073709551615d",
        ] {
            assert!(interval(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_failed_is_tried_again_within_the_hour_and_nothing_before_its_time() {
        let (day, minute, hour) = (Duration::from_hours(24), Duration::from_mins(1), Duration::from_hours(1));
        for (every, end, expected) in [
            (day, Ok(Ending::Done), day),
            (day, Ok(Ending::Refused), day),
            (day, Ok(Ending::Failed), hour),
            (day, Err(CliError::Other("the database is away".to_owned())), hour),
            (minute, Ok(Ending::Failed), minute),
        ] {
            let pause = pause(every, &end);
            assert!((expected..=expected.mul_f64(1.1)).contains(&pause), "{every:?} {end:?}: {pause:?}");
        }
    }

    #[test]
    fn every_portal_is_asked_once_unless_some_are_named_or_none() {
        let other = Address::parse_https("https://www.education.gouv.fr/a.csv").unwrap();
        let known = portal::known().count();
        let all = args().all();
        assert_eq!(all.len(), known);
        let named =
            RefreshArgs { portals: vec![all[0].clone()], addresses: vec![other.clone(), all[0].clone()], ..args() };
        assert_eq!(named.all(), [all[0].clone(), other.clone()]);
        assert_eq!(RefreshArgs { addresses: vec![other.clone()], ..args() }.all().len(), known + 1);
        let none = RefreshArgs { no_portal: true, addresses: vec![other.clone(), other.clone()], ..args() };
        assert_eq!(none.all(), [other]);
    }

    #[test]
    fn what_failed_goes_before_what_is_refused() {
        let ending =
            |found: Vec<Found>, published| ending(&found.into_iter().map(visit).collect::<Vec<_>>(), published);
        assert_eq!(ending(vec![Found::SameVersion, Found::SameBytes], Ending::Done), Ending::Done);
        assert_eq!(ending(vec![refused(), Found::SameBytes], Ending::Done), Ending::Refused);
        assert_eq!(ending(vec![Found::SameBytes], Ending::Refused), Ending::Refused);
        assert_eq!(ending(vec![refused(), away()], Ending::Refused), Ending::Failed);
        assert_eq!(ending(vec![Found::SameBytes], Ending::Failed), Ending::Failed);
    }

    #[test]
    fn the_table_fits_a_terminal_and_says_what_came_of_every_address() {
        let mut report = Report::new(visit(Found::SameBytes).address);
        report.state = FileStatus::AImporter;
        report.dataset = Some("onisep-ideo-formations-initiales");
        report.lines.lues = 12_345_678;
        report.lines.rejetees = 7_654_321;
        let found = [Found::SameVersion, Found::SameBytes, refused(), away(), Found::File(vec![report])];
        let table = table(&found.map(visit));
        assert!(table::width(&table) <= table::WIDEST, "{table}");
        for state in ["unchanged (304)", "refused", "not fetched", "would go in", "12345678"] {
            assert!(table.to_string().contains(state), "{state}:\n{table}");
        }
    }
}
