//! What the documents name is there: paths, links, settings, variables and metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bole_engine::{EngineError, Settings};
use bole_tests::{Document, repository};

/// What a fence may say. `sh` is run by `tests/e2e/guides`, `toml` is a piece of `bole.toml`.
const LANGUAGES: [&str; 5] = ["sh", "text", "toml", "json", "yaml"];
/// What a path begins with that is one of the repository.
const FOLDERS: [&str; 4] = ["config/", "crates/", "deploy/", "tests/"];

fn documents() -> Vec<Document> {
    Document::all().unwrap()
}

/// Tells all that is wrong at once.
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_block_says_what_it_is() {
    let mut wrong = Vec::new();
    for document in documents() {
        for block in document.blocks().unwrap() {
            if !LANGUAGES.contains(&block.language.as_str()) {
                let at = format!("{}:{}", document.path, block.line);
                wrong.push(format!("{at}: `{}`: use {}", block.language, LANGUAGES.join(", ")));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_link_leads_somewhere() {
    let anchors: BTreeMap<PathBuf, Vec<String>> = documents()
        .iter()
        .map(|document| (repository().join(&document.path).canonicalize().unwrap(), document.anchors()))
        .collect();
    let (mut wrong, mut n_links) = (Vec::new(), 0);
    for document in documents() {
        for (number, link) in document.links().filter(|(_, link)| !link.contains("://")) {
            n_links += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let from = Path::new(&document.path).parent().unwrap();
            let file = if file.is_empty() { PathBuf::from(&document.path) } else { from.join(file) };
            let found = repository().join(file).canonicalize().ok();
            let leads = found.is_some_and(|found| {
                anchor.is_empty()
                    || anchors.get(&found).is_some_and(|all| all.iter().any(|one| one == anchor))
            });
            if !leads {
                wrong.push(format!("{}:{number}: `{link}` leads nowhere", document.path));
            }
        }
    }
    assert_none(&wrong);
    assert!(n_links > 10, "{n_links} links");
}

#[test]
fn the_readme_leads_to_every_guide() {
    let readme = Document::of("README.md").unwrap();
    let named: BTreeSet<_> = readme.links().map(|(_, link)| link).collect();
    let guides = documents().into_iter().filter(|document| document.path.starts_with("deploy/guides/"));
    let missing = guides.map(|guide| guide.path).filter(|path| !named.contains(path.as_str()));
    assert_none(&missing.map(|path| format!("no link of README.md leads to `{path}`")).collect::<Vec<_>>());
}

/// Not in blocks that are run: there paths may be of files that the commands make.
#[test]
fn every_path_of_the_repository_is_there() {
    let (mut wrong, mut n_paths) = (Vec::new(), 0);
    for document in documents() {
        let blocks = document.blocks_of("text").unwrap();
        let lines = blocks.iter().flat_map(|block| block.text.lines().map(|line| (block.line, line)));
        for (number, line) in lines.chain(document.code()) {
            let words = line.split([' ', '=', ':', '"', '\'', ',', '(', ')']);
            for path in words.map(|word| word.trim_start_matches("./")).filter(|word| is_path(word)) {
                n_paths += 1;
                if !repository().join(path).exists() {
                    wrong.push(format!("{}:{number}: `{path}` is not there", document.path));
                }
            }
        }
    }
    assert_none(&wrong);
    assert!(n_paths > 5, "{n_paths} paths");
}

/// Whether a word is a path of the repository, and no pattern of paths.
fn is_path(word: &str) -> bool {
    FOLDERS.iter().any(|folder| word.starts_with(folder)) && !word.contains(['*', '<', '{', '…', '$', '|'])
}

#[test]
fn every_setting_is_one() {
    let (mut wrong, mut n_settings) = (Vec::new(), 0);
    let none = BTreeMap::new();
    for document in documents() {
        for block in document.blocks_of("toml").unwrap() {
            n_settings += block.text.matches(" = ").count();
            // A file that a setting names need not be here.
            let unknown = problems(Some(&block.text), &none);
            let unknown =
                unknown.iter().filter(|problem| !problem.message.ends_with("is not a value for it"));
            wrong.extend(unknown.map(|problem| format!("{}:{}: {problem}", document.path, block.line)));
        }
        for (number, variable) in words(&document.text, "BOLE_") {
            n_settings += 1;
            let environment = BTreeMap::from([(variable.clone(), String::new())]);
            let is_unknown = problems(None, &environment).iter().any(|problem| problem.key == variable);
            if is_unknown && !variable.starts_with("BOLE_TEST_") {
                wrong.push(format!("{}:{number}: there is no variable `{variable}`", document.path));
            }
        }
    }
    assert_none(&wrong);
    assert!(n_settings > 20, "{n_settings} settings");
}

fn problems(file: Option<&str>, environment: &BTreeMap<String, String>) -> Vec<bole_engine::Mistake> {
    match Settings::resolve(file, environment, &BTreeMap::new()) {
        Err(EngineError::Configuration(problems)) => problems,
        _ => Vec::new(),
    }
}

#[test]
fn every_metric_is_one() {
    let known = words(&bole_engine::metrics_reference(), "bole_").into_iter().map(|(_, name)| name);
    // A filter of log lines names crates.
    let crates = std::fs::read_dir(repository().join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap().replace('-', "_"));
    let known: BTreeSet<_> = known.chain(crates).collect();
    let (mut wrong, mut n_metrics) = (Vec::new(), 0);
    for document in documents() {
        for (number, name) in words(&document.text, "bole_") {
            n_metrics += 1;
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
            if !known.contains(&name) && !base.is_some_and(|base| known.contains(base)) {
                wrong.push(format!("{}:{number}: there is no metric `{name}`", document.path));
            }
        }
    }
    assert_none(&wrong);
    assert!(n_metrics > 20, "{n_metrics} metrics");
}

/// The words of a text that begin so, with the numbers of their lines. What goes on with a `*` is a pattern.
fn words(text: &str, begin: &str) -> Vec<(usize, String)> {
    let is_part = |scalar: char| scalar.is_ascii_alphanumeric() || scalar == '_';
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices(begin) {
            let (before, rest) = line.split_at(at);
            let word: String = rest.chars().take_while(|scalar| is_part(*scalar)).collect();
            let behind = rest.chars().nth(word.chars().count());
            let is_whole = before.chars().next_back().is_none_or(|before| !is_part(before));
            if is_whole && word.len() > begin.len() && behind != Some('*') && !word.ends_with('_') {
                found.push((number + 1, word));
            }
        }
    }
    found
}
