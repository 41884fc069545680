//! `exposition publish`: compute → check → write → switch, and the summary of it.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;

use indicatif::{ProgressBar, ProgressStyle};

use super::{CliError, Ending};
use crate::config::Config;
use crate::db::Db;
use crate::db::losses::SliceLoss;
use crate::domain::acceptance::parse_loss;
use crate::domain::couverture::{Changes, Couverture, EntryCounts};
use crate::domain::{Filiere, Maille, Slice};
use crate::publication::{Mode, Outcome, PublicationSummary, publish_as, write_table};

/// How many codes are named as examples.
const EXAMPLES: usize = 5;

/// What `publish` takes.
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// Compute, write and check, print the coverage and the changes, and give everything up:
    /// what is served stays
    #[arg(long)]
    dry_run: bool,
    /// Publish even if a large share of a slice would go (EXPOSITION_MAX_LOSS_PERCENT):
    /// perte:regionale/pro/taux_emploi_6_mois, as the refusal names it. Recorded with the
    /// publication; may be repeated
    #[arg(long, value_name = "perte:SLICE", value_parser = loss, conflicts_with = "dry_run")]
    accepter: Vec<Slice>,
    /// Accept the loss of every slice
    #[arg(long, conflicts_with = "dry_run")]
    force: bool,
}

fn loss(text: &str) -> Result<Slice, String> {
    parse_loss(text).map_err(|invalid| {
        let forms = "perte:MAILLE/FILIERE/INDICATEUR or perte:ensemble_etablissement/FILIERE/POPULATION/INDICATEUR";
        format!("only losses can be accepted of a publication, as {forms} ({invalid})")
    })
}

impl PublishArgs {
    fn mode(&self) -> Mode {
        match (self.dry_run, self.force) {
            (true, _) => Mode::Trial,
            (false, true) => Mode::Force,
            (false, false) => Mode::Prudent(self.accepter.iter().copied().collect()),
        }
    }
}

/// Publishes and prints what the new publication holds.
pub(super) async fn run(args: &PublishArgs, db: &Db, config: &Config) -> Result<Ending, CliError> {
    let spinner = ProgressBar::new_spinner().with_message("publishing");
    spinner.set_style(ProgressStyle::default_spinner());
    spinner.enable_steady_tick(Duration::from_millis(120));
    let issue = publish_as(db, &config.publication, args.mode()).await;
    spinner.finish_and_clear();
    print_outcome(&issue?);
    Ok(Ending::Done)
}

/// What became of the publication, with its summary.
pub(super) fn print_outcome(outcome: &Outcome) {
    match outcome {
        Outcome::Published(summary) => {
            println!("Publication {} is served.", summary.version);
            print(summary);
        }
        Outcome::Tried(summary) => {
            println!("Dry run: publication {} would be served; nothing was switched.", summary.version);
            print(summary);
        }
        Outcome::Unchanged(current) => println!(
            "Nothing to publish: publication {} of {} says exactly what the current files say.",
            current.version,
            current.creee_le.format("%Y-%m-%d %H:%M UTC")
        ),
    }
}

fn print(summary: &PublicationSummary) {
    let PublicationSummary { comptes, difference, couverture, purgees, durations, .. } = summary;
    let cells: u64 = comptes.statistiques.iter().map(|count| count.nombre).sum();
    println!("  {cells:>9} statistics");
    println!("  {:>9} certifications", comptes.certifications);
    println!("  {:>9} établissements", comptes.etablissements);
    println!("  {:>9} figures of établissements as a whole", comptes.statistiques_etablissement);
    println!("  {:>9} rows added, {} removed", difference.ajoutees, difference.retirees);
    print_left_out(summary);
    print_losses(&summary.losses);
    if !purgees.is_empty() {
        println!("  rows of older publications dropped: {}", purgees.join(", "));
    }
    print_couverture(couverture);
    let times: Vec<_> = durations.iter().map(|(step, time)| format!("{step} {:.2} s", time.as_secs_f64())).collect();
    println!("  {}", times.join(", "));
}

/// The slices that lose more than the limit, which was accepted or is only tried.
fn print_losses(losses: &[SliceLoss]) {
    let mut table = String::new();
    if !losses.is_empty() && write_table(&mut table, losses).is_ok() {
        println!("  slices that lose more than EXPOSITION_MAX_LOSS_PERCENT of their figures:");
        print!("{table}");
    }
}

/// What the sources have and the publication cannot say, with examples.
fn print_left_out(summary: &PublicationSummary) {
    let PublicationSummary { unknown_codes, salaires_sans_statistique, conflicting_familles, .. } = summary;
    let left_out: usize = unknown_codes.iter().map(|(_, rows)| rows).sum();
    if left_out > 0 {
        let named: Vec<_> =
            unknown_codes.iter().take(EXAMPLES).map(|(code, rows)| format!("{code} ({rows})")).collect();
        println!(
            "  {left_out:>9} rows left out: {} codes are in no nomenclature, such as {}",
            unknown_codes.len(),
            named.join(", ")
        );
    }
    if *salaires_sans_statistique > 0 {
        println!("  {salaires_sans_statistique:>9} rows of salaries left out: no national statistic takes them");
    }
    if let Some((code, kept, other)) = conflicting_familles.first() {
        let conflicts = conflicting_familles.len();
        println!(
            "  {conflicts:>9} certifications reached by two familles de métiers, such as {code}: {kept}, not {other}"
        );
    }
}

/// The coverage, millésimes and régions together; `/api/v1/couverture` has the detail.
fn print_couverture(couverture: &[Couverture]) {
    let mut sums: BTreeMap<(Maille, Filiere), (EntryCounts, Changes)> = BTreeMap::new();
    for Couverture { groupe, comptes, changes } in couverture {
        let sum = sums.entry((groupe.maille, groupe.filiere)).or_default();
        sum.0 += *comptes;
        sum.1 += *changes;
    }
    if sums.is_empty() {
        return;
    }
    println!(
        "  {:<28} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>8} {:>8} {:>9} {:>9} {:>9}",
        "coverage",
        "own",
        "older",
        "newer",
        "other",
        "summed",
        "earlier",
        "factor",
        "hidden",
        "empty",
        "added",
        "removed",
        "changed"
    );
    for ((maille, filiere), (c, changed)) in sums {
        let factor = c.factor().map_or_else(|| "-".to_owned(), |factor| format!("{factor:.2}"));
        println!(
            "  {:<28} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {factor:>7} {:>8} {:>8} {:>9} {:>9} {:>9}",
            format!("{maille}, {filiere}"),
            c.propres,
            c.diplome_ancien,
            c.diplome_nouveau,
            c.autre_uai,
            c.agregees,
            c.annees_terminales,
            c.masquees,
            c.vides,
            changed.ajoutees,
            changed.retirees,
            changed.modifiees
        );
    }
}
