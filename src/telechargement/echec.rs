//! Why an address was not fetched, in words that an operator can act on.
//!
//! A refusal is about what was asked for or what came back: asking again would not help. A
//! breakdown is about the way there: the same command may succeed later.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;

/// Why one address was not fetched. Nothing of it is left on the disk.
#[derive(Debug, thiserror::Error)]
pub enum Echec {
    /// The address or what it answers is refused.
    #[error("{0}")]
    Refus(#[from] Refus),
    /// The network or the server failed.
    #[error("not fetched{}: {panne}; run the same command later, or fetch the file by other means and ingest it", fois(*essais))]
    Panne {
        /// How often it was tried.
        essais: u32,
        /// The last failure.
        panne: Panne,
    },
    /// The temporary file failed.
    #[error("not fetched: {} cannot be written: {cause}; TMPDIR chooses another folder", dossier.display())]
    Disque {
        /// Its folder.
        dossier: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
}

fn fois(essais: u32) -> String {
    if essais > 1 { format!(" after {essais} attempts") } else { String::new() }
}

/// Why asking again would not help.
#[derive(Debug, thiserror::Error)]
pub enum Refus {
    /// Not https.
    #[error("only https:// addresses are fetched, not {0}://")]
    Schema(String),
    /// A host that is not in the list.
    #[error("the host {0} is not one that may be asked: if it is to be trusted, add it to EXPOSITION_DOWNLOAD_HOSTS")]
    Hote(String),
    /// A host that is a machine of this network.
    #[error("the host {hote} is {ip}, a private or reserved address: only public ones are asked")]
    Prive {
        /// As the address names it.
        hote: String,
        /// What it stands for.
        ip: IpAddr,
    },
    /// A redirect to what may not be asked.
    #[error("the server redirects to {vers}: {motif}")]
    Redirection {
        /// Where to.
        vers: String,
        /// Why not.
        motif: Box<Refus>,
    },
    /// A redirect that is no address.
    #[error("the server redirects to «{0}», which is no address")]
    RedirectionIllisible(String),
    /// Too many redirects.
    #[error("the server redirects more than {0} times: is the address right?")]
    TropDeRedirections(usize),
    /// An answer that is none of those that promise a file.
    #[error("the server answers {statut}{}: is the address right?", cite(extrait))]
    Statut {
        /// The status.
        statut: StatusCode,
        /// The beginning of what it says.
        extrait: String,
    },
    /// Too large.
    #[error(
        "the file is larger than {limite} bytes{}: EXPOSITION_DOWNLOAD_MAX_BYTES sets the limit",
        annonce.map(|taille| format!(" (the server announces {taille})")).unwrap_or_default()
    )]
    TropGrand {
        /// The limit.
        limite: u64,
        /// What the server announces, if it does.
        annonce: Option<u64>,
    },
    /// A page or a message instead of a file.
    #[error("the server answers with {quoi} instead of a CSV file{}: open the address in a browser", cite(extrait))]
    PasCsv {
        /// What.
        quoi: &'static str,
        /// How it begins.
        extrait: String,
    },
    /// An export that broke off, sometimes with the reason as its last line.
    #[error("the export breaks off: it ends with{}, which is no row of it; fetch it again", cite(extrait))]
    Interrompu {
        /// The last line.
        extrait: String,
    },
    /// A compressed answer, which was not asked for.
    #[error("the server compresses its answer ({0}) although it was asked not to")]
    Compresse(String),
}

fn cite(extrait: &str) -> String {
    if extrait.is_empty() { String::new() } else { format!(" «{extrait}»") }
}

/// A failure on the way.
#[derive(Debug, thiserror::Error)]
pub enum Panne {
    /// No connection, or one that broke before the answer began.
    #[error("the connection failed: {0}")]
    Connexion(String),
    /// The server's certificate is not accepted.
    #[error(
        "the server cannot prove who it is: {0} (is the clock of this machine right, are its CA certificates current?)"
    )]
    Certificat(String),
    /// 408, 429 or 5xx.
    #[error("the server answers {statut}")]
    Statut {
        /// The status.
        statut: StatusCode,
        /// How long it asks to wait.
        attente: Option<Duration>,
    },
    /// The server asks to wait for longer than is waited.
    #[error("the server answers {statut} and asks to come back in {} s", attente.as_secs())]
    Attente {
        /// The status.
        statut: StatusCode,
        /// How long.
        attente: Duration,
    },
    /// The body ended early.
    #[error("the answer was cut after {recus} bytes{}", total.map(|total| format!(" of {total}")).unwrap_or_default())]
    Coupe {
        /// Bytes received in all.
        recus: u64,
        /// Bytes announced, if they were.
        total: Option<u64>,
    },
    /// Nothing came for too long.
    #[error("the server sent nothing for {} s", .0.as_secs_f64())]
    Inactif(Duration),
    /// What follows does not belong to what is there.
    #[error("the server could not continue the file where it was cut, or the file changed meanwhile")]
    Reprise,
    /// The whole took too long.
    #[error("it takes longer than {} s (EXPOSITION_DOWNLOAD_TIMEOUT_S)", .0.as_secs_f64())]
    Duree(Duration),
    /// The client itself could not be made.
    #[error("this machine cannot do https: {0}; are its CA certificates installed?")]
    Client(String),
}

impl Panne {
    /// Whether the same request may succeed in a moment.
    pub(super) fn passagere(&self) -> bool {
        !matches!(self, Self::Certificat(_) | Self::Attente { .. } | Self::Duree(_) | Self::Client(_))
    }
}

/// Why one attempt ended.
#[derive(Debug)]
pub(super) enum Arret {
    Refus(Refus),
    Panne(Panne),
    Disque(std::io::Error),
}

impl From<Refus> for Arret {
    fn from(refus: Refus) -> Self {
        Self::Refus(refus)
    }
}

impl From<Panne> for Arret {
    fn from(panne: Panne) -> Self {
        Self::Panne(panne)
    }
}

impl From<std::io::Error> for Arret {
    fn from(error: std::io::Error) -> Self {
        Self::Disque(error)
    }
}
