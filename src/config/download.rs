//! What may be fetched over the network: from where, how much, and how patiently.

use std::env::temp_dir;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::form;
use super::setting::Standard::Text;
use super::setting::settings;

settings! {
    /// What may be fetched, and how patiently. The fields without a variable are constants of the
    /// program that tests make smaller.
    pub struct DownloadConfig {
        /// The only hosts that `ingest` asks, redirects included; on the port of https unless
        /// another is named. The default is the portals and sites of the producers, and
        /// data.gouv.fr, which keeps copies.
        pub hosts: Vec<String> = (
            "EXPOSITION_DOWNLOAD_HOSTS",
            form::hosts(),
            Text(
                "data.education.gouv.fr, data.enseignementsup-recherche.gouv.fr, www.education.gouv.fr, \
                 www.inserjeunes.education.gouv.fr, infocentre.pleiade.education.fr, \
                 dares.travail-emploi.gouv.fr, www.data.gouv.fr, static.data.gouv.fr"
            )
        ),
        /// A larger file is refused.
        pub max_size: u64 = ("EXPOSITION_DOWNLOAD_MAX_BYTES", form::some_bytes(), Text("4294967296")),
        /// How often an address is asked before giving up.
        pub attempts: u32 = ("EXPOSITION_DOWNLOAD_ATTEMPTS", form::count(), Text("5")),
        /// How long a server may send nothing.
        pub idle_timeout: Duration = ("EXPOSITION_DOWNLOAD_IDLE_S", form::seconds(), Text("60")),
        /// The longest that one address may take, all attempts together: a server that sends a byte
        /// now and then is never idle.
        pub max_duration: Duration = ("EXPOSITION_DOWNLOAD_TIMEOUT_S", form::seconds(), Text("7200")),
    }
    constants {
        /// How long a connection may take.
        pub connection: Duration = Duration::from_secs(15),
        /// The wait after the first failed attempt; it doubles with each one.
        pub wait: Duration = Duration::from_secs(1),
        /// The longest wait between two attempts, also when the server asks for more.
        pub max_wait: Duration = Duration::from_mins(1),
        /// Where the temporary folders are made: the system's place, which `TMPDIR` chooses.
        pub folder: PathBuf = temp_dir(),
        /// Socket addresses that are asked although they are private, without TLS. No variable
        /// fills it: for tests, whose server is on this machine.
        pub exempt: Vec<SocketAddr> = Vec::new(),
    }
}
