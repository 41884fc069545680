//! What a request of this contract says, before any rule is applied.
//!
//! Its clients depend on two habits. Every character of a query value that could mean something
//! to a database or a pattern is replaced by `_` before validation (so that `items_par_page=1.5`
//! is read as `1_5`), and a parameter given twice becomes a list. Path segments are not touched.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::Response;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::error::{LegacyError, unknown_address};
use crate::db::publications::Publication;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::state::AppState;

/// The value of a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Valeur {
    /// Given once.
    One(String),
    /// Given several times.
    Several(Vec<String>),
}

impl Valeur {
    /// As an error repeats it.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::One(text) => json!(text),
            Self::Several(texts) => json!(texts),
        }
    }
}

/// A request; the default one says nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct LegacyRequest {
    parameters: Vec<(String, Valeur)>,
    segments: Vec<(String, String)>,
    moment: Moment,
}

/// What an answer depends on besides the request: the publication that is served, and the day.
#[derive(Debug, Clone, Default)]
pub(super) struct Moment {
    /// `None` while nothing is published.
    pub(super) publication: Option<Arc<Publication>>,
    /// Today in Europe/Paris.
    pub(super) today: NaiveDate,
}

impl Moment {
    /// The present one.
    pub(super) fn now(state: &AppState) -> Self {
        Self { publication: state.publications.known().courante.clone(), today: state.clock.today() }
    }
}

impl LegacyRequest {
    /// The publication to answer from.
    ///
    /// # Errors
    /// 503 when nothing is published.
    pub(super) fn publication(&self) -> Result<&Arc<Publication>, LegacyError> {
        self.moment.publication.as_ref().ok_or_else(|| Problem::of(ProblemCode::NoPublication).into())
    }

    /// Today in Europe/Paris.
    pub(super) fn today(&self) -> NaiveDate {
        self.moment.today
    }

    /// The value of a path parameter, decoded.
    pub(super) fn segment(&self, nom: &str) -> &str {
        self.segments.iter().find(|(found, _)| found == nom).map_or("", |(_, valeur)| valeur)
    }

    /// The value of a query parameter.
    pub(super) fn parameter(&self, nom: &str) -> Option<&Valeur> {
        self.parameters.iter().find(|(found, _)| found == nom).map(|(_, valeur)| valeur)
    }

    /// Every query parameter, in the order of the request.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &Valeur)> {
        self.parameters.iter().map(|(nom, valeur)| (nom.as_str(), valeur))
    }

    #[cfg(test)]
    pub(super) fn of(query: &str, segments: &[(&str, &str)]) -> Self {
        let segments = segments.iter().map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned())).collect();
        Self { parameters: read(query), segments, moment: Moment::default() }
    }
}

/// Replaces one by one the characters that no value of this contract may have.
fn sanitise(text: &str) -> String {
    const REPLACED: &str = "$.|/\\{}[]()*?^+\0\n";
    text.chars().map(|c| if REPLACED.contains(c) { '_' } else { c }).collect()
}

/// Decodes a query; a name that comes back makes a list.
fn read(query: &str) -> Vec<(String, Valeur)> {
    let mut read: Vec<(String, Valeur)> = Vec::new();
    for (nom, valeur) in form_urlencoded::parse(query.as_bytes()) {
        let valeur = sanitise(&valeur);
        match read.iter_mut().find(|(known, _)| *known == nom) {
            None => read.push((nom.into_owned(), Valeur::One(valeur))),
            Some((_, Valeur::Several(texts))) => texts.push(valeur),
            Some((_, known)) => {
                if let Valeur::One(first) = known {
                    *known = Valeur::Several(vec![std::mem::take(first), valeur]);
                }
            }
        }
    }
    read
}

impl FromRequestParts<AppState> for LegacyRequest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unknown_address())?;
        Ok(Self {
            parameters: read(parts.uri.query().unwrap_or_default()),
            segments: params.iter().map(|(nom, valeur)| (nom.to_owned(), valeur.to_owned())).collect(),
            // Named by the layer that gave the answer its ETag: both must speak of the same data.
            moment: parts.extensions.get::<Moment>().cloned().unwrap_or_else(|| Moment::now(state)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_characters_are_replaced_one_by_one() {
        let read = read("uais=a%7Cb&items_par_page=1.5&q=a%00%0A%5B%5D");
        let valeurs: Vec<_> = read.iter().map(|(_, valeur)| valeur.clone()).collect();
        let one = |text: &str| Valeur::One(text.to_owned());
        assert_eq!(valeurs, [one("a_b"), one("1_5"), one("a____")]);
    }

    #[test]
    fn a_parameter_given_twice_is_a_list() {
        let read = read("page=1&page=2&page=3");
        let pages = Valeur::Several(["1", "2", "3"].map(str::to_owned).to_vec());
        assert_eq!(read, [("page".to_owned(), pages)]);
    }
}
