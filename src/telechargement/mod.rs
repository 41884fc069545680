//! An address becomes a file, or a reason why not.
//!
//! The address comes from an operator, or from a server as a redirect; what it answers, from
//! anybody. So each host asked is one of a list, over https, at a public address, at every redirect
//! anew ([`reseau`] filters where names are resolved); and what arrives is bounded in size and time.
//!
//! The file streams to the disk and is whole before anything reads it: ingestion reads a file twice,
//! and must not hold the lock of the imports while a server dawdles. What breaks on the way is tried
//! again, from where it broke when the server can tell that the file is still the same one, else
//! from the start. Compression is not asked for: a compressed part cannot be continued.
//!
//! Proxies of the environment are not used: behind one, names are not resolved here, and nothing
//! could be said of the addresses.

mod adresse;
mod corps;
mod echec;
mod essai;
mod fichier;
pub mod portail;
mod reponse;
mod reseau;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::Rng as _;
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

pub use self::adresse::{Adresse, AdresseInvalide};
pub use self::echec::{Echec, Panne, Refus};

use self::echec::Arret;
use self::fichier::{Dossier, Partiel};
use self::reseau::Publics;
use crate::config::TelechargementConfig;

/// How far a download is: bytes that are there, and of how many, where the server says so.
pub type Suivi<'a> = &'a (dyn Fn(u64, Option<u64>) + Send + Sync);

/// A file that was fetched; it is removed when this is dropped.
#[derive(Debug)]
pub struct Telecharge {
    path: PathBuf,
    _dossier: Dossier,
}

impl Telecharge {
    /// Where it is; its name says what the address says of dataset and millésime.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Fetches files.
#[derive(Debug)]
pub struct Telechargeur {
    client: Client,
    config: TelechargementConfig,
}

impl Telechargeur {
    /// A client for these limits.
    ///
    /// # Errors
    /// [`Panne::Client`]: this machine has no certificates to check servers by.
    pub fn new(config: &TelechargementConfig) -> Result<Self, Echec> {
        // Fails when it was chosen already, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("exposition/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Publics)
            .redirect(Policy::none())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(config.connexion)
            .read_timeout(config.inactivite)
            // Each attempt gets a connection of its own: the last one may be what was broken.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Echec::Panne { essais: 0, panne: Panne::Client(essai::causes(&error)) })?;
        Ok(Self { client, config: config.clone() })
    }

    /// Fetches one file.
    ///
    /// # Errors
    /// See [`Echec`]. Nothing is left on the disk then.
    pub async fn telecharger(&self, adresse: &Adresse, suivi: Suivi<'_>) -> Result<Telecharge, Echec> {
        let parent = self.config.dossier.clone();
        let dossier = spawn_blocking(move || Dossier::create(&parent)).await;
        let dossier = dossier.map_err(std::io::Error::other).flatten().map_err(|cause| self.disque(cause))?;
        let path = timeout(self.config.duree_max, self.essayer_encore(adresse, &dossier, suivi))
            .await
            .map_err(|_| Echec::Panne { essais: 1, panne: Panne::Duree(self.config.duree_max) })
            .flatten()?;
        let examined = path.clone();
        let found = spawn_blocking(move || corps::examiner(&examined)).await;
        match found.map_err(std::io::Error::other).flatten().map_err(|cause| self.disque(cause))? {
            Some(refus) => Err(refus.into()),
            None => Ok(Telecharge { path, _dossier: dossier }),
        }
    }

    async fn essayer_encore(&self, adresse: &Adresse, dossier: &Dossier, suivi: Suivi<'_>) -> Result<PathBuf, Echec> {
        let mut partiel = Partiel::create(dossier).await.map_err(|cause| self.disque(cause))?;
        let mut essais = 1;
        let nom = loop {
            let panne = match self.essayer(adresse.url(), &mut partiel, suivi).await {
                Ok(nom) => break nom,
                Err(Arret::Refus(refus)) => return Err(refus.into()),
                Err(Arret::Disque(cause)) => return Err(self.disque(cause)),
                Err(Arret::Panne(panne)) => panne,
            };
            let pause = self.pause(essais, panne).map_err(|panne| Echec::Panne { essais, panne })?;
            sleep(pause).await;
            essais += 1;
        };
        partiel.terminer(&nom).await.map_err(|cause| self.disque(cause))
    }

    /// How long to wait after the attempt of that number, or the failure when there is no next one.
    fn pause(&self, essais: u32, panne: Panne) -> Result<Duration, Panne> {
        let longest = self.config.attente_max;
        let asked = match panne {
            Panne::Statut { statut, attente: Some(attente) } if attente > longest => {
                return Err(Panne::Attente { statut, attente });
            }
            Panne::Statut { attente: Some(attente), .. } => attente,
            _ => Duration::ZERO,
        };
        if essais >= self.config.essais || !panne.passagere() {
            return Err(panne);
        }
        let doubled = self.config.attente.saturating_mul(2_u32.saturating_pow(essais - 1)).min(longest);
        // Half of it by chance, so that programs that failed together do not return together.
        let pause = doubled.mul_f64(rand::rng().random_range(0.5..=1.0)).max(asked);
        tracing::warn!(attempt = essais, seconds = pause.as_secs_f64(), "{panne}; trying again");
        Ok(pause)
    }

    fn disque(&self, cause: std::io::Error) -> Echec {
        Echec::Disque { dossier: self.config.dossier.clone(), cause }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::config::Config;

    fn telechargeur() -> Telechargeur {
        Telechargeur::new(&Config::from_lookup(&|_| None).unwrap().telechargement).unwrap()
    }

    fn busy(attente: Option<u64>) -> Panne {
        Panne::Statut { statut: StatusCode::SERVICE_UNAVAILABLE, attente: attente.map(Duration::from_secs) }
    }

    #[test]
    fn waits_double_up_to_a_limit_and_half_of_each_is_chance() {
        let mut config = Config::from_lookup(&|_| None).unwrap().telechargement;
        config.essais = 99;
        let telechargeur = Telechargeur::new(&config).unwrap();
        for (essais, full) in [(1, 1.0), (2, 2.0), (5, 16.0), (7, 60.0), (90, 60.0)] {
            let pause = telechargeur.pause(essais, busy(None)).unwrap().as_secs_f64();
            assert!((full / 2.0..=full).contains(&pause), "{essais}: {pause}");
        }
    }

    #[test]
    fn the_server_may_ask_for_a_longer_wait_up_to_a_limit() {
        assert_eq!(telechargeur().pause(1, busy(Some(30))).unwrap(), Duration::from_secs(30));
        let error = telechargeur().pause(1, busy(Some(3600))).unwrap_err();
        assert!(matches!(error, Panne::Attente { .. }), "{error}");
    }

    #[test]
    fn the_last_attempt_and_a_wrong_certificate_have_no_next_one() {
        assert!(telechargeur().pause(5, busy(None)).is_err());
        assert!(telechargeur().pause(1, Panne::Certificat("expired".to_owned())).is_err());
    }
}
