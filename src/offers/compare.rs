//! `--avant`: what was won and lost since an earlier report, and by what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::html::FullReport;
use crate::matching::Statut;
use crate::matching::report::{Report, RowOutcome};

/// Rows won and lost, by cause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Version of the publication of the earlier report.
    pub publication_avant: String,
    /// Rows covered then, in tenths of a percent of its rows.
    pub couverture_avant: Option<u64>,
    /// By cause.
    pub causes: Vec<Cause>,
    /// Rows named, of those won and lost.
    pub exemples: Vec<Change>,
    /// The earlier share of weight that went to courses without prospects, tenths of a percent.
    pub sans_perspectives_avant: Option<u64>,
    /// The same now.
    pub sans_perspectives: Option<u64>,
}

/// Why rows were won and lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// `catalogue`, `donnees` or `regle`.
    pub cause: String,
    /// Rows that have figures now and had none.
    pub gagnees: u64,
    /// Rows that had figures and have none now.
    pub perdues: u64,
}

/// A row that was won or lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The row.
    pub id: String,
    /// Its status then; empty for a row that was not there.
    pub avant: String,
    /// Its status now; empty for a row that is gone.
    pub apres: String,
    /// Why.
    pub cause: String,
}

/// Changes that are named.
const EXAMPLES: usize = 50;

/// Compares two reports. A row that asks something else, came or went is the catalogue's doing; the
/// same row against another publication that of the data, else that of the rules and corrections.
#[must_use]
pub fn compare(before: &FullReport, now: &Report, version: &str) -> Comparison {
    let mut causes: BTreeMap<&str, (u64, u64)> = ["catalogue", "donnees", "regle"].map(|cause| (cause, (0, 0))).into();
    let mut exemples = Vec::new();
    let same_data = before.publication.version == version;
    for (id, old, new) in paired(&before.rapport.lignes, &now.lignes) {
        let covered = |row: Option<&RowOutcome>| row.is_some_and(|row| row.statut == Statut::Couvert.as_str());
        if covered(old) == covered(new) {
            continue;
        }
        let cause = match (old, new) {
            (Some(old), Some(new)) if old.empreinte == new.empreinte => {
                if same_data {
                    "regle"
                } else {
                    "donnees"
                }
            }
            _ => "catalogue",
        };
        let (won, lost) = causes.entry(cause).or_default();
        *if covered(new) { won } else { lost } += 1;
        if exemples.len() < EXAMPLES {
            let statut = |row: Option<&RowOutcome>| row.map(|row| row.statut.clone()).unwrap_or_default();
            exemples.push(Change {
                id: id.to_owned(),
                avant: statut(old),
                apres: statut(new),
                cause: cause.to_owned(),
            });
        }
    }
    let share = |report: &Report| {
        let sums = report.perspectives.ensemble;
        crate::matching::report::per_thousand(sums.sans, sums.total())
    };
    Comparison {
        publication_avant: before.publication.version.clone(),
        couverture_avant: before.rapport.ensemble.of_rows(),
        causes: causes
            .into_iter()
            .map(|(cause, (gagnees, perdues))| Cause { cause: cause.to_owned(), gagnees, perdues })
            .collect(),
        exemples,
        sans_perspectives_avant: share(&before.rapport),
        sans_perspectives: share(now),
    }
}

/// The rows of both, by identifier; of those that share one, in the order of their outcomes.
fn paired<'a>(
    before: &'a [RowOutcome],
    now: &'a [RowOutcome],
) -> Vec<(&'a str, Option<&'a RowOutcome>, Option<&'a RowOutcome>)> {
    let mut rows: BTreeMap<&str, [Vec<&RowOutcome>; 2]> = BTreeMap::new();
    for row in before {
        rows.entry(&row.id).or_default()[0].push(row);
    }
    for row in now {
        rows.entry(&row.id).or_default()[1].push(row);
    }
    let mut found = Vec::new();
    for (id, [old, new]) in rows {
        for at in 0..old.len().max(new.len()) {
            found.push((id, old.get(at).copied(), new.get(at).copied()));
        }
    }
    found
}
