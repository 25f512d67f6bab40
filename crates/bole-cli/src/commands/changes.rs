//! The profile that an argument names, and what is changed of it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use bole_engine::{EngineError, Overrides, ProfileChoice};

use crate::arguments::Changes;

/// A profile by its name; what ends in `.toml` is a file.
pub(crate) fn profile(argument: &str) -> anyhow::Result<ProfileChoice> {
    let path = Path::new(argument);
    if path.extension().is_none_or(|extension| extension != "toml") {
        return Ok(ProfileChoice::Named(argument.to_owned()));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|source| EngineError::Path { path: PathBuf::from(path), source })
        .context("a profile file")?;
    Ok(ProfileChoice::Text { name: argument.to_owned(), text })
}

pub(crate) fn overrides(changes: &Changes) -> anyhow::Result<Overrides> {
    Ok(Overrides::read(&changes.weights, &changes.gates).map_err(EngineError::Overrides)?)
}
