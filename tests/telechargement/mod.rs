//! Downloads from servers that misbehave, each in one way.

mod importation;
mod pannes;
mod refus;
mod reprise;
mod serveur;

use std::fs;
use std::path::Path;
use std::time::Duration;

use exposition::config::TelechargementConfig;
use exposition::telechargement::{Adresse, Echec, Telecharge, Telechargeur};

use self::serveur::Serveur;
use crate::common::config;

/// A file in the format of the portal.
pub const FICHIER: &str = "annee;uai;libelle;region;taux_emploi_6_mois;taux_emploi_6_mois_attendu;taux_contrats_interrompus\n\
                           cumul 2021-2022;0350001L;CFA A;Bretagne;60;58;11\n\
                           cumul 2021-2022;0350002M;CFA B;Bretagne;61;58;12\n\
                           cumul 2021-2022;0350003N;CFA C;Bretagne;62;58;13\n";

/// A place for the temporary files, and impatient limits.
pub struct Monde {
    pub config: TelechargementConfig,
    dossier: tempfile::TempDir,
}

impl Monde {
    /// One that may ask these servers.
    pub fn new(serveurs: &[&Serveur]) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let config = TelechargementConfig {
            attente: Duration::from_millis(2),
            attente_max: Duration::from_secs(2),
            inactivite: Duration::from_millis(300),
            essais: 3,
            dossier: dossier.path().to_owned(),
            exemptees: serveurs.iter().map(|serveur| serveur.socket).collect(),
            ..config().telechargement
        };
        Self { config, dossier }
    }

    pub async fn telecharger(&self, address: &str) -> Result<Telecharge, Echec> {
        let telechargeur = Telechargeur::new(&self.config).unwrap();
        telechargeur.telecharger(&Adresse::parse(address).unwrap(), &|_, _| {}).await
    }

    /// Fetches what must arrive; returns its bytes.
    pub async fn recevoir(&self, address: &str) -> String {
        let fetched = self.telecharger(address).await.unwrap();
        let content = fs::read_to_string(fetched.path()).unwrap();
        assert_eq!(self.restes(), 1, "the folder of the download");
        drop(fetched);
        assert_eq!(self.restes(), 0, "the file goes with its handle");
        content
    }

    /// Fetches what must be refused; returns the reason. Nothing is left.
    pub async fn refuser(&self, address: &str) -> String {
        let echec = self.telecharger(address).await.unwrap_err();
        assert_eq!(self.restes(), 0);
        assert!(matches!(echec, Echec::Refus(_)), "{echec}");
        echec.to_string()
    }

    /// Fetches what must fail on the way; returns the number of attempts and the reason.
    pub async fn echouer(&self, address: &str) -> (u32, String) {
        let echec = self.telecharger(address).await.unwrap_err();
        assert_eq!(self.restes(), 0);
        let essais = if let Echec::Panne { essais, .. } = &echec { Some(*essais) } else { None };
        (essais.expect("a failure on the way"), echec.to_string())
    }

    /// Folders that lie about.
    pub fn restes(&self) -> usize {
        restes(self.dossier.path())
    }
}

pub fn restes(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}
