//! Where the private PostgreSQL listens.
//!
//! A unix socket in a folder that only its user may enter: nobody else on the machine can even
//! try a password. Where sockets are impossible (some network file systems), a free loopback port.
//! Either way a random password is asked for, so that one set of rules serves both.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::error::EmbeddedError;
use super::home::Home;

/// The port; with a socket, part of its file name.
const SOCKET_PORT: u16 = 5432;

/// Name of the superuser and of the database.
pub(super) const NAME: &str = "exposition";

/// Where to listen and to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A unix socket in this folder.
    Socket(PathBuf),
    /// A port of 127.0.0.1.
    Port(u16),
}

impl Address {
    /// The first of the home's folders in which a socket can be made, else a free port. The port
    /// is free when it is looked for; should another program take it before PostgreSQL does, the
    /// start fails, says so, and may be tried again.
    pub(super) fn choose(home: &Home) -> Result<Self, EmbeddedError> {
        for dir in home.socket_folders() {
            if home.empty_private(&dir)? && holds_sockets(&dir) {
                return Ok(Self::Socket(dir));
            }
        }
        free_port().map(Self::Port).map_err(|source| EmbeddedError::Files {
            action: "find a free port of",
            path: PathBuf::from("127.0.0.1"),
            source,
        })
    }

    /// What PostgreSQL must be told.
    pub(super) fn settings(&self) -> [String; 3] {
        match self {
            Self::Socket(dir) => [
                "listen_addresses=".to_owned(),
                format!("unix_socket_directories={}", quoted(dir)),
                format!("port={SOCKET_PORT}"),
            ],
            Self::Port(port) => {
                ["listen_addresses=127.0.0.1".to_owned(), "unix_socket_directories=".to_owned(), format!("port={port}")]
            }
        }
    }

    /// How to connect. `host` as a parameter is understood by psql and sqlx alike.
    pub(super) fn url(&self, password: &str) -> String {
        match self {
            Self::Socket(dir) => {
                let bytes = dir.as_os_str().as_encoded_bytes();
                let host: String = form_urlencoded::byte_serialize(bytes).collect();
                let host = host.replace('+', "%20");
                format!("postgres://{NAME}:{password}@localhost:{SOCKET_PORT}/{NAME}?host={host}")
            }
            Self::Port(port) => format!("postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"),
        }
    }
}

/// A path as an element of PostgreSQL's list of folders.
fn quoted(dir: &Path) -> String {
    format!("\"{}\"", dir.display().to_string().replace('"', "\"\""))
}

/// Tries the very name that PostgreSQL will use: its length counts.
fn holds_sockets(dir: &Path) -> bool {
    let path = dir.join(format!(".s.PGSQL.{SOCKET_PORT}"));
    UnixListener::bind(&path).is_ok() && fs::remove_file(&path).is_ok()
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_socket_keeps_odd_characters_of_its_folder() {
        let address = Address::Socket(PathBuf::from("/données/a b&c/sockets"));
        let options: sqlx::postgres::PgConnectOptions = address.url("secret").parse().unwrap();
        assert_eq!(options.get_socket().map(PathBuf::as_path), Some(Path::new("/données/a b&c/sockets")));
        assert_eq!(options.get_database(), Some("exposition"));
    }

    #[test]
    fn a_path_longer_than_the_system_allows_holds_no_socket() {
        let dir = tempfile::tempdir().unwrap();
        assert!(holds_sockets(dir.path()));
        let long = dir.path().join("x".repeat(100));
        fs::create_dir(&long).unwrap();
        assert!(!holds_sockets(&long));
    }
}
