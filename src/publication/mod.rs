//! Publishing: compute → check → write → switch, atomically.
//!
//! One transaction holds it all, under a lock that lets one publication be made at a time and on
//! one snapshot of the sources. A publication that says exactly what the current one says (same
//! hash over every row) is not made: servers, caches and clients keep what they have.
//!
//! The version says what changed for a client: major, something was removed; minor, something was
//! added; patch, figures or labels were corrected.

use std::time::{Duration, Instant};

use crate::config::PublicationConfig;
use crate::db::publications::{Comptes, Publication};
use crate::db::write::{Brouillon, Difference, Identite, Redaction};
use crate::db::{Db, DbError};
use crate::domain::CodeCertification;
use crate::domain::sources::{Resultat, Sources};
use crate::indicators::{Seuils, compute};
use crate::sample;

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
    #[error(
        "refused: {disclosed} cells would show figures under the threshold, {orphans} have no certification. \
         Nothing was switched; please report this"
    )]
    Violations {
        /// Cells that show what they must not.
        disclosed: i64,
        /// Cells without certification.
        orphans: i64,
    },
    /// No such publication.
    #[error("there is no publication {0}; `exposition publications list` shows those that exist")]
    Unknown(String),
    /// Its rows are gone.
    #[error("the rows of publication {0} are no longer kept (EXPOSITION_PUBLICATIONS_KEPT)")]
    Purged(String),
}

/// What `publish` did.
#[derive(Debug)]
pub enum Issue {
    /// A new publication is served.
    Publiee(Box<Compte>),
    /// The sources say what the current publication says.
    Inchangee(Box<Publication>),
}

/// The account of a new publication.
#[derive(Debug)]
pub struct Compte {
    /// Its version.
    pub version: String,
    /// What it holds.
    pub comptes: Comptes,
    /// What it adds and removes.
    pub difference: Difference,
    /// Rows of codes in no nomenclature, left out.
    pub codes_inconnus: Vec<(CodeCertification, usize)>,
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
    let mut chrono = Chrono::start();
    let (mut redaction, sources) = db.begin_publication().await?;
    chrono.lap("read");
    let resultat = computed(sources, config).await?;
    chrono.lap("compute");
    let brouillon = redaction.write(&resultat).await?;
    chrono.lap("write");
    let current = db.publication_courante().await?;
    if let Some(same) = current.as_ref().filter(|current| current.empreinte == brouillon.empreinte) {
        redaction.abandon().await?;
        return Ok(Issue::Inchangee(Box::new(same.clone())));
    }
    let (difference, version) = check(db, &mut redaction, current.as_ref(), &brouillon).await?;
    chrono.lap("check");
    let fictive = redaction.fichiers().iter().any(|fichier| sample::is_sample(&fichier.sha256));
    redaction.switch(&brouillon, &Identite { version: version.clone(), fictive }).await?;
    let purgees = db.purge_publications(config.kept).await?;
    chrono.lap("switch");
    let Resultat { codes_inconnus, .. } = resultat;
    let comptes = brouillon.comptes;
    Ok(Issue::Publiee(Box::new(Compte { version, comptes, difference, codes_inconnus, purgees, durees: chrono.laps })))
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
    current: Option<&Publication>,
    brouillon: &Brouillon,
) -> Result<(Difference, String), PublicationError> {
    let (disclosed, orphans) = redaction.violations(brouillon.id).await?;
    if disclosed + orphans > 0 {
        return Err(PublicationError::Violations { disclosed, orphans });
    }
    let difference = match current.filter(|current| !current.purgee) {
        Some(current) => redaction.difference(current.id, brouillon.id).await?,
        None => Difference { retirees: 0, ajoutees: brouillon.comptes.total() },
    };
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
