use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{defaults, root, text, value_of};

/// What RabbitMQ makes of configuration files: it says what it does not understand.
fn understood(files: &[&Path]) -> String {
    let found = std::fs::read_dir("/usr/lib/rabbitmq/lib").expect("install rabbitmq-server");
    let plugins =
        found.map(|entry| entry.unwrap().path().join("plugins")).find(|path| path.is_dir()).unwrap();
    let plugins: Vec<_> = std::fs::read_dir(plugins).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut schemas: Vec<PathBuf> = Vec::new();
    for folder in plugins.iter().filter_map(|plugin| std::fs::read_dir(plugin.join("priv/schema")).ok()) {
        schemas.extend(folder.map(|entry| entry.unwrap().path()));
    }
    schemas.retain(|path| path.extension().is_some_and(|extension| extension == "schema"));
    schemas.sort();
    let list = |paths: &mut dyn Iterator<Item = &Path>| {
        let quoted: Vec<_> = paths.map(|path| format!("\"{}\"", path.display())).collect();
        quoted.join(",")
    };
    let program = format!(
        "io:format(\"~p~n\", [cuttlefish_generator:map(cuttlefish_schema:files([{}]), cuttlefish_conf:files([{}]))]), halt().",
        list(&mut schemas.iter().map(PathBuf::as_path)),
        list(&mut files.iter().copied())
    );
    let mut erlang = Command::new("erl");
    erlang.args(["-noshell", "-boot", "start_clean"]).env("ERL_CRASH_DUMP", "/dev/null");
    for plugin in &plugins {
        erlang.arg("-pa").arg(plugin.join("ebin"));
    }
    let run = erlang.args(["-eval", &program]).output().unwrap();
    String::from_utf8(run.stdout).unwrap() + &String::from_utf8_lossy(&run.stderr)
}

#[test]
fn rabbitmq_understands_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("pem");
    std::fs::write(&certificate, "").unwrap();
    let mut files = Vec::new();
    for name in ["rabbitmq.conf", "first-user.conf", "cluster.conf", "tls.conf"] {
        let mut told = String::new();
        for line in text(&format!("rabbitmq/{name}")).lines() {
            // It looks whether the files are there.
            let line = match line.split_once(" = /etc/rabbitmq/tls/") {
                Some((key, _)) => format!("{key} = {}", certificate.display()),
                None => line.to_owned(),
            };
            writeln!(told, "{line}").unwrap();
        }
        let path = folder.path().join(name);
        std::fs::write(&path, told).unwrap();
        files.push(path);
    }
    let paths: Vec<_> = files.iter().map(PathBuf::as_path).collect();
    let said = understood(&paths);
    for expected in [
        "{cluster_partition_handling,pause_minority}",
        "{consumer_timeout,900000}",
        "{max_message_size,16777216}",
        "{ssl_listeners,[5671]}",
        "{tcp_listeners,[]}",
        "{default_user_tags,[]}",
        "{vm_memory_high_watermark,0.6}",
        "{disk_free_limit,\"5GB\"}",
        "rabbit_peer_discovery_classic_config",
    ] {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
    std::fs::write(&files[0], "consumer_time_out = 1\n").unwrap();
    assert!(understood(&paths[..1]).contains("{error,"), "it finds nothing");
}

#[test]
fn the_broker_takes_what_bole_takes() {
    let limit = value_of(&text("rabbitmq/rabbitmq.conf"), "max_message_size").to_owned();
    assert_eq!(limit.parse::<usize>().unwrap(), defaults().queue.limit_bytes);
}

/// The user that a first start makes may do what the definitions say, and nothing more.
#[test]
fn the_first_user_may_do_what_the_definitions_say() {
    let definitions: Value = serde_json::from_str(&text("rabbitmq/definitions.json")).unwrap();
    let permissions = definitions["permissions"].as_array().unwrap();
    let bole = permissions.iter().find(|permission| permission["user"] == "bole").unwrap();
    let first = text("rabbitmq/first-user.conf");
    for key in ["configure", "write"] {
        assert_eq!(value_of(&first, &format!("default_permissions.{key}")), bole[key].as_str().unwrap());
    }
    // RabbitMQ 3.10 takes one for the other.
    assert_eq!(value_of(&first, "default_permissions.read"), value_of(&first, "default_permissions.write"));
}

#[test]
fn nodes_of_a_cluster_are_three() {
    let conf = text("rabbitmq/cluster.conf");
    let nodes = conf.lines().filter(|line| line.starts_with("cluster_formation.classic_config.nodes."));
    assert_eq!(nodes.count(), 3);
    assert!(root().join("deploy/rabbitmq/enabled_plugins").exists());
}
