//! Whether the database answers, known before anybody asks.
//!
//! A server that is gone says so: its socket is closed. One that is stopped, or behind a network
//! that swallows packets, says nothing, and each request would wait out its limit to learn what
//! the one before it learnt. So one connection of its own asks all the time. When it goes
//! unanswered for [`PATIENCE`], everybody who waits is told ([`Db::lost`]) and nobody else begins
//! to; it then asks more often, so that the return is noticed at once.
//!
//! A connection that was open while the database was lost may be one that the other side has
//! forgotten. The pools let go of them ([`Pulse::may_use`]) instead of waiting for each in turn.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::watch;
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Db, DbError};

/// How long an answer to nothing may take. A machine under load takes a while to answer; one that
/// takes longer than this answers no reader either.
const PATIENCE: Duration = Duration::from_secs(2);
/// Who looks at the clock so much later than it was set was stopped, not the database: a machine that
/// others share stops for seconds now and then.
const LATE: Duration = Duration::from_millis(200);
/// Between two questions while the database answers.
const REST: Duration = Duration::from_millis(500);
/// Between two knocks while it does not.
const UNREST: Duration = Duration::from_millis(100);

/// What is known.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    lost: bool,
    /// When that last changed.
    changed: Option<Instant>,
}

/// What is known of the database. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Pulse(Arc<watch::Sender<Known>>);

impl Pulse {
    /// Nothing is known yet, which counts as an answer.
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Known::default())))
    }

    /// Whether a connection of this age was opened after the database was last lost.
    pub(super) fn may_use(&self, age: Duration) -> bool {
        self.0.borrow().changed.is_none_or(|lost| age < lost.elapsed())
    }

    /// Waits until the database is known not to answer; at once if it is.
    pub(super) async fn lost(&self) -> sqlx::Error {
        let mut known = self.0.subscribe();
        // The sender lives in `self`: the wait ends with the condition only.
        let _ = known.wait_for(|known| known.lost).await;
        sqlx::Error::PoolTimedOut
    }

    fn is_lost(&self) -> bool {
        self.0.borrow().lost
    }

    /// Notes that the database was lost, or is back: until now connections may have been forgotten.
    fn note(&self, lost: bool) {
        self.0.send_replace(Known { lost, changed: Some(Instant::now()) });
    }
}

/// The connection that asks.
struct Probe {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Probe {
    /// Asks until there is no answer in time. A connection that was closed is opened again before
    /// anything is said: a pooler may end one at any time.
    async fn wait_for_silence(&mut self) {
        let mut closed = 0;
        while closed < 2 {
            match in_time(self.ask()).await {
                Ok(Err(error)) if !is_full(&error) => {
                    self.connection = None;
                    closed += 1;
                }
                // An answer; or all places are taken, and somebody is there to say so.
                Ok(_) => {
                    closed = 0;
                    sleep(REST).await;
                }
                Err(_) => break,
            }
        }
        self.connection = None;
    }

    async fn ask(&mut self) -> Result<(), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.options.connect().await?),
        };
        connection.ping().await
    }

    /// Knocks until somebody opens. A knock that is not answered is given its time, and others
    /// are not put off by it: where packets are swallowed, it is a later one that gets through.
    async fn wait_for_answer(&mut self) {
        let mut knocks = FuturesUnordered::new();
        loop {
            knocks.push(timeout(PATIENCE, self.options.connect()));
            let mut rest = pin!(sleep(UNREST));
            loop {
                tokio::select! {
                    () = &mut rest => break,
                    Some(knock) = knocks.next() => match knock {
                        Ok(Ok(connection)) => {
                            self.connection = Some(connection);
                            return;
                        }
                        // All places are taken: somebody is there to say so.
                        Ok(Err(error)) if is_full(&error) => return,
                        Ok(Err(_)) | Err(_) => {}
                    },
                }
            }
        }
    }
}

/// The answer, unless it takes longer than [`PATIENCE`]. Time in which nothing ran here is no time in which
/// the database was silent: it is then given as much again.
async fn in_time<F: Future>(answer: F) -> Result<F::Output, Elapsed> {
    let mut answer = pin!(answer);
    let asked = tokio::time::Instant::now();
    match timeout(PATIENCE, &mut answer).await {
        Err(_) if asked.elapsed() > PATIENCE + LATE => timeout(PATIENCE, answer).await,
        outcome => outcome,
    }
}

fn is_full(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().is_some_and(|code| code == "53300"))
}

impl Db {
    /// Asks whether the database of the reads answers, until `stop`. Without it nothing is ever
    /// known to be lost.
    pub async fn watch(self, stop: CancellationToken) {
        let mut probe = Probe { options: (*self.read.connect_options()).clone(), connection: None };
        let watch = async {
            loop {
                probe.wait_for_silence().await;
                self.pulse.note(true);
                tracing::error!("the database does not answer: what is not in memory is refused until it does");
                // Connections that were on loan are of no use any more.
                self.reserve.clear();
                probe.wait_for_answer().await;
                self.pulse.note(false);
                tracing::info!("the database answers again");
            }
        };
        let _: Option<()> = stop.run_until_cancelled(watch).await;
    }

    /// Whether the database answered when it was last asked.
    #[must_use]
    pub fn answers(&self) -> bool {
        !self.pulse.is_lost()
    }

    /// What `reading` reads, unless the database is, or becomes, known not to answer.
    ///
    /// # Errors
    /// Those of `reading`; [`DbError::Unavailable`] as soon as the database is lost.
    pub async fn unless_lost<T>(&self, reading: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
        tokio::select! {
            biased;
            lost = self.lost() => Err(lost),
            read = reading => read,
        }
    }

    /// Waits until the database is known not to answer; at once if it is.
    pub async fn lost(&self) -> DbError {
        self.pulse.lost().await.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_from_before_the_loss_are_let_go_and_later_ones_used() {
        let pulse = Pulse::new();
        assert!(pulse.may_use(Duration::from_hours(1)), "nothing was ever lost");
        pulse.note(true);
        assert!(pulse.is_lost() && !pulse.may_use(Duration::from_millis(100)));
        pulse.note(false);
        std::thread::sleep(Duration::from_millis(2));
        assert!(!pulse.is_lost() && pulse.may_use(Duration::from_millis(1)));
        assert!(!pulse.may_use(Duration::from_mins(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_noticed_in_time() {
        let asked = tokio::time::Instant::now();
        assert!(in_time(std::future::pending::<()>()).await.is_err());
        assert!(asked.elapsed() < PATIENCE + LATE);
        assert_eq!(in_time(sleep(PATIENCE / 2)).await.ok(), Some(()));
    }

    /// As much time goes by at once as on a machine that was stopped.
    #[tokio::test(start_paused = true)]
    async fn who_was_stopped_waits_again_before_the_database_counts_as_silent() {
        let answer = tokio::spawn(in_time(sleep(PATIENCE * 5 + PATIENCE / 2)));
        tokio::task::yield_now().await;
        tokio::time::advance(PATIENCE * 5).await;
        assert_eq!(answer.await.unwrap().ok(), Some(()));
        let silence = tokio::spawn(in_time(std::future::pending::<()>()));
        tokio::task::yield_now().await;
        tokio::time::advance(PATIENCE * 5).await;
        assert!(silence.await.unwrap().is_err());
    }
}
