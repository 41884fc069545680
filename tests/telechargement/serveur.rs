//! A server on this machine that answers byte by byte what a test says: also what no good server
//! would.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Requete {
    /// Its number on this server, from 1.
    pub numero: usize,
    /// Path and query.
    pub chemin: String,
    headers: HashMap<String, String>,
}

impl Requete {
    /// A header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is sent, then the connection is closed.
#[derive(Debug, Clone, Default)]
pub struct Reponse {
    octets: Vec<u8>,
    /// After the bytes: this one again and again, with a pause between.
    ensuite: Option<(Vec<u8>, Duration)>,
}

impl Reponse {
    /// A status line, headers and a body with its true length.
    pub fn new(statut: &str, headers: &[(&str, &str)], corps: impl AsRef<[u8]>) -> Self {
        let length = corps.as_ref().len().to_string();
        let headers = [headers, &[("content-length", length.as_str())]].concat();
        Self::brute(statut, &headers, corps)
    }

    /// The same, with the headers as they are.
    pub fn brute(statut: &str, headers: &[(&str, &str)], corps: impl AsRef<[u8]>) -> Self {
        let mut octets = format!("HTTP/1.1 {statut}\r\nconnection: close\r\n").into_bytes();
        for (name, value) in headers {
            octets.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        octets.extend_from_slice(b"\r\n");
        octets.extend_from_slice(corps.as_ref());
        Self { octets, ensuite: None }
    }

    /// A CSV file.
    pub fn csv(corps: impl AsRef<[u8]>) -> Self {
        Self::new("200 OK", &[("content-type", "text/csv; charset=utf-8")], corps)
    }

    /// A redirect.
    pub fn vers(address: &str) -> Self {
        Self::new("302 Found", &[("location", address)], "")
    }

    /// Followed by the same bytes for ever.
    pub fn puis(mut self, octets: impl AsRef<[u8]>, pause: Duration) -> Self {
        self.ensuite = Some((octets.as_ref().to_vec(), pause));
        self
    }
}

/// The server; it ends with the test.
pub struct Serveur {
    /// Where it listens.
    pub socket: SocketAddr,
    requetes: Arc<Mutex<Vec<Requete>>>,
}

impl Serveur {
    /// Answers each request as the function says.
    pub async fn start(answer: impl Fn(&Requete) -> Reponse + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let socket = listener.local_addr().unwrap();
        let requetes = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requetes), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that goes away in the middle is what some tests are about.
                    let _ = serve(stream, &seen, &*answer).await;
                });
            }
        });
        Self { socket, requetes }
    }

    /// An address of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.socket)
    }

    /// Every request so far.
    pub fn requetes(&self) -> Vec<Requete> {
        self.requetes.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Requete>>,
    answer: &(impl Fn(&Requete) -> Reponse + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let requete = {
        let mut seen = seen.lock().unwrap();
        let requete = parse(seen.len() + 1, &String::from_utf8(head).unwrap());
        seen.push(requete.clone());
        requete
    };
    let Reponse { octets, ensuite } = answer(&requete);
    stream.write_all(&octets).await?;
    while let Some((again, pause)) = &ensuite {
        sleep(*pause).await;
        stream.write_all(again).await?;
    }
    stream.shutdown().await
}

fn parse(numero: usize, head: &str) -> Requete {
    let mut lines = head.lines();
    let chemin = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Requete { numero, chemin, headers }
}
