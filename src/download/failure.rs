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
pub enum DownloadError {
    /// The address or what it answers is refused.
    #[error("{0}")]
    Refused(#[from] DownloadRefusal),
    /// The network or the server failed.
    #[error("not fetched{}: {fault}; run the same command later, or fetch the file by other means and ingest it", times(*attempts))]
    Fault {
        /// How often it was tried.
        attempts: u32,
        /// The last failure.
        fault: Fault,
    },
    /// The temporary file failed.
    #[error("not fetched: {} cannot be written: {cause}; TMPDIR chooses another folder", folder.display())]
    Disk {
        /// Its folder.
        folder: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
}

fn times(attempts: u32) -> String {
    if attempts > 1 { format!(" after {attempts} attempts") } else { String::new() }
}

/// Why asking again would not help.
#[derive(Debug, thiserror::Error)]
pub enum DownloadRefusal {
    /// Not https.
    #[error("only https:// addresses are fetched, not {0}://")]
    Schema(String),
    /// A host that is not in the list.
    #[error("the host {0} is not one that may be asked: if it is to be trusted, add it to EXPOSITION_DOWNLOAD_HOSTS")]
    Host(String),
    /// A host that is a machine of this network.
    #[error("the host {host} is {ip}, a private or reserved address: only public ones are asked")]
    Prive {
        /// As the address names it.
        host: String,
        /// What it stands for.
        ip: IpAddr,
    },
    /// A redirect to what may not be asked.
    #[error("the server redirects to {to}: {motif}")]
    Redirection {
        /// Where to.
        to: String,
        /// Why not.
        motif: Box<DownloadRefusal>,
    },
    /// A redirect that is no address.
    #[error("the server redirects to «{0}», which is no address")]
    UnreadableRedirection(String),
    /// Too many redirects.
    #[error("the server redirects more than {0} times: is the address right?")]
    TooManyRedirections(usize),
    /// An answer that is none of those that promise a file.
    #[error("the server answers {status}{}: is the address right?", quoted(excerpt))]
    Status {
        /// The status.
        status: StatusCode,
        /// The beginning of what it says.
        excerpt: String,
    },
    /// Too large.
    #[error(
        "the file is larger than {limite} bytes{}: EXPOSITION_DOWNLOAD_MAX_BYTES sets the limit",
        announced.map(|taille| format!(" (the server announces {taille})")).unwrap_or_default()
    )]
    TooLarge {
        /// The limit.
        limite: u64,
        /// What the server announces, if it does.
        announced: Option<u64>,
    },
    /// A page or a message instead of a file.
    #[error("the server answers with {what} instead of a CSV file{}: open the address in a browser", quoted(excerpt))]
    NotCsv {
        /// What.
        what: &'static str,
        /// How it begins.
        excerpt: String,
    },
    /// An export that broke off, sometimes with the reason as its last line.
    #[error("the export breaks off: it ends with{}, which is no row of it; fetch it again", quoted(excerpt))]
    Interrupted {
        /// The last line.
        excerpt: String,
    },
    /// A compressed answer, which was not asked for.
    #[error("the server compresses its answer ({0}) although it was asked not to")]
    Compressed(String),
}

fn quoted(excerpt: &str) -> String {
    if excerpt.is_empty() { String::new() } else { format!(" «{excerpt}»") }
}

/// A failure on the way.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No connection, or one that broke before the answer began.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The server's certificate is not accepted.
    #[error(
        "the server cannot prove who it is: {0} (is the clock of this machine right, are its CA certificates current?)"
    )]
    Certificate(String),
    /// 408, 429 or 5xx.
    #[error("the server answers {status}")]
    Status {
        /// The status.
        status: StatusCode,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// The server asks to wait for longer than is waited.
    #[error("the server answers {status} and asks to come back in {} s", wait.as_secs())]
    Delay {
        /// The status.
        status: StatusCode,
        /// How long.
        wait: Duration,
    },
    /// The body ended early.
    #[error("the answer was cut after {received} bytes{}", total.map(|total| format!(" of {total}")).unwrap_or_default())]
    Cut {
        /// Bytes received in all.
        received: u64,
        /// Bytes announced, if they were.
        total: Option<u64>,
    },
    /// Nothing came for too long.
    #[error("the server sent nothing for {} s", .0.as_secs_f64())]
    Inactive(Duration),
    /// What follows does not belong to what is there.
    #[error("the server could not continue the file where it was cut, or the file changed meanwhile")]
    Resumption,
    /// The whole took too long.
    #[error("it takes longer than {} s (EXPOSITION_DOWNLOAD_TIMEOUT_S)", .0.as_secs_f64())]
    Duration(Duration),
    /// The client itself could not be made.
    #[error("this machine cannot do https: {0}; are its CA certificates installed?")]
    Client(String),
}

impl Fault {
    /// Whether the same request may succeed in a moment.
    pub(super) fn is_transient(&self) -> bool {
        !matches!(self, Self::Certificate(_) | Self::Delay { .. } | Self::Duration(_) | Self::Client(_))
    }
}

/// Why one attempt ended.
#[derive(Debug)]
pub(super) enum AttemptEnd {
    /// The server still has the version that is known: nothing is sent.
    Unchanged,
    Refused(DownloadRefusal),
    Fault(Fault),
    Disk(std::io::Error),
}

impl From<DownloadRefusal> for AttemptEnd {
    fn from(refusal: DownloadRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for AttemptEnd {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<std::io::Error> for AttemptEnd {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}
