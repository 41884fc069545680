//! One code at one place, and everything that is asked at the same moment with one
//! statement.
//!
//! What a lookup costs is hardly its rows: it is waking a process of PostgreSQL, starting its
//! executor, a round trip. So while [`STATEMENTS`] are under way the lookups that arrive wait, and
//! the next statement asks for all of them. A lone one is asked at once; the more there are, the
//! less each costs. What several ask at once is asked once.
//!
//! Nothing runs between lookups. A lookup that finds a free place starts a task, which asks until
//! no lookup waits. It is a task of its own, so that a client that hangs up does not end the
//! statement that answers others too.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sqlx::PgConnection;
use tokio::sync::oneshot;

use super::DbError;
use super::reserve::Reserve;
use super::statements::note_for_task;
use super::statistiques::LookupKey;
use crate::config::DatabaseConfig;

/// Statements under way at once. Two keep PostgreSQL busy while the rows of the other are read;
/// with more, each asks for less (measured: docs/BENCHMARKS.md).
const STATEMENTS: usize = 2;

/// Lookups of one statement, at most: its rows are read in one go.
const TOGETHER: usize = 64;

/// How much longer than PostgreSQL's own limit a statement is waited for: a server that cannot be
/// reached any more does not say so.
const GRACE: Duration = Duration::from_secs(1);

/// What a contract reads of a statistic, and how it does so for many keys with one statement.
pub(super) trait LookedUp: TryFrom<Self::Row, Error = DbError> + Clone + Send + 'static {
    /// A row of the statement.
    type Row: Send;

    /// The rows of every key: all millésimes and filières, in no order.
    fn read(
        connection: &mut PgConnection,
        publication: i32,
        keys: &[LookupKey],
    ) -> impl Future<Output = Result<Vec<Self::Row>, sqlx::Error>> + Send;

    /// The key that a row belongs to.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when it cannot be read.
    fn key(row: &Self::Row) -> Result<LookupKey, DbError>;
}

/// What there is of each key. What cannot be read is a fault of its own key alone: the others were
/// only asked for at the same time.
///
/// # Errors
/// A row whose key cannot be read.
pub(super) fn by_key<S: LookedUp>(rows: Vec<S::Row>) -> Result<BTreeMap<LookupKey, Answer<S>>, DbError> {
    let mut sorted = BTreeMap::<LookupKey, Vec<S::Row>>::new();
    for row in rows {
        sorted.entry(S::key(&row)?).or_default().push(row);
    }
    let read = |rows: Vec<S::Row>| rows.into_iter().map(S::try_from).collect();
    Ok(sorted.into_iter().map(|(key, rows)| (key, read(rows))).collect())
}

/// Every statistic of a certification at a place.
type Answer<S> = Result<Vec<S>, DbError>;

/// Who waits for an answer.
type Asker<S> = oneshot::Sender<Answer<S>>;

/// A lookup that waits for its answer.
#[derive(Debug)]
struct Question<S> {
    publication: i32,
    key: LookupKey,
    asker: Asker<S>,
}

/// The questions to the database, by publication, with everybody who asks each.
type Questions<S> = BTreeMap<i32, BTreeMap<LookupKey, Vec<Asker<S>>>>;

#[derive(Debug)]
struct Queue<S> {
    waiting: VecDeque<Question<S>>,
    under_way: usize,
}

#[derive(Debug)]
struct Inner<S> {
    reserve: Reserve,
    patience: Duration,
    queue: Mutex<Queue<S>>,
}

/// Asks for statistics as one contract reads them. Cheap to clone.
#[derive(Debug)]
pub(super) struct Lookups<S>(Arc<Inner<S>>);

impl<S> Clone for Lookups<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: LookedUp> Lookups<S> {
    /// Lookups on connections of `reserve`, whose pool was made with `config`.
    pub(super) fn new(reserve: Reserve, config: &DatabaseConfig) -> Self {
        let patience = config.statement_timeout + GRACE;
        let queue = Mutex::new(Queue { waiting: VecDeque::new(), under_way: 0 });
        Self(Arc::new(Inner { reserve, patience, queue }))
    }

    /// Every statistic of a certification at a place.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`]. When the database
    /// cannot answer, every lookup that waits gets this error at once.
    pub(super) async fn ask(&self, publication: i32, key: LookupKey) -> Answer<S> {
        let begin = Instant::now();
        let (asker, answered) = oneshot::channel();
        if self.enter(Question { publication, key, asker }) {
            tokio::spawn(self.clone().serve());
        }
        let answer = answered.await.unwrap_or_else(|_| Err(DbError::Query(Arc::new(sqlx::Error::WorkerCrashed))));
        // The statement runs in a task of its own.
        let rows = answer.as_ref().map_or(0, |rows| u64::try_from(rows.len()).unwrap_or(u64::MAX));
        note_for_task(begin.elapsed(), rows);
        answer
    }

    /// Lets a question wait; says whether nobody is there yet to ask it.
    fn enter(&self, question: Question<S>) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(question);
        let free = queue.under_way < STATEMENTS;
        queue.under_way += usize::from(free);
        free
    }

    /// Asks until nobody waits.
    async fn serve(self) {
        while let Some(questions) = self.next() {
            for (publication, askers) in questions {
                // Should this task panic, its channels close, which is an error for those who wait.
                let _ = AssertUnwindSafe(self.answer(publication, askers)).catch_unwind().await;
            }
        }
    }

    /// Those who wait, else the end: told under one lock, so that nobody is left behind.
    fn next(&self) -> Option<Questions<S>> {
        let mut queue = self.queue();
        if queue.waiting.is_empty() {
            queue.under_way -= 1;
            return None;
        }
        let mut questions = Questions::new();
        for _ in 0..TOGETHER {
            let Some(Question { publication, key, asker }) = queue.waiting.pop_front() else { break };
            // A receiver that is gone belongs to a client that hung up: its question is dropped.
            if !asker.is_closed() {
                questions.entry(publication).or_default().entry(key).or_default().push(asker);
            }
        }
        Some(questions)
    }

    /// Asks for some, and answers everybody.
    async fn answer(&self, publication: i32, askers: BTreeMap<LookupKey, Vec<Asker<S>>>) {
        let keys: Vec<LookupKey> = askers.keys().copied().collect();
        match self.read(publication, &keys).await {
            Ok(mut found) => {
                for (key, askers) in askers {
                    tell(askers, found.remove(&key).unwrap_or_else(|| Ok(Vec::new())));
                }
            }
            Err(error) => {
                let mut told: Vec<Asker<S>> = askers.into_values().flatten().collect();
                // The others wait for the same database. Asked one after the other, the last of a rush
                // would learn of the failure after minutes; so all of them are told now.
                if matches!(error, DbError::Unavailable(_)) {
                    told.extend(self.queue().waiting.drain(..).map(|question| question.asker));
                }
                tell(told, Err(error));
            }
        }
    }

    async fn read(&self, publication: i32, keys: &[LookupKey]) -> Result<BTreeMap<LookupKey, Answer<S>>, DbError> {
        let reading = async |connection: &mut PgConnection| {
            let rows = tokio::time::timeout(self.0.patience, S::read(connection, publication, keys)).await;
            rows.unwrap_or(Err(sqlx::Error::PoolTimedOut))
        };
        by_key::<S>(self.0.reserve.run(reading).await?)
    }

    fn queue(&self) -> MutexGuard<'_, Queue<S>> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives all askers the answer; one who has gone is no fault.
fn tell<S: Clone>(mut askers: Vec<Asker<S>>, answer: Answer<S>) {
    let last = askers.pop();
    for asker in askers {
        let _ = asker.send(answer.clone());
    }
    if let Some(last) = last {
        let _ = last.send(answer);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sqlx::postgres::PgPoolOptions;

    use super::*;
    use crate::config::Config;
    use crate::db::pulse::Pulse;
    use crate::db::statements::{CountedPool, Statements};
    use crate::db::statistiques::NamedStatistique;
    use crate::domain::{CodeCertification, CodeRegion, Lieu};

    fn lookups() -> Lookups<NamedStatistique> {
        let mut config = Config::from_lookup(&|_| None).unwrap().database;
        config.acquire_timeout = Duration::from_millis(200);
        // Nobody listens there: port 9 of loopback is reserved for discarding.
        let pool = PgPoolOptions::new().acquire_timeout(config.acquire_timeout);
        let pool = pool.connect_lazy("postgres://nobody@127.0.0.1:9/nothing?sslmode=disable").unwrap();
        let statements = Statements::default();
        let pool = CountedPool::new(pool, statements.clone());
        Lookups::new(Reserve::new(pool, statements, &config, Pulse::new()), &config)
    }

    fn question(
        publication: i32,
        number: usize,
    ) -> (Question<NamedStatistique>, oneshot::Receiver<Answer<NamedStatistique>>) {
        let (asker, answered) = oneshot::channel();
        let code = CodeCertification::from_stored(&format!("{number:08}")).unwrap();
        (Question { publication, key: (Lieu::Region(CodeRegion::parse("11").unwrap()), code), asker }, answered)
    }

    #[tokio::test]
    async fn what_several_ask_at_once_is_asked_once() {
        let lookups = lookups();
        let (asked, _askers): (Vec<_>, Vec<_>) = [(1, 7), (1, 8), (1, 7), (2, 7)]
            .map(|(publication, number)| question(publication, number))
            .into_iter()
            .unzip();
        for question in asked {
            lookups.enter(question);
        }
        // A question whose client has hung up is not asked.
        lookups.enter(question(3, 7).0);
        let questions = lookups.next().unwrap();
        let askers = |publication| questions[&publication].values().map(Vec::len).collect::<Vec<_>>();
        assert_eq!((askers(1), askers(2)), (vec![2, 1], vec![1]));
        assert_eq!(questions.len(), 2);
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_told_to_everybody_who_waits_and_not_in_turn() {
        let lookups = lookups();
        let (asked, answers): (Vec<_>, Vec<_>) = (0..3 * TOGETHER).map(|number| question(1, number)).unzip();
        for question in asked {
            lookups.enter(question);
        }
        let askers = lookups.next().unwrap().remove(&1).unwrap();
        assert_eq!(askers.len(), TOGETHER);
        lookups.answer(1, askers).await;
        assert!(lookups.queue().waiting.is_empty());
        for answer in answers {
            assert!(matches!(answer.await.unwrap(), Err(DbError::Unavailable(_))));
        }
    }

    #[tokio::test]
    async fn no_place_is_lost_when_everything_fails() {
        let lookups = lookups();
        for number in 0..3 {
            let (Question { publication, key, .. }, _) = question(1, number);
            assert!(lookups.ask(publication, key).await.is_err());
            // A task gives its place back once it has found that nobody waits.
            while lookups.queue().under_way > 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    proptest! {
        #[test]
        fn every_question_is_taken_once_in_its_turn_and_somebody_is_there_to_take_it(
            steps in proptest::collection::vec(any::<bool>(), 0..400),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _inside = runtime.enter();
            let lookups = lookups();
            let (mut askers, mut taken, mut tasks) = (Vec::new(), 0, 0);
            for enters in steps {
                if enters {
                    let (question, asker) = question(1, askers.len());
                    tasks += usize::from(lookups.enter(question));
                    askers.push(asker);
                } else if tasks > 0 {
                    match lookups.next() {
                        Some(questions) => {
                            let codes: Vec<_> = questions[&1].keys().map(|(_, code)| code.to_string()).collect();
                            let expected: Vec<_> = (taken..taken + codes.len()).map(|n| format!("{n:08}")).collect();
                            prop_assert!(codes.len() <= TOGETHER);
                            prop_assert_eq!(&codes, &expected);
                            taken += codes.len();
                        }
                        None => tasks -= 1,
                    }
                }
                prop_assert!(tasks <= STATEMENTS && (taken == askers.len() || tasks > 0));
            }
        }
    }
}
