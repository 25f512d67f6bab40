use std::collections::BTreeMap;
use std::path::Path;

use bole_core::Chain;
use bole_rank::{Levels, Lexicon, Problem, Profile, Source};
use bole_sandbox::LexiconFile;
use toml::de::DeTable;

use crate::EngineError;

/// What Bole knows of the fields: the lexicon, the profiles and the talent levels.
pub struct Knowledge {
    lexicon: Lexicon,
    lexicon_files: Vec<LexiconFile>,
    levels: Levels,
    levels_text: String,
    profiles: BTreeMap<String, Profile>,
    /// The texts that the profiles were parsed from, by the same ids.
    profile_texts: BTreeMap<String, String>,
}

/// A file of the configuration: its name and text.
type File = (String, String);

const LEXICON: &[(&str, &str)] = &[
    ("aerospace.toml", include_str!("../../../config/lexicon/aerospace.toml")),
    ("characters.toml", include_str!("../../../config/lexicon/characters.toml")),
    ("energy-storage.toml", include_str!("../../../config/lexicon/energy-storage.toml")),
    ("finance.toml", include_str!("../../../config/lexicon/finance.toml")),
    ("general.toml", include_str!("../../../config/lexicon/general.toml")),
    ("ranks.toml", include_str!("../../../config/lexicon/ranks.toml")),
];

const PROFILES: &[(&str, &str)] = &[
    ("aerospace.toml", include_str!("../../../config/profiles/aerospace.toml")),
    ("energy-storage.toml", include_str!("../../../config/profiles/energy-storage.toml")),
    ("finance.toml", include_str!("../../../config/profiles/finance.toml")),
];

const LEVELS: &str = include_str!("../../../config/levels.toml");

impl Knowledge {
    /// Loads lexicon, profiles and levels: those built in, or those of the folders `lexicon` and `profiles` and the file
    /// `levels.toml` in `config`, each replacing what is built in as a whole.
    ///
    /// # Errors
    /// Every mistake in all files at once.
    pub fn load(config: Option<&Path>) -> Result<Self, EngineError> {
        let mut problems = Vec::new();
        let lexicon_files = taken(files(config, "lexicon", LEXICON), &mut problems);
        let profile_files = taken(files(config, "profiles", PROFILES), &mut problems);
        let levels_text = taken(levels_text(config), &mut problems);
        let parsed = lexicon_files.as_ref().map(|files| {
            let sources: Vec<_> = files.iter().map(source).collect();
            Lexicon::parse(&sources)
        });
        let lexicon = match parsed {
            Some(Ok(lexicon)) => Some(lexicon),
            Some(Err(found)) => {
                problems.extend(found);
                None
            }
            None => None,
        };
        let (Some(lexicon), Some(lexicon_files), Some(profile_files), Some(levels_text)) =
            (lexicon, lexicon_files, profile_files.as_ref(), levels_text.as_ref())
        else {
            // What profiles and levels name cannot be looked up, but whether they are TOML can.
            let levels = levels_text.map(|text| ("levels.toml".to_owned(), text));
            problems.extend(profile_files.iter().flatten().chain(&levels).flat_map(not_toml));
            return Err(EngineError::Configuration(problems));
        };
        let mut profiles = BTreeMap::new();
        let mut profile_texts = BTreeMap::new();
        let mut files_by_id: BTreeMap<String, &str> = BTreeMap::new();
        for file in profile_files {
            match Profile::parse(&source(file), &lexicon) {
                Ok(profile) => {
                    let id = profile.id().to_owned();
                    profile_texts.insert(id.clone(), file.1.clone());
                    if let Some(first) = files_by_id.insert(id.clone(), &file.0) {
                        problems.push(twice(&file.0, first, &profile));
                    }
                    profiles.insert(id, profile);
                }
                Err(found) => problems.extend(found),
            }
        }
        let source = Source { name: "levels.toml", text: levels_text };
        let levels = match Levels::parse(&source, &lexicon) {
            Ok(levels) if problems.is_empty() => levels,
            parsed => {
                problems.extend(parsed.err().into_iter().flatten());
                return Err(EngineError::Configuration(problems));
            }
        };
        let lexicon_files =
            lexicon_files.into_iter().map(|(name, text)| LexiconFile { name, text }).collect();
        let levels_text = levels_text.clone();
        Ok(Self { lexicon, lexicon_files, levels, levels_text, profiles, profile_texts })
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The files that the lexicon was parsed from.
    pub fn lexicon_files(&self) -> &[LexiconFile] {
        &self.lexicon_files
    }

    /// The talent levels.
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// The text that the levels were parsed from.
    pub fn levels_text(&self) -> &str {
        &self.levels_text
    }

    /// All profiles by id.
    pub fn profiles(&self) -> &BTreeMap<String, Profile> {
        &self.profiles
    }

    /// The texts that the profiles were parsed from, by id.
    pub fn profile_texts(&self) -> &BTreeMap<String, String> {
        &self.profile_texts
    }

    /// Checks profile files, as name and text, against the lexicon in force; gives their number.
    ///
    /// # Errors
    /// Every mistake in all of them at once.
    pub fn check_profiles(&self, files: &[(String, String)]) -> Result<usize, EngineError> {
        let parsed = files.iter().map(|file| Profile::parse(&source(file), &self.lexicon));
        let problems: Vec<_> = parsed.filter_map(Result::err).flatten().collect();
        if problems.is_empty() { Ok(files.len()) } else { Err(EngineError::Configuration(problems)) }
    }

    /// A profile by id.
    ///
    /// # Errors
    /// [`EngineError::UnknownProfile`], with the names there are.
    pub fn profile(&self, name: &str) -> Result<&Profile, EngineError> {
        self.profiles.get(name).ok_or_else(|| EngineError::UnknownProfile {
            name: name.to_owned(),
            known: self.profiles.keys().cloned().collect(),
        })
    }
}

mod stored;

impl std::fmt::Debug for Knowledge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Knowledge(lexicon {}, profiles {:?})", self.lexicon.hash(), self.profiles.keys())
    }
}

/// What was read; why it could not be is one mistake more.
fn taken<T>(read: Result<T, EngineError>, problems: &mut Vec<Problem>) -> Option<T> {
    match read {
        Ok(taken) => Some(taken),
        Err(EngineError::Configuration(found)) => {
            problems.extend(found);
            None
        }
        Err(error) => {
            problems.push(Problem {
                file: "the configuration".to_owned(),
                line: None,
                key: String::new(),
                message: Chain(&error).to_string().replace('\n', ", "),
                hint: "give the user of `bole` access to it, and save it as UTF-8".to_owned(),
            });
            None
        }
    }
}

/// Where a file is no TOML.
fn not_toml((name, text): &File) -> Vec<Problem> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let problem = |error: toml::de::Error| Problem {
        file: name.clone(),
        line: error.span().and_then(|span| Some(text.get(..span.start)?.matches('\n').count() + 1)),
        key: String::new(),
        message: error.message().replace('\n', ", "),
        hint: "write it as TOML".to_owned(),
    };
    errors.into_iter().map(problem).collect()
}

fn source(file: &File) -> Source<'_> {
    Source { name: &file.0, text: &file.1 }
}

fn twice(file: &str, first: &str, profile: &Profile) -> Problem {
    let (id, has_own) = (profile.id(), profile.id() != profile.field().0);
    let hint = if has_own { "give it another id" } else { "give it an id of its own: `id = \"...\"`" };
    Problem {
        file: file.to_owned(),
        line: None,
        key: "id".to_owned(),
        message: format!("`{first}` has the profile `{id}` already"),
        hint: hint.to_owned(),
    }
}

fn levels_text(config: Option<&Path>) -> Result<String, EngineError> {
    let Some(path) = config.map(|config| config.join("levels.toml")).filter(|path| path.is_file()) else {
        return Ok(LEVELS.to_owned());
    };
    std::fs::read_to_string(&path).map_err(|source| EngineError::Path { path, source })
}

/// The TOML files of a folder of the configuration by name, or those built in if there is no such folder.
fn files(config: Option<&Path>, folder: &str, built_in: &[(&str, &str)]) -> Result<Vec<File>, EngineError> {
    let Some(folder) = config.map(|config| config.join(folder)).filter(|folder| folder.is_dir()) else {
        return Ok(built_in.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    };
    let fail = |path: &Path| {
        let path = path.to_owned();
        |source| EngineError::Path { path, source }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(fail(&folder))? {
        let path = entry.map_err(fail(&folder))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).map_err(fail(&path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, text));
        }
    }
    if files.is_empty() {
        return Err(EngineError::Configuration(vec![Problem {
            file: folder.display().to_string(),
            line: None,
            key: String::new(),
            message: "there is no .toml file in it".to_owned(),
            hint: "put files there, or remove the folder to use what is built in".to_owned(),
        }]));
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_the_configuration_is_built_in() {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
        for (folder, built_in) in [("lexicon", LEXICON), ("profiles", PROFILES)] {
            let on_disk = files(Some(&config), folder, &[]).unwrap();
            assert_eq!(on_disk, files(None, folder, built_in).unwrap(), "{folder}");
        }
    }

    #[test]
    fn what_is_built_in_is_right() {
        let knowledge = Knowledge::load(None).unwrap();
        assert_eq!(
            knowledge.profiles().keys().collect::<Vec<_>>(),
            ["aerospace", "energy-storage", "finance"]
        );
        assert!(matches!(knowledge.profile("gold"), Err(EngineError::UnknownProfile { .. })));
    }

    #[test]
    fn profiles_are_known_by_their_ids() {
        let config = tempfile::tempdir().unwrap();
        let folder = config.path().join("profiles");
        std::fs::create_dir(&folder).unwrap();
        let (_, finance) = PROFILES.iter().find(|(name, _)| *name == "finance.toml").unwrap();
        let named = |id: &str| format!("id = \"{id}\"\n{finance}");
        std::fs::write(folder.join("a.toml"), finance).unwrap();
        std::fs::write(folder.join("b.toml"), named("bank-risk")).unwrap();
        let knowledge = Knowledge::load(Some(config.path())).unwrap();
        assert_eq!(knowledge.profiles().keys().collect::<Vec<_>>(), ["bank-risk", "finance"]);
        assert_eq!(knowledge.profile("bank-risk").unwrap().field().0, "finance");

        std::fs::write(folder.join("c.toml"), named("bank-risk")).unwrap();
        std::fs::write(folder.join("d.toml"), finance).unwrap();
        let error = Knowledge::load(Some(config.path())).unwrap_err().to_string();
        let expected = "c.toml: `id`: `b.toml` has the profile `bank-risk` already; give it another id\n\
                        d.toml: `id`: `a.toml` has the profile `finance` already; give it an id of its own: `id = \"...\"`";
        assert_eq!(error, expected);
    }
}
