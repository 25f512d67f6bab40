use std::process::ExitCode;

use bole_bench::{BenchError, BurstError, RelevanceError};
use bole_engine::{EngineError, ErrorKind};
use bole_server::CertificateError;

/// How a command ended. The numbers are part of the interface; `bole --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something unforeseen.
    Failure = 1,
    /// A wrong argument, profile name, weight, gate or query; also clap's own code.
    Usage = 2,
    /// Mistakes in the configuration, a lexicon or a profile.
    Configuration = 3,
    /// No data here, or no such resume or run.
    NotFound = 4,
    /// Another process has what is needed.
    Busy = 5,
    /// Disk full, or store, queue, index or readers away: nothing is lost, the same command goes on.
    Outage = 6,
    /// Some input was not taken: a path that cannot be read, an empty folder, a file that is too large.
    Input = 7,
    /// What was waited for did not come in time.
    Late = 8,
    /// The audit log is not what was written.
    Broken = 9,
    /// Interrupted; the same command goes on.
    Interrupted = 130,
}

impl Exit {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if error.is::<BenchError>() {
            return Self::Input;
        }
        if error.is::<CertificateError>() {
            return Self::Configuration;
        }
        if let Some(BurstError::Engine(error)) = error.downcast_ref() {
            return Self::of_engine(error);
        }
        match error.downcast_ref() {
            Some(RelevanceError::Profile(error)) => return Self::of_engine(error),
            Some(RelevanceError::Index(_)) => return Self::Outage,
            Some(
                RelevanceError::Query { .. }
                | RelevanceError::NoQuery(_)
                | RelevanceError::LabelsNeeded { .. }
                | RelevanceError::NoFolder
                | RelevanceError::NoSuchLabel { .. }
                | RelevanceError::NothingRelevant(_),
            ) => return Self::Usage,
            Some(
                RelevanceError::Files(_)
                | RelevanceError::NoPdf { .. }
                | RelevanceError::NothingGraded { .. },
            ) => return Self::Input,
            None => {}
        }
        error.downcast_ref().map_or(Self::Failure, Self::of_engine)
    }

    fn of_engine(error: &EngineError) -> Self {
        match error.kind() {
            ErrorKind::Usage => Self::Usage,
            ErrorKind::Configuration => Self::Configuration,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Input => Self::Input,
            ErrorKind::Busy => Self::Busy,
            ErrorKind::Outage => Self::Outage,
            ErrorKind::Bug => Self::Failure,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
