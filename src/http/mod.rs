//! HTTP: routes, conventions, OpenAPI.
//!
//! A request passes, from the outside in:
//!
//! 1. what every request and answer get ([`couches`]): an identifier, so that everything can be
//!    named by it; the log line, which must see the final status; HEAD, which is a GET for
//!    everything inside; the bodies of errors; the ETag's coding, outside compression, which
//!    decides it; 2. CORS, because a page must be able to read errors too; 3. compression;
//!    4. panics, which become such errors; 5. the limits: overload is refused first, and only what
//!    was let in is timed; 6. for data, ETag, 304 and cache ([`conditionnel`]); 7. the handler.
//!
//! `/health` is outside the limits: an overloaded server is alive. The legacy contract is a second
//! surface beside [`v1`], with its own errors and cross-origin headers: [`legacy`].

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use utoipa_axum::router::OpenApiRouter;

use crate::clock::Clock;
use crate::config::HttpConfig;
use crate::db::Db;
use acces::Acces;
use cache::Cache;
use conditionnel::{Garde, Portee, conditionnel as couche_conditionnelle};
use couches::Limites;
use publication::PublicationCourante;

pub mod acces;
mod cache;
mod champs;
pub mod communs;
mod conditionnel;
mod couches;
pub mod csv;
mod curseur;
mod docs;
mod journal;
pub mod legacy;
pub mod openapi;
pub mod page;
pub mod parametres;
pub mod probleme;
pub mod publication;
pub mod requete;
mod sante;
#[cfg(test)]
mod tests;
pub mod v1;

pub use champs::Champs;

/// What handlers share: one pointer, because axum clones the state several times per request.
#[derive(Debug, Clone)]
pub struct Etat(Arc<Services>);

/// What stands behind an [`Etat`].
#[derive(Debug)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The day.
    pub clock: Clock,
    /// Which publication is served.
    pub publications: PublicationCourante,
    /// Kept answers.
    pub cache: Cache,
    /// Lengths of the lists of the legacy contract.
    pub totaux: legacy::Totaux,
    /// Keys, tokens and passwords.
    pub acces: Acces,
    /// Limits and delays.
    pub config: HttpConfig,
}

impl Deref for Etat {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl From<Services> for Etat {
    fn from(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Services {
    /// Those of a server on `db`, which knows no publication before [`serve`] follows them.
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: HttpConfig) -> Self {
        let publications = PublicationCourante::new(db.clone());
        let cache = Cache::new(config.cache_bytes);
        let acces = Acces::new(db.clone(), clock, config.acces.clone());
        Self { db, clock, publications, cache, totaux: legacy::Totaux::default(), acces, config }
    }
}

impl Etat {
    /// State for a server on `db`: see [`Services::new`].
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: HttpConfig) -> Self {
        Services::new(db, clock, config).into()
    }
}

/// Every route with its documentation, without state or layers.
fn routes() -> (OpenApiRouter<Etat>, OpenApiRouter<Etat>, OpenApiRouter<Etat>) {
    let v1 = |routes| OpenApiRouter::new().nest("/api/v1", routes);
    (v1(v1::donnees()), v1(v1::publications::routes()), sante::routes())
}

/// The whole service.
pub fn router(etat: Etat) -> Router {
    let (donnees, publications, sante) = routes();
    let limites = from_fn_with_state(Arc::new(Limites::new(&etat.config)), couches::limiter);
    let garder = |routes: OpenApiRouter<Etat>, portee| {
        // Shared: axum clones the state of a layer several times per request.
        let garde = Arc::new(Garde { etat: etat.clone(), portee });
        let garde = from_fn_with_state(garde, couche_conditionnelle);
        Router::from(routes.route_layer(ServiceBuilder::new().layer(limites.clone()).layer(garde)))
    };
    let data = garder(donnees, Portee::Donnees).merge(garder(publications, Portee::Publications));
    let legacy = legacy::routes(&etat).with_state(etat.clone()).layer(limites.clone());
    let legacy = couches::entourer(legacy::habiller(legacy), legacy::cors());
    let all = data.with_state(etat.clone()).merge(docs::routes()).merge(Router::from(sante.with_state(etat)));
    couches::entourer(all, couches::cors()).merge(legacy)
}

/// Serves until `arret` resolves, then lets the requests in progress end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    etat: Etat,
    arret: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stop = CancellationToken::new();
    let follower = tokio::spawn(etat.publications.clone().suivre(etat.config.poll, stop.clone()));
    let patience = etat.config.request_timeout;
    // Logging in is braked per client address.
    let service = router(etat).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown({
        let stop = stop.clone();
        async move {
            arret.await;
            stop.cancel();
        }
    });
    let outcome = tokio::select! {
        outcome = served => outcome,
        () = trop_tard(&stop, patience) => Ok(()),
    };
    stop.cancel();
    let _ = follower.await;
    outcome
}

/// A client that reads slowly must not hold up the stop for ever.
async fn trop_tard(stop: &CancellationToken, patience: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(patience).await;
    tracing::warn!("connections still open at the end of the grace period were cut");
}
