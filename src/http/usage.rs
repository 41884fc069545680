//! Counting calls, and giving the counts back to whoever made them.
//!
//! A call adds one to a number in memory; once a minute, and at the end, the numbers are added to
//! those in PostgreSQL with one statement. What is counted by is a closed set (routes, statuses,
//! keys, the day), so that the memory is bounded whatever is asked for. While the database is away
//! the numbers wait; a server that is killed loses a minute of them at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{Identity, UsedKey};
use super::problem::{ParameterError, Problem, ProblemCode};
use super::request::Query;
use super::state::AppState;
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::domain::access::AccessScope;
use crate::domain::usage::UsageGroup;

/// How often the counts are written.
const INTERVAL: Duration = Duration::from_mins(1);
/// Groups in memory, at most: far more than there are routes, statuses and keys of one day.
const MOST: usize = 50_000;
/// Days of which a holder of a key is told.
const DAYS: u64 = 90;

/// Counts calls. Cheap to clone.
#[derive(Debug, Clone)]
pub struct UsageCounter {
    db: Db,
    clock: Clock,
    counts: Arc<Mutex<HashMap<UsageGroup, i64>>>,
}

impl UsageCounter {
    /// One that has counted nothing.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, counts: Arc::default() }
    }

    /// Counts an answer. What watches over the service is no use of it.
    pub(super) fn count(&self, route: &str, response: &Response) {
        if route.starts_with("/health") {
            return;
        }
        let cle = response.extensions().get::<UsedKey>().map_or(0, |key| key.0.id);
        let statut = i16::try_from(response.status().as_u16()).unwrap_or(0);
        let groupe = UsageGroup { jour: self.clock.today(), route: route.to_owned(), statut, cle };
        self.add(groupe, 1);
    }

    fn add(&self, groupe: UsageGroup, appels: i64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < MOST || counts.contains_key(&groupe) {
            *counts.entry(groupe).or_default() += appels;
        }
    }

    /// Writes what was counted since the last time.
    ///
    /// # Errors
    /// Those of the database; the counts are kept then.
    pub async fn flush(&self) -> Result<(), DbError> {
        let counts = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        if counts.is_empty() {
            return Ok(());
        }
        let counts: Vec<(UsageGroup, i64)> = counts.into_iter().collect();
        let written = self.db.add_usage(&counts).await;
        if written.is_err() {
            for (groupe, appels) in counts {
                self.add(groupe, appels);
            }
        }
        written
    }

    /// Writes once a minute until `stop`.
    pub(super) async fn follow(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => self.try_flush().await,
            }
        }
    }

    /// Writes, or says in the log why not.
    pub(super) async fn try_flush(&self) {
        if let Err(error) = self.flush().await {
            tracing::warn!(%error, "the counts of calls could not be written; they are kept");
        }
    }
}

/// Les appels d'un jour, d'une route et d'un statut.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppelsJour)]
struct Calls {
    /// Jour, en Europe/Paris.
    #[schema(value_type = String, format = Date, example = "2026-01-31")]
    jour: NaiveDate,
    /// Route, avec les noms de ses paramètres.
    #[schema(example = "/api/v1/formations/{uai}/{code}")]
    route: String,
    /// Statut HTTP des réponses.
    #[schema(example = 200)]
    statut: i16,
    /// Nombre d'appels.
    #[schema(example = 1234)]
    appels: i64,
}

/// Ce qu'une clé a demandé.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageCle)]
struct KeyUsage {
    /// Nom de la clé.
    #[schema(example = "plateforme")]
    cle: String,
    /// Appels par jour, route et statut, sur 90 jours, à une minute près.
    appels: Vec<Calls>,
}

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().nest("/api/v1", OpenApiRouter::new().routes(routes!(own)))
}

/// L'usage de sa clé
///
/// Ce que la clé donnée dans l'en-tête `X-API-Key` a demandé, par jour, route et statut. Ni adresse ni paramètre n'est
/// gardé.
#[utoipa::path(
    get, path = "/cles/moi/usage", tag = "données", operation_id = "lire_usage_cle",
    params(("X-API-Key" = String, Header, description = "La clé.")),
    responses(
        (status = 200, description = "L'usage de la clé.", body = KeyUsage),
        (status = 401, description = "La clé manque, ou n'est pas acceptée.", body = super::problem::ProblemBody, content_type = "application/problem+json")
    )
)]
async fn own(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pairs = Query::new(query.as_deref().unwrap_or_default()).pairs;
    let unknown = |(name, value): &(String, String)| {
        ParameterError::new(name, value, "paramètre inconnu, cette adresse n'en prend aucun")
    };
    if !pairs.is_empty() {
        return Err(Problem::parameters(pairs.iter().map(unknown).collect()));
    }
    let caller = state.access.caller(&headers, AccessScope::ALL).await?;
    let Some(Identity::Key(key)) = caller else { return Err(Problem::of(ProblemCode::KeyRefused)) };
    let today = state.clock.today();
    let first = today.checked_sub_days(Days::new(DAYS)).unwrap_or(today);
    let usage = state.db.usage(first, today, Some(key.id)).await?;
    let calls = usage.into_iter().map(|one| Calls {
        jour: one.groupe.jour,
        route: one.groupe.route,
        statut: one.groupe.statut,
        appels: one.appels,
    });
    let body = KeyUsage { cle: key.nom.clone(), appels: calls.collect() };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))], Json(body)).into_response())
}
