//! How long the lists are. A publication never changes, so that each list of it is counted
//! once, however many of its pages are read.

use moka::future::Cache;

use crate::db::legacy::LegacyList;
use crate::http::legacy::error::LegacyError;
use crate::http::state::AppState;

/// Lists whose length is remembered.
const LISTS: u64 = 10_000;

/// The lengths that are known. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Totals(Cache<(i32, LegacyList), u64>);

impl Default for Totals {
    fn default() -> Self {
        Self(Cache::new(LISTS))
    }
}

impl Totals {
    /// The length of a list of a publication.
    ///
    /// # Errors
    /// Those of the database; nothing is remembered then.
    pub(in crate::http::legacy) async fn total(
        state: &AppState,
        publication: i32,
        list: &LegacyList,
    ) -> Result<u64, LegacyError> {
        let key = (publication, list.clone());
        if let Some(total) = state.totals.0.get(&key).await {
            return Ok(total);
        }
        let total = state.db.count_legacy(publication, list).await?;
        state.totals.0.insert(key, total).await;
        Ok(total)
    }
}
