//! `exposition publish`: compute → check → write → switch, and the account of it.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::{CliError, Fin};
use crate::config::Config;
use crate::db::Db;
use crate::publication::{Compte, Issue, publish};

/// How many codes are named as examples.
const EXAMPLES: usize = 5;

/// Publishes and prints what the new publication holds.
pub(super) async fn run(db: &Db, config: &Config) -> Result<Fin, CliError> {
    let spinner = ProgressBar::new_spinner().with_message("publishing");
    spinner.set_style(ProgressStyle::default_spinner());
    spinner.enable_steady_tick(Duration::from_millis(120));
    let issue = publish(db, &config.publication).await;
    spinner.finish_and_clear();
    match issue? {
        Issue::Publiee(compte) => print(&compte),
        Issue::Inchangee(current) => println!(
            "Nothing to publish: publication {} of {} says exactly what the current files say.",
            current.version,
            current.creee_le.format("%Y-%m-%d %H:%M UTC")
        ),
    }
    Ok(Fin::Done)
}

fn print(compte: &Compte) {
    let Compte { version, comptes, difference, codes_inconnus, purgees, durees } = compte;
    let cells: u64 = comptes.statistiques.iter().map(|count| count.nombre).sum();
    println!("Publication {version} is served.");
    println!("  {cells:>9} statistics");
    println!("  {:>9} certifications", comptes.certifications);
    println!("  {:>9} établissements", comptes.etablissements);
    println!("  {:>9} figures of établissements as a whole", comptes.statistiques_etablissement);
    println!("  {:>9} rows added, {} removed", difference.ajoutees, difference.retirees);
    let left_out: usize = codes_inconnus.iter().map(|(_, rows)| rows).sum();
    if left_out > 0 {
        let named: Vec<_> =
            codes_inconnus.iter().take(EXAMPLES).map(|(code, rows)| format!("{code} ({rows})")).collect();
        println!(
            "  {left_out:>9} rows left out: {} codes are in no nomenclature, such as {}",
            codes_inconnus.len(),
            named.join(", ")
        );
    }
    if !purgees.is_empty() {
        println!("  rows of older publications dropped: {}", purgees.join(", "));
    }
    let times: Vec<_> = durees.iter().map(|(step, time)| format!("{step} {:.2} s", time.as_secs_f64())).collect();
    println!("  {}", times.join(", "));
}
