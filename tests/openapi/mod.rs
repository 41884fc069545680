//! The contract: the committed document is the one the program serves.

mod compatibility;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// Both contracts.
fn documents() -> [Value; 2] {
    let texts = [exposition::http::openapi::json(), exposition::http::legacy::documentation::json()];
    texts.map(|text| serde_json::from_str(&text).unwrap())
}

/// Every operation of a document, with its address.
fn operations(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let items = document["paths"].as_object().unwrap().iter();
    items.flat_map(|(path, item)| item.as_object().unwrap().values().map(move |operation| (path, operation)))
}

#[test]
fn the_committed_contract_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed.trim_end() == exposition::http::openapi::json().trim_end(),
        "openapi/openapi.json is stale: cargo run -- openapi > openapi/openapi.json"
    );
}

#[test]
fn the_committed_legacy_contract_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/legacy.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed.trim_end() == exposition::http::legacy::documentation::json().trim_end(),
        "openapi/legacy.json is stale: cargo run -- openapi --legacy > openapi/legacy.json"
    );
}

#[test]
fn every_operation_is_described_with_its_answers_and_parameters() {
    let document: serde_json::Value = serde_json::from_str(&exposition::http::openapi::json()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 20);
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{what}: no summary");
            assert!(operation["operationId"].is_string(), "{what}: no operation id");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let described = response.get("$ref").is_some()
                    || response["description"].as_str().is_some_and(|description| !description.is_empty());
                assert!(described, "{what}: {status} is not described");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let place = parameter["$ref"].as_str().map(|place| place.trim_start_matches('#'));
                let parameter = place.map_or(parameter, |place| document.pointer(place).unwrap());
                let described = parameter["description"].as_str().is_some_and(|description| !description.is_empty());
                assert!(described, "{what}: {parameter}");
            }
        }
    }
}

#[test]
fn the_tags_that_are_described_are_those_that_are_used() {
    for document in documents() {
        let described = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap());
        let described: BTreeSet<_> = described.collect();
        let used = operations(&document).flat_map(|(_, operation)| operation["tags"].as_array().unwrap());
        let used: BTreeSet<_> = used.map(|name| name.as_str().unwrap()).collect();
        assert_eq!(described, used);
    }
}

#[test]
fn every_operation_says_what_opens_it_and_the_schemes_are_described() {
    for document in documents() {
        let none = serde_json::Map::new();
        let described = document["components"]["securitySchemes"].as_object().unwrap_or(&none);
        for (path, operation) in operations(&document) {
            let asked = operation["security"].as_array().or(document["security"].as_array());
            let asked = asked.unwrap_or_else(|| panic!("{path} does not say what opens it"));
            for name in asked.iter().flat_map(|requirement| requirement.as_object().unwrap().keys()) {
                assert!(described.contains_key(name), "{path}: {name} is not described");
            }
        }
    }
}
