//! A change that breaks clients fails.
//!
//! The contracts are compared with those of the last release, `openapi/released/`: a copy, which the
//! release checklist renews, and not a tag, because a shallow clone and an archive have no tags. What
//! clients send must be accepted as before (arguments may be widened); what they read must be there as
//! before (answers may gain keys). docs/API-DESIGN.md §7 says what that means for v1.
//!
//! A tool was wanted and none was found that can be had: openapi-diff reads 3.0 only, optic does not start
//! under node 20, the others are programs that their packages download elsewhere.

mod schema;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use self::schema::{Comparison, Schema, Way, unknown_keywords};
use super::documents;

/// The methods that an address may have.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

fn released() -> [Value; 2] {
    ["openapi.json", "legacy.json"].map(|name| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/released").join(name);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    })
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// What of `new` breaks clients of `old`, each with its place.
fn broken(old: &Value, new: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, item) in object(&old["paths"]) {
        for method in METHODS.into_iter().filter(|method| item[method].is_object()) {
            let place = format!("{} {path}", method.to_uppercase());
            let (before, after) = (&item[method], &new["paths"][path][method]);
            if after.is_null() {
                broken.push(format!("{place}: is gone"));
                continue;
            }
            if before["operationId"] != after["operationId"] {
                broken.push(format!("{place}: generated clients call it {} now", after["operationId"]));
            }
            let operations = Operations { place, old, new, before, after };
            broken.extend(operations.parameters());
            broken.extend(operations.body());
            broken.extend(operations.responses());
            broken.extend(operations.security());
        }
    }
    broken
}

/// An operation as it was and as it is.
struct Operations<'d> {
    place: String,
    old: &'d Value,
    new: &'d Value,
    before: &'d Value,
    after: &'d Value,
}

/// The parameters of an operation, references resolved.
fn parameters<'d>(document: &'d Value, operation: &'d Value) -> Vec<&'d Value> {
    let listed = operation["parameters"].as_array().into_iter().flatten();
    let resolved = |parameter: &'d Value| match parameter["$ref"].as_str() {
        Some(place) => document.pointer(place.trim_start_matches('#')).unwrap(),
        None => parameter,
    };
    listed.map(resolved).collect()
}

fn is_same(one: &Value, other: &Value) -> bool {
    (&one["in"], &one["name"]) == (&other["in"], &other["name"])
}

impl Operations<'_> {
    fn schemas(&self, way: Way, place: &str, before: &Value, after: &Value) -> Vec<String> {
        let mut comparison = Comparison::new(way);
        let old = Schema { document: self.old, schema: before };
        comparison.compare(place, old, Schema { document: self.new, schema: after });
        comparison.broken
    }

    fn parameters(&self) -> Vec<String> {
        let (before, after) = (parameters(self.old, self.before), parameters(self.new, self.after));
        let mut broken = Vec::new();
        for parameter in &before {
            let place = format!("{} ?{}", self.place, parameter["name"].as_str().unwrap());
            let Some(now) = after.iter().find(|now| is_same(now, parameter)) else {
                broken.push(format!("{place}: is gone, and what is unknown is refused"));
                continue;
            };
            for (key, unset) in [("required", json!(false)), ("style", Value::Null), ("explode", Value::Null)] {
                let of = |parameter: &Value| parameter.get(key).cloned().unwrap_or_else(|| unset.clone());
                if of(parameter) != of(now) && of(now) != unset {
                    broken.push(format!("{place}: {key} is {} now", of(now)));
                }
            }
            broken.extend(self.schemas(Way::Argument, &place, &parameter["schema"], &now["schema"]));
        }
        let asked = after.iter().filter(|now| now["required"] == true && !before.iter().any(|old| is_same(old, now)));
        broken.extend(asked.map(|now| format!("{} ?{}: is asked for now", self.place, now["name"])));
        broken
    }

    fn body(&self) -> Vec<String> {
        let (before, after) = (&self.before["requestBody"], &self.after["requestBody"]);
        let place = format!("{} body", self.place);
        let mut broken = Vec::new();
        if after["required"] == true && before["required"] != true {
            broken.push(format!("{place}: is asked for now"));
        }
        for (kind, content) in object(&before["content"]) {
            match &after["content"][kind] {
                Value::Null => broken.push(format!("{place} {kind}: is gone")),
                now => broken.extend(self.schemas(Way::Argument, &place, &content["schema"], &now["schema"])),
            }
        }
        broken
    }

    fn responses(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (status, response) in object(&self.before["responses"]) {
            let place = format!("{} {status}", self.place);
            let now = &self.after["responses"][status];
            // An error that is given no more breaks nobody.
            if now.is_null() {
                broken.extend(status.starts_with('2').then(|| format!("{place}: is gone")));
                continue;
            }
            let gone = object(&response["headers"]).filter(|(name, _)| now["headers"][name].is_null());
            broken.extend(gone.map(|(name, _)| format!("{place}: header {name} is gone")));
            for (kind, content) in object(&response["content"]) {
                match &now["content"][kind] {
                    Value::Null => broken.push(format!("{place} {kind}: is gone")),
                    now => broken.extend(self.schemas(Way::Response, &place, &content["schema"], &now["schema"])),
                }
            }
        }
        broken
    }

    /// What opened the operation opens it still.
    fn security(&self) -> Vec<String> {
        let asked = |document: &Value, operation: &Value| {
            let own = operation.get("security").or_else(|| document.get("security")).cloned();
            own.and_then(|asked| asked.as_array().cloned()).unwrap_or_default()
        };
        let now = asked(self.new, self.after);
        let before = asked(self.old, self.before);
        let closed = before.into_iter().filter(|way| !now.is_empty() && !now.contains(way));
        closed.map(|way| format!("{}: is not opened by {way} any more", self.place)).collect()
    }
}

#[test]
fn no_client_of_the_released_contracts_is_broken() {
    for (old, new) in released().iter().zip(documents()) {
        let broken = broken(old, &new);
        assert!(
            broken.is_empty(),
            "{} changes break clients (docs/API-DESIGN.md §7):\n{}",
            broken.len(),
            broken.join("\n")
        );
    }
}

#[test]
fn every_keyword_of_the_contracts_is_compared() {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        for (key, inner) in object(value) {
            match key.as_str() {
                "schema" => unknown_keywords(inner, found),
                "schemas" => object(inner).for_each(|(_, schema)| unknown_keywords(schema, found)),
                "example" => {}
                _ => walk(inner, found),
            }
        }
        value.as_array().into_iter().flatten().for_each(|inner| walk(inner, found));
    }
    for document in documents().iter().chain(&released()) {
        let mut found = BTreeSet::new();
        walk(document, &mut found);
        assert!(found.is_empty(), "tests/openapi/compatibility does not know {found:?}");
    }
}

/// An edit of a document: where, and what stands there afterwards; `None` takes it away.
type Edit<'e> = (&'e str, Option<Value>);

fn edited(document: &Value, (place, value): &Edit<'_>) -> Value {
    let mut document = document.clone();
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).expect(place);
    let key = key.replace("~1", "/");
    match (parent, value) {
        (Value::Object(object), Some(value)) => drop(object.insert(key, value.clone())),
        (Value::Object(object), None) => assert!(object.remove(&key).is_some(), "nothing at {place}"),
        (Value::Array(array), Some(value)) if key == "-" => array.push(value.clone()),
        (Value::Array(array), None) => drop(array.remove(key.parse().unwrap())),
        _ => unreachable!("nothing at {place}"),
    }
    document
}

/// A small contract with one of everything.
fn small() -> Value {
    let code = json!({"type": "string", "pattern": "^[0-9]+$", "minLength": 2, "maxLength": 8});
    json!({
        "paths": {"/a/{code}": {"post": {
            "operationId": "a",
            "parameters": [
                {"name": "code", "in": "path", "required": true, "schema": code},
                {"name": "tri", "in": "query", "required": false, "schema": {"type": "string", "enum": ["x", "y"], "default": "x"}},
                {"name": "limite", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9}},
            ],
            "requestBody": {"required": true, "content": {"application/json": {"schema": {
                "type": "array", "maxItems": 5, "items": {"$ref": "#/components/schemas/Demande"}}}}},
            "responses": {
                "200": {"headers": {"ETag": {}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
            },
        }}},
        "components": {"schemas": {
            "Demande": {"type": "object", "required": ["uai"], "additionalProperties": false,
                "properties": {"uai": {"type": "string"}, "millesime": {"type": "string"}}},
            "A": {"type": "object", "required": ["nom", "part", "enfants"], "properties": {
                "nom": {"type": "string"},
                "part": {"type": ["integer", "null"], "format": "int32"},
                "statut": {"type": "string", "enum": ["p", "q"]},
                "voisin": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/B"}]},
                "absences": {"type": "object", "additionalProperties": {"type": "string"}},
                "enfants": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}}},
            "B": {"allOf": [
                {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}},
                {"type": "object", "properties": {"y": {"type": "integer"}}}]},
        }},
        "security": [{}],
    })
}

const OPERATION: &str = "/paths/~1a~1{code}/post";
const SCHEMAS: &str = "/components/schemas";

#[test]
fn what_breaks_clients_is_found() {
    let document = small();
    let text = json!({"type": "string"});
    let asked = json!({"name": "n", "in": "query", "required": true, "schema": text});
    for (place, value, expected) in [
        ("/paths/~1a~1{code}", None, "is gone"),
        ("{operation}/operationId", Some(json!("b")), "generated clients"),
        ("{operation}/parameters/1", None, "?tri: is gone"),
        ("{operation}/parameters/-", Some(asked), "is asked for now"),
        ("{operation}/parameters/2/required", Some(json!(true)), "?limite: required is true"),
        ("{operation}/parameters/0/schema/pattern", Some(json!("^[0-8]+$")), "pattern"),
        ("{operation}/parameters/0/schema/maxLength", Some(json!(7)), "maxLength"),
        ("{operation}/parameters/0/schema/minLength", Some(json!(3)), "minLength"),
        ("{operation}/parameters/0/schema/format", Some(json!("uai")), "format"),
        ("{operation}/parameters/1/schema/enum", Some(json!(["x"])), "values"),
        ("{operation}/parameters/1/schema/default", Some(json!("y")), "default"),
        ("{operation}/parameters/2/schema/maximum", Some(json!(8)), "maximum"),
        ("{operation}/parameters/2/schema/type", Some(json!("string")), "type"),
        ("{operation}/requestBody/content/application~1json", None, "body application/json: is gone"),
        ("{operation}/requestBody/content/application~1json/schema/maxItems", Some(json!(4)), "maxItems"),
        ("{schemas}/Demande/required", Some(json!(["uai", "millesime"])), "millesime: is asked for now"),
        ("{schemas}/Demande/properties/millesime", None, "millesime: is gone"),
        ("{operation}/responses/200", None, "200: is gone"),
        ("{operation}/responses/200/headers/ETag", None, "header ETag is gone"),
        ("{operation}/responses/200/content/application~1json", None, "200 application/json: is gone"),
        ("{schemas}/A/properties/nom", None, "nom: is gone"),
        ("{schemas}/A/properties/statut", None, "statut: is gone"),
        ("{schemas}/A/required", Some(json!(["nom", "part"])), "enfants: need not be there"),
        ("{schemas}/A/properties/nom/type", Some(json!(["string", "null"])), "nom: type"),
        ("{schemas}/A/properties/part/type", Some(json!("string")), "part: type"),
        ("{schemas}/A/properties/part/format", Some(json!("int64")), "part: format"),
        ("{schemas}/A/properties/statut/enum", Some(json!(["p", "q", "r"])), "statut: values"),
        ("{schemas}/A/properties/voisin/oneOf/-", Some(text.clone()), "voisin"),
        ("{schemas}/A/properties/absences/additionalProperties/type", Some(json!("integer")), "absences"),
        ("{schemas}/A/properties/enfants/items", Some(text), "enfants[items]"),
        ("{schemas}/B/allOf/0/properties/x", None, "voisin"),
        ("{schemas}/B/allOf/1", None, "voisin"),
        ("/security", Some(json!([{"key": []}])), "is not opened by {}"),
    ] {
        let place = place.replace("{operation}", OPERATION).replace("{schemas}", SCHEMAS);
        let found = broken(&document, &edited(&document, &(&place, value))).join("\n");
        assert!(found.contains(expected), "{place}: {expected} is not in «{found}»");
    }
}

#[test]
fn what_breaks_nobody_is_let_through() {
    let document = small();
    let text = json!({"type": "string"});
    let more = json!({"name": "n", "in": "query", "required": false, "schema": text});
    for (place, value) in [
        ("/paths/b", Some(json!({"get": {}}))),
        ("{operation}/parameters/-", Some(more)),
        ("{operation}/parameters/0/schema/pattern", None),
        ("{operation}/parameters/0/schema/maxLength", Some(json!(9))),
        ("{operation}/parameters/1/schema/enum", Some(json!(["x", "y", "z"]))),
        ("{operation}/parameters/2/schema/type", Some(json!("number"))),
        ("{operation}/requestBody/required", Some(json!(false))),
        ("{operation}/responses/404", None),
        ("{operation}/responses/410", Some(json!({}))),
        ("{schemas}/Demande/properties/filiere", Some(text.clone())),
        ("{schemas}/Demande/required", Some(json!([]))),
        ("{schemas}/A/properties/plus", Some(text)),
        ("{schemas}/A/required", Some(json!(["nom", "part", "enfants", "statut"]))),
        ("{schemas}/A/properties/part/type", Some(json!("integer"))),
        ("{schemas}/A/properties/statut/enum", Some(json!(["p"]))),
        ("{schemas}/A/properties/voisin/oneOf/0", None),
        ("/security", Some(json!([{}, {"key": []}]))),
    ] {
        let place = place.replace("{operation}", OPERATION).replace("{schemas}", SCHEMAS);
        let found = broken(&document, &edited(&document, &(&place, value)));
        assert_eq!(found, [""; 0], "{place}");
    }
}

#[test]
fn a_key_that_is_taken_from_any_answer_of_the_real_contracts_is_missed() {
    for document in documents() {
        let places = object(&document["components"]["schemas"]).flat_map(|(name, schema)| {
            let keys = object(&schema["properties"]).map(|(key, _)| key.replace('/', "~1")).collect::<Vec<_>>();
            keys.into_iter().map(move |key| format!("{SCHEMAS}/{name}/properties/{key}"))
        });
        let places: Vec<String> = places.collect();
        assert!(places.len() > 50);
        for place in places.iter().step_by(17) {
            let found = broken(&document, &edited(&document, &(place, None)));
            assert!(!found.is_empty(), "{place}");
        }
    }
}
