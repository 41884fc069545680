//! The index of a publication, built once and shared by all who match against it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::db::matching::PublishedTables;
use crate::db::{Db, DbError};
use crate::matching::{Index, IndexBuilder};

/// Reads a publication into an index.
///
/// # Errors
/// Those of the database.
pub async fn load(db: &Db, publication: i32) -> Result<Index, DbError> {
    let mut builder = IndexBuilder::default();
    let PublishedTables { certifications, places, links, attachments, catalogue } =
        db.published_tables(publication).await?;
    builder.certifications(certifications);
    builder.places(places);
    builder.links(links);
    builder.attachments(attachments);
    builder.catalogue(catalogue);
    db.each_pair(publication, |entry| builder.entry(entry)).await?;
    Ok(builder.build())
}

/// How many indexes are kept: those of the current publication and of one that is pinned.
const KEPT: usize = 2;

/// The index of a publication, once it is read.
type Slot = Arc<OnceCell<Arc<Index>>>;

/// The indexes of the publications that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Published(Arc<Mutex<BTreeMap<i32, Slot>>>);

impl Published {
    /// The index of a publication; whoever asks while it is read waits for it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn index(&self, db: &Db, publication: i32) -> Result<Arc<Index>, DbError> {
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // The oldest goes, and with it its memory once nobody uses it.
            while slots.len() >= KEPT && !slots.contains_key(&publication) {
                slots.pop_first();
            }
            Arc::clone(slots.entry(publication).or_default())
        };
        let index = slot.get_or_try_init(async || load(db, publication).await.map(Arc::new)).await?;
        Ok(Arc::clone(index))
    }
}
