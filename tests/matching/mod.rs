//! Matching a platform's catalogue: the two shells, what damaged rows come to, what is refused, and that
//! nothing of what was sent stays anywhere.

use chrono::NaiveDate;
use exposition::ingestion::Source;
use exposition::matching::columns::Wanted;
use exposition::matching::rules::{Circumstances, judge};
use exposition::matching::{Corrections, Index, Verdict};
use exposition::offers::{Catalogue, Format, Limits, OffersRefusal};

use super::common;

mod bad_input;
mod faults;
mod golden;
mod hidden;
mod report;
mod shells;
mod world;

/// The verdicts on a catalogue.
fn verdicts(index: &Index, text: &str, format: Format) -> Result<Vec<Verdict>, OffersRefusal> {
    let source = Source::memory("catalogue", text.as_bytes());
    let catalogue = Catalogue::open(source, format, &Wanted::default(), Limits::NONE)?;
    let today = NaiveDate::parse_from_str(common::TODAY, "%Y-%m-%d").unwrap();
    let corrections = Corrections::default();
    let circumstances = Circumstances { today, corrections: &corrections };
    let mut offers = catalogue.offers(index)?;
    let mut found = Vec::new();
    while let Some(offer) = offers.advance()? {
        found.push(judge(index, &offer, circumstances));
    }
    Ok(found)
}

/// The catalogue of the sample's invented platform.
fn platform() -> String {
    String::from_utf8(exposition::sample::platform_catalogue().content).unwrap()
}
