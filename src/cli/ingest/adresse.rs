//! An address of the command line: fetched, or reported as what could not be.

use std::io::{IsTerminal, stderr};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::config::TelechargementConfig;
use crate::ingestion::{Etat, Rapport};
use crate::telechargement::{Adresse, Echec, Telecharge, Telechargeur};

/// Fetches the file; the report says why when it is not.
pub(super) async fn telecharger(adresse: &Adresse, config: &TelechargementConfig) -> Result<Telecharge, Box<Rapport>> {
    let debut = Instant::now();
    let bar = stderr().is_terminal().then(|| bar(adresse));
    let suivi = |recus: u64, total: Option<u64>| {
        if let Some(bar) = &bar {
            bar.set_length(total.unwrap_or(recus));
            bar.set_position(recus);
        }
    };
    let fetched = match Telechargeur::new(config) {
        Ok(telechargeur) => telechargeur.telecharger(adresse, &suivi).await,
        Err(echec) => Err(echec),
    };
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    fetched.map_err(|echec| Box::new(rapport(adresse, &echec, debut)))
}

fn bar(adresse: &Adresse) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{prefix} {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(adresse.montree());
    bar
}

/// The report of an address without a file. It is said at once, too: the others may take long.
fn rapport(adresse: &Adresse, echec: &Echec, debut: Instant) -> Rapport {
    let mut rapport = Rapport::new(adresse.montree());
    let said = match echec {
        Echec::Refus(_) => (Etat::Refuse, format!("refused: {echec}")),
        Echec::Panne { .. } | Echec::Disque { .. } => (Etat::Injoignable, echec.to_string()),
    };
    eprintln!("{}: {}", rapport.fichier, said.1);
    rapport.etat = said.0;
    rapport.motif = Some(echec.to_string());
    rapport.secondes = debut.elapsed().as_secs_f64();
    rapport
}
