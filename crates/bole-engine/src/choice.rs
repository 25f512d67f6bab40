use std::path::Path;

use bole_core::ContentHash;
use bole_rank::{Overrides, Profile};

use crate::{EngineError, Knowledge};

/// Which profile to rank by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChoice {
    /// One of the configuration, by name.
    Named(String),
    /// The text of a profile file.
    Text {
        /// The file's name, for messages.
        name: String,
        /// TOML.
        text: String,
    },
}

/// A profile as it is used.
pub(crate) struct Used {
    /// The hash of its file.
    pub(crate) file: ContentHash,
    /// Its file.
    pub(crate) text: String,
    pub(crate) overrides: Overrides,
    /// The profile with the overrides.
    pub(crate) profile: Profile,
}

impl ProfileChoice {
    /// What an argument means: a path, or what ends in `.toml`, is a file; all else is a name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(argument: &str) -> Result<Self, EngineError> {
        let path = Path::new(argument);
        let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        if !is_toml && !argument.contains('/') {
            return Ok(Self::Named(argument.to_owned()));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|source| EngineError::Path { path: path.to_owned(), source })?;
        Ok(Self::Text { name: argument.to_owned(), text })
    }

    /// Finds the profile and changes it.
    ///
    /// # Errors
    /// An unknown profile, all mistakes in its file, or all mistakes in `overrides`.
    pub(crate) fn used(&self, overrides: &Overrides, knowledge: &Knowledge) -> Result<Used, EngineError> {
        match self {
            Self::Named(name) => {
                let profile = knowledge.profile(name)?;
                let text = knowledge.profile_texts().get(name).map_or("", String::as_str);
                Used::of(profile, text, overrides, knowledge)
            }
            Self::Text { name, text } => {
                let profile = knowledge.parse_profile(name, text).map_err(EngineError::Configuration)?;
                Used::of(&profile, text, overrides, knowledge)
            }
        }
    }
}

impl Used {
    /// # Errors
    /// [`EngineError::Overrides`].
    pub(crate) fn of(
        profile: &Profile,
        text: &str,
        overrides: &Overrides,
        knowledge: &Knowledge,
    ) -> Result<Self, EngineError> {
        let used = overrides.apply(profile, knowledge.lexicon()).map_err(EngineError::Overrides)?;
        Ok(Self { file: profile.hash(), text: text.to_owned(), overrides: overrides.clone(), profile: used })
    }
}
