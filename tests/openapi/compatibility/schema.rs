//! Whether every value of one schema is one of another, as far as these documents say it.
//!
//! It errs on the side of «no»: a pattern that is not the same text is another pattern. A keyword that it
//! does not know is a failure ([`unknown_keywords`]), so that nothing is compared by leaving it out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From clients, who go on sending what they did: the new contract must accept what the old one did.
    Argument,
    /// To clients, who read what they did: the new contract may promise more, and nothing less.
    Response,
}

/// Keywords that bound values, and those that say nothing about which values there are.
const KEYWORDS: [&str; 22] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "default",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "propertyNames",
    "required",
    "type",
    "uniqueItems",
];

/// Bounds from above, and from below.
const BOUNDS: [(&str, bool); 6] = [
    ("maxItems", true),
    ("maxLength", true),
    ("maximum", true),
    ("minItems", false),
    ("minLength", false),
    ("minimum", false),
];

/// A schema and the document that its references lead into.
#[derive(Clone, Copy)]
pub struct Schema<'d> {
    pub document: &'d Value,
    pub schema: &'d Value,
}

impl<'d> Schema<'d> {
    fn of(self, schema: &'d Value) -> Self {
        Self { schema, ..self }
    }

    /// What a reference leads to, and the name of the last one.
    fn resolved(self) -> (Self, Option<&'d str>) {
        let (mut found, mut name) = (self, None);
        while let Some(place) = found.schema["$ref"].as_str() {
            name = Some(place);
            found =
                found.of(found.document.pointer(place.trim_start_matches('#')).expect("a reference leads somewhere"));
        }
        (found, name)
    }

    /// The kinds of values; none stands for all.
    fn types(self) -> Vec<&'d str> {
        match &self.schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Its alternatives, those of alternatives included; itself where it has none.
    fn alternatives(self) -> Vec<Self> {
        let (found, _) = self.resolved();
        match found.schema["oneOf"].as_array() {
            Some(several) => several.iter().flat_map(|one| found.of(one).alternatives()).collect(),
            None => vec![self],
        }
    }

    /// Properties and required names, those of the parts of an `allOf` included.
    fn object(self) -> (Map<String, Value>, BTreeSet<String>) {
        let (found, _) = self.resolved();
        let mut properties = found.schema["properties"].as_object().cloned().unwrap_or_default();
        let names = found.schema["required"].as_array().into_iter().flatten();
        let mut required: BTreeSet<String> = names.map(|name| name.as_str().unwrap().to_owned()).collect();
        for part in found.schema["allOf"].as_array().into_iter().flatten() {
            let (more, names) = found.of(part).object();
            properties.extend(more);
            required.extend(names);
        }
        // A part that may be left out, as a whole: its properties, none of which is sure.
        for alternative in found.schema["oneOf"].as_array().into_iter().flatten() {
            properties.extend(found.of(alternative).object().0);
        }
        (properties, required)
    }
}

/// Every keyword of the schemas of a document that this module does not know.
pub fn unknown_keywords(schema: &Value, found: &mut BTreeSet<String>) {
    let Some(object) = schema.as_object() else { return };
    found.extend(object.keys().filter(|key| !KEYWORDS.contains(&key.as_str())).cloned());
    object
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .for_each(|(_, schema)| unknown_keywords(schema, found));
    for key in ["items", "additionalProperties", "propertyNames"] {
        unknown_keywords(object.get(key).unwrap_or(&Value::Null), found);
    }
    for key in ["oneOf", "allOf"] {
        object
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .for_each(|schema| unknown_keywords(schema, found));
    }
}

/// Compares two schemas of the same thing; what breaks is told with its place.
pub struct Comparison {
    way: Way,
    /// Pairs of references on the way down, which lead back to themselves.
    met: BTreeSet<(String, String)>,
    pub broken: Vec<String>,
}

impl Comparison {
    pub fn new(way: Way) -> Self {
        Self { way, met: BTreeSet::new(), broken: Vec::new() }
    }

    fn fails(&mut self, place: &str, what: impl Into<String>) {
        self.broken.push(format!("{place}: {}", what.into()));
    }

    /// Compares `old` with `new`.
    pub fn compare(&mut self, place: &str, old: Schema<'_>, new: Schema<'_>) {
        let ((_, old_name), (_, new_name)) = (old.resolved(), new.resolved());
        if let (Some(old_name), Some(new_name)) = (old_name, new_name)
            && !self.met.insert((old_name.to_owned(), new_name.to_owned()))
        {
            return;
        }
        let (few, many) = match self.way {
            Way::Argument => (old.alternatives(), new.alternatives()),
            Way::Response => (new.alternatives(), old.alternatives()),
        };
        if let ([few], [many]) = (few.as_slice(), many.as_slice()) {
            return self.single(place, *few, *many);
        }
        for few in few {
            let tries = many.iter().map(|many| {
                let mut inner = Self { met: self.met.clone(), ..Self::new(self.way) };
                inner.single(place, few, *many);
                inner.broken
            });
            let best = tries.min_by_key(Vec::len).unwrap_or_default();
            self.broken.extend(best);
        }
    }

    /// Whether each value of `few`, which has no alternatives, is one of `many`.
    fn single(&mut self, place: &str, few: Schema<'_>, many: Schema<'_>) {
        let (few, many) = (few.resolved().0, many.resolved().0);
        let (types, allowed) = (few.types(), many.types());
        let fits = |kind: &&str| allowed.contains(kind) || (*kind == "integer" && allowed.contains(&"number"));
        if !allowed.is_empty() && (types.is_empty() || !types.iter().all(fits)) {
            self.fails(place, format!("type {types:?} for {allowed:?}"));
        }
        if let Some(words) = many.schema["enum"].as_array() {
            let given = few.schema["enum"].as_array();
            let more: Vec<_> = given.into_iter().flatten().filter(|word| !words.contains(word)).collect();
            if given.is_none() || !more.is_empty() {
                self.fails(place, format!("values {more:?} that are not in {words:?}"));
            }
        }
        for keyword in ["pattern", "format"] {
            let (few, many) = (&few.schema[keyword], &many.schema[keyword]);
            if !many.is_null() && few != many {
                self.fails(place, format!("{keyword} {few} for {many}"));
            }
        }
        for (keyword, above) in BOUNDS {
            let (few, many) = (few.schema[keyword].as_f64(), many.schema[keyword].as_f64());
            let within = |many: f64| few.is_some_and(|few| if above { few <= many } else { few >= many });
            if many.is_some_and(|many| !within(many)) {
                self.fails(place, format!("{keyword} {few:?} for {many:?}"));
            }
        }
        if many.schema["uniqueItems"] == true && few.schema["uniqueItems"] != true {
            self.fails(place, "items that may be repeated");
        }
        if self.way == Way::Argument && few.schema["default"] != many.schema["default"] {
            self.fails(place, format!("default {} becomes {}", few.schema["default"], many.schema["default"]));
        }
        self.inside(place, few, many);
    }

    /// Properties and elements.
    fn inside(&mut self, place: &str, few: Schema<'_>, many: Schema<'_>) {
        let ((given, promised), (asked, required)) = (few.object(), many.object());
        for name in required.difference(&promised) {
            self.fails(
                &format!("{place}.{name}"),
                match self.way {
                    Way::Argument => "is asked for now",
                    Way::Response => "need not be there any more",
                },
            );
        }
        let (old, new) = match self.way {
            Way::Argument => (&given, &asked),
            Way::Response => (&asked, &given),
        };
        let documents = match self.way {
            Way::Argument => (few.document, many.document),
            Way::Response => (many.document, few.document),
        };
        for (name, old) in old {
            let place = format!("{place}.{name}");
            match new.get(name) {
                None => self.fails(&place, "is gone"),
                Some(new) => {
                    let old = Schema { document: documents.0, schema: old };
                    self.compare(&place, old, Schema { document: documents.1, schema: new });
                }
            }
        }
        for keyword in ["items", "additionalProperties", "propertyNames"] {
            let (few_inner, many_inner) = (&few.schema[keyword], &many.schema[keyword]);
            if many_inner.is_object() && few_inner.is_object() {
                let (old, new) = match self.way {
                    Way::Argument => (few.of(few_inner), many.of(many_inner)),
                    Way::Response => (many.of(many_inner), few.of(few_inner)),
                };
                self.compare(&format!("{place}[{keyword}]"), old, new);
            } else if !many_inner.is_null() && many_inner != few_inner && *many_inner != json!(true) {
                self.fails(place, format!("{keyword} {few_inner} for {many_inner}"));
            }
        }
    }
}
