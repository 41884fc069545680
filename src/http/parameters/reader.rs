//! The reader: every problem of a request at once.
//!
//! Extractors that serde derives stop at the first error and silently ignore what they do not know;
//! an integrator who mistypes `milesime` would get an answer to another question. So a [`Reader`]
//! is asked for each parameter by its description: it parses, remembers what is wrong and goes on,
//! and refuses the request with all of it, unknown and repeated parameters included. What was asked
//! for is what is allowed.
//!
//! The same questions, asked without a request, are the documentation: whatever a route reads is
//! described, and nothing else is.

use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::param::{Description, Param};
use super::{conditions, page};
use crate::db::lists::Filter;
use crate::domain::{Indicateur, Invalid};
use crate::http::fields::Fields;
use crate::http::page::Page;
use crate::http::problem::{ParameterError, Problem};
use crate::http::request::{DataRequest, Format};

/// Reads the parameters of a request and collects what is wrong with them, or describes them.
pub struct Reader<'a> {
    source: Source<'a>,
    /// Names of the query that were asked for.
    known: Vec<&'static str>,
    /// The indicators whose conditions were asked for.
    conditions: &'static [Indicateur],
    errors: Vec<ParameterError>,
}

enum Source<'a> {
    Request(&'a DataRequest),
    /// Nobody asks: what would be read from a request of this format is written down.
    Contract(Format, Vec<RefOr<Parameter>>),
}

impl<'a> Reader<'a> {
    /// The reader of a request; what is repeated is refused from the start.
    pub(in crate::http) fn new(request: &'a DataRequest) -> Self {
        let contexte = request.contexte();
        let known = if contexte.pinnable { vec![page::PUBLICATION.name] } else { Vec::new() };
        let mut errors = contexte.errors.clone();
        let pairs = &contexte.query.pairs;
        for (index, (name, value)) in pairs.iter().enumerate() {
            if pairs.iter().take(index).any(|(earlier, _)| earlier == name) {
                errors.push(ParameterError::new(name, value, "paramètre répété : donnez-le une seule fois"));
            }
        }
        Self { source: Source::Request(request), known, conditions: &[], errors }
    }

    /// The reader that writes the contract.
    pub(in crate::http) fn contract(format: Format) -> Self {
        Self { source: Source::Contract(format, Vec::new()), known: Vec::new(), conditions: &[], errors: Vec::new() }
    }

    /// What the contract says, in the order of the questions.
    pub(in crate::http) fn described(self) -> Vec<RefOr<Parameter>> {
        match self.source {
            Source::Contract(_, described) => described,
            Source::Request(_) => Vec::new(),
        }
    }

    /// The representation that is asked for.
    pub(super) fn format(&self) -> Format {
        match &self.source {
            Source::Request(request) => request.format(),
            Source::Contract(format, _) => *format,
        }
    }

    /// The request, unless the contract is being written.
    pub(super) fn request(&self) -> Option<&'a DataRequest> {
        match self.source {
            Source::Request(request) => Some(request),
            Source::Contract(..) => None,
        }
    }

    /// Records a problem that no parameter has alone (two that exclude each other).
    pub fn refuse(&mut self, name: &str, value: &str, detail: impl Into<String>) {
        self.errors.push(ParameterError::new(name, value, detail));
    }

    /// The text of a parameter of the query, which is known from now on; its default if it has one.
    pub(super) fn text(&mut self, description: &Description) -> Option<&'a str> {
        match &mut self.source {
            Source::Request(request) => {
                self.known.push(description.name);
                request.contexte().query.valeur(description.name).or(description.default)
            }
            Source::Contract(_, described) => {
                described.push(description.documented(ParameterIn::Query).into());
                description.default
            }
        }
    }

    pub(super) fn parse<T>(&mut self, name: &str, text: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        parse(text).map_err(|invalid| self.refuse(name, text, invalid.0)).ok()
    }

    /// A parameter of the query; `None` when it is not given and has no default, and when it is
    /// wrong, which is recorded.
    pub fn ask<T>(&mut self, param: &Param<T>) -> Option<T> {
        let text = self.text(&param.description)?;
        self.parse(param.description.name, text, param.parse)
    }

    /// Whether a parameter of the query is given, be it right or wrong.
    #[must_use]
    pub fn is_given<T>(&self, param: &Param<T>) -> bool {
        let name = param.description.name;
        self.request().is_some_and(|request| request.contexte().query.valeur(name).is_some())
    }

    /// Several values of a parameter, between commas; every bad one is recorded.
    pub fn ask_several<T>(&mut self, several: &Several<T>) -> Vec<T> {
        let Several { description, most, parse } = several;
        self.text(description).map(|text| self.parse_several(description.name, text, *most, parse)).unwrap_or_default()
    }

    pub(super) fn parse_several<T>(
        &mut self,
        name: &str,
        text: &str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Vec<T> {
        if text.split(',').count() > most {
            self.refuse(name, text, format!("attendu : {most} valeurs au plus, séparées par des virgules"));
            return Vec::new();
        }
        text.split(',').filter_map(|piece| self.parse(name, piece, &parse)).collect()
    }

    /// A parameter of the path; `None` when it is wrong, which is recorded. In the contract its
    /// example stands for it, so that the questions after it are asked too.
    pub fn path<T>(&mut self, param: &Param<T>) -> Option<T> {
        let Param { description, parse } = param;
        match &mut self.source {
            Source::Request(request) => {
                let text = request.segment(description.name);
                self.parse(description.name, text, parse)
            }
            Source::Contract(_, described) => {
                described.push(description.documented(ParameterIn::Path).into());
                parse(description.example?).ok()
            }
        }
    }

    /// Every condition on some indicators: `part_en_emploi_6_mois[gte]=50`.
    pub fn conditions(&mut self, indicateurs: &'static [Indicateur]) -> Vec<Filter> {
        self.conditions = indicateurs;
        match &mut self.source {
            Source::Contract(_, described) => {
                described.extend(indicateurs.iter().map(|indicateur| conditions::reference(*indicateur)));
                Vec::new()
            }
            Source::Request(request) => {
                let request: &'a DataRequest = request;
                let pairs = request.contexte().query.pairs.iter();
                let asked = pairs.filter_map(|(name, text)| Some((name, text, conditions::of(name, indicateurs)?)));
                asked
                    .filter_map(|(name, text, (indicateur, comparison))| {
                        let valeur = self.parse(name, text, conditions::bound)?;
                        Some(Filter { indicateur, comparison, valeur })
                    })
                    .collect()
            }
        }
    }

    /// `champs=` of an answer of type `T`.
    pub fn fields<T: ToSchema>(&mut self) -> Fields {
        page::fields::<T>(self)
    }

    /// What every list understands: as JSON its page, as CSV, which is always the whole list, how
    /// it is written. `K` is the key that orders the list, `T` its element.
    pub fn page<K: DeserializeOwned, T: ToSchema>(&mut self) -> Option<Page<K>> {
        page::read::<K, T>(self)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with every problem found, unknown parameters included; 500 when nothing was read and
    /// no problem was recorded, which is a fault of the program.
    pub(super) fn end<T>(mut self, read: Option<T>) -> Result<T, Problem> {
        let pairs = self.request().map_or(&[][..], |request| &request.contexte().query.pairs);
        let unknown = pairs.iter().filter(|(name, _)| !self.is_known(name));
        let refused: Vec<_> = unknown.map(|(name, value)| ParameterError::new(name, value, self.allowed())).collect();
        self.errors.extend(refused);
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            None if self.errors.is_empty() => {
                Err(Problem::internal("a parameter could not be read and no problem was recorded"))
            }
            _ => Err(Problem::parameters(self.errors)),
        }
    }

    fn is_known(&self, name: &str) -> bool {
        self.known.contains(&name) || conditions::of(name, self.conditions).is_some()
    }

    /// What is allowed, conditions in their short form.
    fn allowed(&self) -> String {
        let conditions = self.conditions.iter().map(|indicateur| conditions::short(*indicateur));
        let mut allowed: Vec<String> = self.known.iter().map(|name| (*name).to_owned()).chain(conditions).collect();
        allowed.sort();
        let csv = if self.format() == Format::Csv { " en CSV" } else { "" };
        if allowed.is_empty() {
            return format!("paramètre inconnu : cette adresse n'en prend aucun{csv}");
        }
        format!("paramètre inconnu ; permis{csv} : {}", allowed.join(", "))
    }
}

/// A parameter of several values between commas.
#[derive(Debug)]
pub struct Several<T> {
    /// What the contract says of the whole text.
    pub description: Description,
    /// How many values at most.
    pub most: usize,
    /// What reads one of them.
    pub parse: fn(&str) -> Result<T, Invalid>,
}
