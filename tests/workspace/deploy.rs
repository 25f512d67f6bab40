//! What lies under `deploy` to run Bole: in the form that its reader expects, in agreement with the program's settings, and each
//! file with the others.

mod compose;
mod container;
mod kubernetes;
mod proxies;
mod rabbitmq;
mod systemd;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use bole_engine::Settings;
use serde_json::{Value, json};

/// What a painter may use of memory, beside its font.
const PAINTER_BYTES: u64 = 768 << 20;
/// So many draw at once.
const N_PAINTERS: u64 = 2;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// A file under `deploy`.
fn text(path: &str) -> String {
    let path = root().join("deploy").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The one document of a YAML file under `deploy`.
fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All documents of a YAML file under `deploy`.
fn documents(path: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A schema that `tests/schemas` fetches.
fn schema(name: &str) -> Value {
    let fetched = Command::new(root().join("tests/schemas")).output().unwrap();
    assert!(fetched.status.success(), "tests/schemas: {}", String::from_utf8_lossy(&fetched.stderr));
    let path = root().join("target/schemas").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn assert_valid(schema: &Value, instance: &Value, what: &str) {
    let validator = jsonschema::draft202012::options().build(schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

/// One definition of a schema that has hundreds, with those that it refers to.
fn part_of(schemas: &Value, definition: &str) -> Value {
    let mut kept = serde_json::Map::new();
    let mut open = vec![definition.to_owned()];
    while let Some(name) = open.pop() {
        if !kept.contains_key(&name) {
            references(&schemas["$defs"][&name], &mut open);
            kept.insert(name.clone(), schemas["$defs"][&name].clone());
        }
    }
    json!({ "$ref": format!("#/$defs/{definition}"), "$defs": kept })
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            found.extend(reference.and_then(|to| to.strip_prefix("#/$defs/")).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The settings of a `bole.toml` and an environment.
fn settings(file: Option<&str>, environment: &BTreeMap<String, String>) -> Settings {
    Settings::resolve(file, environment, &BTreeMap::new()).unwrap()
}

fn defaults() -> Settings {
    settings(None, &BTreeMap::new())
}

/// What the readers of a process may use of memory at most.
fn readers_bytes(settings: &Settings) -> u64 {
    settings.reader.n_processes as u64 * settings.reader.limits.address_space_bytes
}

/// An image by its name and a version that is one: `latest` is another tomorrow.
fn assert_pinned(image: &str) {
    let (_, tag) = image.rsplit_once(':').unwrap_or_else(|| panic!("`{image}` has no version"));
    assert!(tag.contains('.') && tag.contains(|char: char| char.is_ascii_digit()), "`{image}`");
}

/// The values of a list of texts.
fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The value of a line `name value` or `name = value` of a file for a server.
fn value_of<'a>(text: &'a str, name: &str) -> &'a str {
    let found = text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix(name)?;
        rest.starts_with([' ', '=']).then(|| rest.trim_start_matches([' ', '=']))
    });
    found.unwrap_or_else(|| panic!("no `{name}`"))
}

/// Processes that have connections to PostgreSQL at most, and a few commands beside them.
#[test]
fn the_database_has_connections_for_all() {
    let each = u64::from(defaults().store.n_readers) + 2;
    let most: u64 = value_of(&text("postgresql/postgresql.conf"), "max_connections").trim().parse().unwrap();
    let scaled = documents("kubernetes/keda.yaml");
    let n_workers = scaled.iter().find_map(|document| document["spec"]["maxReplicaCount"].as_u64()).unwrap();
    let servers = documents("kubernetes/serve.yaml");
    let n_servers = servers.iter().find_map(|document| document["spec"]["replicas"].as_u64()).unwrap();
    let n_commands = 4;
    assert!((n_workers + n_servers + n_commands) * each < most - 20, "{n_workers} workers");
}

/// Where one file says that a program listens, the others look for it.
#[test]
fn every_file_means_the_same_ports() {
    let container = text("container/Containerfile");
    let served = value_of(&container, "EXPOSE").to_owned();
    let (serve, work) = served.split_once(' ').unwrap();
    for (variable, port) in [("BOLE_SERVER_LISTEN", serve), ("BOLE_WORK_LISTEN", work)] {
        assert!(container.contains(&format!("{variable}=0.0.0.0:{port}")), "{variable}");
    }
    let kubernetes = settings(Some(&text("kubernetes/bole.toml")), &BTreeMap::new());
    assert_eq!(kubernetes.server.listen.port().to_string(), serve);
    assert_eq!(kubernetes.work.listen.unwrap().port().to_string(), work);
    for job in yaml("prometheus/prometheus.yml")["scrape_configs"].as_array().unwrap() {
        let looked_for = &job["dns_sd_configs"][0];
        let port = if looked_for["names"][0] == "serve" { serve } else { work };
        assert_eq!(looked_for["port"].to_string(), port, "{job}");
    }
    for (file, line) in [("proxy/haproxy.cfg", "server serve-1"), ("proxy/nginx.conf", "server serve-1")] {
        let nodes: Vec<_> =
            text(file).lines().filter(|text| text.trim().starts_with(line)).map(str::to_owned).collect();
        assert!(!nodes.is_empty(), "{file}");
        for node in nodes {
            assert!(node.contains(&format!("serve-1:{serve}")), "{file}: {node}");
        }
    }
}
