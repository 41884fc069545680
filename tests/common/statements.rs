//! How many statements of SQL something needs: what sqlx tells its log.
//!
//! One subscriber listens for the whole process, whatever thread speaks first: what `tracing` remembers of
//! who listens to a place in the code would else depend on the order of the tests.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

/// Where sqlx tells its statements.
const TARGET: &str = "sqlx::query";
/// What a server asks now and then by itself: which publication it serves, and to be told of the next.
const BESIDE: [&str; 2] = ["publication_courante", "LISTEN"];

thread_local! {
    /// The statements of this thread, while somebody listens.
    static HEARD: RefCell<Option<Rc<RefCell<Vec<String>>>>> = const { RefCell::new(None) };
}

/// Hears the statements of this thread, and so of a test whose server runs on the same one
/// (`#[tokio::test]` as it is, without `multi_thread`).
pub struct StatementCounter {
    /// Shared with this thread alone.
    heard: Rc<RefCell<Vec<String>>>,
}

impl StatementCounter {
    /// Listens until it is dropped.
    pub fn start() -> Self {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(StatementLayer)).unwrap();
        });
        let heard = Rc::default();
        HEARD.set(Some(Rc::clone(&heard)));
        Self { heard }
    }

    /// The statements since the last time.
    pub fn take(&self) -> Vec<String> {
        self.heard.take()
    }
}

impl Drop for StatementCounter {
    fn drop(&mut self) {
        HEARD.set(None);
    }
}

struct StatementLayer;

impl<S: Subscriber> Layer<S> for StatementLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == TARGET
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        HEARD.with_borrow(|heard| {
            let Some(heard) = heard else { return };
            let mut statement = Statement::default();
            event.record(&mut statement);
            if !BESIDE.iter().any(|aside| statement.0.contains(aside)) {
                heard.borrow_mut().push(statement.0);
            }
        });
    }
}

/// The text of a statement: its whole text is told only where the summary is not all of it.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if ["summary", "db.statement"].contains(&field.name()) {
            self.0 = format!("{} {value:?}", self.0);
        }
    }
}
