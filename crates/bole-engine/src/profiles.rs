//! Looking at profiles, in force or in a file.

use std::path::PathBuf;

use bole_rank::{Outline, Profile, ProfileDiff};

use crate::{EngineError, Knowledge};

impl Knowledge {
    /// What a profile asks for: one in force by its id, or one in a file.
    ///
    /// # Errors
    /// There is no such profile, the file cannot be read, or every mistake in it.
    pub fn outline(&self, name: &str) -> Result<Outline, EngineError> {
        Ok(Outline::new(&self.named(name)?, self.lexicon()))
    }

    /// What changed between two profiles, each in force by its id or in a file.
    ///
    /// # Errors
    /// There is no such profile, a file cannot be read, or every mistake in it.
    pub fn compare(&self, before: &str, after: &str) -> Result<ProfileDiff, EngineError> {
        Ok(ProfileDiff::new(&self.named(before)?, &self.named(after)?, self.lexicon()))
    }

    fn named(&self, name: &str) -> Result<Profile, EngineError> {
        let is_file = name.contains('/')
            || PathBuf::from(name)
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        if self.profiles().contains_key(name) || !is_file {
            return self.profile(name).cloned();
        }
        let path = PathBuf::from(name);
        let text = std::fs::read_to_string(&path).map_err(|source| EngineError::Path { path, source })?;
        self.parse_profile(name, &text)
    }
}
