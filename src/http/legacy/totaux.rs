//! Totaux: how long the lists are. A publication never changes, so that each list of it is counted
//! once, however many of its pages are read.

use moka::future::Cache;

use super::erreur::Erreur;
use crate::db::legacy::ListeLegacy;
use crate::http::Etat;

/// Lists whose length is remembered.
const LISTES: u64 = 10_000;

/// The lengths that are known. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Totaux(Cache<(i32, String), u64>);

impl Default for Totaux {
    fn default() -> Self {
        Self(Cache::new(LISTES))
    }
}

impl Totaux {
    /// The length of a list of a publication.
    ///
    /// # Errors
    /// Those of the database; nothing is remembered then.
    pub(super) async fn total(etat: &Etat, publication: i32, liste: &ListeLegacy) -> Result<u64, Erreur> {
        // Everything that the list depends on is in its debug form.
        let cle = (publication, format!("{liste:?}"));
        if let Some(total) = etat.totaux.0.get(&cle).await {
            return Ok(total);
        }
        let total = etat.db.total_legacy(publication, liste).await?;
        etat.totaux.0.insert(cle, total).await;
        Ok(total)
    }
}
