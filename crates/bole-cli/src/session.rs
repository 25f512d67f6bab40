use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::Context;
use bole_engine::{DataFolder, Engine, EngineError, Knowledge, Mistake, ReaderProgram, Settings};
use tracing_subscriber::EnvFilter;

use crate::arguments::Global;

/// What a command was told by flags, environment and files.
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(crate) config: Option<PathBuf>,
    /// Lexicon, profiles and levels, where they were looked at already.
    knowledge: Option<Knowledge>,
}

/// What is looked at before anything is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// The settings; what they name, when it is needed.
    Settings,
    /// All that a worker needs.
    Worker,
    /// All.
    Server,
}

/// The same with all its mistakes.
pub(crate) struct Configured {
    /// With the default in the place of each that is wrong.
    pub(crate) settings: Settings,
    pub(crate) problems: Vec<Mistake>,
    pub(crate) config: Option<PathBuf>,
    /// None if there are mistakes in it.
    pub(crate) knowledge: Option<Knowledge>,
}

/// Settings without having looked at anything else.
struct Resolved {
    settings: Settings,
    problems: Vec<Mistake>,
    config: Option<PathBuf>,
}

impl Configured {
    /// Puts the settings together, and looks at all that they name. The log tells errors only.
    pub(crate) fn read(global: &Global, flags: &BTreeMap<&str, String>) -> anyhow::Result<Self> {
        let resolved = Resolved::read(global, flags)?;
        start_log("error")?;
        Ok(Self::look_at_all(resolved, Care::Server)?)
    }

    fn look_at_all(
        Resolved { settings, mut problems, config }: Resolved,
        care: Care,
    ) -> Result<Self, EngineError> {
        problems.extend(settings.mistakes_in_files(care == Care::Server));
        let knowledge = match Knowledge::load(config.as_deref()) {
            Ok(knowledge) => Some(knowledge),
            Err(EngineError::Configuration(found)) => {
                problems.extend(found);
                None
            }
            Err(error) => return Err(error),
        };
        Ok(Self { settings, problems, config, knowledge })
    }
}

impl Resolved {
    fn read(global: &Global, flags: &BTreeMap<&str, String>) -> anyhow::Result<Self> {
        // A name or value that is not UTF-8 is none of ours; an empty value counts as unset.
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let environment: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(text)
            .filter(|(name, value)| name.starts_with("BOLE_") && !value.is_empty())
            .collect();
        let config = global.config.clone().or_else(|| environment.get("BOLE_CONFIG").map(PathBuf::from));
        if let Some(config) = config.as_ref().filter(|config| !config.is_dir()) {
            return Err(EngineError::no_configuration(config).into());
        }
        let file = config.as_deref().map(Settings::read_file).transpose()?.flatten();
        let (mut settings, mut problems) = Settings::resolve_anyway(file.as_deref(), &environment, flags);
        if let Some(data) = &global.data {
            settings.data.clone_from(data);
        }
        if filter(&settings.log).is_none()
            && let EngineError::Configuration(wrong) = EngineError::wrong_log_filter(&settings.log)
        {
            problems.extend(wrong);
        }
        Ok(Self { settings, problems, config })
    }
}

impl Session {
    /// Puts the settings together and starts the log.
    pub(crate) fn new(global: &Global, flags: &BTreeMap<&str, String>, care: Care) -> anyhow::Result<Self> {
        let resolved = Resolved::read(global, flags)?;
        if resolved.problems.is_empty() && care == Care::Settings {
            let Resolved { settings, config, .. } = resolved;
            start_log(&settings.log)?;
            return Ok(Self { settings, config, knowledge: None });
        }
        // With one mistake the rest of the configuration is looked at too, so that every mistake is told at once.
        let Configured { settings, problems, config, knowledge } = Configured::look_at_all(resolved, care)?;
        if !problems.is_empty() {
            return Err(EngineError::Configuration(problems).into());
        }
        start_log(&settings.log)?;
        Ok(Self { settings, config, knowledge })
    }

    /// Lexicon and profiles in force.
    pub(crate) fn knowledge(&self) -> Result<Knowledge, EngineError> {
        Knowledge::load(self.config.as_deref())
    }

    /// Opens queue and store. A data folder must hold something; beside a store elsewhere it is made.
    pub(crate) async fn open(self) -> anyhow::Result<Engine> {
        let data = match &self.settings.store.remote {
            Some(_) => DataFolder::create(&self.settings.data)?,
            None => DataFolder::existing(&self.settings.data)?,
        };
        self.open_in(data).await
    }

    /// Opens the data folder, making it if need be.
    pub(crate) async fn create(self) -> anyhow::Result<Engine> {
        let data = DataFolder::create(&self.settings.data)?;
        self.open_in(data).await
    }

    async fn open_in(self, data: DataFolder) -> anyhow::Result<Engine> {
        let knowledge = match self.knowledge {
            Some(knowledge) => knowledge,
            None => Knowledge::load(self.config.as_deref())?,
        };
        Ok(Engine::open(self.settings, knowledge, data, reader_program()?).await?)
    }
}

/// This program, as a reader. `/proc/self/exe` stays right when the file is replaced by an upgrade.
pub(crate) fn reader_program() -> anyhow::Result<ReaderProgram> {
    let own = PathBuf::from("/proc/self/exe");
    let program =
        if own.exists() { own } else { std::env::current_exe().context("the path of this program")? };
    Ok(ReaderProgram { program, arguments: vec!["reader".into()] })
}

/// What lapin has to say our own lines say too; asked for by name it speaks.
fn filter(text: &str) -> Option<EnvFilter> {
    EnvFilter::try_new(format!("lapin=off,{text}")).ok()
}

/// Logs go to standard error, ids only.
fn start_log(text: &str) -> anyhow::Result<()> {
    let filter = filter(text).ok_or_else(|| EngineError::wrong_log_filter(text))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start, as in a test, keeps the first.
    subscriber.try_init().ok();
    Ok(())
}
