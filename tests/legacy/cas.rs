//! Cas: one recorded request and its answer.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::common::TestServer;

/// A recording.
#[derive(Debug, Clone, Deserialize)]
pub struct Cas {
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
    pub compare: Option<Comparee>,
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
pub enum Comparee {
    /// The page of a list and how many items it has.
    #[serde(rename = "pagination+count")]
    Pagination,
    /// Status and media type.
    #[serde(rename = "status+content_type")]
    Statut,
}

/// The access that recordings need.
#[derive(Debug, Clone)]
pub struct Acces {
    /// A valid key.
    pub cle: String,
    /// A valid token.
    pub jeton: String,
}

/// An answer of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Reponse {
    /// Status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// JSON where it is JSON, else text.
    pub body: Value,
}

impl Cas {
    /// Every recording.
    pub fn lire(folder: &Path) -> Vec<Self> {
        let text = std::fs::read_to_string(folder.join("cases.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// Whether it has a tag.
    pub fn tag(&self, tag: &str) -> bool {
        self.tags.contains(tag)
    }

    /// Asks ours.
    pub async fn rejouer(&self, server: &TestServer, acces: &Acces) -> Reponse {
        let path = self.path.replace("cle-de-test", &acces.cle);
        let mut request = server.request(Method::from_bytes(self.method.as_bytes()).unwrap(), &path);
        match self.auth_header.as_deref() {
            Some("jwt") => request = request.bearer_auth(&acces.jeton),
            Some(texte) => request = request.header("x-api-key", texte),
            None if self.auth => request = request.header("x-api-key", &acces.cle),
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
        if let Some(jeton) = body.get_mut("token").filter(|jeton| jeton.is_string()) {
            *jeton = "<jeton>".into();
        }
        Reponse { status, content_type, content_disposition, body }
    }
}
