//! Being told by PostgreSQL of a switch of publication.

use sqlx::postgres::PgListener;

use super::{Db, DbError};

/// The channel on which the writer of a publication says that it switched.
pub const PUBLICATION_CHANNEL: &str = "publication";

/// One connection that listens. On the primary: a replica cannot listen.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Waits for the next switch.
    ///
    /// # Errors
    /// The connection is lost, and with it perhaps a notification: ask, then listen again.
    pub async fn next_one(&mut self) -> Result<(), DbError> {
        match self.0.try_recv().await? {
            Some(_) => Ok(()),
            None => Err(sqlx::Error::PoolClosed.into()),
        }
    }
}

impl Db {
    /// Starts listening for switches.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn listen_to_publications(&self) -> Result<Listener, DbError> {
        let mut listener = PgListener::connect_with(&self.write).await?;
        listener.listen(PUBLICATION_CHANNEL).await?;
        Ok(Listener(listener))
    }
}
