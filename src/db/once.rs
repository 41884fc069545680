//! What is read of a publication once and then kept: it never changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::DbError;

/// Something made of a publication's rows, by publication. Cheap to clone.
#[derive(Debug)]
pub struct ReadOnce<T> {
    kept: usize,
    made: Arc<Mutex<BTreeMap<i32, Slot<T>>>>,
}

/// What was made of one publication, once it is.
type Slot<T> = Arc<OnceCell<Arc<T>>>;

impl<T> Clone for ReadOnce<T> {
    fn clone(&self) -> Self {
        Self { kept: self.kept, made: Arc::clone(&self.made) }
    }
}

impl<T> ReadOnce<T> {
    /// Keeps what was made of at most `kept` publications: the current one and those that are pinned.
    #[must_use]
    pub fn new(kept: usize) -> Self {
        Self { kept, made: Arc::default() }
    }

    /// What is made of a publication; whoever asks while it is read waits for it.
    ///
    /// # Errors
    /// Those of `read`, which the next who asks tries again.
    pub async fn get(
        &self,
        publication: i32,
        read: impl AsyncFnOnce() -> Result<T, DbError>,
    ) -> Result<Arc<T>, DbError> {
        let slot = self.slot(publication);
        let made = slot.get_or_try_init(async || read().await.map(Arc::new)).await?;
        Ok(Arc::clone(made))
    }

    fn slot(&self, publication: i32) -> Slot<T> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        // The oldest goes, and with it its memory once nobody uses it.
        while made.len() >= self.kept && !made.contains_key(&publication) {
            made.pop_first();
        }
        Arc::clone(made.entry(publication).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_publication_is_read_once_and_again_after_an_error_or_when_it_had_to_go() {
        let (made, reads) = (ReadOnce::new(2), Cell::new(0));
        let get = async |publication: i32| {
            let read = async || {
                reads.set(reads.get() + 1);
                Ok(publication * 10)
            };
            *made.get(publication, read).await.unwrap()
        };
        assert!(made.get(1, async || Err(DbError::Corrupt("x".to_owned()))).await.is_err());
        assert_eq!((get(1).await, get(1).await, reads.get()), (10, 10, 1));
        assert_eq!((get(2).await, get(3).await, get(2).await, reads.get()), (20, 30, 20, 3));
        assert_eq!((get(1).await, reads.get()), (10, 4), "the first had to go for the third");
    }

    #[tokio::test]
    async fn whoever_asks_meanwhile_waits() {
        let (made, reads) = (ReadOnce::new(1), Cell::new(0));
        let read = async || {
            reads.set(reads.get() + 1);
            tokio::task::yield_now().await;
            Ok(7)
        };
        let (one, two) = tokio::join!(made.get(1, read), made.get(1, read));
        assert_eq!((*one.unwrap(), *two.unwrap(), reads.get()), (7, 7, 1));
    }
}
