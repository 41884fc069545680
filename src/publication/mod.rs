//! Publishing: compute → check → write → switch, atomically.
//!
//! One transaction holds it all, under a lock that lets one publication be made at a time and on
//! one snapshot of the sources. A publication that says exactly what the current one says (same
//! hash over every row) is not made: servers, caches and clients keep what they have.
//!
//! The version says what changed for a client: major, something was removed; minor, something was
//! added; patch, figures or labels were corrected.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::PublicationConfig;
use crate::db::check::Violations;
use crate::db::publications::{self, Publication};
use crate::db::write::{Brouillon, Difference, Identite, Redaction};
use crate::db::{Db, DbError};
use crate::domain::CodeCertification;
use crate::domain::couverture::{Changements, Comptes, Couverture, Groupe};
use crate::domain::sources::{Resultat, Sources};
use crate::indicators::{Seuils, compute};
use crate::sample;

mod perte;

pub use perte::Perte;

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
    Loss(Box<Perte>),
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Refused when too much would go.
    #[default]
    Prudent,
    /// Whatever goes.
    Force,
    /// Computed, written, checked, and given up.
    Essai,
}

/// What `publish` did.
#[derive(Debug)]
pub enum Issue {
    /// A new publication is served.
    Publiee(Box<Compte>),
    /// A new publication would be served.
    Essayee(Box<Compte>),
    /// The sources say what the current publication says.
    Inchangee(Box<Publication>),
}

/// The account of a new publication.
#[derive(Debug)]
pub struct Compte {
    /// Its version.
    pub version: String,
    /// What it holds.
    pub comptes: publications::Comptes,
    /// What it adds and removes.
    pub difference: Difference,
    /// What it covers, and what it changes, by group.
    pub couverture: Vec<Couverture>,
    /// Rows of codes in no nomenclature, left out.
    pub codes_inconnus: Vec<(CodeCertification, usize)>,
    /// Rows of salaries that no national statistic could take.
    pub salaires_sans_statistique: usize,
    /// Certifications that two familles de métiers reach: the one that they got, and the other.
    pub familles_en_conflit: Vec<(CodeCertification, String, String)>,
    /// Older publications whose rows went.
    pub purgees: Vec<String>,
    /// Time of each step, in their order.
    pub durees: Vec<(&'static str, Duration)>,
}

/// Computes a publication from the current sources and serves it.
///
/// # Errors
/// See [`PublicationError`]; the publication that is served stays as it was.
pub async fn publish(db: &Db, config: &PublicationConfig) -> Result<Issue, PublicationError> {
    publish_as(db, config, Mode::default()).await
}

/// The same, in one of its modes.
///
/// # Errors
/// See [`PublicationError`].
pub async fn publish_as(db: &Db, config: &PublicationConfig, mode: Mode) -> Result<Issue, PublicationError> {
    let mut chrono = Chrono::start();
    let (mut redaction, sources) = db.begin_publication().await?;
    chrono.lap("read");
    let resultat = Arc::new(computed(sources, config).await?);
    chrono.lap("compute");
    let brouillon = redaction.write(&resultat).await?;
    chrono.lap("write");
    let current = db.publication_courante().await?;
    if let Some(same) = current.as_ref().filter(|current| current.empreinte == brouillon.empreinte) {
        redaction.abandon().await?;
        return Ok(Issue::Inchangee(Box::new(same.clone())));
    }
    let older = current.filter(|current| !current.purgee).map(|current| current.id);
    let couverture = couverture(&mut redaction, older, &brouillon, resultat.couverture.clone()).await?;
    if mode == Mode::Prudent {
        perte::refuse(&mut redaction, older, &brouillon, &couverture, config.max_loss_percent).await?;
    }
    let (difference, version) = check(db, &mut redaction, older, &brouillon, &couverture).await?;
    chrono.lap("check");
    let mut compte = Compte {
        version,
        comptes: brouillon.comptes.clone(),
        difference,
        couverture,
        codes_inconnus: resultat.codes_inconnus.clone(),
        salaires_sans_statistique: resultat.salaires_sans_statistique,
        familles_en_conflit: resultat.familles_en_conflit.clone(),
        purgees: Vec::new(),
        durees: Vec::new(),
    };
    if mode == Mode::Essai {
        redaction.abandon().await?;
        compte.durees = chrono.laps;
        return Ok(Issue::Essayee(Box::new(compte)));
    }
    let fictive = redaction.fichiers().iter().any(|fichier| sample::is_sample(&fichier.sha256));
    let identite = Identite { version: compte.version.clone(), fictive, acceptances: Vec::new() };
    redaction.switch(&brouillon, &identite, &compte.couverture).await?;
    compte.purgees = db.purge_publications(config.kept).await?;
    chrono.lap("switch");
    compte.durees = chrono.laps;
    Ok(Issue::Publiee(Box::new(compte)))
}

/// The coverage with what changed against the publication `older`: groups that disappear are
/// counted too.
async fn couverture(
    redaction: &mut Redaction,
    older: Option<i32>,
    brouillon: &Brouillon,
    comptes: BTreeMap<Groupe, Comptes>,
) -> Result<Vec<Couverture>, PublicationError> {
    let mut changements = match older {
        Some(older) => redaction.changements(older, brouillon.id).await?,
        None => comptes
            .iter()
            .map(|(groupe, comptes)| (*groupe, Changements { ajoutees: comptes.total(), ..Changements::default() }))
            .collect(),
    };
    let mut found: Vec<Couverture> = comptes
        .into_iter()
        .map(|(groupe, comptes)| {
            let changements = changements.remove(&groupe).unwrap_or_default();
            Couverture { groupe, comptes, changements }
        })
        .collect();
    let gone = |(groupe, changements)| Couverture { groupe, comptes: Comptes::default(), changements };
    found.extend(changements.into_iter().map(gone));
    Ok(found)
}

/// Everything that a publication adds, removes and changes.
#[must_use]
pub fn sum(couverture: &[Couverture]) -> Changements {
    couverture.iter().fold(Changements::default(), |mut sum, ligne| {
        sum += ligne.changements;
        sum
    })
}

/// Serves the publication `version` again.
///
/// # Errors
/// See [`PublicationError`].
pub async fn rollback(db: &Db, version: &str) -> Result<Publication, PublicationError> {
    let known = db.publications().await?.into_iter().find(|publication| publication.version == version);
    let publication = known.ok_or_else(|| PublicationError::Unknown(version.to_owned()))?;
    if publication.purgee {
        return Err(PublicationError::Purged(version.to_owned()));
    }
    db.rollback_to(publication.id).await?;
    Ok(publication)
}

/// The computation, off the threads that serve connections.
async fn computed(sources: Sources, config: &PublicationConfig) -> Result<Resultat, PublicationError> {
    let rows = sources.mesures.len();
    if rows == 0 && sources.etablissements.is_empty() {
        return Err(PublicationError::Empty);
    }
    let seuils = Seuils { emploi: config.sans_perspectives_emploi, poursuite: config.sans_perspectives_poursuite };
    let resultat = tokio::task::spawn_blocking(move || compute(&sources, seuils))
        .await
        .map_err(|error| DbError::Corrupt(format!("the computation ended early: {error}")))?;
    if rows > 0 && resultat.statistiques.is_empty() {
        return Err(PublicationError::NoNomenclature { rows });
    }
    Ok(resultat)
}

/// Verifies what was written and names it.
async fn check(
    db: &Db,
    redaction: &mut Redaction,
    older: Option<i32>,
    brouillon: &Brouillon,
    couverture: &[Couverture],
) -> Result<(Difference, String), PublicationError> {
    let violations = redaction.violations(brouillon.id).await?;
    if !violations.is_empty() {
        return Err(PublicationError::Violations(violations));
    }
    let mut difference = match older {
        Some(older) => redaction.difference(older, brouillon.id).await?,
        None => Difference { retirees: 0, ajoutees: brouillon.comptes.nomenclatures() },
    };
    let Changements { ajoutees, retirees, .. } = sum(couverture);
    difference.ajoutees += ajoutees;
    difference.retirees += retirees;
    let latest = db.publications().await?.into_iter().next().map(|publication| publication.version);
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
struct Chrono {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Chrono {
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
