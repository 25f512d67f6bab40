use std::process::ExitCode;

use bole_bench::{BenchError, BurstError, RelevanceError};
use bole_engine::{CertificateError, EngineError, ErrorKind};

/// How a command ended. The numbers are part of the interface; [`ALL`](Self::ALL) says what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something unforeseen.
    Failure = 1,
    /// A wrong argument; also clap's own code.
    Usage = 2,
    /// A mistake in the configuration.
    Configuration = 3,
    /// Nothing of that name.
    NotFound = 4,
    /// Held by another process.
    Busy = 5,
    /// Something is away.
    Outage = 6,
    /// Some input was not taken.
    Input = 7,
    /// Not in time.
    Late = 8,
    /// The audit log, or a backup, was changed.
    Broken = 9,
    /// Something has to be mended.
    Sick = 10,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// All, with what they mean to who called.
    pub(crate) const ALL: [(Self, &'static str); 12] = [
        (Self::Done, "done"),
        (Self::Failure, "something unforeseen"),
        (Self::Usage, "a wrong argument, profile name, weight, gate or query"),
        (Self::Configuration, "mistakes in the configuration, a lexicon or a profile"),
        (Self::NotFound, "no data here, or no such resume or run"),
        (Self::Busy, "another bole process has what is needed"),
        (
            Self::Outage,
            "disk full, or store, queue, index or readers away; nothing is lost, run the same command again",
        ),
        (
            Self::Input,
            "some input was not taken: an unreadable path, an empty folder, a file that is too large",
        ),
        (Self::Late, "what was waited for did not come in time; it is on its way"),
        (Self::Broken, "the audit log, or a backup, is not what was written"),
        (Self::Sick, "the doctor found what has to be mended"),
        (Self::Interrupted, "interrupted; the same command goes on where it stopped"),
    ];

    /// All, as a table in Markdown.
    pub(crate) fn reference() -> String {
        let rows = Self::ALL.map(|(exit, meaning)| format!("| {} | {meaning} |\n", exit as u8)).concat();
        format!(
            "# Exit codes\n\nWritten by `bole reference exit-codes`. What `bole` answers to who called it.\n\n\
             | code | meaning |\n|---|---|\n{rows}"
        )
    }

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
