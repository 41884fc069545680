//! The contract: the committed document is the one the program serves.

use std::path::Path;

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
                let described = parameter["description"].as_str().is_some_and(|description| !description.is_empty());
                assert!(described, "{what}: {parameter}");
            }
        }
    }
}
