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
pub struct DataRequest {
    /// Its number on this server, from 1.
    pub number: usize,
    /// Path and query.
    pub path: String,
    headers: HashMap<String, String>,
}

impl DataRequest {
    /// A header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is sent, then the connection is closed.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    bytes: Vec<u8>,
    /// After the bytes: this one again and again, with a pause between.
    then: Option<(Vec<u8>, Duration)>,
}

impl Reply {
    /// A status line, headers and a body with its true length.
    pub fn new(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let length = body.as_ref().len().to_string();
        let headers = [headers, &[("content-length", length.as_str())]].concat();
        Self::brute(status, &headers, body)
    }

    /// The same, with the headers as they are.
    pub fn brute(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body.as_ref());
        Self { bytes, then: None }
    }

    /// A CSV file.
    pub fn csv(body: impl AsRef<[u8]>) -> Self {
        Self::new("200 OK", &[("content-type", "text/csv; charset=utf-8")], body)
    }

    /// A redirect.
    pub fn to(address: &str) -> Self {
        Self::new("302 Found", &[("location", address)], "")
    }

    /// Followed by the same bytes for ever.
    pub fn then(mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> Self {
        self.then = Some((bytes.as_ref().to_vec(), pause));
        self
    }
}

/// The server; it ends with the test.
pub struct Server {
    /// Where it listens.
    pub socket: SocketAddr,
    requests: Arc<Mutex<Vec<DataRequest>>>,
}

impl Server {
    /// Answers each request as the function says.
    pub async fn start(answer: impl Fn(&DataRequest) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let socket = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that goes away in the middle is what some tests are about.
                    let _ = serve(stream, &seen, &*answer).await;
                });
            }
        });
        Self { socket, requests }
    }

    /// An address of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.socket)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<DataRequest> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<DataRequest>>,
    answer: &(impl Fn(&DataRequest) -> Reply + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let request = {
        let mut seen = seen.lock().unwrap();
        let request = parse(seen.len() + 1, &String::from_utf8(head).unwrap());
        seen.push(request.clone());
        request
    };
    let Reply { bytes, then } = answer(&request);
    stream.write_all(&bytes).await?;
    while let Some((again, pause)) = &then {
        sleep(*pause).await;
        stream.write_all(again).await?;
    }
    stream.shutdown().await
}

fn parse(number: usize, head: &str) -> DataRequest {
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    DataRequest { number, path, headers }
}
