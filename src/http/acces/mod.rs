//! Accès: who is asking, and what that opens. For every contract of the service; how a request
//! presents its key is each contract's own affair.
//!
//! A request with a key must not cost a query, so that what the database said of a key or an
//! account is trusted for a few seconds (`EXPOSITION_KEY_CACHE_S`, at most 10): that is how long
//! a revoked key may still work. What the database said of an unknown key is kept as well, lest
//! somebody makes it work by inventing keys. The day on which a key ends is looked at each time.
//!
//! When PostgreSQL is away a key that is not in memory cannot be judged: the answer is an error
//! of the service (503), never a refusal that a platform would take for a revocation.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rand::TryRngCore as _;
use rand::rngs::OsRng;
use tokio::sync::{OnceCell, Semaphore};

use super::probleme::Probleme;
use crate::clock::{Clock, now};
use crate::config::AccesConfig;
use crate::db::{Db, DbError};
use crate::domain::acces::{Cle, Droit, Empreinte, EtatCle, TexteCle};
use crate::domain::mot_de_passe::MotDePasse;
use frein::Frein;
use jetons::Jetons;

mod frein;
mod jetons;

/// Keys and accounts in memory; each weighs some hundred bytes.
const EN_MEMOIRE: u64 = 10_000;

/// How often the last use of a key is written, at most.
const UTILISATION: Duration = Duration::from_mins(1);

/// Why somebody could not be recognised, other than being nobody.
#[derive(Debug, thiserror::Error)]
pub enum ErreurAcces {
    /// The database.
    #[error(transparent)]
    Base(#[from] DbError),
    /// A fault inside; for the log.
    #[error("{0}")]
    Interne(String),
}

impl ErreurAcces {
    fn interne<E: std::error::Error>(error: E) -> Self {
        Self::Interne(error.to_string())
    }
}

impl From<ErreurAcces> for Probleme {
    fn from(error: ErreurAcces) -> Self {
        match error {
            ErreurAcces::Base(error) => error.into(),
            ErreurAcces::Interne(text) => Self::interne(text),
        }
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identite {
    /// The holder of a key that is accepted today.
    Cle(Arc<Cle>),
    /// Somebody who logged in, by the number of the account.
    Compte(i32),
}

impl Identite {
    /// Whether this opens `droit`; an account opens the contract that it logs into.
    #[must_use]
    pub fn ouvre(&self, droit: Droit) -> bool {
        match self {
            Self::Cle(cle) => cle.ouvre(droit),
            Self::Compte(_) => droit == Droit::Legacy,
        }
    }
}

/// The answer to an attempt to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connexion {
    /// A token for one day.
    Jeton(String),
    /// Wrong name or wrong password; nobody is told which.
    Refusee,
    /// Too many attempts: try again after this time.
    TropTot(Duration),
}

/// Recognises keys, tokens and passwords. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Acces(Arc<Interieur>);

#[derive(Debug)]
struct Interieur {
    db: Db,
    clock: Clock,
    config: AccesConfig,
    cles: moka::future::Cache<Empreinte, Option<Arc<Cle>>>,
    comptes: moka::future::Cache<i32, bool>,
    utilisees: moka::future::Cache<i32, ()>,
    jetons: OnceCell<Jetons>,
    frein: Frein,
    /// Passwords that are checked at once: each takes 19 MiB and a core.
    calculs: Arc<Semaphore>,
    factice: OnceLock<String>,
    verifications: AtomicU64,
}

impl Acces {
    /// Recognises those that `db` knows.
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: AccesConfig) -> Self {
        let ttl = config.key_cache;
        let calculs = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Self(Arc::new(Interieur {
            db,
            clock,
            config,
            cles: moka::future::Cache::builder().max_capacity(EN_MEMOIRE).time_to_live(ttl).build(),
            comptes: moka::future::Cache::builder().max_capacity(EN_MEMOIRE).time_to_live(ttl).build(),
            utilisees: moka::future::Cache::builder().max_capacity(EN_MEMOIRE).time_to_live(UTILISATION).build(),
            jetons: OnceCell::new(),
            frein: Frein::default(),
            calculs: Arc::new(Semaphore::new(calculs)),
            factice: OnceLock::new(),
            verifications: AtomicU64::new(0),
        }))
    }

    /// The holder of a key; `None` when it is unknown, expired or revoked.
    ///
    /// # Errors
    /// See [`ErreurAcces`].
    pub async fn cle(&self, texte: &TexteCle) -> Result<Option<Identite>, ErreurAcces> {
        let Some(cle) = self.cle_connue(&texte.empreinte()).await? else { return Ok(None) };
        if cle.etat(self.0.clock.today()) != EtatCle::Active {
            return Ok(None);
        }
        self.noter_utilisation(cle.id).await;
        Ok(Some(Identite::Cle(cle)))
    }

    /// The key with this hash, as the database says or said a moment ago. Several requests may ask
    /// at once when that moment ends; it is one lookup by a unique index for each.
    async fn cle_connue(&self, empreinte: &Empreinte) -> Result<Option<Arc<Cle>>, ErreurAcces> {
        if let Some(connue) = self.0.cles.get(empreinte).await {
            return Ok(connue);
        }
        let lue = self.0.db.cle_par_empreinte(empreinte).await?.map(Arc::new);
        if !self.0.config.key_cache.is_zero() {
            self.0.cles.insert(*empreinte, lue.clone()).await;
        }
        Ok(lue)
    }

    /// Writes the last use beside the request, which does not wait for it.
    async fn noter_utilisation(&self, id: i32) {
        if !self.0.utilisees.entry(id).or_insert(()).await.is_fresh() {
            return;
        }
        let db = self.0.db.clone();
        tokio::spawn(async move {
            if let Err(error) = db.noter_utilisation(id).await {
                tracing::warn!(key = id, %error, "the last use of a key could not be written");
            }
        });
    }

    /// The account that a token was given to; `None` when the token is none of ours or too old, or
    /// the account is gone.
    ///
    /// # Errors
    /// See [`ErreurAcces`].
    pub async fn jeton(&self, texte: &str) -> Result<Option<Identite>, ErreurAcces> {
        let Some(compte) = self.jetons().await?.lire(texte) else { return Ok(None) };
        Ok(self.compte_actif(compte).await?.then_some(Identite::Compte(compte)))
    }

    async fn compte_actif(&self, id: i32) -> Result<bool, ErreurAcces> {
        if let Some(actif) = self.0.comptes.get(&id).await {
            return Ok(actif);
        }
        let actif = self.0.db.compte_actif(id).await?;
        if !self.0.config.key_cache.is_zero() {
            self.0.comptes.insert(id, actif).await;
        }
        Ok(actif)
    }

    /// Signs and reads tokens, with the secret of the configuration, else that of the database.
    async fn jetons(&self) -> Result<&Jetons, ErreurAcces> {
        let read = async || match &self.0.config.jwt_secret {
            Some(secret) => Ok(Jetons::new(secret.expose().as_bytes())),
            None => Ok(Jetons::new(&self.0.db.secret_des_jetons(&aleatoire()?).await?)),
        };
        self.0.jetons.get_or_try_init(read).await
    }

    /// Logs in. An unknown name takes the same way, and the same time, as a wrong password.
    ///
    /// # Errors
    /// See [`ErreurAcces`].
    pub async fn connecter(
        &self,
        nom: &str,
        mot_de_passe: String,
        adresse: Option<IpAddr>,
    ) -> Result<Connexion, ErreurAcces> {
        match self.0.frein.tenter(nom, adresse).await {
            Ok(attente) => tokio::time::sleep(attente).await,
            Err(attente) => return Ok(Connexion::TropTot(attente)),
        }
        // No account has such a password, whatever the name.
        let Some(mot_de_passe) = MotDePasse::presente(mot_de_passe) else { return Ok(Connexion::Refusee) };
        let compte = self.0.db.compte_par_nom(nom).await?;
        let empreinte = compte.as_ref().map(|compte| compte.empreinte.clone());
        let correspond = self.correspond(mot_de_passe, empreinte).await?;
        let Some(compte) = compte.filter(|_| correspond) else { return Ok(Connexion::Refusee) };
        self.0.frein.reussir(nom, adresse).await;
        let jeton = self.jetons().await?.signer(compte.id, now()).map_err(ErreurAcces::interne)?;
        Ok(Connexion::Jeton(jeton))
    }

    /// Compares a password with a hash, or with one that is nobody's, away from the threads that
    /// answer requests.
    async fn correspond(&self, mot_de_passe: MotDePasse, empreinte: Option<String>) -> Result<bool, ErreurAcces> {
        // Moved into the computation, which goes on when the client has left.
        let place = Arc::clone(&self.0.calculs).acquire_owned().await.map_err(ErreurAcces::interne)?;
        let acces = self.clone();
        let calcul = tokio::task::spawn_blocking(move || {
            let _place = place;
            // Made by the first attempt, whoever it is for.
            let factice = acces.factice()?;
            acces.0.verifications.fetch_add(1, Ordering::Relaxed);
            let correspond = mot_de_passe.correspond(empreinte.as_deref().unwrap_or(factice));
            Ok(correspond && empreinte.is_some())
        });
        calcul.await.map_err(ErreurAcces::interne)?
    }

    /// A hash with the parameters of the real ones, of a password that nobody knows.
    fn factice(&self) -> Result<&str, ErreurAcces> {
        if let Some(factice) = self.0.factice.get() {
            return Ok(factice);
        }
        let secret = TexteCle::from_bytes(aleatoire()?).expose().to_owned();
        let mot_de_passe = MotDePasse::nouveau(secret).map_err(ErreurAcces::interne)?;
        let empreinte = mot_de_passe.hacher(&aleatoire()?).map_err(ErreurAcces::interne)?;
        Ok(self.0.factice.get_or_init(|| empreinte))
    }

    /// How many passwords were compared with a hash since the start.
    #[must_use]
    pub fn verifications(&self) -> u64 {
        self.0.verifications.load(Ordering::Relaxed)
    }
}

/// Random bytes of the operating system.
///
/// # Errors
/// A system that has none to give.
pub fn aleatoire<const N: usize>() -> Result<[u8; N], ErreurAcces> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| ErreurAcces::Interne(format!("no randomness: {error}")))?;
    Ok(bytes)
}
