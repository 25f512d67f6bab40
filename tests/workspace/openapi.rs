//! `deploy/openapi.json` says what the code does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

const DOCUMENT: &str = include_str!("../../deploy/openapi.json");

fn document() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

#[test]
fn the_committed_description_is_that_of_the_code() {
    let printed = serde_json::to_string_pretty(&bole_server::openapi()).unwrap();
    assert_eq!(
        printed.trim_end(),
        DOCUMENT.trim_end(),
        "write it again: `bole openapi >deploy/openapi.json`"
    );
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(!id.is_empty() && ids.insert(id.to_owned()), "{method} {path}: `{id}`");
        }
    }
    assert!(!ids.is_empty());
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 50, "{} references", references.len());
    for reference in &references {
        let pointer = reference.strip_prefix('#');
        assert!(pointer.is_some_and(|at| document.pointer(at).is_some()), "`{reference}` leads nowhere");
    }
    // And nothing is described that nobody asks for or answers.
    for schema in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(references.contains(&format!("#/components/schemas/{schema}")), "`{schema}` is not used");
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(reference) if name == "$ref" => drop(references.insert(reference.to_owned())),
                    _ => collect(member, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

/// Two types of one schema name would overwrite each other in the description without a word.
#[test]
fn every_schema_is_of_one_type() {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    for path in sources(&crates) {
        let text = std::fs::read_to_string(&path).unwrap();
        for name in schemas(&text) {
            types.entry(name).or_default().push(path.display().to_string());
        }
    }
    for (name, places) in &types {
        assert!(
            places.len() == 1,
            "`{name}` is {} types; name one with `#[schema(as = ...)]`: {places:?}",
            places.len()
        );
    }
    // The scan knows every schema but those that are written by hand.
    let document = document();
    let described = document["components"]["schemas"].as_object().unwrap();
    let found = described.keys().filter(|name| types.contains_key(*name)).count();
    assert!(found * 10 >= described.len() * 9, "{found} of {} were found in the sources", described.len());
}

#[test]
fn types_of_one_schema_name_are_found() {
    let text = "#[derive(Debug, ToSchema)]\n#[schema(as = Other)]\npub struct One;\n/// It.\n#[derive(utoipa::ToSchema)]\nenum Two {\n}\n#[derive(Debug)]\nstruct Three;\n";
    assert_eq!(schemas(text), ["Other", "Two"]);
}

/// The files of Rust under a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The schema names of the types in a source that derive `ToSchema`.
fn schemas(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split("#[derive(").skip(1) {
        let (derived, rest) = part.split_once(")]").unwrap_or_default();
        let derives = |name: &str| name.trim().rsplit("::").next() == Some("ToSchema");
        if !derived.split(',').any(derives) {
            continue;
        }
        let mut alias = None;
        for line in rest.lines() {
            let line = line.trim();
            if let Some((_, name)) = line.split_once("schema(").and_then(|(_, rest)| rest.split_once("as = "))
            {
                alias = Some(word(name));
            }
            let after = ["struct ", "enum "].into_iter().find_map(|kind| {
                let is_item = line.starts_with(kind) || line.starts_with("pub");
                line.split_once(kind).filter(|_| is_item).map(|(_, name)| name)
            });
            if let Some(name) = after {
                names.push(alias.unwrap_or_else(|| word(name)));
                break;
            }
        }
    }
    names
}

/// The identifier that a text begins with.
fn word(text: &str) -> String {
    text.chars().take_while(|scalar| scalar.is_alphanumeric() || *scalar == '_').collect()
}
