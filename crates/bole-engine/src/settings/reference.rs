use std::fmt::Write;

use super::keys::{KEYS, Key};
use super::{Bucket, CONFIG, CertificateFiles, Remote, Settings};

const HEAD: &str = "\
# Settings

Written by `bole reference settings`. They stand in `bole.toml` of the folder that `--config` or `BOLE_CONFIG` names; the
environment overrides the file, and a flag, where a command has one, overrides both. `bole config check` tells every
mistake, `bole config show` what is in force. A size is such as \"64 MiB\", a time such as \"15 s\" or \"5 min\".
";

/// Every setting, as a table for each section in Markdown: the meaning and the default are those of `config/bole.toml`,
/// and what a key takes is what it asks for when it is given something else.
pub fn settings_reference() -> String {
    let mut text = HEAD.to_owned();
    let mut section = None;
    for key in &KEYS {
        if section != Some(key.section) {
            section = Some(key.section);
            let title = if key.section.is_empty() { "Before all sections" } else { key.section };
            let header = "| key | environment | default | takes | meaning |\n|---|---|---|---|---|";
            // Writing to a text does not fail.
            writeln!(text, "\n## {title}\n\n{header}").ok();
        }
        let (default, meaning) = told(key).unwrap_or_default();
        let default = if default == "\"\"" { "none".to_owned() } else { format!("`{default}`") };
        let (name, variable, takes) = (key.name, key.variable(), takes(key));
        writeln!(text, "| `{name}` | `{variable}` | {default} | {takes} | {meaning} |").ok();
    }
    text
}

/// The default of a key as it is written in the file, and the comment above it.
fn told(key: &Key) -> Option<(String, String)> {
    let mut section = "";
    let mut comment = String::new();
    let mut has_keys = false;
    for line in CONFIG.lines() {
        let assigned = line.strip_prefix("# ").and_then(|line| line.split_once(" = "));
        let assigned = assigned.filter(|(name, _)| KEYS.iter().any(|key| key.name == *name));
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if let Some((name, default)) = assigned {
            // Keys below one another share what is above the first.
            if (section, name) == (key.section, key.name) {
                return Some((default.to_owned(), comment.trim().replace('|', "\\|")));
            }
            has_keys = true;
        } else {
            if has_keys || line.is_empty() {
                comment.clear();
                has_keys = false;
            }
            comment += line.trim_start_matches(['#', ' ']);
            comment.push(' ');
        }
    }
    None
}

/// What a key asks for when it is given what is no value of any.
fn takes(key: &Key) -> String {
    const NO_VALUE: &str = "\0";
    let mut settings = Settings::undecided();
    // Some keys ask for nothing unless what they belong to is there.
    let remote = Remote { url: String::new(), password: None, password_file: None, ca_file: None };
    settings.queue.remote = Some(remote.clone());
    settings.store.remote = Some(remote);
    settings.originals.bucket = Some(Bucket::default());
    settings.server.certificate = Some(CertificateFiles { chain: "".into(), key: "".into() });
    let hint = (key.apply)(&mut settings, NO_VALUE).err();
    let hint = hint.as_deref().unwrap_or("text");
    let asks = ["use ", "name ", "give "].iter().find_map(|begin| hint.strip_prefix(begin));
    let hint = asks.unwrap_or(hint);
    // What the system says of a file that there is not.
    hint.split_once(": ").map_or(hint, |(hint, _)| hint).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_meaning() {
        for key in &KEYS {
            let (default, meaning) = told(key).unwrap();
            assert_eq!(default.trim_matches('"'), key.default, "{}", key.path());
            assert!(meaning.len() > 10 && meaning.ends_with('.'), "{}: `{meaning}`", key.path());
        }
    }

    #[test]
    fn what_a_key_takes_is_told_by_its_refusal() {
        let of = |path: &str| takes(KEYS.iter().find(|key| key.path() == path).unwrap());
        assert_eq!(of("reader.processes"), "a whole number from 0 to 256");
        assert_eq!(of("reader.memory"), "a size from \"128.0 MiB\" to \"64.0 GiB\"");
        assert_eq!(of("queue.password-file"), "a file with the password");
        assert_eq!(of("data"), "text");
    }
}
