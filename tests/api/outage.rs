//! The database goes away, comes back, or has nothing to say.

use std::time::Duration;

use reqwest::Method;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use super::world::published;
use crate::common::{TestServer, config, database};

#[tokio::test]
async fn without_a_publication_the_server_lives_but_is_not_ready() {
    let server = TestServer::start(database().await.db).await;
    assert_eq!(server.get("/health/live").await.status(), 200);
    assert_eq!(server.get("/health/ready").await.status(), 503);
    let (status, problem) = server.problem("/api/v1/certifications/32020008").await;
    assert_eq!(status, 503);
    assert!(problem["detail"].as_str().unwrap().contains("publi"), "{problem}");
}

/// A cable between the server and PostgreSQL that can be cut.
async fn cable(url: &str) -> (String, watch::Sender<bool>) {
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let socket = options.get_socket().map(|folder| folder.join(format!(".s.PGSQL.{}", options.get_port())));
    let target = (options.get_host().to_owned(), options.get_port());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = watch::channel(true);
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let (socket, target, mut plugged) = (socket.clone(), target.clone(), receiver.clone());
            tokio::spawn(async move {
                if !*plugged.borrow() {
                    return;
                }
                let through = async {
                    if let Some(path) = socket {
                        let mut far = UnixStream::connect(path).await?;
                        copy_bidirectional(&mut near, &mut far).await
                    } else {
                        let mut far = TcpStream::connect(target).await?;
                        copy_bidirectional(&mut near, &mut far).await
                    }
                };
                tokio::select! {
                    _ = through => {}
                    _ = plugged.wait_for(|plugged| !plugged) => {}
                }
            });
        }
    });
    let mut through = url::Url::parse(url).unwrap();
    through.set_query(None);
    through.set_host(Some("127.0.0.1")).unwrap();
    through.set_port(Some(port)).unwrap();
    (through.to_string(), sender)
}

#[tokio::test]
async fn a_cut_cable_is_503_and_its_return_is_noticed_without_a_restart() {
    let test = published().await;
    let (url, plug) = cable(&test.url).await;
    let db = exposition::db::Db::connect(&url, &config().database).unwrap();
    let server = TestServer::start(db).await;
    assert_eq!(server.get("/api/v1/certifications/32020008").await.status(), 200);
    assert_eq!(server.get("/health/ready").await.status(), 200);

    plug.send(false).unwrap();
    let response = server.request(Method::GET, "/api/v1/certifications/50022137").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(server.get("/api/v1/certifications/32020008").await.status(), 200, "cached answers are still served");
    assert_eq!(server.get("/health/ready").await.status(), 503);
    assert_eq!(server.get("/health/live").await.status(), 200);

    plug.send(true).unwrap();
    let back = tokio::time::timeout(Duration::from_secs(5), async {
        while server.get("/api/v1/certifications/50022137").await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    back.await.expect("the server did not recover");
}
