use std::process::ExitCode;

use bole_bench::BenchError;
use bole_engine::{EngineError, ErrorKind};

/// How a command ended. The numbers are part of the interface; `bole --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something unforeseen.
    Failure = 1,
    /// A wrong argument, profile name or query; also clap's own code.
    Usage = 2,
    /// Mistakes in the configuration, a lexicon or a profile.
    Configuration = 3,
    /// No data here, or no such resume.
    NotFound = 4,
    /// Another process has what is needed.
    Busy = 5,
    /// Disk full, or store, queue, index or readers away: nothing is lost, the same command goes on.
    Outage = 6,
    /// Some input was not taken: a path that cannot be read, an empty folder, a file that is too large.
    Input = 7,
    /// Interrupted; the same command goes on.
    Interrupted = 130,
}

impl Exit {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if error.is::<BenchError>() {
            return Self::Input;
        }
        match error.downcast_ref::<EngineError>().map(EngineError::kind) {
            Some(ErrorKind::Usage) => Self::Usage,
            Some(ErrorKind::Configuration) => Self::Configuration,
            Some(ErrorKind::NotFound) => Self::NotFound,
            Some(ErrorKind::Input) => Self::Input,
            Some(ErrorKind::Busy) => Self::Busy,
            Some(ErrorKind::Outage) => Self::Outage,
            Some(ErrorKind::Bug) | None => Self::Failure,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
