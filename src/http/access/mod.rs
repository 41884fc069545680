//! Who is asking, and what that opens. For every contract of the service; how a request
//! presents its key is each contract's own affair.
//!
//! A request with a key must not cost a query, so that what the database said of a key or an
//! account is trusted for a few seconds (`EXPOSITION_KEY_CACHE_S`, at most 10): that is how long
//! a revoked key may still work. What the database said of an unknown key is kept as well, so that
//! invented keys do not cost it a query each. The day on which a key ends is looked at each time.
//!
//! When PostgreSQL is away a key that is not in memory cannot be judged: the answer is an error
//! of the service (503), never a refusal that a platform would take for a revocation.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, header};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use tokio::sync::{OnceCell, Semaphore};

use super::problem::{Problem, ProblemCode};
use crate::clock::{Clock, now};
use crate::config::AccessConfig;
use crate::db::{Db, DbError};
use crate::domain::access::{AccessScope, ApiKey, KeyHash, KeyState, KeyText};
use crate::domain::password::Password;
use throttle::Throttle;
use tokens::Tokens;

mod throttle;
mod tokens;

/// The header that holds a key.
pub(super) const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Keys and accounts in memory; each weighs some hundred bytes.
const IN_MEMORY: u64 = 10_000;

/// How often the last use of a key is written, at most.
const USE_INTERVAL: Duration = Duration::from_mins(1);

/// Why a key, a token or a password could not be judged: a failure of the service, not a wrong key.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A fault inside; for the log.
    #[error("{0}")]
    Internal(String),
}

impl AccessError {
    fn internal<E: std::error::Error>(error: E) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Database(error) => error.into(),
            AccessError::Internal(text) => Self::internal(text),
        }
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The holder of a key that is accepted today.
    Key(Arc<ApiKey>),
    /// Somebody who logged in, by the number of the account.
    Account(i32),
}

impl Identity {
    /// Whether this opens `scope`; an account opens the contract that it logs into.
    #[must_use]
    pub fn opens(&self, scope: AccessScope) -> bool {
        match self {
            Self::Key(key) => key.opens(scope),
            Self::Account(_) => scope == AccessScope::Legacy,
        }
    }
}

/// The answer to an attempt to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// A token for one day.
    Token(String),
    /// Wrong name or wrong password; nobody is told which.
    Refused,
    /// Too many attempts: try again after this time.
    TooSoon(Duration),
}

/// Recognises keys, tokens and passwords. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Access(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Clock,
    config: AccessConfig,
    keys: moka::future::Cache<KeyHash, Option<Arc<ApiKey>>>,
    accounts: moka::future::Cache<i32, bool>,
    used: moka::future::Cache<i32, ()>,
    tokens: OnceCell<Tokens>,
    throttle: Throttle,
    /// Passwords that are checked at once: each takes 19 MiB and a core.
    hashings: Arc<Semaphore>,
    decoy: OnceLock<String>,
    verifications: AtomicU64,
}

impl Access {
    /// Recognises those that `db` knows.
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: AccessConfig) -> Self {
        let ttl = config.key_cache;
        let hashings = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Self(Arc::new(Inner {
            db,
            clock,
            config,
            keys: moka::future::Cache::builder().max_capacity(IN_MEMORY).time_to_live(ttl).build(),
            accounts: moka::future::Cache::builder().max_capacity(IN_MEMORY).time_to_live(ttl).build(),
            used: moka::future::Cache::builder().max_capacity(IN_MEMORY).time_to_live(USE_INTERVAL).build(),
            tokens: OnceCell::new(),
            throttle: Throttle::default(),
            hashings: Arc::new(Semaphore::new(hashings)),
            decoy: OnceLock::new(),
            verifications: AtomicU64::new(0),
        }))
    }

    /// The holder of a key; `None` when it is unknown, expired or revoked.
    ///
    /// # Errors
    /// [`AccessError::Database`] when the key is not in memory and the database cannot be asked.
    pub async fn key(&self, text: &KeyText) -> Result<Option<Identity>, AccessError> {
        let Some(key) = self.known_key(&text.hash()).await? else { return Ok(None) };
        if key.state(self.0.clock.today()) != KeyState::Active {
            return Ok(None);
        }
        self.note_use(key.id).await;
        Ok(Some(Identity::Key(key)))
    }

    /// Whether judging a key needs no question to the database.
    pub(super) async fn remembers(&self, text: &KeyText) -> bool {
        self.0.keys.get(&text.hash()).await.is_some()
    }

    /// Who shows a key that opens one of `scopes`; nobody without one, since reading is open to all.
    ///
    /// # Errors
    /// 401 for a key that opens none: whoever shows one counts on it. 503 when it cannot be judged.
    pub(super) async fn caller(
        &self,
        headers: &HeaderMap,
        scopes: &[AccessScope],
    ) -> Result<Option<Identity>, Problem> {
        let mut shown = shown(headers).peekable();
        if shown.peek().is_none() {
            return Ok(None);
        }
        for text in shown {
            let Some(key) = KeyText::parse(text) else { continue };
            let opens = |identity: &Identity| scopes.iter().any(|scope| identity.opens(*scope));
            if let Some(identity) = self.key(&key).await?.filter(opens) {
                return Ok(Some(identity));
            }
        }
        Err(Problem::of(ProblemCode::KeyRefused))
    }

    /// The key with this hash, as the database says or said a moment ago. Several requests may ask
    /// at once when that moment ends; it is one lookup by a unique index for each.
    async fn known_key(&self, empreinte: &KeyHash) -> Result<Option<Arc<ApiKey>>, AccessError> {
        if let Some(known) = self.0.keys.get(empreinte).await {
            return Ok(known);
        }
        let read = self.ask(self.0.db.key_by_hash(empreinte)).await?.map(Arc::new);
        if !self.0.config.key_cache.is_zero() {
            self.0.keys.insert(*empreinte, read.clone()).await;
        }
        Ok(read)
    }

    /// Asks the database, if it answers.
    async fn ask<T>(&self, question: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
        self.0.db.unless_lost(question).await
    }

    /// Writes the last use beside the request, which does not wait for it.
    async fn note_use(&self, id: i32) {
        if !self.0.used.entry(id).or_insert(()).await.is_fresh() {
            return;
        }
        let db = self.0.db.clone();
        tokio::spawn(async move {
            if let Err(error) = db.note_use(id).await {
                tracing::warn!(key = id, %error, "the last use of a key could not be written");
            }
        });
    }

    /// The account that a token was given to; `None` when the token is none of ours or too old, or
    /// the account is gone.
    ///
    /// # Errors
    /// [`AccessError::Database`] when secret or account are not in memory and the database cannot be
    /// asked, [`AccessError::Internal`] when the system gives no random bytes for a first secret.
    pub async fn token(&self, text: &str) -> Result<Option<Identity>, AccessError> {
        let Some(account) = self.tokens().await?.read(text) else { return Ok(None) };
        Ok(self.active_account(account).await?.then_some(Identity::Account(account)))
    }

    async fn active_account(&self, id: i32) -> Result<bool, AccessError> {
        if let Some(active) = self.0.accounts.get(&id).await {
            return Ok(active);
        }
        let active = self.ask(self.0.db.active_account(id)).await?;
        if !self.0.config.key_cache.is_zero() {
            self.0.accounts.insert(id, active).await;
        }
        Ok(active)
    }

    /// Signs and reads tokens, with the secret of the configuration, else that of the database.
    async fn tokens(&self) -> Result<&Tokens, AccessError> {
        let read = async || match &self.0.config.jwt_secret {
            Some(secret) => Ok(Tokens::new(secret.expose().as_bytes())),
            None => Ok(Tokens::new(&self.ask(self.0.db.token_secret(&random_bytes()?)).await?)),
        };
        self.0.tokens.get_or_try_init(read).await
    }

    /// Logs in. An unknown name takes the same way, and the same time, as a wrong password.
    ///
    /// # Errors
    /// [`AccessError::Database`] while the database cannot be asked, [`AccessError::Internal`] when the
    /// hash cannot be computed or a token not be signed.
    pub async fn connect(
        &self,
        nom: &str,
        password: String,
        adresse: Option<IpAddr>,
    ) -> Result<Connection, AccessError> {
        match self.0.throttle.attempt(nom, adresse).await {
            Ok(wait) => tokio::time::sleep(wait).await,
            Err(wait) => return Ok(Connection::TooSoon(wait)),
        }
        // No account has such a password, whatever the name.
        let Some(password) = Password::presented(password) else { return Ok(Connection::Refused) };
        let account = self.ask(self.0.db.account_by_name(nom)).await?;
        let empreinte = account.as_ref().map(|account| account.empreinte.clone());
        let matches = self.matches(password, empreinte).await?;
        let Some(account) = account.filter(|_| matches) else { return Ok(Connection::Refused) };
        self.0.throttle.succeed(nom, adresse).await;
        let token = self.tokens().await?.sign(account.id, now()).map_err(AccessError::internal)?;
        Ok(Connection::Token(token))
    }

    /// Compares a password with a hash, or with one that is nobody's, away from the threads that
    /// answer requests.
    async fn matches(&self, password: Password, empreinte: Option<String>) -> Result<bool, AccessError> {
        // Moved into the computation, which goes on when the client has left.
        let place = Arc::clone(&self.0.hashings).acquire_owned().await.map_err(AccessError::internal)?;
        let access = self.clone();
        let hashing = tokio::task::spawn_blocking(move || {
            let _place = place;
            // Made by the first attempt, whoever it is for.
            let decoy = access.decoy()?;
            access.0.verifications.fetch_add(1, Ordering::Relaxed);
            let matches = password.matches(empreinte.as_deref().unwrap_or(decoy));
            Ok(matches && empreinte.is_some())
        });
        hashing.await.map_err(AccessError::internal)?
    }

    /// A hash with the parameters of the real ones, of a password that nobody knows.
    fn decoy(&self) -> Result<&str, AccessError> {
        if let Some(decoy) = self.0.decoy.get() {
            return Ok(decoy);
        }
        let secret = KeyText::from_bytes(random_bytes()?).expose().to_owned();
        let password = Password::new(secret).map_err(AccessError::internal)?;
        let empreinte = password.hash(&random_bytes()?).map_err(AccessError::internal)?;
        Ok(self.0.decoy.get_or_init(|| empreinte))
    }

    /// How many passwords were compared with a hash since the start.
    #[must_use]
    pub fn verifications(&self) -> u64 {
        self.0.verifications.load(Ordering::Relaxed)
    }
}

/// What a request shows in its headers: `x-api-key`, then `Authorization: Bearer`. Of a repeated header
/// only the first counts: each costs a lookup.
pub(super) fn shown(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let bearer = text(&header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    text(&X_API_KEY).into_iter().chain(bearer)
}

/// The key that a request was counted for: an extension of its answer, set where requests are
/// limited, for the log and the counts of calls. Its name may be told, its text is not in it.
#[derive(Debug, Clone)]
pub(super) struct UsedKey(pub(super) Arc<ApiKey>);

/// Random bytes of the operating system.
///
/// # Errors
/// A system that has none to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], AccessError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| AccessError::Internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}
