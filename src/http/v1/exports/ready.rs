//! The files of a publication, made if need be: what the list and the files share.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::db::publications::Publication;
use crate::exports::table::Form;
use crate::exports::{ExportError, Release, Releasing};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::state::AppState;

/// How long a request waits for files that are being made.
const PATIENCE: Duration = Duration::from_secs(12);

/// What a file is, by its name.
pub(super) fn media(name: &str) -> &'static str {
    let form = Form::ALL.into_iter().find(|form| name.ends_with(form.suffix()));
    form.map_or_else(
        || match name.rsplit_once('.') {
            Some((_, "jsonld")) => "application/ld+json",
            Some((_, "json")) => "application/json",
            _ => "text/plain; charset=utf-8",
        },
        Form::media,
    )
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Db(error) => error.into(),
            ExportError::Gone(_) => Self::of(ProblemCode::PublicationRetired),
            ExportError::Io { .. } | ExportError::Occupied(_) => {
                Self::of(ProblemCode::ExportsUnavailable).because(error)
            }
        }
    }
}

/// The files of a publication, made if need be.
///
/// # Errors
/// 404 for a version that does not exist, 410 for one whose rows are gone, 503 while the files are made and
/// when they cannot be.
pub(super) async fn ready(state: &AppState, version: &str) -> Result<(Arc<Publication>, Arc<Release>), Problem> {
    let known = state.publications.known();
    let found = known.all.iter().find(|found| found.version == version).cloned().ok_or_else(|| {
        Problem::unknown(format!("Il n'y a pas de publication {version} : /api/v1/publications les donne toutes."))
    })?;
    if found.purgee {
        return Err(Problem::of(ProblemCode::PublicationRetired));
    }
    let origin = state.config.site.public_url.as_deref().unwrap_or_default();
    let releasing = Releasing::new(Arc::clone(&found), &known.all, origin);
    let exports = state.exports.clone();
    // Whoever goes away while it lasts finds them the next time.
    let making = tokio::spawn(async move { exports.get(&releasing).await });
    let patience = PATIENCE.min(state.config.request_timeout / 2);
    let Ok(made) = tokio::time::timeout(patience, making).await else {
        return Err(Problem::of(ProblemCode::ExportsInPreparation));
    };
    Ok((found, made.map_err(Problem::internal)??))
}

/// Removes the files of publications that are retired, now and whenever one is, until `stop`.
pub(in crate::http) async fn forget_retired(state: AppState, stop: CancellationToken) {
    let mut changes = state.publications.subscribe();
    loop {
        let known = Arc::clone(&changes.borrow_and_update());
        let retired: Vec<_> = known.all.iter().filter(|publication| publication.purgee).cloned().collect();
        if !retired.is_empty() {
            let exports = state.exports.clone();
            // What could not be removed was logged; the next change tries again.
            let _ = tokio::task::spawn_blocking(move || exports.forget(&retired)).await;
        }
        match stop.run_until_cancelled(changes.changed()).await {
            Some(Ok(())) => {}
            _ => return,
        }
    }
}
