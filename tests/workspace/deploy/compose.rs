use std::collections::{BTreeMap, BTreeSet};

use bytesize::ByteSize;
use jiff::SignedDuration;
use serde_json::Value;

use super::{
    N_PAINTERS, PAINTER_BYTES, assert_pinned, assert_valid, readers_bytes, root, schema, settings, strings,
    text, yaml,
};

const FILE: &str = "compose/compose.yaml";

/// As Compose reads it: what the example of `.env` says, in place of the variables.
fn composed() -> Value {
    let mut told = text(FILE);
    for line in text("compose/.env.example").lines().filter(|line| !line.starts_with('#')) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let with_default = format!("${{{name}:-{value}}}");
        assert!(told.contains(&with_default), "`.env.example` and the default of {name} differ");
        told = told.replace(&with_default, value);
    }
    assert!(!told.replace("$$", "").contains('$'), "a variable that `.env.example` does not know");
    serde_saphyr::from_str(&told).unwrap()
}

fn services(composed: &Value) -> impl Iterator<Item = (&String, &Value)> {
    composed["services"].as_object().unwrap().iter()
}

fn environment(service: &Value) -> BTreeMap<String, String> {
    let variables = service["environment"].as_object().into_iter().flatten();
    variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn bytes(text: &Value) -> u64 {
    // Compose's `g` is a gibibyte.
    let text = text.as_str().unwrap().to_uppercase();
    format!("{text}iB").parse::<ByteSize>().unwrap().as_u64()
}

#[test]
fn it_is_as_its_schema_says() {
    assert_valid(&schema("compose.json"), &yaml(FILE), FILE);
    assert_valid(&schema("compose.json"), &composed(), FILE);
    let mut wrong = composed();
    wrong["services"]["serve"]["memory_limit"] = "1g".into();
    let validator = jsonschema::draft202012::options().build(&schema("compose.json")).unwrap();
    assert!(!validator.is_valid(&wrong), "the schema finds nothing");
}

#[test]
fn images_are_pinned_and_watched() {
    let composed = composed();
    for (name, service) in services(&composed) {
        let image = service["image"].as_str().unwrap();
        assert_pinned(image);
        if let Some(version) = image.strip_prefix("bole:") {
            assert_eq!(version, env!("CARGO_PKG_VERSION"), "{name}");
        }
        for key in ["healthcheck", "restart", "mem_limit", "security_opt"] {
            assert!(!service[key].is_null(), "{name} has no `{key}`");
        }
    }
}

#[test]
fn what_is_mounted_is_there_and_every_secret_is_known() {
    let composed = composed();
    let folder = root().join("deploy/compose");
    let keys =
        |key: &str| -> BTreeSet<String> { composed[key].as_object().unwrap().keys().cloned().collect() };
    let (volumes, secrets, networks) = (keys("volumes"), keys("secrets"), keys("networks"));
    let mut used = BTreeSet::new();
    for (name, service) in services(&composed) {
        for mount in strings(&service["volumes"]) {
            let from = mount.split(':').next().unwrap();
            let is_there =
                if from.starts_with('.') { folder.join(from).exists() } else { volumes.contains(from) };
            assert!(is_there, "{name}: {mount}");
            assert!(!from.starts_with('.') || mount.ends_with(":ro"), "{name} could write into {mount}");
        }
        for secret in service["secrets"].as_array().into_iter().flatten() {
            let source = secret.as_str().or_else(|| secret["source"].as_str()).unwrap();
            assert!(secrets.contains(source), "{name}: {source}");
            used.insert(source.to_owned());
        }
        for file in environment(service).values().filter_map(|value| value.strip_prefix("/run/secrets/")) {
            assert!(strings(&service["secrets"]).contains(&file), "{name} is not given {file}");
        }
        for network in strings(&service["networks"]) {
            assert!(networks.contains(network), "{name}: {network}");
        }
    }
    assert_eq!(used, secrets);
    // None lies in the repository.
    let ignored = std::fs::read_to_string(root().join(".gitignore")).unwrap();
    assert!(ignored.lines().any(|line| line == "/deploy/compose/secrets"));
}

#[test]
fn only_the_server_and_grafana_are_reached_from_outside() {
    let composed = composed();
    for (name, service) in services(&composed) {
        let is_open = matches!(name.as_str(), "serve" | "grafana");
        for port in strings(&service["ports"]) {
            assert!(is_open && port.starts_with("127.0.0.1:"), "{name}: {port}");
        }
        assert_eq!(strings(&service["networks"]).contains(&"outside"), is_open, "{name}");
    }
    assert_eq!(composed["networks"]["inside"]["internal"], true);
}

#[test]
fn bole_has_the_memory_its_readers_may_use_and_the_time_to_end() {
    let composed = composed();
    for (name, own) in [("serve", 1 << 30), ("work", 512 << 20)] {
        let service = &composed["services"][name];
        // The files with passwords are not here.
        let mut environment = environment(service);
        environment.retain(|variable, _| !variable.ends_with("_FILE"));
        let settings = settings(None, &environment);
        let painters = if name == "serve" { N_PAINTERS * PAINTER_BYTES } else { 0 };
        let needed = readers_bytes(&settings) + painters + own;
        assert!(bytes(&service["mem_limit"]) >= needed, "{name}: {}", ByteSize::b(needed));
        let grace: SignedDuration = service["stop_grace_period"].as_str().unwrap().parse().unwrap();
        assert!(grace > SignedDuration::try_from(settings.server.shutdown).unwrap(), "{name}: {grace}");
        let hosts = [settings.queue.remote.unwrap().url, settings.store.remote.unwrap().url];
        for (url, service) in hosts.iter().zip(["rabbitmq", "postgres"]) {
            assert!(url.contains(&format!("@{service}:")), "{url}");
            assert!(composed["services"][service].is_object(), "{service}");
        }
    }
}
