//! Publishing: compute → check → write → switch, atomically.
//!
//! One transaction holds it all, under a lock that lets one publication be made at a time and on
//! one snapshot of the sources. A publication that says exactly what the current one says (same
//! hash over every row) is not made: servers, caches and clients keep what they have.
//!
//! The version says what changed for a client: major, something was removed; minor, something was
//! added; patch, figures or labels were corrected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::PublicationConfig;
use crate::db::changements::Pair;
use crate::db::check::Violations;
use crate::db::losses::SliceLoss;
use crate::db::publications::{self, Publication};
use crate::db::write::{Difference, Draft, Drafting, PublicationIdentity};
use crate::db::{Db, DbError};
use crate::domain::acceptance::LOSS;
use crate::domain::couverture::{Changes, Couverture, EntryCounts, Groupe};
use crate::domain::sources::{ComputedPublication, Sources};
use crate::domain::{CodeCertification, Slice};
use crate::indicators::{Seuils, compute};
use crate::sample;

mod loss;
pub mod questions;

pub use loss::{Loss, write_table};

/// Why no publication was made. The one that is served stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// There are no statistics and no figures of établissements.
    #[error("there is nothing to publish: no statistics file is in. Run `exposition ingest PATH…` first")]
    Empty,
    /// There are statistics, but no code of them has a name.
    #[error(
        "none of the {rows} statistics has a code that a nomenclature knows. Ingest n_formation_diplome, \
         v_formation_diplome and n_mef (BCN) first"
    )]
    NoNomenclature {
        /// Statistics that are in.
        rows: usize,
    },
    /// What was written breaks a rule that protects people or readers: a fault of the program.
    #[error("refused: {}. Nothing was switched; please report this", told(.0))]
    Violations(Violations),
    /// Too much of what is served would go.
    #[error("{0}")]
    Loss(Box<Loss>),
    /// No such publication.
    #[error("there is no publication {0}; `exposition publications list` shows those that exist")]
    Unknown(String),
    /// Its rows are gone.
    #[error("the rows of publication {0} are no longer kept (EXPOSITION_PUBLICATIONS_KEPT)")]
    Purged(String),
}

/// What is wrong, for the operator.
fn told(violations: &Violations) -> String {
    let Violations { disclosed, orphans } = violations;
    let disclosed = disclosed
        .iter()
        .map(|(indicateur, cells)| format!("{indicateur} would be shown of {cells} cells under the threshold"));
    let orphans = (*orphans > 0).then(|| format!("{orphans} statistics have no certification"));
    disclosed.chain(orphans).collect::<Vec<_>>().join(", ")
}

/// How a publication is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Refused when too much would go of any slice but these.
    Prudent(BTreeSet<Slice>),
    /// Whatever goes.
    Force,
    /// Computed, written, checked, and given up.
    Trial,
}

impl Default for Mode {
    fn default() -> Self {
        Self::Prudent(BTreeSet::new())
    }
}

/// What `publish` did.
#[derive(Debug)]
pub enum Outcome {
    /// A new publication is served.
    Published(Box<PublicationSummary>),
    /// A new publication would be served.
    Tried(Box<PublicationSummary>),
    /// The sources say what the current publication says.
    Unchanged(Box<Publication>),
}

/// The summary of a new publication.
#[derive(Debug)]
pub struct PublicationSummary {
    /// Its version.
    pub version: String,
    /// What it holds.
    pub comptes: publications::PublicationCounts,
    /// What it adds and removes.
    pub difference: Difference,
    /// What it covers, and what it changes, by group.
    pub couverture: Vec<Couverture>,
    /// Rows of codes in no nomenclature, left out.
    pub unknown_codes: Vec<(CodeCertification, usize)>,
    /// Rows of salaries that no national statistic could take.
    pub salaires_sans_statistique: usize,
    /// Certifications that two familles de métiers reach: the one that they got, and the other.
    pub conflicting_familles: Vec<(CodeCertification, String, String)>,
    /// Slices that lose more than the limit, which was accepted or only tried.
    pub losses: Vec<SliceLoss>,
    /// Older publications whose rows went.
    pub purgees: Vec<String>,
    /// Time of each step, in their order.
    pub durations: Vec<(&'static str, Duration)>,
}

/// Computes a publication from the current sources and serves it.
///
/// # Errors
/// [`PublicationError::Empty`] and [`PublicationError::NoNomenclature`] when there is nothing to
/// publish, [`PublicationError::Loss`] when too much of what is served would go,
/// [`PublicationError::Violations`] when the check finds a figure that must not be shown, else
/// [`PublicationError::Db`]. The publication that is served stays as it was.
pub async fn publish(db: &Db, config: &PublicationConfig) -> Result<Outcome, PublicationError> {
    publish_as(db, config, Mode::default()).await
}

/// The same, in one of its modes.
///
/// # Errors
/// Those of [`publish`]; no [`PublicationError::Loss`] with [`Mode::Force`].
pub async fn publish_as(db: &Db, config: &PublicationConfig, mode: Mode) -> Result<Outcome, PublicationError> {
    let mut chrono = Stopwatch::start();
    let (mut drafting, sources) = db.begin_publication().await?;
    chrono.lap("read");
    let result = Arc::new(computed(sources, config).await?);
    chrono.lap("compute");
    let draft = drafting.write(&result).await?;
    chrono.lap("write");
    let current = db.current_publication().await?;
    if let Some(same) = current.as_ref().filter(|current| current.empreinte == draft.empreinte) {
        drafting.abandon().await?;
        return Ok(Outcome::Unchanged(Box::new(same.clone())));
    }
    let older = current.filter(|current| !current.purgee).map(|current| current.id);
    let couverture = couverture(&mut drafting, older, &draft, result.couverture.clone()).await?;
    let losses = loss::guard(&mut drafting, older, &draft, config.max_loss_percent, &mode).await?;
    let (difference, version) = check(db, &mut drafting, older, &draft, &couverture).await?;
    chrono.lap("check");
    let mut summary = PublicationSummary {
        version,
        comptes: draft.comptes.clone(),
        difference,
        couverture,
        unknown_codes: result.unknown_codes.clone(),
        salaires_sans_statistique: result.salaires_sans_statistique,
        conflicting_familles: result.conflicting_familles.clone(),
        losses,
        purgees: Vec::new(),
        durations: Vec::new(),
    };
    if mode == Mode::Trial {
        drafting.abandon().await?;
        summary.durations = chrono.laps;
        return Ok(Outcome::Tried(Box::new(summary)));
    }
    let acceptances = summary.losses.iter().map(|loss| format!("{LOSS}{}", loss.slice)).collect();
    let fictive = drafting.files().iter().any(|fichier| sample::is_sample(&fichier.sha256));
    let identity = PublicationIdentity { version: summary.version.clone(), fictive, acceptances };
    drafting.switch(&draft, &identity, &summary.couverture).await?;
    summary.purgees = db.purge_publications(config.kept).await?;
    chrono.lap("switch");
    if let Some(before) = older {
        // Only the first who asks would wait: what fails is done then.
        if let Err(error) = db.compare(Pair { before, after: draft.id }).await {
            tracing::warn!(%error, "the publication could not be compared with the one before");
        }
        chrono.lap("compare");
    }
    summary.durations = chrono.laps;
    Ok(Outcome::Published(Box::new(summary)))
}

/// The coverage with what changed against the publication `older`: groups that disappear are
/// counted too.
async fn couverture(
    drafting: &mut Drafting,
    older: Option<i32>,
    draft: &Draft,
    comptes: BTreeMap<Groupe, EntryCounts>,
) -> Result<Vec<Couverture>, PublicationError> {
    let mut changes = match older {
        Some(older) => drafting.changes(older, draft.id).await?,
        None => comptes
            .iter()
            .map(|(groupe, comptes)| (*groupe, Changes { ajoutees: comptes.total(), ..Changes::default() }))
            .collect(),
    };
    let mut found: Vec<Couverture> = comptes
        .into_iter()
        .map(|(groupe, comptes)| {
            let changes = changes.remove(&groupe).unwrap_or_default();
            Couverture { groupe, comptes, changes }
        })
        .collect();
    let gone = |(groupe, changes)| Couverture { groupe, comptes: EntryCounts::default(), changes };
    found.extend(changes.into_iter().map(gone));
    Ok(found)
}

/// Everything that a publication adds, removes and changes.
#[must_use]
pub fn sum(couverture: &[Couverture]) -> Changes {
    couverture.iter().fold(Changes::default(), |mut sum, line| {
        sum += line.changes;
        sum
    })
}

/// Serves the publication `version` again.
///
/// # Errors
/// [`PublicationError::Unknown`] for a version that does not exist, [`PublicationError::Purged`]
/// for one whose rows are gone, else [`PublicationError::Db`].
pub async fn rollback(db: &Db, version: &str) -> Result<Publication, PublicationError> {
    let known = db.publication(version).await?;
    let publication = known.ok_or_else(|| PublicationError::Unknown(version.to_owned()))?;
    if publication.purgee {
        return Err(PublicationError::Purged(version.to_owned()));
    }
    db.rollback_to(publication.id).await?;
    Ok(publication)
}

/// The computation, off the threads that serve connections.
async fn computed(sources: Sources, config: &PublicationConfig) -> Result<ComputedPublication, PublicationError> {
    let rows = sources.mesures.len();
    if rows == 0 && sources.etablissements.is_empty() {
        return Err(PublicationError::Empty);
    }
    let seuils = Seuils { emploi: config.sans_perspectives_emploi, poursuite: config.sans_perspectives_poursuite };
    let result = tokio::task::spawn_blocking(move || compute(&sources, seuils))
        .await
        .map_err(|error| DbError::Corrupt(format!("the computation ended early: {error}")))?;
    if rows > 0 && result.statistiques.is_empty() {
        return Err(PublicationError::NoNomenclature { rows });
    }
    Ok(result)
}

/// Verifies what was written and names it.
async fn check(
    db: &Db,
    drafting: &mut Drafting,
    older: Option<i32>,
    draft: &Draft,
    couverture: &[Couverture],
) -> Result<(Difference, String), PublicationError> {
    let violations = drafting.violations(draft.id).await?;
    if !violations.is_empty() {
        return Err(PublicationError::Violations(violations));
    }
    let mut difference = match older {
        Some(older) => drafting.difference(older, draft.id).await?,
        None => Difference { retirees: 0, ajoutees: draft.comptes.nomenclatures() },
    };
    let Changes { ajoutees, retirees, .. } = sum(couverture);
    difference.ajoutees += ajoutees;
    difference.retirees += retirees;
    let latest = db.newest_publication().await?.map(|publication| publication.version);
    Ok((difference, next_version(latest.as_deref(), difference)))
}

/// `major.minor.patch` after `latest`: something removed, something added, something corrected.
fn next_version(latest: Option<&str>, difference: Difference) -> String {
    let numbers: Option<Vec<u32>> = latest.map(|version| version.split('.').filter_map(|n| n.parse().ok()).collect());
    match (numbers.as_deref(), difference) {
        (Some([major, ..]), Difference { retirees: 1.., .. }) => format!("{}.0.0", major + 1),
        (Some([major, minor, _]), Difference { ajoutees: 1.., .. }) => format!("{major}.{}.0", minor + 1),
        (Some([major, minor, patch]), _) => format!("{major}.{minor}.{}", patch + 1),
        _ => "1.0.0".to_owned(),
    }
}

/// A stopwatch with named laps.
struct Stopwatch {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        self.laps.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_says_what_changed() {
        let difference = |retirees, ajoutees| Difference { retirees, ajoutees };
        for (latest, change, expected) in [
            (None, difference(0, 9), "1.0.0"),
            (Some("1.4.2"), difference(1, 5), "2.0.0"),
            (Some("1.4.2"), difference(0, 5), "1.5.0"),
            (Some("1.4.2"), difference(0, 0), "1.4.3"),
        ] {
            assert_eq!(next_version(latest, change), expected);
        }
    }
}
