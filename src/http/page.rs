//! Page: lists, one page at a time as JSON, or whole as CSV.
//!
//! Keyset paging: a page begins after the last key of the one before, so that the thousandth
//! page costs what the first does and nothing is repeated or skipped. One row more than asked
//! for is read to know whether there is a next page; nothing is counted unless `total=true`.
//!
//! The CSV twin reads the same pages one after the other: one database function serves both.

use std::future::Future;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::csv::{self, CsvFile, CsvRow, Separator};
use super::cursor::Cursor;
use super::fields::Fields;
use super::parameters::page::{CURSEUR, PAGE};
use super::problem::Problem;
use super::request::{DataRequest, Format};
use crate::db::DbError;

/// Rows read at once for a CSV file: a few hundred kilobytes.
const CSV_ROWS: i64 = 2000;

/// `application/json`, for answers written as bytes.
const JSON: (HeaderName, HeaderValue) = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));

/// What a client asks of a list. `K` is the key that orders it.
#[derive(Debug, Clone)]
pub struct Page<K> {
    /// Elements of a page, 1 to 1000.
    pub limite: i64,
    /// The key after which the page begins.
    pub after: Option<K>,
    /// Whether the total is wanted.
    pub total: bool,
    /// Which fields.
    pub champs: Fields,
    /// For CSV.
    pub file: CsvFile,
}

impl<K> Default for Page<K> {
    fn default() -> Self {
        Self { limite: 50, after: None, total: false, champs: Fields::all(), file: CsvFile::default() }
    }
}

/// Une page d'une liste.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Liste)]
pub struct List<T> {
    /// Les éléments, dans l'ordre documenté de la liste.
    pub donnees: Vec<T>,
    /// Où l'on est dans la liste.
    pub pagination: Pagination,
    /// Version des données.
    #[schema(example = "1.0.0")]
    pub publication: String,
}

/// Où l'on est dans la liste.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pagination {
    /// Nombre d'éléments par page demandé.
    #[schema(example = 50)]
    pub limite: i64,
    /// Valeur de `curseur` pour la page suivante ; `null` sur la dernière.
    #[schema(required = true)]
    pub suivant: Option<String>,
    /// Nombre total d'éléments, filtres appliqués ; présent avec `total=true` seulement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1234)]
    pub total: Option<u64>,
}

/// Answers with one object.
///
/// # Errors
/// 500 for a value that JSON cannot hold.
pub fn object_answer<T: Serialize>(champs: &Fields, valeur: &T) -> Result<Response, Problem> {
    Ok(([JSON], champs.to_bytes(valeur)?).into_response())
}

/// Elements, each with its key.
pub type Keyed<K, R> = Result<Vec<(K, R)>, DbError>;

/// A list: how it is read and counted.
pub trait Listing: Send + Sync + 'static {
    /// What orders it.
    type Key: Serialize + Clone + Send + Sync + 'static;
    /// An element.
    type Row: Serialize + CsvRow + Send + 'static;

    /// At most `limit` elements after the key `after`, each with its key, in the order of the list.
    fn rows(
        &self,
        request: &DataRequest,
        after: Option<Self::Key>,
        limit: i64,
    ) -> impl Future<Output = Keyed<Self::Key, Self::Row>> + Send;

    /// How many elements there are; asked only with `total=true`.
    fn total(&self, request: &DataRequest) -> impl Future<Output = Result<u64, DbError>> + Send;
}

/// Answers with a list, as JSON or CSV.
///
/// # Errors
/// Those of the database; in the middle of a CSV file they break the connection off.
pub async fn list_answer<L: Listing>(request: &DataRequest, page: Page<L::Key>, list: L) -> Result<Response, Problem> {
    if request.format() == Format::Csv {
        return as_csv(request, page.file, list).await;
    }
    let mut rows = list.rows(request, page.after.clone(), page.limite + 1).await?;
    let kept = usize::try_from(page.limite).unwrap_or(usize::MAX);
    let more = rows.len() > kept;
    rows.truncate(kept);
    let suivant = rows.last().filter(|_| more).and_then(|(key, _)| request.cursor_after(key));
    let total = if page.total { Some(list.total(request).await?) } else { None };
    let link = suivant.as_deref().map(|curseur| request.next_link(curseur));
    let pagination = Pagination { limite: page.limite, suivant, total };
    let donnees: Vec<L::Row> = rows.into_iter().map(|(_, element)| element).collect();
    let mut response = envelope(request, &page.champs, donnees, pagination)?;
    if let Some(Ok(link)) = link.map(|link| HeaderValue::from_str(&link)) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// A list that is in memory; each element with its key, in the order of the keys.
#[derive(Debug)]
pub struct InMemory<T>(pub Vec<(String, T)>);

impl<T: Serialize + CsvRow + Clone + Send + Sync + 'static> Listing for InMemory<T> {
    type Key = String;
    type Row = T;

    async fn rows(&self, _: &DataRequest, after: Option<String>, limit: i64) -> Result<Vec<(String, T)>, DbError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let rest = self.0.iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
        Ok(rest.take(limit).cloned().collect())
    }

    async fn total(&self, _: &DataRequest) -> Result<u64, DbError> {
        Ok(u64::try_from(self.0.len()).unwrap_or(u64::MAX))
    }
}

fn envelope<T: Serialize>(
    request: &DataRequest,
    champs: &Fields,
    donnees: Vec<T>,
    pagination: Pagination,
) -> Result<Response, Problem> {
    let publication = request.publication().version.clone();
    let bytes = if champs.is_everything() {
        serde_json::to_vec(&List { donnees, pagination, publication })
    } else {
        let donnees: Vec<Value> =
            donnees.iter().map(|element| champs.choose(element)).collect::<Result<_, Problem>>()?;
        serde_json::to_vec(&List { donnees, pagination, publication })
    };
    Ok(([JSON], bytes.map_err(Problem::internal)?).into_response())
}

/// Where a CSV file has got to.
struct CsvRest<L: Listing> {
    list: L,
    after: Option<L::Key>,
    separator: Separator,
    request: DataRequest,
}

/// The first page is read before anything is sent: a database that is away is then still a 503.
async fn as_csv<L: Listing>(request: &DataRequest, file: CsvFile, list: L) -> Result<Response, Problem> {
    let nom = format!("{}-{}", request.list_name(), request.publication().version);
    let rest = CsvRest { list, after: None, separator: file.separator, request: request.clone() };
    let header = csv::header::<L::Row>(file)?;
    let (lines, rest) = rest.advance().await?;
    let start = stream::iter([Ok::<_, CsvInterrupted>(header), Ok(lines)]);
    let end = stream::try_unfold(rest, |rest| async move {
        let Some(rest) = rest else { return Ok(None) };
        rest.advance().await.map(Some).map_err(|problem| {
            tracing::error!(?problem, "a CSV file was broken off");
            CsvInterrupted
        })
    });
    Ok(csv::answer(&nom, start.chain(end)))
}

/// Breaks the connection off; the log has the reason.
#[derive(Debug, thiserror::Error)]
#[error("a CSV file was broken off")]
struct CsvInterrupted;

impl<L: Listing> CsvRest<L> {
    /// The next rows, and what comes after them.
    async fn advance(mut self) -> Result<(Bytes, Option<Self>), Problem> {
        let first = self.after.is_none();
        let read = self.list.rows(&self.request, self.after.take(), CSV_ROWS).await?;
        let (keys, rows): (Vec<L::Key>, Vec<L::Row>) = read.into_iter().unzip();
        let lines = csv::lines(self.separator, &rows)?;
        self.after = keys.into_iter().last();
        let complete = i64::try_from(rows.len()).is_ok_and(|read| read < CSV_ROWS) || self.after.is_none();
        if complete && !first {
            // The rows of a publication retired meanwhile are gone: the end may be missing.
            self.request.state().publications.verify(self.request.publication()).await?;
        }
        Ok((lines, (!complete).then_some(self)))
    }
}

impl DataRequest {
    /// The list, its filters and its sort, in one text.
    pub(super) fn request(&self) -> String {
        let contexte = self.contexte();
        format!("{}?{}", contexte.path, contexte.query.canonical(&PAGE))
    }

    fn cursor_after<K: Serialize>(&self, key: &K) -> Option<String> {
        Cursor::new(&self.request(), key, self.publication().id).map(|curseur| curseur.encode())
    }

    fn next_link(&self, curseur: &str) -> String {
        let contexte = self.contexte();
        let others = contexte.query.canonical(&[CURSEUR.name]);
        let and = if others.is_empty() { "" } else { "&" };
        format!("<{}?{others}{and}curseur={curseur}>; rel=\"next\"", contexte.path)
    }

    /// The last words of the path, for the name of a file.
    fn list_name(&self) -> String {
        let path = self.contexte().path.trim_start_matches("/api/v1/");
        path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    }
}
