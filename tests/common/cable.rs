//! A cable between the server and PostgreSQL.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use super::TestDb;

/// What the cable does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It carries.
    Plugged,
    /// Connections are closed, and new ones at once.
    Cut,
    /// Nothing comes through, and nobody is told: a stopped server. What was sent comes later.
    Stopped,
    /// Nothing of these connections will ever come through again, and nobody is told: a firewall
    /// that was started anew. Later connections are carried again once it is plugged.
    Forgotten,
}

/// A connected cable.
pub struct Cable(watch::Sender<State>);

trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send> Stream for T {}

impl Cable {
    /// A cable to a database, and the address of its near end.
    pub async fn to(test: &TestDb) -> (String, Self) {
        let options: sqlx::postgres::PgConnectOptions = test.url.parse().unwrap();
        let socket = options.get_socket().map(|folder| folder.join(format!(".s.PGSQL.{}", options.get_port())));
        let target = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, receiver) = watch::channel(State::Plugged);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (socket, target, state) = (socket.clone(), target.clone(), receiver.clone());
                tokio::spawn(async move {
                    let far: Box<dyn Stream> = match socket {
                        Some(path) => Box::new(UnixStream::connect(path).await.unwrap()),
                        None => Box::new(TcpStream::connect(target).await.unwrap()),
                    };
                    carry(near, far, state).await;
                });
            }
        });
        let mut through = url::Url::parse(&test.url).unwrap();
        through.set_query(None);
        through.set_host(Some("127.0.0.1")).unwrap();
        through.set_port(Some(port)).unwrap();
        (through.into(), Self(sender))
    }

    pub fn set(&self, state: State) {
        self.0.send(state).unwrap();
    }
}

async fn carry(mut near: TcpStream, mut far: Box<dyn Stream>, mut state: watch::Receiver<State>) {
    loop {
        let now = *state.borrow_and_update();
        match now {
            State::Plugged => {
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => return,
                    _ = state.changed() => {}
                }
            }
            State::Cut => return,
            State::Stopped => state.changed().await.unwrap(),
            State::Forgotten => {
                // Held open until the test ends, swallowing what is written.
                let mut bytes = [0; 1024];
                while near.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
                let _ = far.shutdown().await;
                tokio::time::sleep(Duration::from_mins(10)).await;
            }
        }
    }
}
