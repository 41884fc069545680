//! What a handler needs to know of a request, read once.
//!
//! The layer in front of the data routes ([`super::conditional`]) must know the publication,
//! the day and the canonical form of the query before any handler runs, to answer 304 without
//! SQL. It leaves what it found here, so that a handler and its ETag cannot disagree.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use chrono::NaiveDate;

use super::cursor::Cursor;
use super::problem::{ParameterError, Problem};
use super::state::AppState;
use crate::db::publications::Publication;

/// The representation that is asked for. A resource that is no list is JSON whatever is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `text/csv`: the whole filtered list.
    Csv,
}

impl Format {
    /// The `.csv` suffix decides; without it, CSV must be preferred in `Accept` by name.
    fn of(path: &str, headers: &HeaderMap) -> Self {
        if path.strip_suffix(".csv").is_some() {
            return Self::Csv;
        }
        if prefers(headers, &["text/csv"]) { Self::Csv } else { Self::Json }
    }
}

/// Whether `Accept` names one of `kinds` and prefers it to JSON: what is named goes before what a `*`
/// stands for, and JSON before others that are wanted as much.
pub(super) fn prefers(headers: &HeaderMap, kinds: &[&str]) -> bool {
    let (mut named, mut json, mut any) = (0.0_f32, 0.0_f32, 0.0_f32);
    for range in headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
        match media.as_str() {
            "application/json" => json = json.max(quality),
            "application/*" | "*/*" => any = any.max(quality),
            media if kinds.contains(&media) => named = named.max(quality),
            _ => {}
        }
    }
    named > 0.0 && named > json && named >= any
}

/// The query of a URL, decoded strictly.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// Name and value, in the order of the request.
    pub(super) pairs: Vec<(String, String)>,
    /// What could not be decoded.
    pub(super) errors: Vec<ParameterError>,
}

impl Query {
    pub(super) fn new(raw: &str) -> Self {
        let mut read = Self::default();
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            let (nom, valeur) = piece.split_once('=').unwrap_or((piece, ""));
            match (decode(nom), decode(valeur)) {
                (Some(nom), Some(valeur)) => read.pairs.push((nom, valeur)),
                _ => read.errors.push(ParameterError::new(
                    nom,
                    valeur,
                    "codage illisible : UTF-8 codé en pour-cent, sans caractère de contrôle",
                )),
            }
        }
        read
    }

    /// The first value of a parameter.
    pub(super) fn valeur(&self, nom: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == nom).map(|(_, valeur)| valeur.as_str())
    }

    /// The same query as every spelling of it: sorted by name, encoded one way. Values of one
    /// name keep their order.
    pub(super) fn canonical(&self, sans: &[&str]) -> String {
        let mut pairs: Vec<_> = self.pairs.iter().filter(|(nom, _)| !sans.contains(&nom.as_str())).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

/// Decodes `%41` and `+`. Strict where the usual decoder replaces what it cannot read: a request
/// that is damaged on its way must not become another request. Control characters (NUL above
/// all, which PostgreSQL cannot hold) are refused here, for every parameter at once.
fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                u8::try_from(digit(rest.next()?)? * 16 + digit(rest.next()?)?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

/// What the layer in front of the data routes found out.
#[derive(Debug)]
pub(super) struct Contexte {
    pub(super) publication: Arc<Publication>,
    pub(super) state: AppState,
    pub(super) today: NaiveDate,
    pub(super) format: Format,
    /// Whether `publication=` is one of this route's parameters.
    pub(super) pinnable: bool,
    /// The path without `.csv`.
    pub(super) path: String,
    pub(super) query: Query,
    /// The cursor, if there is a sound one.
    pub(super) curseur: Option<Cursor>,
    /// What is already known to be wrong.
    pub(super) errors: Vec<ParameterError>,
}

impl Contexte {
    pub(super) fn read(uri: &Uri, headers: &HeaderMap) -> (String, Format, Query) {
        let path = uri.path().strip_suffix(".csv").unwrap_or(uri.path()).to_owned();
        (path, Format::of(uri.path(), headers), Query::new(uri.query().unwrap_or_default()))
    }
}

/// What a handler knows of its request, beside the parameters that
/// [`Asked`](super::parameters::Asked) has read.
#[derive(Debug, Clone)]
pub struct DataRequest {
    contexte: Arc<Contexte>,
    segments: Arc<[(String, String)]>,
}

impl DataRequest {
    /// The publication to answer from: the pinned one, the cursor's, else the current one.
    #[must_use]
    pub fn publication(&self) -> &Arc<Publication> {
        &self.contexte.publication
    }

    /// Today in Europe/Paris.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.contexte.today
    }

    /// The representation that is asked for.
    #[must_use]
    pub fn format(&self) -> Format {
        self.contexte.format
    }

    /// What handlers share.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.contexte.state
    }

    /// The value of a path parameter, decoded.
    pub(super) fn segment(&self, nom: &str) -> &str {
        self.segments.iter().find(|(found, _)| found == nom).map_or("", |(_, valeur)| valeur)
    }

    pub(super) fn contexte(&self) -> &Contexte {
        &self.contexte
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DataRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let contexte = parts
            .extensions
            .get::<Arc<Contexte>>()
            .cloned()
            .ok_or_else(|| Problem::internal("a data route without its layer"))?;
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| {
            Problem::parameters(vec![ParameterError::new(
                "chemin",
                parts.uri.path(),
                "codage illisible : UTF-8 attendu",
            )])
        })?;
        let segments = params.iter().map(|(nom, valeur)| (nom.to_owned(), valeur.to_owned())).collect();
        Ok(Self { contexte, segments })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn csv_must_be_preferred_by_name() {
        for (accept, expected) in [
            ("", Format::Json),
            ("*/*", Format::Json),
            ("text/csv", Format::Csv),
            ("text/csv, */*;q=0.1", Format::Csv),
            ("text/csv,*/*", Format::Csv),
            ("*/*, text/csv", Format::Csv),
            ("text/csv;q=0.5, */*", Format::Json),
            ("text/csv, application/json", Format::Json),
            ("text/csv;q=0", Format::Json),
            ("application/json, text/csv;q=0.5", Format::Json),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Format::Json),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(Format::of("/api/v1/regions", &headers), expected, "{accept}");
        }
        assert_eq!(Format::of("/api/v1/regions.csv", &HeaderMap::new()), Format::Csv);
    }

    #[test]
    fn a_damaged_query_is_refused_not_repaired() {
        for raw in ["q=%", "q=%4", "q=%zz", "q=%ff", "q=a%00b", "q=%0a", "%00=1"] {
            assert_eq!(Query::new(raw).errors.len(), 1, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_form_ignores_order_and_spelling(
            pairs in proptest::collection::btree_map("[a-z_é]{1,6}", "[a-zA-Zà-ÿ &=+%;,-]{0,8}", 0..6),
            seed in any::<u64>(),
        ) {
            let mut shuffled: Vec<_> = pairs.iter().collect();
            let len = shuffled.len().max(1);
            shuffled.rotate_left(usize::try_from(seed % 7).unwrap() % len);
            let percent = |text: &str| text.bytes().flat_map(|b| ["%".to_owned(), hex::encode([b])]).collect::<String>();
            let spelled: Vec<_> = shuffled.iter().map(|(n, v)| format!("{}={}", percent(n), percent(v))).collect();
            let usual = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs.iter()).finish();
            prop_assert_eq!(
                Query::new(&spelled.join("&")).canonical(&[]),
                Query::new(&usual).canonical(&[])
            );
        }

        #[test]
        fn decoding_never_panics(raw in "\\PC{0,40}") {
            let read = Query::new(&raw);
            prop_assert!(read.pairs.iter().all(|(n, v)| !n.contains('\0') && !v.contains('\0')));
        }
    }
}
