use std::collections::{BTreeMap, BTreeSet};

use bytesize::ByteSize;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    N_PAINTERS, PAINTER_BYTES, assert_valid, defaults, documents, part_of, readers_bytes, root, schema,
    settings, strings, text, yaml,
};

/// All that `kubectl apply -k` applies, and the example of the Secret.
fn objects() -> Vec<(String, Value)> {
    let kustomization = yaml("kubernetes/kustomization.yaml");
    let files = strings(&kustomization["resources"]).into_iter().chain(["secret.example.yaml"]);
    let of_file = |file: &str| -> Vec<_> {
        let found = documents(&format!("kubernetes/{file}")).into_iter();
        found.map(|document| (file.to_owned(), document)).collect()
    };
    files.flat_map(of_file).collect()
}

fn of_kind(kind: &str) -> Vec<Value> {
    objects().into_iter().map(|(_, object)| object).filter(|object| object["kind"] == kind).collect()
}

/// Whatever starts pods, with its pod.
fn workloads() -> Vec<(Value, Value)> {
    let found = ["StatefulSet", "Deployment"].into_iter().flat_map(of_kind);
    found.map(|workload| (workload.clone(), workload["spec"]["template"]["spec"].clone())).collect()
}

/// The name of the schema of an object.
fn definition(schemas: &Value, object: &Value) -> String {
    let api = object["apiVersion"].as_str().unwrap();
    let (group, version) = api.split_once('/').unwrap_or(("", api));
    let wanted = json!([{ "group": group, "kind": object["kind"], "version": version }]);
    let found = schemas["$defs"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(_, definition)| definition["x-kubernetes-group-version-kind"] == wanted);
    found.unwrap_or_else(|| panic!("{} {api}", object["kind"])).0.clone()
}

#[test]
fn every_object_is_as_kubernetes_says() {
    for version in ["1.30", "1.37"] {
        let schemas = schema(&format!("kubernetes-{version}.json"));
        for (file, object) in objects() {
            let schema = part_of(&schemas, &definition(&schemas, &object));
            assert_valid(&schema, &object, &format!("{file} for {version}"));
        }
        let mut wrong = of_kind("Deployment").remove(0);
        let schema = part_of(&schemas, &definition(&schemas, &wrong));
        wrong["spec"]["template"]["spec"]["containers"][0]["resource"] = json!({});
        assert!(!jsonschema::draft202012::new(&schema).unwrap().is_valid(&wrong), "the schema finds nothing");
    }
}

#[test]
fn every_file_is_named_and_every_name_is_one() {
    let kustomization = yaml("kubernetes/kustomization.yaml");
    let mut named: BTreeSet<_> =
        strings(&kustomization["resources"]).into_iter().map(str::to_owned).collect();
    named.extend(strings(&kustomization["configMapGenerator"][0]["files"]).into_iter().map(str::to_owned));
    // Applied by themselves, or read.
    named.extend(["kustomization.yaml", "keda.yaml", "secret.example.yaml"].map(str::to_owned));
    let files = std::fs::read_dir(root().join("deploy/kubernetes")).unwrap();
    let files: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, named);
    assert_eq!(kustomization["images"][0]["newTag"], env!("CARGO_PKG_VERSION"));
    for (workload, pod) in workloads() {
        let image = &pod["containers"][0]["image"];
        assert_eq!(*image, kustomization["images"][0]["name"], "{}", workload["metadata"]["name"]);
    }
}

#[test]
fn labels_ports_and_volumes_fit_together() {
    let pods = workloads();
    let labels: Vec<_> =
        pods.iter().map(|(of, _)| of["spec"]["template"]["metadata"]["labels"].clone()).collect();
    for (of, pod) in &pods {
        assert_eq!(of["spec"]["selector"]["matchLabels"], of["spec"]["template"]["metadata"]["labels"]);
        let spread = &pod["topologySpreadConstraints"][0]["labelSelector"];
        assert_eq!(*spread, of["spec"]["selector"]);
        let mut volumes: BTreeSet<_> =
            pod["volumes"].as_array().unwrap().iter().map(|volume| volume["name"].to_string()).collect();
        let claims = of["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten();
        volumes.extend(claims.map(|claim| claim["metadata"]["name"].to_string()));
        let container = &pod["containers"][0];
        let mounts: BTreeSet<_> = container["volumeMounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mount| mount["name"].to_string())
            .collect();
        assert_eq!(mounts, volumes);
        let ports: Vec<_> = container["ports"].as_array().unwrap().iter().map(|port| &port["name"]).collect();
        for probe in ["livenessProbe", "readinessProbe"] {
            assert!(ports.contains(&&container[probe]["httpGet"]["port"]), "{probe}");
        }
        assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/livez");
        assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/readyz");
    }
    for service in of_kind("Service") {
        assert!(labels.contains(&service["spec"]["selector"]), "{service}");
    }
    for budget in of_kind("PodDisruptionBudget") {
        assert!(labels.contains(&budget["spec"]["selector"]["matchLabels"]), "{budget}");
    }
    // A name for every server: as many as its service has.
    let servers = of_kind("StatefulSet").remove(0);
    assert!(
        of_kind("Service")
            .iter()
            .any(|service| service["metadata"]["name"] == servers["spec"]["serviceName"])
    );
}

#[test]
fn pods_may_do_nothing_that_they_need_not() {
    for (_, pod) in workloads() {
        let (security, container) = (&pod["securityContext"], &pod["containers"][0]["securityContext"]);
        assert_eq!(security["runAsNonRoot"], true);
        assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault");
        assert_eq!(container["allowPrivilegeEscalation"], false);
        assert_eq!(container["readOnlyRootFilesystem"], true);
        assert_eq!(container["capabilities"]["drop"], json!(["ALL"]));
        assert_eq!(pod["automountServiceAccountToken"], false);
        // Else a service called `bole` would be variables that Bole does not know, and refuses.
        assert_eq!(pod["enableServiceLinks"], false);
    }
}

#[test]
fn pods_have_the_memory_their_readers_may_use_and_the_time_to_end() {
    let settings = settings(Some(&text("kubernetes/bole.toml")), &BTreeMap::new());
    for (of, pod) in workloads() {
        let name = of["metadata"]["name"].as_str().unwrap();
        let (own, painters) =
            if name == "serve" { (1 << 30, N_PAINTERS * PAINTER_BYTES) } else { (512 << 20, 0) };
        let limit = pod["containers"][0]["resources"]["limits"]["memory"].as_str().unwrap();
        let limit = format!("{limit}B").parse::<ByteSize>().unwrap().as_u64();
        assert!(limit >= readers_bytes(&settings) + painters + own, "{name}");
        let grace = pod["terminationGracePeriodSeconds"].as_u64().unwrap();
        let ending = settings.server.drain + settings.server.shutdown;
        assert!(grace > ending.as_secs(), "{name}: {grace} s");
    }
}

#[test]
fn the_network_lets_through_what_the_settings_name() {
    let settings = settings(Some(&text("kubernetes/bole.toml")), &BTreeMap::new());
    let policies = of_kind("NetworkPolicy");
    let allowed: BTreeSet<(String, u64)> = policies
        .iter()
        .flat_map(|policy| policy["spec"]["egress"].as_array().into_iter().flatten())
        .flat_map(|rule| {
            let namespace =
                rule["to"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"].clone();
            let ports = rule["ports"].as_array().unwrap().clone();
            ports
                .into_iter()
                .map(move |port| (namespace.as_str().unwrap().to_owned(), port["port"].as_u64().unwrap()))
        })
        .collect();
    for remote in [settings.queue.remote.unwrap(), settings.store.remote.unwrap()] {
        let url = url::Url::parse(&remote.url).unwrap();
        let namespace = url.host_str().unwrap().split('.').nth(1).unwrap().to_owned();
        assert!(allowed.contains(&(namespace, u64::from(url.port().unwrap()))), "{url}");
    }
    for (of, pod) in workloads() {
        let port = &pod["containers"][0]["ports"][0]["containerPort"];
        let labels = &of["spec"]["selector"]["matchLabels"];
        let of_pod = policies.iter().filter(|policy| policy["spec"]["podSelector"]["matchLabels"] == *labels);
        let mut open = of_pod.flat_map(|policy| policy["spec"]["ingress"][0]["ports"].as_array().unwrap());
        assert!(open.any(|open| open["port"] == *port), "nobody reaches {port}");
    }
}

/// What KEDA 2 takes for what stands in the file: its own schema ships in no package that can be read without Node.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScaledObject {
    scale_target_ref: Target,
    min_replica_count: u32,
    max_replica_count: u32,
    polling_interval: u32,
    #[serde(rename = "cooldownPeriod")]
    _cooldown_period: u32,
    fallback: Fallback,
    /// `behavior` of a HorizontalPodAutoscaler.
    advanced: BTreeMap<String, BTreeMap<String, Value>>,
    triggers: Vec<Trigger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fallback {
    #[serde(rename = "failureThreshold")]
    _failure_threshold: u32,
    replicas: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Trigger {
    #[serde(rename = "type")]
    kind: String,
    metadata: Rabbit,
    authentication_ref: Target,
}

/// The trigger of RabbitMQ; every value is a text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rabbit {
    protocol: String,
    mode: String,
    use_regex: String,
    queue_name: String,
    operation: String,
    value: String,
}

#[test]
fn workers_are_scaled_by_the_queues_that_there_are() {
    let found = documents("kubernetes/keda.yaml");
    let [authentication, scaled] = &found[..] else { panic!("two documents") };
    for document in [authentication, scaled] {
        assert_eq!(document["apiVersion"], "keda.sh/v1alpha1");
        assert_eq!(document["metadata"]["namespace"], yaml("kubernetes/kustomization.yaml")["namespace"]);
    }
    let spec: ScaledObject = serde_json::from_value(scaled["spec"].clone()).unwrap();
    let names: Vec<_> = of_kind("Deployment").iter().map(|of| of["metadata"]["name"].clone()).collect();
    assert!(names.contains(&spec.scale_target_ref.name.into()));
    assert!(0 < spec.min_replica_count && spec.min_replica_count <= spec.fallback.replicas);
    assert!(spec.fallback.replicas <= spec.max_replica_count && spec.polling_interval > 0);
    let behavior = &spec.advanced["horizontalPodAutoscalerConfig"]["behavior"];
    let behaviors = "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior";
    let schema = part_of(&schema("kubernetes-1.37.json"), behaviors);
    assert_valid(&schema, behavior, "behavior");

    let [Trigger { kind, metadata, authentication_ref }] = &spec.triggers[..] else { panic!("one trigger") };
    assert_eq!((kind.as_str(), metadata.protocol.as_str()), ("rabbitmq", "http"));
    assert_eq!((metadata.mode.as_str(), metadata.use_regex.as_str()), ("QueueLength", "true"));
    assert_eq!(metadata.operation, "sum");
    assert!(metadata.value.parse::<u32>().is_ok_and(|value| value > 0));
    // The queues that are declared begin so.
    let prefix = metadata.queue_name.trim_start_matches('^').replace('\\', "");
    assert_eq!(prefix, format!("{}.submissions.", defaults().queue.prefix));
    assert_eq!(authentication["metadata"]["name"], authentication_ref.name.as_str());
    let secret = &authentication["spec"]["secretTargetRef"][0];
    let example = of_kind("Secret").remove(0);
    assert_eq!(example["metadata"]["name"], secret["name"]);
    assert!(example["stringData"][secret["key"].as_str().unwrap()].as_str().unwrap().contains("15671"));
    assert_eq!(secret["parameter"], "host");
}
