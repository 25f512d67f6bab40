use std::collections::BTreeMap;

use bole_rank::{Levels, Lexicon, Problem, Profile, Source};
use bole_sandbox::LexiconFile;

use super::Knowledge;

impl Knowledge {
    /// A lexicon and levels of before, without profiles.
    ///
    /// # Errors
    /// Every mistake.
    pub(crate) fn of_before(
        lexicon_files: Vec<LexiconFile>,
        levels_text: String,
    ) -> Result<Self, Vec<Problem>> {
        let sources: Vec<_> =
            lexicon_files.iter().map(|file| Source { name: &file.name, text: &file.text }).collect();
        let lexicon = Lexicon::parse(&sources)?;
        let levels = Levels::parse(&Source { name: "levels.toml", text: &levels_text }, &lexicon)?;
        Ok(Self {
            lexicon,
            lexicon_files,
            levels,
            levels_text,
            profiles: BTreeMap::new(),
            profile_texts: BTreeMap::new(),
        })
    }

    /// A profile by its text, checked against the lexicon of this; `name` is for messages.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub fn parse_profile(&self, name: &str, text: &str) -> Result<Profile, Vec<Problem>> {
        Profile::parse(&Source { name, text }, &self.lexicon)
    }
}
