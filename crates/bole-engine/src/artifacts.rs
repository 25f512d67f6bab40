//! Texts that are kept by their hash: lexicons, levels, profiles and runs, all versions.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use bole_core::{ContentHash, StoredError};
use bole_rank::{Lexicon, Source};
use bole_sandbox::LexiconFile;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Engine, EngineError};

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Lexicon,
    Levels,
    Profile,
    Run,
}

/// What this process knows to be kept, so that it is not written again.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<BTreeSet<(Kind, ContentHash)>>);

/// A server makes runs for ever: of so many it knows that they are kept, then it begins anew.
const N_KNOWN: usize = 4096;

impl Kind {
    /// Its name in the store and in messages.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Lexicon => "lexicon",
            Self::Levels => "levels",
            Self::Profile => "profile",
            Self::Run => "run",
        }
    }
}

impl Kept {
    fn has(&self, kind: Kind, hash: ContentHash) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(kind, hash))
    }

    fn note(&self, kind: Kind, hash: ContentHash) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= N_KNOWN {
            known.clear();
        }
        known.insert((kind, hash));
    }
}

/// Keeps a text under its hash, unless it is kept already. Who only reads what is kept waits for nobody.
pub(crate) async fn keep(
    engine: &Engine,
    kind: Kind,
    hash: ContentHash,
    text: &str,
) -> Result<(), EngineError> {
    if engine.kept().has(kind, hash) {
        return Ok(());
    }
    let store = engine.store();
    if store.artifact(kind.code(), hash).await?.is_none() {
        store.keep_artifact(kind.code(), hash, text, Timestamp::now()).await?;
    }
    engine.kept().note(kind, hash);
    Ok(())
}

/// A text that has to be there.
///
/// # Errors
/// [`EngineError::ArtifactMissing`]; an outage.
pub(crate) async fn kept(engine: &Engine, kind: Kind, hash: ContentHash) -> Result<String, EngineError> {
    let text = engine.store().artifact(kind.code(), hash).await?;
    text.ok_or(EngineError::ArtifactMissing { kind: kind.code(), hash })
}

/// Keeps the lexicon, the levels and the profiles in force, so that a ranking can be told from what it was made.
pub(crate) async fn keep_knowledge(engine: &Engine) -> Result<(), EngineError> {
    keep_lexicon_and_levels(engine).await?;
    let knowledge = engine.knowledge();
    for (profile, text) in knowledge.profiles().values().zip(knowledge.profile_texts().values()) {
        keep(engine, Kind::Profile, profile.hash(), text).await?;
    }
    Ok(())
}

/// Keeps the lexicon and the levels in force.
pub(crate) async fn keep_lexicon_and_levels(engine: &Engine) -> Result<(), EngineError> {
    let knowledge = engine.knowledge();
    let lexicon = knowledge.lexicon().hash();
    // It is a megabyte of text to put together.
    if !engine.kept().has(Kind::Lexicon, lexicon) {
        keep(engine, Kind::Lexicon, lexicon, &lexicon_text(knowledge.lexicon_files())?).await?;
    }
    keep(engine, Kind::Levels, knowledge.levels().hash(), knowledge.levels_text()).await
}

/// The files of a lexicon as they are kept: JSON, so that they come apart as they were put together.
#[derive(Serialize, Deserialize)]
struct StoredLexicon {
    version: u32,
    files: Vec<StoredFile>,
}

#[derive(Serialize, Deserialize)]
struct StoredFile {
    name: String,
    text: String,
}

const LEXICON_VERSION: u32 = 1;

fn lexicon_text(files: &[LexiconFile]) -> Result<String, StoredError> {
    let files = files.iter();
    let files = files.map(|file| StoredFile { name: file.name.clone(), text: file.text.clone() }).collect();
    let stored = StoredLexicon { version: LEXICON_VERSION, files };
    serde_json::to_string(&stored).map_err(StoredError::Shape)
}

/// The files that a lexicon was kept as; none if the text is not a lexicon of `hash`.
pub(crate) fn lexicon_files(text: &str, hash: ContentHash) -> Option<Vec<LexiconFile>> {
    let stored = serde_json::from_str::<StoredLexicon>(text).ok();
    let stored = stored.filter(|stored| stored.version == LEXICON_VERSION)?;
    let files = stored.files.into_iter().map(|file| LexiconFile { name: file.name, text: file.text });
    let files: Vec<_> = files.collect();
    (hash_of(&files) == hash).then_some(files)
}

fn hash_of(files: &[LexiconFile]) -> ContentHash {
    let sources = files.iter().map(|file| Source { name: &file.name, text: &file.text });
    Lexicon::hash_of(&sources.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> LexiconFile {
        LexiconFile { name: name.to_owned(), text: text.to_owned() }
    }

    fn names_and_texts(files: &[LexiconFile]) -> Vec<(&str, &str)> {
        files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect()
    }

    #[test]
    fn a_lexicon_comes_apart_as_it_was_put_together() {
        let awkward = [
            file("a.toml", "x = 1\n# b.toml\ny = \"二\""),
            file("b.toml", ""),
            file("c.toml", "\n\n# d.toml\n"),
        ];
        let text = lexicon_text(&awkward[1..2]).unwrap();
        assert_eq!(text, r#"{"version":1,"files":[{"name":"b.toml","text":""}]}"#, "a stored form");
        let text = lexicon_text(&awkward).unwrap();
        let read = lexicon_files(&text, hash_of(&awkward)).unwrap();
        assert_eq!(names_and_texts(&read), names_and_texts(&awkward));
        assert!(lexicon_files(&text, hash_of(&awkward[..1])).is_none(), "of another hash");
        assert!(lexicon_files("noise", hash_of(&awkward)).is_none());
        assert!(lexicon_files(r#"{"version":2,"files":[]}"#, hash_of(&[])).is_none());
    }
}
