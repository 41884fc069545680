//! Applies the rules to the parameters of a request and reports every problem at
//! once, in the order in which they are read, unknown parameters last.

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::error::{Detail, LegacyError};
use super::request::{LegacyRequest, Valeur};
use super::rules::{self, NOT_LISTED, ValueRefusal};
use crate::domain::CodeCertification;
use crate::http::parameters::Description;

/// Reads the parameters of one request, each once; then [`Validation::finish`].
pub(super) struct Validation<'a> {
    request: &'a LegacyRequest,
    parsed: Vec<Description>,
    details: Vec<Detail>,
}

/// Where a value stands: a parameter, or an element of a list.
#[derive(Clone, Copy)]
struct Place<'a> {
    nom: &'a str,
    rang: Option<usize>,
}

impl Place<'_> {
    fn label(self) -> String {
        self.rang.map_or_else(|| self.nom.to_owned(), |rang| format!("{}[{rang}]", self.nom))
    }

    fn detail(self, refusal: ValueRefusal, valeur: Value) -> Detail {
        let label = self.label();
        let key = self.rang.map_or_else(|| json!(self.nom), |rang| json!(rang));
        let path = std::iter::once(json!(self.nom)).chain(self.rang.map(|rang| json!(rang))).collect();
        let mut context: Map<String, Value> = refusal.contexte;
        context.insert("label".to_owned(), json!(label));
        context.insert("key".to_owned(), key);
        context.insert("value".to_owned(), valeur);
        Detail {
            message: format!("\"{label}\" {}", refusal.message),
            path,
            kind: refusal.kind,
            context: Value::Object(context),
        }
    }
}

impl<'a> Validation<'a> {
    pub(super) fn new(request: &'a LegacyRequest) -> Self {
        Self { request, parsed: Vec::new(), details: Vec::new() }
    }

    /// What was asked for, as the contract describes it.
    pub(super) fn described(self) -> Vec<RefOr<Parameter>> {
        self.parsed.iter().map(|described| described.documented(ParameterIn::Query).into()).collect()
    }

    /// A part of the path.
    pub(super) fn segment<T>(
        &mut self,
        nom: &'static str,
        text: &str,
        read: impl Fn(&str) -> Result<T, ValueRefusal>,
    ) -> Option<T> {
        self.read(Place { nom, rang: None }, &Valeur::One(text.to_owned()), read)
    }

    /// A query parameter; `None` also when it is not given.
    pub(super) fn text<T>(
        &mut self,
        described: Description,
        read: impl Fn(&str) -> Result<T, ValueRefusal>,
    ) -> Option<T> {
        let valeur = self.take(described)?;
        self.read(Place { nom: described.name, rang: None }, valeur, read)
    }

    /// A number; 0 means that none is given.
    pub(super) fn number(&mut self, described: Description) -> Option<u64> {
        let (nom, valeur) = (described.name, self.take(described)?);
        let parsed = match valeur {
            Valeur::One(text) => rules::number(text),
            Valeur::Several(_) => Err(ValueRefusal::new("number.base", "must be a number")),
        };
        let place = Place { nom, rang: None };
        let parsed = parsed.map_err(|refusal| {
            // A number that was understood is repeated as one.
            let nombre = match valeur {
                Valeur::One(text) if refusal.kind == "number.min" => text.trim().parse::<i64>().ok(),
                _ => None,
            };
            let valeur = nombre.map_or_else(|| valeur.json(), |nombre| json!(nombre));
            self.details.push(place.detail(refusal, valeur));
        });
        parsed.ok().filter(|nombre| *nombre > 0)
    }

    /// A list, elements separated by commas; `required`: one more problem when no element is right.
    pub(super) fn list<T>(
        &mut self,
        described: Description,
        required: bool,
        read: impl Fn(&str) -> Result<T, ValueRefusal>,
    ) -> Option<Vec<T>> {
        let (nom, elements) = (described.name, elements(self.take(described)?));
        let parsed: Vec<Option<T>> = elements
            .iter()
            .enumerate()
            .map(|(rang, valeur)| self.read(Place { nom, rang: Some(rang) }, valeur, &read))
            .collect();
        if required && parsed.iter().all(Option::is_none) {
            let mut refusal =
                ValueRefusal::new("array.includesRequiredUnknowns", "does not contain 1 required value(s)");
            refusal.contexte.insert("unknownMisses".to_owned(), json!(1));
            let valeur: Vec<_> = elements.iter().map(Valeur::json).collect();
            self.details.push(Place { nom, rang: None }.detail(refusal, json!(valeur)));
        }
        Some(parsed.into_iter().flatten().collect())
    }

    /// The codes of a list's filter.
    pub(super) fn codes(&mut self, described: Description) -> Option<Vec<CodeCertification>> {
        let (nom, elements) = (described.name, elements(self.take(described)?));
        let texts = elements.iter().map(|valeur| match valeur {
            Valeur::One(text) => text.clone(),
            Valeur::Several(_) => String::new(),
        });
        let valeur = json!(elements.iter().map(Valeur::json).collect::<Vec<_>>());
        self.read_codes(nom, &texts.collect::<Vec<_>>(), valeur)
    }

    /// The codes of a path, separated by `,` or `|`.
    pub(super) fn path_codes(&mut self, nom: &'static str, text: &str) -> Option<Vec<CodeCertification>> {
        let texts: Vec<_> = text.split([',', '|']).map(str::to_owned).collect();
        self.read_codes(nom, &texts, json!(texts))
    }

    fn read_codes(&mut self, nom: &str, texts: &[String], valeur: Value) -> Option<Vec<CodeCertification>> {
        rules::codes(texts).map_err(|refusal| self.details.push(Place { nom, rang: None }.detail(refusal, valeur))).ok()
    }

    /// A parameter of the route that has been read: it is not unknown.
    fn take(&mut self, described: Description) -> Option<&'a Valeur> {
        self.parsed.push(described);
        self.request.parameter(described.name)
    }

    fn read<T>(
        &mut self,
        place: Place<'_>,
        valeur: &Valeur,
        read: impl Fn(&str) -> Result<T, ValueRefusal>,
    ) -> Option<T> {
        let wrong_type = match valeur {
            Valeur::One(text) if text.is_empty() => {
                Some(ValueRefusal::new("string.empty", "is not allowed to be empty"))
            }
            Valeur::One(_) => None,
            Valeur::Several(_) => Some(ValueRefusal::new("string.base", "must be a string")),
        };
        let text = if let Valeur::One(text) = valeur { text.as_str() } else { "" };
        let (parsed, refusal) = match (read(text), wrong_type) {
            (Ok(parsed), None) => (Some(parsed), Vec::new()),
            (Err(refusal), None) => (None, vec![refusal]),
            // A closed list is checked before the type of the value, a pattern after it.
            (Err(refusal), Some(bad)) if refusal.kind == NOT_LISTED => (None, vec![refusal, bad]),
            (_, Some(bad)) => (None, vec![bad]),
        };
        self.details.extend(refusal.into_iter().map(|refusal| place.detail(refusal, valeur.json())));
        parsed
    }

    /// Refuses what was not read.
    ///
    /// # Errors
    /// 400 with every problem, if there is one.
    pub(super) fn finish(mut self) -> Result<(), LegacyError> {
        for (nom, valeur) in
            self.request.parameters().filter(|(nom, _)| self.parsed.iter().all(|described| described.name != *nom))
        {
            let mut refusal = ValueRefusal::new("object.unknown", "is not allowed");
            refusal.contexte.insert("child".to_owned(), json!(nom));
            self.details.push(Place { nom, rang: None }.detail(refusal, valeur.json()));
        }
        if self.details.is_empty() { Ok(()) } else { Err(LegacyError::validation(self.details)) }
    }

    /// A refusal that only the data could tell.
    pub(super) fn refuse(nom: &str, refusal: ValueRefusal, valeur: Value) -> LegacyError {
        LegacyError::validation(vec![Place { nom, rang: None }.detail(refusal, valeur)])
    }
}

/// The elements of a list. One given several times is a single element that is a list.
fn elements(valeur: &Valeur) -> Vec<Valeur> {
    match valeur {
        Valeur::One(text) => text.split(',').map(|text| Valeur::One(text.to_owned())).collect(),
        several @ Valeur::Several(_) => vec![several.clone()],
    }
}
