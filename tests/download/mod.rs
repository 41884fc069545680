//! Downloads from servers that misbehave, each in one way.

mod faults;
mod import;
mod refresh;
mod refusal;
mod resumption;
mod server;

use std::fs;
use std::path::Path;
use std::time::Duration;

use exposition::config::DownloadConfig;
use exposition::download::{Address, DownloadError, Downloaded, Downloader};

use self::server::Server;
use crate::common::config;

/// A file in the format of the portal.
pub const FILE: &str = "annee;uai;libelle;region;taux_emploi_6_mois;taux_emploi_6_mois_attendu;taux_contrats_interrompus\n\
                           cumul 2021-2022;0350001L;CFA A;Bretagne;60;58;11\n\
                           cumul 2021-2022;0350002M;CFA B;Bretagne;61;58;12\n\
                           cumul 2021-2022;0350003N;CFA C;Bretagne;62;58;13\n";

/// A place for the temporary files, and impatient limits.
pub struct Network {
    pub config: DownloadConfig,
    folder: tempfile::TempDir,
}

impl Network {
    /// One that may ask these servers.
    pub fn new(servers: &[&Server]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = DownloadConfig {
            wait: Duration::from_millis(2),
            max_wait: Duration::from_secs(2),
            idle_timeout: Duration::from_millis(300),
            attempts: 3,
            folder: folder.path().to_owned(),
            exempt: servers.iter().map(|server| server.socket).collect(),
            ..config().download
        };
        Self { config, folder }
    }

    pub async fn download(&self, address: &str) -> Result<Downloaded, DownloadError> {
        let downloader = Downloader::new(&self.config).unwrap();
        downloader.download(&Address::parse(address).unwrap(), &|_, _| {}).await
    }

    /// Fetches what must arrive; returns its bytes.
    pub async fn receive(&self, address: &str) -> String {
        let fetched = self.download(address).await.unwrap();
        let content = fs::read_to_string(fetched.path()).unwrap();
        assert_eq!(self.rests(), 1, "the folder of the download");
        drop(fetched);
        assert_eq!(self.rests(), 0, "the file goes with its handle");
        content
    }

    /// Fetches what must be refused; returns the reason. Nothing is left.
    pub async fn refuse(&self, address: &str) -> String {
        let failure = self.download(address).await.unwrap_err();
        assert_eq!(self.rests(), 0);
        assert!(matches!(failure, DownloadError::Refused(_)), "{failure}");
        failure.to_string()
    }

    /// Fetches what must fail on the way; returns the number of attempts and the reason.
    pub async fn fail(&self, address: &str) -> (u32, String) {
        let failure = self.download(address).await.unwrap_err();
        assert_eq!(self.rests(), 0);
        let attempts = if let DownloadError::Fault { attempts, .. } = &failure { Some(*attempts) } else { None };
        (attempts.expect("a failure on the way"), failure.to_string())
    }

    /// Folders that lie about.
    pub fn rests(&self) -> usize {
        rests(self.folder.path())
    }
}

pub fn rests(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}
