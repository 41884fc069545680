//! Cas: one recorded request and its answer.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::common::TestServer;

/// A recording.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Name.
    pub id: String,
    /// Which route it is about, for the tally.
    pub route: String,
    method: String,
    /// Path and query.
    pub path: String,
    #[serde(default)]
    auth: bool,
    #[serde(default)]
    auth_header: Option<String>,
    /// Expected status.
    pub status: u16,
    /// Expected media type.
    pub content_type: String,
    /// Expected body; text for CSV.
    pub body: Value,
    /// Whether the list has no order.
    #[serde(default)]
    pub unordered: bool,
    /// What may differ, among other things.
    pub tags: BTreeSet<String>,
    /// What is compared, when it is not everything.
    #[serde(default)]
    pub compare: Option<Compared>,
    /// Expected number of items.
    #[serde(default)]
    pub count: Option<usize>,
    #[serde(default)]
    request_body: Option<Value>,
    /// Expected header, `<date>` standing for the day.
    #[serde(default)]
    pub content_disposition: Option<String>,
}

/// The part of an answer that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Compared {
    /// The page of a list and how many items it has.
    #[serde(rename = "pagination+count")]
    Pagination,
    /// Status and media type.
    #[serde(rename = "status+content_type")]
    Statut,
}

/// The access that recordings need.
#[derive(Debug, Clone)]
pub struct Access {
    /// A valid key.
    pub key: String,
    /// A valid token.
    pub token: String,
}

/// An answer of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// JSON where it is JSON, else text.
    pub body: Value,
}

impl Case {
    /// Every recording.
    pub fn read(folder: &Path) -> Vec<Self> {
        let text = std::fs::read_to_string(folder.join("cases.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// Whether it has a tag.
    pub fn tag(&self, tag: &str) -> bool {
        self.tags.contains(tag)
    }

    /// Asks ours.
    pub async fn replay(&self, server: &TestServer, access: &Access) -> Answer {
        let path = self.path.replace("cle-de-test", &access.key);
        let mut request = server.request(Method::from_bytes(self.method.as_bytes()).unwrap(), &path);
        match self.auth_header.as_deref() {
            Some("jwt") => request = request.bearer_auth(&access.token),
            Some(text) => request = request.header("x-api-key", text),
            None if self.auth => request = request.header("x-api-key", &access.key),
            None => {}
        }
        if let Some(body) = &self.request_body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, content_type) = (response.status().as_u16(), header("content-type").unwrap_or_default());
        let content_disposition = header("content-disposition");
        let text = response.text().await.unwrap();
        let json = content_type.starts_with("application/json");
        let mut body = if json { serde_json::from_str(&text).unwrap() } else { Value::String(text) };
        if let Some(token) = body.get_mut("token").filter(|token| token.is_string()) {
            *token = "<jeton>".into();
        }
        Answer { status, content_type, content_disposition, body }
    }
}
