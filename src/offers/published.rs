//! The index of a publication, built once and shared by all who match against it.

use std::sync::Arc;

use crate::db::matching::PublishedTables;
use crate::db::once::ReadOnce;
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

/// The indexes of the publications that were asked for.
#[derive(Debug, Clone)]
pub struct Published(ReadOnce<Index>);

impl Default for Published {
    fn default() -> Self {
        Self(ReadOnce::new(KEPT))
    }
}

impl Published {
    /// The index of a publication; whoever asks while it is read waits for it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn index(&self, db: &Db, publication: i32) -> Result<Arc<Index>, DbError> {
        self.0.get(publication, async || load(db, publication).await).await
    }
}
