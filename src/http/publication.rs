//! Which data the server answers from, known without asking the database.
//!
//! A background task learns of a switch by `LISTEN` and, because a notification can be lost
//! (a restart, a replica that lags, a pooler in between), by asking every few seconds. While the
//! database is away the last known publication stays, so that cached answers are still served.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::problem::{Problem, ProblemCode};
use crate::db::listener::Listener;
use crate::db::once::ReadOnce;
use crate::db::publications::Publication;
use crate::db::{Db, DbError};
use crate::domain::recherche::{EtablissementIndex, Index};
use crate::domain::reperes::Reperes;

/// Publications of which something is kept beside their answers: the current one, and those that
/// somebody still pins.
const KEPT: usize = 4;

/// Every known publication, at one moment.
#[derive(Debug, Clone, Default)]
pub struct KnownPublications {
    /// The one that is served.
    pub courante: Option<Arc<Publication>>,
    /// All of them, the newest first, retired ones included.
    pub all: Vec<Arc<Publication>>,
}

impl KnownPublications {
    fn new(publications: Vec<Publication>) -> Self {
        let all: Vec<_> = publications.into_iter().map(Arc::new).collect();
        Self { courante: all.iter().find(|publication| publication.courante).cloned(), all }
    }

    fn version(&self) -> Option<&str> {
        self.courante.as_ref().map(|publication| publication.version.as_str())
    }
}

/// How a request names the publication that it wants.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pin<'a> {
    Version(&'a str),
    Number(i32),
}

impl Pin<'_> {
    fn find(self, known: &KnownPublications) -> Option<Arc<Publication>> {
        let named = |publication: &&Arc<Publication>| match self {
            Self::Version(version) => publication.version == version,
            Self::Number(id) => publication.id == id,
        };
        known.all.iter().find(named).cloned()
    }
}

/// A shared view of the publications. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CurrentPublication {
    db: Db,
    known: watch::Sender<Arc<KnownPublications>>,
    /// The reference points of the publications that were asked for, which never change.
    reperes: ReadOnce<Reperes>,
    /// The words of their certifications, which never change either.
    indexes: ReadOnce<Index>,
    /// The names and places of their établissements, and what is taught there.
    etablissements: ReadOnce<EtablissementIndex>,
}

impl CurrentPublication {
    /// Knows nothing yet: see [`CurrentPublication::follow`].
    #[must_use]
    pub fn new(db: Db) -> Self {
        let (reperes, indexes, etablissements) = (ReadOnce::new(KEPT), ReadOnce::new(KEPT), ReadOnce::new(KEPT));
        Self { db, known: watch::Sender::new(Arc::default()), reperes, indexes, etablissements }
    }

    /// Knows these, as tests need it.
    #[must_use]
    pub fn with(db: Db, publications: Vec<Publication>) -> Self {
        Self { known: watch::Sender::new(Arc::new(KnownPublications::new(publications))), ..Self::new(db) }
    }

    /// What is known now.
    #[must_use]
    pub fn known(&self) -> Arc<KnownPublications> {
        Arc::clone(&self.known.borrow())
    }

    /// Told of every change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<KnownPublications>> {
        self.known.subscribe()
    }

    /// Asks the database.
    ///
    /// # Errors
    /// [`DbError`] when the database does not answer or holds what cannot be read; what is known stays.
    pub async fn refresh(&self) -> Result<(), DbError> {
        let news = KnownPublications::new(self.db.publications().await?);
        if let Some(courante) = &news.courante
            && news.version() != self.known().version()
        {
            self.prepare(courante.id).await;
        }
        self.known.send_if_modified(|known| {
            if known.version() != news.version() {
                tracing::info!(before = known.version(), after = news.version(), "publication switched");
            }
            let changed = known.all != news.all;
            if changed {
                *known = Arc::new(news);
            }
            changed
        });
        Ok(())
    }

    /// The reference points of a publication, read once.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn reperes(&self, id: i32) -> Result<Arc<Reperes>, DbError> {
        self.reperes.get(id, async || Ok(Reperes::new(self.db.reperes(id).await?))).await
    }

    /// The words of a publication's certifications, read and indexed once.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn index(&self, id: i32) -> Result<Arc<Index>, DbError> {
        let build = async || {
            let entries = self.db.labels(id).await?;
            tokio::task::spawn_blocking(move || Index::new(&entries))
                .await
                .map_err(|error| DbError::Corrupt(format!("the indexing of labels ended early: {error}")))
        };
        self.indexes.get(id, build).await
    }

    /// The names and places of a publication's établissements, read and indexed once.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn etablissements(&self, id: i32) -> Result<Arc<EtablissementIndex>, DbError> {
        let build = async || {
            let entries = self.db.names(id).await?;
            tokio::task::spawn_blocking(move || EtablissementIndex::new(entries))
                .await
                .map_err(|error| DbError::Corrupt(format!("the indexing of names ended early: {error}")))
        };
        self.etablissements.get(id, build).await
    }

    /// Reads beforehand what the first requests of a publication would wait for. What fails is read
    /// again by the first who needs it.
    async fn prepare(&self, id: i32) {
        let (reperes, index, names) = tokio::join!(self.reperes(id), self.index(id), self.etablissements(id));
        if let Err(error) = reperes.map(drop).and(index.map(drop)).and(names.map(drop)) {
            tracing::warn!(%error, "a publication could not be prepared; its first requests will do it");
        }
    }

    /// Follows the switches until `stop`.
    pub async fn follow(self, poll: Duration, stop: CancellationToken) {
        let _ = stop.run_until_cancelled(self.follow_for_ever(poll)).await;
    }

    async fn follow_for_ever(&self, poll: Duration) {
        let mut listener: Option<Listener> = None;
        let mut away = false;
        loop {
            if listener.is_none() {
                listener = self.db.listen_to_publications().await.ok();
            }
            let read = self.refresh().await;
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
                heard = hear(&mut listener) => {
                    if heard.is_err() {
                        listener = None;
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
    pub(super) async fn pinned(&self, pin: Pin<'_>) -> Result<Option<Arc<Publication>>, Problem> {
        let mut found = pin.find(&self.known());
        if found.is_none() {
            self.db.unless_lost(self.refresh()).await?;
            found = pin.find(&self.known());
        }
        match found {
            Some(publication) if publication.purgee => Err(Problem::of(ProblemCode::PublicationRetired)),
            found => Ok(found),
        }
    }

    /// Makes sure that the rows of a publication are still there, asking for it alone.
    ///
    /// # Errors
    /// 410 when they are gone, and those of the database.
    pub(super) async fn verify(&self, publication: &Publication) -> Result<(), Problem> {
        match self.db.publication(&publication.version).await? {
            Some(found) if !found.purgee => Ok(()),
            _ => Err(Problem::of(ProblemCode::PublicationRetired)),
        }
    }
}

/// Waits for a notification; for ever when nobody listens.
async fn hear(listener: &mut Option<Listener>) -> Result<(), DbError> {
    match listener {
        Some(listener) => listener.next_one().await,
        None => std::future::pending().await,
    }
}
