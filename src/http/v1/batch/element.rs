//! One element of a batch: read as strictly as a request, refused alone.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::parameters::{CODE, FILIERE, MILLESIME, REGION, UAI};
use crate::domain::choice::Wanted;
use crate::domain::{BatchStatus, CodeCertification, Invalid, Lieu, TypeCode};
use crate::http::parameters::Param;
use crate::http::problem::ParameterError;

/// What the elements of a batch name beside a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PairKind {
    /// An établissement.
    Formation,
    /// A région.
    Region,
}

impl PairKind {
    /// The name that the contract gives to an element.
    pub(super) fn schema_name(self) -> &'static str {
        match self {
            Self::Formation => "DemandeFormation",
            Self::Region => "DemandeRegion",
        }
    }

    /// The field that names the place.
    fn place(self) -> &'static str {
        match self {
            Self::Formation => UAI.description.name,
            Self::Region => REGION.description.name,
        }
    }

    /// The address of the single lookup.
    pub(super) fn address(self, lieu: Lieu, code: CodeCertification) -> String {
        let prefix = if code.type_code() == TypeCode::Sise { "SISE:" } else { "" };
        match self {
            Self::Formation => format!("/api/v1/formations/{}/{prefix}{code}", lieu.as_str()),
            Self::Region => format!("/api/v1/regions/{}/certifications/{prefix}{code}", lieu.as_str()),
        }
    }

    fn read(self, text: &str) -> Result<Lieu, Invalid> {
        match self {
            Self::Formation => UAI.read(text).map(Lieu::Etablissement),
            Self::Region => REGION.read(text).map(Lieu::Region),
        }
    }
}

/// A question that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) lieu: Lieu,
    pub(super) code: CodeCertification,
    pub(super) wanted: Wanted,
}

/// An element that cannot, with all that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: BatchStatus,
    pub(super) errors: Vec<ParameterError>,
}

/// An element as it was sent.
#[derive(Debug)]
pub(super) struct Element(pub(super) Box<RawValue>);

/// What stands for the name of a parameter where the element is no object.
const WHOLE: &str = "element";

impl Element {
    /// Reads a pair.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(&self, kind: PairKind) -> Result<Pair, Refused> {
        let text = self.0.get();
        let Ok(JsonFields(fields)) = serde_json::from_str(text) else {
            let detail = format!("attendu : un objet avec « {} » et « {} »", kind.place(), CODE.description.name);
            let errors = vec![ParameterError::new(WHOLE, text, detail)];
            return Err(Refused { status: BatchStatus::Invalid, errors });
        };
        let mut reader = FieldReader { fields, errors: Vec::new() };
        let place = reader.required(kind.place());
        let lieu = place.as_deref().and_then(|text| reader.parse(kind.place(), text, |text| kind.read(text)));
        // Beside a well-formed code of a région that is none, nothing else may be wrong.
        let unknown =
            kind == PairKind::Region && lieu.is_none() && place.is_some_and(|text| looks_like_a_region(&text));
        let code = reader.required(CODE.description.name);
        let code = code.and_then(|text| reader.parse(CODE.description.name, &text, |text| CODE.read(text)));
        let wanted = Wanted { millesime: reader.optional(&MILLESIME), filiere: reader.optional(&FILIERE) };
        let errors = reader.end([kind.place(), CODE.description.name].as_slice());
        match (lieu, code) {
            (Some(lieu), Some(code)) if errors.is_empty() => Ok(Pair { lieu, code, wanted }),
            _ => {
                let status =
                    if unknown && errors.len() == 1 { BatchStatus::UnknownRegion } else { BatchStatus::Invalid };
                Err(Refused { status, errors })
            }
        }
    }
}

/// Two characters, or the five of a postal code.
fn looks_like_a_region(text: &str) -> bool {
    matches!(text.len(), 2 | 5) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Takes the fields of an element, and collects what is wrong with them.
struct FieldReader {
    fields: Vec<(String, Value)>,
    errors: Vec<ParameterError>,
}

impl FieldReader {
    /// The text of a field; `None` when it is not there, is null, or is no text, which is recorded.
    fn text(&mut self, name: &str) -> Option<String> {
        let position = self.fields.iter().position(|(field, _)| field == name)?;
        match self.fields.remove(position).1 {
            Value::String(text) => Some(text),
            Value::Null => None,
            other => {
                self.errors.push(ParameterError::new(name, &other.to_string(), "attendu : un texte, entre guillemets"));
                None
            }
        }
    }

    /// The text of a field that must be there.
    fn required(&mut self, name: &str) -> Option<String> {
        let wrong = self.errors.len();
        let text = self.text(name);
        if text.is_none() && self.errors.len() == wrong {
            self.errors.push(ParameterError::new(name, "", "obligatoire"));
        }
        text
    }

    fn parse<T>(&mut self, name: &str, text: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        parse(text).map_err(|invalid| self.errors.push(ParameterError::new(name, text, invalid.0))).ok()
    }

    fn optional<T>(&mut self, param: &Param<T>) -> Option<T> {
        let text = self.text(param.description.name)?;
        self.parse(param.description.name, &text, |text| param.read(text))
    }

    /// Everything that is wrong, what is left over included: it is unknown, or repeated.
    fn end(self, names: &[&str]) -> Vec<ParameterError> {
        let Self { fields, mut errors } = self;
        let known = [names, [MILLESIME.description.name, FILIERE.description.name].as_slice()].concat();
        for (name, value) in fields {
            let detail = if known.contains(&name.as_str()) {
                "champ répété : donnez-le une seule fois".to_owned()
            } else {
                format!("champ inconnu ; permis : {}", known.join(", "))
            };
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            errors.push(ParameterError::new(name, &shown, detail));
        }
        errors
    }
}

/// The fields of a JSON object in their order, repeated ones included.
struct JsonFields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for JsonFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor).map(Self)
    }
}

/// More fields than a pair has are of no use, and all of them would be told.
const FIELDS: usize = 32;

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(4);
        while fields.len() < FIELDS {
            let Some(entry) = map.next_entry()? else { return Ok(fields) };
            fields.push(entry);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CodeRegion, Filiere, Millesime, Uai};

    fn read(kind: PairKind, text: &str) -> Result<Pair, Refused> {
        Element(RawValue::from_string(text.to_owned()).unwrap()).read(kind)
    }

    fn refused(kind: PairKind, text: &str) -> (BatchStatus, Vec<String>) {
        let Refused { status, errors } = read(kind, text).unwrap_err();
        (status, errors.into_iter().map(|error| error.parameter).collect())
    }

    #[test]
    fn a_pair_is_read_as_a_request_would_be() {
        let found = read(
            PairKind::Formation,
            r#"{"code": "cfd:32020008", "uai": "0350017d", "millesime": "2022_2023", "filiere": "apprentissage"}"#,
        );
        let expected = Pair {
            lieu: Lieu::Etablissement(Uai::parse("0350017D").unwrap()),
            code: CodeCertification::parse("32020008").unwrap(),
            wanted: Wanted { millesime: Some(Millesime::pooled(2023)), filiere: Some(Filiere::Apprentissage) },
        };
        assert_eq!(found, Ok(expected));
        let found = read(PairKind::Region, r#"{"region": "35000", "code": "32020008", "millesime": null}"#).unwrap();
        assert_eq!(found.lieu, Lieu::Region(CodeRegion::parse("53").unwrap()), "a postal code");
        assert_eq!(found.wanted, Wanted::default(), "null says nothing");
    }

    #[test]
    fn everything_that_is_wrong_with_an_element_is_told() {
        let text = r#"{"uai": "0350017A", "millesime": 2023, "filiere": "x", "color": 1, "uai": "0350017D"}"#;
        let (status, named) = refused(PairKind::Formation, text);
        assert_eq!(status, BatchStatus::Invalid);
        assert_eq!(named, ["uai", "code", "millesime", "filiere", "color", "uai"]);
    }

    #[test]
    fn what_is_no_object_is_refused_as_a_whole() {
        for text in ["null", "3", "[]", "\"0350017D\"", "true"] {
            assert_eq!(
                refused(PairKind::Formation, text),
                (BatchStatus::Invalid, vec!["element".to_owned()]),
                "{text}"
            );
        }
    }

    #[test]
    fn a_region_that_is_none_is_unknown_and_what_is_no_code_is_invalid() {
        for (region, expected) in [
            ("99", BatchStatus::UnknownRegion),
            ("00000", BatchStatus::UnknownRegion),
            ("Bretagne", BatchStatus::Invalid),
            ("", BatchStatus::Invalid),
        ] {
            let text = format!(r#"{{"region": "{region}", "code": "32020008"}}"#);
            assert_eq!(refused(PairKind::Region, &text).0, expected, "{region}");
        }
        let both = r#"{"region": "99", "code": "1"}"#;
        assert_eq!(refused(PairKind::Region, both).0, BatchStatus::Invalid, "the code is wrong too");
    }

    #[test]
    fn an_element_of_very_many_fields_is_refused_briefly() {
        let fields: Vec<String> = (0..1000).map(|number| format!(r#""f{number}": 0"#)).collect();
        let (_, named) = refused(PairKind::Formation, &format!("{{{}}}", fields.join(",")));
        assert_eq!(named.len(), 2 + FIELDS);
    }
}
