//! An address of the command line: fetched, or reported as what could not be.

use std::io::{IsTerminal, stderr};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::config::DownloadConfig;
use crate::download::{Address, DownloadError, Downloaded, Downloader};
use crate::ingestion::{FileStatus, Report};

/// Fetches the file; the report says why when it is not.
pub(super) async fn download(adresse: &Address, config: &DownloadConfig) -> Result<Downloaded, Box<Report>> {
    let start = Instant::now();
    let bar = stderr().is_terminal().then(|| bar(adresse));
    let tracked = |received: u64, total: Option<u64>| {
        if let Some(bar) = &bar {
            bar.set_length(total.unwrap_or(received));
            bar.set_position(received);
        }
    };
    let fetched = match Downloader::new(config) {
        Ok(downloader) => downloader.download(adresse, &tracked).await,
        Err(failure) => Err(failure),
    };
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    fetched.map_err(|failure| Box::new(report(adresse, &failure, start)))
}

fn bar(adresse: &Address) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{prefix} {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(adresse.shown());
    bar
}

/// The report of an address without a file. It is said at once, too: the others may take long.
fn report(adresse: &Address, failure: &DownloadError, start: Instant) -> Report {
    let mut report = Report::new(adresse.shown());
    let said = match failure {
        DownloadError::Refused(_) => (FileStatus::Refuse, format!("refused: {failure}")),
        DownloadError::Fault { .. } | DownloadError::Disk { .. } => (FileStatus::Injoignable, failure.to_string()),
    };
    eprintln!("{}: {}", report.fichier, said.1);
    report.state = said.0;
    report.motif = Some(failure.to_string());
    report.secondes = start.elapsed().as_secs_f64();
    report
}
