//! The HTTP server: where it listens, how it protects itself, whom it lets in.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::setting::Standard::{Text, Unset};
use super::setting::settings;
use super::{Network, Secret, SiteConfig, form};

settings! {
    /// How the HTTP server listens and protects itself.
    pub struct HttpConfig {
        /// Address to listen on. The image listens on 0.0.0.0.
        pub bind: IpAddr = ("EXPOSITION_BIND", form::ip(), Text("127.0.0.1")),
        /// Port to listen on; 0 takes a free one.
        pub port: u16 = ("EXPOSITION_PORT", form::port(), Text("8080")),
        /// The longest request, and the grace for requests in progress when stopping.
        pub request_timeout: Duration = ("EXPOSITION_REQUEST_TIMEOUT_S", form::seconds(), Text("30")),
        /// Requests at once; more are answered 503.
        pub max_concurrency: usize = ("EXPOSITION_MAX_CONCURRENCY", form::count(), Text("512")),
        /// Largest body of a request that has one (the login).
        pub max_body_bytes: usize = ("EXPOSITION_MAX_BODY_BYTES", form::bytes(), Text("1048576")),
        /// Memory of cached answers; 0 turns the cache off.
        pub cache_bytes: u64 = ("EXPOSITION_CACHE_BYTES", form::bytes(), Text("67108864")),
        /// Time between two looks for a new publication, beside `LISTEN`.
        pub poll: Duration = ("EXPOSITION_POLL_S", form::seconds(), Text("5")),
        /// Where `/metrics` is served. It names routes, loads and numbers of rows: bind it to the
        /// loopback or to a network of the operator's.
        pub metrics: Option<SocketAddr> = ("EXPOSITION_METRICS", form::socket(), Unset("no metrics")),
        /// Folder of the files that publications are taken home as, made on the first demand.
        pub exports: Option<PathBuf> = ("EXPOSITION_EXPORTS", form::folder(), Unset("`exports/` in the data folder")),
    }
    groups {
        /// Keys and accounts.
        pub access: AccessConfig,
        /// The pages for people.
        pub site: SiteConfig,
        /// How often one client may ask.
        pub rate: RateConfig,
    }
}

impl HttpConfig {
    /// The address under which people reach the service: the one that is set, else the one it
    /// listens on.
    #[must_use]
    pub fn origin(&self) -> String {
        let listening = || format!("http://{}", SocketAddr::new(self.bind, self.port));
        self.site.public_url.clone().unwrap_or_else(listening)
    }
}

settings! {
    /// Who is let in.
    pub struct AccessConfig {
        /// How long a server trusts what it knows of a key or an account, and so how long a revoked
        /// key may still work. 0 asks the database every time.
        pub key_cache: Duration = ("EXPOSITION_KEY_CACHE_S", form::seconds_to_10(), Text("5")),
        /// What login tokens are signed with; the same on every instance.
        pub jwt_secret: Option<Secret> = (
            "EXPOSITION_JWT_SECRET",
            form::secret(),
            Unset("a random one, kept in the database")
        ),
    }
}

settings! {
    /// How often one client may ask, on each server.
    pub struct RateConfig {
        /// What a client without a key may ask. One address may be a whole school or ministry.
        pub per_address: u32 = ("EXPOSITION_RATE_PER_ADDRESS", form::requests_a_minute(), Text("60000")),
        /// What the holder of a key may ask, unless the key has a quota of its own.
        pub per_key: u32 = ("EXPOSITION_RATE_PER_KEY", form::requests_a_minute(), Text("600000")),
        /// Who may say, in `X-Forwarded-For` or `Forwarded`, for which client it asks.
        pub trusted_proxies: Vec<Network> = (
            "EXPOSITION_TRUSTED_PROXIES",
            form::networks(),
            Unset("nobody: the client is whoever connects")
        ),
    }
}
