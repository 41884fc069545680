//! What may be fetched over the network: from where, how much, and how patiently.

use std::env::temp_dir;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::{ConfigError, Reader, error};

/// The hosts of the producers: their portals, their sites, and data.gouv.fr, which keeps copies.
pub const HOTES: [&str; 8] = [
    "data.education.gouv.fr",
    "data.enseignementsup-recherche.gouv.fr",
    "www.education.gouv.fr",
    "www.inserjeunes.education.gouv.fr",
    "infocentre.pleiade.education.fr",
    "dares.travail-emploi.gouv.fr",
    "www.data.gouv.fr",
    "static.data.gouv.fr",
];

/// What may be fetched, and how patiently. The fields without a variable are constants of the
/// program that tests make smaller.
#[derive(Debug, Clone)]
pub struct TelechargementConfig {
    /// `EXPOSITION_DOWNLOAD_HOSTS`: the only hosts that are asked, redirects included; each
    /// `host`, on the port of https, or `host:port`; in lower case.
    pub hotes: Vec<String>,
    /// `EXPOSITION_DOWNLOAD_MAX_BYTES`: a larger file is refused.
    pub taille_max: u64,
    /// `EXPOSITION_DOWNLOAD_ATTEMPTS`: how often an address is asked before giving up.
    pub essais: u32,
    /// `EXPOSITION_DOWNLOAD_IDLE_S`: how long a server may send nothing.
    pub inactivite: Duration,
    /// `EXPOSITION_DOWNLOAD_TIMEOUT_S`: the longest that one address may take, all attempts
    /// together: a server that sends a byte now and then is never idle.
    pub duree_max: Duration,
    /// How long a connection may take.
    pub connexion: Duration,
    /// The wait after the first failed attempt; it doubles with each one.
    pub attente: Duration,
    /// The longest wait between two attempts, also when the server asks for more.
    pub attente_max: Duration,
    /// Where the temporary folders are made: the system's place, which `TMPDIR` chooses.
    pub dossier: PathBuf,
    /// Socket addresses that are asked although they are private, without TLS. No variable fills
    /// it: for tests, whose server is on this machine.
    pub exemptees: Vec<SocketAddr>,
}

impl TelechargementConfig {
    pub(super) fn read(read: &Reader<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            hotes: match read.text("EXPOSITION_DOWNLOAD_HOSTS") {
                None => HOTES.map(str::to_owned).to_vec(),
                Some(text) => hotes(&text)?,
            },
            taille_max: read.or("EXPOSITION_DOWNLOAD_MAX_BYTES", 4 << 30, "a number of bytes from 1", |n| *n >= 1)?,
            essais: read.or("EXPOSITION_DOWNLOAD_ATTEMPTS", 5, "a whole number from 1", |n| *n >= 1)?,
            inactivite: read.seconds("EXPOSITION_DOWNLOAD_IDLE_S", 60.0)?,
            duree_max: read.seconds("EXPOSITION_DOWNLOAD_TIMEOUT_S", 7200.0)?,
            connexion: Duration::from_secs(15),
            attente: Duration::from_secs(1),
            attente_max: Duration::from_mins(1),
            dossier: temp_dir(),
            exemptees: Vec::new(),
        })
    }
}

/// Hosts separated by commas or spaces. An address in place of a host would never fit: refused.
fn hotes(text: &str) -> Result<Vec<String>, ConfigError> {
    let expected = "hosts separated by commas, without https:// (data.education.gouv.fr,…)";
    let hotes: Vec<String> = text
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|host| !host.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let plain = |host: &String| host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    let well = !hotes.is_empty() && hotes.iter().all(plain);
    if well { Ok(hotes) } else { Err(error("EXPOSITION_DOWNLOAD_HOSTS", text, expected)) }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn with(name: &str, value: &str) -> Result<Vec<String>, String> {
        Config::from_lookup(&|asked| (asked == name).then(|| value.to_owned()))
            .map(|config| config.telechargement.hotes)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_list_of_hosts_replaces_the_official_ones() {
        assert_eq!(
            with("EXPOSITION_DOWNLOAD_HOSTS", "Data.Example.org, depot.example:8443").unwrap(),
            ["data.example.org", "depot.example:8443"]
        );
        assert!(with("EXPOSITION_DOWNLOAD_HOSTS", "").unwrap().contains(&"data.education.gouv.fr".to_owned()));
    }

    #[test]
    fn what_can_be_no_host_is_refused() {
        for wrong in ["https://data.example.org", "a/b", "*.gouv.fr", ","] {
            assert!(with("EXPOSITION_DOWNLOAD_HOSTS", wrong).unwrap_err().contains("without https://"), "{wrong}");
        }
        assert!(with("EXPOSITION_DOWNLOAD_ATTEMPTS", "0").is_err());
    }

    #[test]
    fn no_variable_exempts_an_address() {
        let config = Config::from_lookup(&|name| match name {
            "EXPOSITION_DOWNLOAD_HOSTS" => Some("127.0.0.1".to_owned()),
            _ => None,
        });
        assert!(config.unwrap().telechargement.exemptees.is_empty());
    }
}
