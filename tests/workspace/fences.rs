use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, PackageId};

/// Licences that go with Apache-2.0 in one binary.
const LICENCES: [&str; 13] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Of data: the root certificates that Mozilla trusts.
    "CDLA-Permissive-2.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What is never linked, and why.
const BANNED: [(&str, &str); 3] = [
    ("openssl-sys", "TLS is rustls with ring"),
    ("native-tls", "TLS is rustls with ring"),
    ("aws-lc-sys", "TLS is rustls with ring"),
];

/// What a crate never depends on, directly or not.
const NEVER: [(&str, &[&str]); 10] = [
    ("bole-core", &["tokio", "tantivy", "sqlx", "lapin", "lopdf", "rayon"]),
    ("bole-document", &["tokio", "tantivy", "sqlx", "lapin", "rayon", "bole-resume", "bole-rank"]),
    ("bole-resume", &["tokio", "tantivy", "sqlx", "lapin", "lopdf", "rayon", "bole-document", "bole-rank"]),
    ("bole-rank", &["tokio", "tantivy", "sqlx", "lapin", "lopdf", "bole-document", "bole-resume"]),
    ("bole-sandbox", &["tantivy", "sqlx", "lapin", "bole-store", "bole-queue", "bole-index"]),
    ("bole-queue", &["tantivy", "lopdf", "bole-document", "bole-store", "bole-index"]),
    ("bole-store", &["tantivy", "lopdf", "lapin", "bole-queue", "bole-index", "bole-document"]),
    ("bole-index", &["sqlx", "lopdf", "lapin", "bole-queue", "bole-store", "bole-document"]),
    ("bole-engine", &["clap", "axum", "bole-cli", "bole-bench"]),
    ("bole-bench", &["clap", "axum", "bole-cli"]),
];

/// What a crate never names itself, though others below it may. Dates are jiff's: only `object_store` has chrono.
const NEVER_DIRECTLY: [(&str, &[&str]); 3] = [
    ("bole-engine", &["sqlx", "tantivy", "lopdf", "lapin", "object_store", "chrono"]),
    ("bole-store", &["chrono"]),
    (
        "bole-cli",
        &["sqlx", "tantivy", "lopdf", "lapin", "bole-store", "bole-queue", "bole-index", "bole-document"],
    ),
];

/// Normal and build dependencies of every package.
fn graph(metadata: &Metadata) -> BTreeMap<PackageId, Vec<PackageId>> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let linked = |node: &cargo_metadata::Node| {
        let kept = node.deps.iter().filter(|dependency| {
            dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
        });
        kept.map(|dependency| dependency.pkg.clone()).collect()
    };
    resolve.nodes.iter().map(|node| (node.id.clone(), linked(node))).collect()
}

/// Everything that ends up in a build of `start`, itself included.
fn reachable(graph: &BTreeMap<PackageId, Vec<PackageId>>, start: &PackageId) -> BTreeSet<PackageId> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start.clone()];
    while let Some(next) = open.pop() {
        if seen.insert(next.clone()) {
            open.extend(graph.get(&next).into_iter().flatten().cloned());
        }
    }
    seen
}

fn member<'a>(metadata: &'a Metadata, name: &str) -> &'a cargo_metadata::Package {
    metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name == name)
        .unwrap_or_else(|| panic!("no crate {name}"))
}

/// Whether an SPDX expression can be met by allowed licences: OR needs one side, AND both.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    // Parentheses only occur around OR within AND; taken apart at AND first, they are not needed.
    expression.split(" AND ").all(|part| part.split(" OR ").any(|licence| LICENCES.contains(&licence.trim())))
}

#[test]
fn every_dependency_is_licensed_for_it() {
    let metadata = super::metadata();
    let shipped = reachable(&graph(&metadata), &member(&metadata, "bole-cli").id);
    for package in metadata.packages.iter().filter(|package| shipped.contains(&package.id)) {
        let licence = package.license.as_deref().unwrap_or("none");
        assert!(is_allowed(licence), "{} is licensed {licence}", package.name);
    }
}

#[test]
fn nothing_banned_is_linked() {
    let metadata = super::metadata();
    let shipped = reachable(&graph(&metadata), &member(&metadata, "bole-cli").id);
    for package in metadata.packages.iter().filter(|package| shipped.contains(&package.id)) {
        let ban = BANNED.iter().find(|(name, _)| *name == package.name.as_str());
        assert!(ban.is_none(), "{ban:?}");
    }
}

#[test]
fn crates_stay_behind_their_fences() {
    let metadata = super::metadata();
    let graph = graph(&metadata);
    let name_of = |id: &PackageId| metadata[id].name.to_string();
    for (name, never) in NEVER {
        let package = member(&metadata, name);
        let names: BTreeSet<_> = reachable(&graph, &package.id).iter().map(name_of).collect();
        for banned in never {
            assert!(!names.contains(*banned), "{name} must not depend on {banned}, directly or not");
        }
    }
    for (name, never) in NEVER_DIRECTLY {
        let package = member(&metadata, name);
        let names: BTreeSet<_> = graph[&package.id].iter().map(name_of).collect();
        for banned in never {
            assert!(!names.contains(*banned), "{name} must not name {banned}");
        }
    }
}

#[test]
fn licence_expressions_are_understood() {
    for (expression, expected) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("GPL-3.0", false),
        ("MIT AND GPL-3.0", false),
        ("none", false),
    ] {
        assert_eq!(is_allowed(expression), expected, "{expression}");
    }
}
