//! Demande: what a request of this contract says, before any rule is applied.
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

use super::erreur::{Erreur, adresse_inconnue};
use crate::db::publications::Publication;
use crate::http::Etat;
use crate::http::probleme::{CodeProbleme, Probleme};

/// The value of a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Valeur {
    /// Given once.
    Une(String),
    /// Given several times.
    Plusieurs(Vec<String>),
}

impl Valeur {
    /// As an error repeats it.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Une(texte) => json!(texte),
            Self::Plusieurs(textes) => json!(textes),
        }
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Demande {
    parametres: Vec<(String, Valeur)>,
    segments: Vec<(String, String)>,
    publication: Option<Arc<Publication>>,
    today: NaiveDate,
}

impl Demande {
    /// The publication to answer from.
    ///
    /// # Errors
    /// 503 when nothing is published.
    pub(super) fn publication(&self) -> Result<&Arc<Publication>, Erreur> {
        self.publication.as_ref().ok_or_else(|| Probleme::de(CodeProbleme::AucunePublication).into())
    }

    /// Today in Europe/Paris.
    pub(super) fn today(&self) -> NaiveDate {
        self.today
    }

    /// The value of a path parameter, decoded.
    pub(super) fn segment(&self, nom: &str) -> &str {
        self.segments.iter().find(|(found, _)| found == nom).map_or("", |(_, valeur)| valeur)
    }

    /// The value of a query parameter.
    pub(super) fn parametre(&self, nom: &str) -> Option<&Valeur> {
        self.parametres.iter().find(|(found, _)| found == nom).map(|(_, valeur)| valeur)
    }

    /// Every query parameter, in the order of the request.
    pub(super) fn parametres(&self) -> impl Iterator<Item = (&str, &Valeur)> {
        self.parametres.iter().map(|(nom, valeur)| (nom.as_str(), valeur))
    }

    #[cfg(test)]
    pub(super) fn de(query: &str, segments: &[(&str, &str)]) -> Self {
        let segments = segments.iter().map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned())).collect();
        Self { parametres: lire(query), segments, publication: None, today: NaiveDate::default() }
    }
}

/// Replaces one by one the characters that no value of this contract may have.
fn assainir(texte: &str) -> String {
    const REMPLACES: &str = "$.|/\\{}[]()*?^+\0\n";
    texte.chars().map(|c| if REMPLACES.contains(c) { '_' } else { c }).collect()
}

/// Decodes a query; a name that comes back makes a list.
fn lire(query: &str) -> Vec<(String, Valeur)> {
    let mut lus: Vec<(String, Valeur)> = Vec::new();
    for (nom, valeur) in form_urlencoded::parse(query.as_bytes()) {
        let valeur = assainir(&valeur);
        match lus.iter_mut().find(|(connu, _)| *connu == nom) {
            None => lus.push((nom.into_owned(), Valeur::Une(valeur))),
            Some((_, Valeur::Plusieurs(textes))) => textes.push(valeur),
            Some((_, connue)) => {
                if let Valeur::Une(premiere) = connue {
                    *connue = Valeur::Plusieurs(vec![std::mem::take(premiere), valeur]);
                }
            }
        }
    }
    lus
}

impl FromRequestParts<Etat> for Demande {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, etat: &Etat) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, etat).await.map_err(|_| adresse_inconnue())?;
        Ok(Self {
            parametres: lire(parts.uri.query().unwrap_or_default()),
            segments: params.iter().map(|(nom, valeur)| (nom.to_owned(), valeur.to_owned())).collect(),
            publication: etat.publications.connues().courante.clone(),
            today: etat.clock.today(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_characters_are_replaced_one_by_one() {
        let lus = lire("uais=a%7Cb&items_par_page=1.5&q=a%00%0A%5B%5D");
        let valeurs: Vec<_> = lus.iter().map(|(_, valeur)| valeur.clone()).collect();
        let une = |texte: &str| Valeur::Une(texte.to_owned());
        assert_eq!(valeurs, [une("a_b"), une("1_5"), une("a____")]);
    }

    #[test]
    fn a_parameter_given_twice_is_a_list() {
        let lus = lire("page=1&page=2&page=3");
        let pages = Valeur::Plusieurs(["1", "2", "3"].map(str::to_owned).to_vec());
        assert_eq!(lus, [("page".to_owned(), pages)]);
    }
}
