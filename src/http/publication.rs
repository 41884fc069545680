//! Publication courante: which data the server answers from, known without asking the database.
//!
//! A background task learns of a switch by `LISTEN` and, because a notification can be lost
//! (a restart, a replica that lags, a pooler in between), by asking every few seconds. While the
//! database is away the last known publication stays, so that cached answers are still served.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::probleme::{CodeProbleme, Probleme};
use crate::db::ecoute::Ecoute;
use crate::db::publications::Publication;
use crate::db::{Db, DbError};

/// Every known publication, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Connues {
    /// The one that is served.
    pub courante: Option<Arc<Publication>>,
    /// All of them, the newest first, retired ones included.
    pub toutes: Vec<Arc<Publication>>,
}

impl Connues {
    fn new(publications: Vec<Publication>) -> Self {
        let toutes: Vec<_> = publications.into_iter().map(Arc::new).collect();
        Self { courante: toutes.iter().find(|publication| publication.courante).cloned(), toutes }
    }

    fn version(&self) -> Option<&str> {
        self.courante.as_ref().map(|publication| publication.version.as_str())
    }
}

/// How a request names the publication that it wants.
#[derive(Debug, Clone, Copy)]
pub(super) enum Epingle<'a> {
    Version(&'a str),
    Numero(i32),
}

impl Epingle<'_> {
    fn trouver(self, connues: &Connues) -> Option<Arc<Publication>> {
        let named = |publication: &&Arc<Publication>| match self {
            Self::Version(version) => publication.version == version,
            Self::Numero(id) => publication.id == id,
        };
        connues.toutes.iter().find(named).cloned()
    }
}

/// A shared view of the publications. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PublicationCourante {
    db: Db,
    connues: watch::Sender<Arc<Connues>>,
}

impl PublicationCourante {
    /// Knows nothing yet: see [`PublicationCourante::suivre`].
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, connues: watch::Sender::new(Arc::default()) }
    }

    /// Knows these, as tests need it.
    #[must_use]
    pub fn avec(db: Db, publications: Vec<Publication>) -> Self {
        Self { db, connues: watch::Sender::new(Arc::new(Connues::new(publications))) }
    }

    /// What is known now.
    #[must_use]
    pub fn connues(&self) -> Arc<Connues> {
        Arc::clone(&self.connues.borrow())
    }

    /// Told of every change.
    #[must_use]
    pub fn abonner(&self) -> watch::Receiver<Arc<Connues>> {
        self.connues.subscribe()
    }

    /// Asks the database.
    ///
    /// # Errors
    /// See [`DbError`]; what is known stays.
    pub async fn rafraichir(&self) -> Result<(), DbError> {
        let nouvelles = Connues::new(self.db.publications().await?);
        self.connues.send_if_modified(|connues| {
            if connues.version() != nouvelles.version() {
                tracing::info!(before = connues.version(), after = nouvelles.version(), "publication switched");
            }
            let changed = connues.toutes != nouvelles.toutes;
            if changed {
                *connues = Arc::new(nouvelles);
            }
            changed
        });
        Ok(())
    }

    /// Follows the switches until `arret`.
    pub async fn suivre(self, poll: Duration, arret: CancellationToken) {
        let _ = arret.run_until_cancelled(self.suivre_toujours(poll)).await;
    }

    async fn suivre_toujours(&self, poll: Duration) {
        let mut ecoute: Option<Ecoute> = None;
        let mut away = false;
        loop {
            if ecoute.is_none() {
                ecoute = self.db.ecouter_publications().await.ok();
            }
            let read = self.rafraichir().await;
            match &read {
                Ok(()) if away => tracing::info!("the database is back"),
                Err(error) if !away => {
                    tracing::error!(%error, "the database is away: the last known publication stays");
                }
                _ => {}
            }
            away = read.is_err();
            tokio::select! {
                () = tokio::time::sleep(poll) => {}
                heard = entendre(&mut ecoute) => {
                    if heard.is_err() {
                        ecoute = None;
                    }
                }
            }
        }
    }

    /// The publication that a request names, asking the database if it is not known yet; `None`
    /// if there is none.
    ///
    /// # Errors
    /// 410 for one whose rows are gone; 503 when it is unknown and the database is away.
    pub(super) async fn epinglee(&self, epingle: Epingle<'_>) -> Result<Option<Arc<Publication>>, Probleme> {
        let mut found = epingle.trouver(&self.connues());
        if found.is_none() {
            self.rafraichir().await?;
            found = epingle.trouver(&self.connues());
        }
        match found {
            Some(publication) if publication.purgee => Err(Probleme::de(CodeProbleme::PublicationRetiree)),
            found => Ok(found),
        }
    }

    /// Makes sure that the rows of a publication are still there.
    ///
    /// # Errors
    /// 410 when they are gone, and those of the database.
    pub(super) async fn verifier(&self, id: i32) -> Result<(), Probleme> {
        self.rafraichir().await?;
        match self.epinglee(Epingle::Numero(id)).await? {
            Some(_) => Ok(()),
            None => Err(Probleme::de(CodeProbleme::PublicationRetiree)),
        }
    }
}

/// Waits for a notification; for ever when nobody listens.
async fn entendre(ecoute: &mut Option<Ecoute>) -> Result<(), DbError> {
    match ecoute {
        Some(ecoute) => ecoute.suivante().await,
        None => std::future::pending().await,
    }
}
