use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::Context;
use bole_engine::{DataFolder, Engine, EngineError, Knowledge, ReaderProgram, Settings};
use tracing_subscriber::EnvFilter;

use crate::arguments::Global;

/// What a command was told by flags, environment and files.
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(crate) config: Option<PathBuf>,
}

impl Session {
    /// Puts the settings together and starts the log.
    pub(crate) fn new(global: &Global, flags: &BTreeMap<&str, String>) -> anyhow::Result<Self> {
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
        let mut settings = match Settings::resolve(file.as_deref(), &environment, flags) {
            Ok(settings) => settings,
            // The rest of the configuration is looked at too, so that every mistake is told at once.
            Err(error) => return Err(error.and(Knowledge::load(config.as_deref()).err()).into()),
        };
        if let Some(data) = &global.data {
            settings.data.clone_from(data);
        }
        start_log(&settings.log)?;
        Ok(Self { settings, config })
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
        let knowledge = self.knowledge()?;
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

/// Logs go to standard error, ids only.
fn start_log(filter: &str) -> anyhow::Result<()> {
    // What lapin has to say our own lines say too; asked for by name it speaks.
    let parsed = EnvFilter::try_new(format!("lapin=off,{filter}"))
        .map_err(|_| EngineError::wrong_log_filter(filter))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start, as in a test, keeps the first.
    subscriber.try_init().ok();
    Ok(())
}
