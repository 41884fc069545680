//! What axum does when there is nothing to do: the ceiling.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use super::CLIENTS;
use super::client::{Client, DataRequest};
use crate::common::Fallible;

/// Requests per second of a handler that answers a constant.
pub(crate) async fn measure(client: &Client, time: Duration) -> Fallible<f64> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/", get(|| async { "bonjour" }));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let [few, _] = CLIENTS;
    let speed = client.measure(&url, &[DataRequest::new("/".to_owned())], few, time).await;
    server.abort();
    speed
}
