//! `bole config` and `bole profile`.

use std::path::PathBuf;

use anyhow::Context;
use bole_engine::EngineError;
use serde_json::json;

use crate::arguments::{Config, Profile};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};
use crate::session::Session;

pub(crate) fn config(session: &Session, command: &Config) -> anyhow::Result<Exit> {
    match command {
        Config::Check => {
            let knowledge = session.knowledge()?;
            print_line(format_args!(
                "the configuration is right: {} concepts, {} profiles",
                knowledge.lexicon().concepts().len(),
                knowledge.profiles().len()
            ))?;
        }
        Config::Show => print_line(session.settings.to_string().trim_end())?,
    }
    Ok(Exit::Done)
}

pub(crate) fn profile(session: &Session, command: Profile) -> anyhow::Result<Exit> {
    let knowledge = session.knowledge()?;
    match command {
        Profile::List(output) if is_json(&output) => {
            let profiles = knowledge.profiles().values();
            let list: Vec<_> = profiles
                .map(|profile| {
                    json!({
                        "profile": profile.id(),
                        "field": profile.field(),
                        "name_zh": profile.name_zh(),
                        "name_en": profile.name_en(),
                        "hash": profile.hash(),
                        "groups": profile.groups().len(),
                        "gates": profile.gates().len(),
                    })
                })
                .collect();
            print_json(&list)?;
        }
        Profile::List(_) => {
            let mut table = table(&["profile", "中文", "English", "groups", "gates", "hash"]);
            for profile in knowledge.profiles().values() {
                table.add_row([
                    profile.id().to_owned(),
                    profile.name_zh().to_owned(),
                    profile.name_en().to_owned(),
                    profile.groups().len().to_string(),
                    profile.gates().len().to_string(),
                    profile.hash().to_string().chars().take(12).collect(),
                ]);
            }
            print_line(table)?;
        }
        Profile::Check { files } if files.is_empty() => {
            let names: Vec<_> = knowledge.profiles().keys().map(String::as_str).collect();
            print_line(format_args!("the profiles are right: {}", names.join(", ")))?;
        }
        Profile::Check { files } => {
            let texts = read(&files)?;
            let n_profiles = knowledge.check_profiles(&texts)?;
            print_line(format_args!(
                "right: {n_profiles} profile{}",
                if n_profiles == 1 { "" } else { "s" }
            ))?;
        }
    }
    Ok(Exit::Done)
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path)
            .map_err(|source| EngineError::Path { path: path.clone(), source })
            .context("a profile file")?;
        texts.push((path.display().to_string(), text));
    }
    Ok(texts)
}
