//! What handlers share, and what stands behind it.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use super::access::Access;
use super::cache::Cache;
use super::legacy::Totals;
use super::metrics::Metrics;
use super::pages::theme::SiteTheme;
use super::problem::Problem;
use super::publication::CurrentPublication;
use super::usage::UsageCounter;
use crate::clock::Clock;
use crate::config::HttpConfig;
use crate::db::Db;
use crate::exports::Exports;
use crate::offers::Published;

/// Catalogues that are matched at once: each may be 64 MiB.
const CATALOGUES: usize = 4;

/// What handlers share: one pointer, because axum clones the state several times per request.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Services>);

/// What stands behind an [`AppState`].
#[derive(Debug)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The day.
    pub clock: Clock,
    /// Which publication is served.
    pub publications: CurrentPublication,
    /// Kept answers.
    pub cache: Cache,
    /// Lengths of the lists of the legacy contract.
    pub totals: Totals,
    /// Keys, tokens and passwords.
    pub access: Access,
    /// Counts of calls.
    pub usage: UsageCounter,
    /// The operator's look of the pages.
    pub theme: Arc<SiteTheme>,
    /// Publications, for matching catalogues with.
    pub published: Published,
    /// Places for catalogues, each of which is held in memory.
    pub catalogues: Arc<Semaphore>,
    /// Publications as files.
    pub exports: Exports,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Limits and delays.
    pub config: HttpConfig,
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl From<Services> for AppState {
    fn from(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Services {
    /// Those of a server on `db`, which knows no publication before [`serve`](super::serve) follows them.
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: HttpConfig) -> Self {
        let publications = CurrentPublication::new(db.clone());
        let cache = Cache::new(config.cache_bytes);
        let access = Access::new(db.clone(), clock, config.access.clone());
        let usage = UsageCounter::new(db.clone(), clock);
        let (totals, theme) = (Totals::default(), Arc::default());
        // Only where no data folder is known: the commands name one.
        let folder = config.exports.clone().unwrap_or_else(|| std::env::temp_dir().join("exposition-exports"));
        let exports = Exports::new(db.clone(), &folder);
        let (published, catalogues) = (Published::default(), Arc::new(Semaphore::new(CATALOGUES)));
        Self {
            db,
            clock,
            publications,
            cache,
            totals,
            access,
            usage,
            theme,
            published,
            catalogues,
            exports,
            metrics: Arc::default(),
            config,
        }
    }
}

impl Services {
    /// An answer that may need the database, or at once why there is none: a request that waits
    /// for a database that does not answer is told as soon as that is known.
    pub(super) async fn while_it_answers(&self, answer: impl Future<Output = Response>) -> Response {
        tokio::select! {
            biased;
            lost = self.db.lost() => Problem::from(lost).into_response(),
            answer = answer => answer,
        }
    }
}

impl AppState {
    /// State for a server that people use: with the operator's look, read from its folder.
    ///
    /// # Errors
    /// A folder of the look that cannot be read.
    pub fn open(db: Db, clock: Clock, config: HttpConfig) -> io::Result<Self> {
        let theme = config.site.theme.as_deref().map(SiteTheme::read).transpose()?;
        Ok(Services { theme: Arc::new(theme.unwrap_or_default()), ..Services::new(db, clock, config) }.into())
    }

    /// State for a server on `db`: see [`Services::new`].
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: HttpConfig) -> Self {
        Services::new(db, clock, config).into()
    }
}
