//! `deploy/asyncapi.yaml` says what the code does.

use bole_core::message::v1::{
    HEADER_CANDIDATE_REF, HEADER_CONSENT, HEADER_DOCUMENT_DATE, HEADER_FIELD, HEADER_TRACEPARENT, RECEIPT,
    Receipt, SUBMITTED,
};
use bole_core::{Reason, State};
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("../../deploy/asyncapi.yaml");
const RECEIPT_GOLDEN: &str = include_str!("../../crates/bole-core/tests/golden/resume.receipt.v1.json");
const PROPERTIES_GOLDEN: &str =
    include_str!("../../crates/bole-core/tests/golden/resume.submitted.v1.properties.json");

fn document() -> Value {
    serde_saphyr::from_str(DOCUMENT).unwrap()
}

/// Checks an instance against a schema of the document.
fn check(schema: &str, instance: &Value) -> Result<(), String> {
    let mut root = document();
    root["$ref"] = json!(format!("#/components/schemas/{schema}"));
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&root).unwrap();
    validator.validate(instance).map_err(|error| error.to_string())
}

#[test]
fn the_golden_messages_are_as_it_says() {
    let receipt: Value = serde_json::from_str(RECEIPT_GOLDEN).unwrap();
    check("receipt", &receipt).unwrap();
    let mut properties: Value = serde_json::from_str(PROPERTIES_GOLDEN).unwrap();
    let headers = properties.as_object_mut().unwrap().remove("headers").unwrap();
    check("submittedHeaders", &headers).unwrap();
    check("submittedProperties", &properties).unwrap();
}

#[test]
fn what_is_not_as_it_says_is_found() {
    let receipt: Value = serde_json::from_str(RECEIPT_GOLDEN).unwrap();
    for (key, wrong) in [("state", json!("lost")), ("attempt", json!(0)), ("at", json!("yesterday"))] {
        let mut receipt = receipt.clone();
        receipt[key] = wrong;
        assert!(check("receipt", &receipt).is_err(), "{key}");
    }
}

#[test]
fn every_state_and_reason_is_in_it() {
    let document = document();
    let receipt = &document["components"]["schemas"]["receipt"]["properties"];
    let states: Vec<_> = State::ALL.into_iter().filter(|state| *state != State::Accepting).collect();
    assert_eq!(receipt["state"]["enum"], json!(states.iter().map(|it| it.code()).collect::<Vec<_>>()));
    assert_eq!(receipt["reason"]["enum"], json!(Reason::ALL.map(Reason::code)));
}

#[test]
fn every_key_of_a_message_is_in_it() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let keys = |schema: &str| -> Vec<String> {
        schemas[schema]["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let mut headers =
        vec![HEADER_CANDIDATE_REF, HEADER_CONSENT, HEADER_DOCUMENT_DATE, HEADER_FIELD, HEADER_TRACEPARENT];
    headers.sort_unstable();
    let mut told = keys("submittedHeaders");
    told.sort_unstable();
    assert_eq!(told, headers);
    let receipt: Receipt = serde_json::from_str(RECEIPT_GOLDEN).unwrap();
    let receipt = serde_json::to_value(&receipt).unwrap();
    let mut written: Vec<_> = receipt.as_object().unwrap().keys().cloned().collect();
    written.sort_unstable();
    let mut told = keys("receipt");
    told.sort_unstable();
    assert_eq!(told, written);
    for name in [SUBMITTED, RECEIPT] {
        assert!(document["components"]["messages"].get(name).is_some(), "{name}");
    }
}
