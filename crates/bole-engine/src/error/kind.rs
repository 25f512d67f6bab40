use bole_rank::DraftError;
use bole_store::StoreError;

use crate::{BackupError, EngineError, ExportError, KeyError};

/// What kind of answer an error asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Ask differently.
    Usage,
    /// Mend the configuration.
    Configuration,
    /// It is not there.
    NotFound,
    /// A path that was named cannot be used.
    Input,
    /// Another process has it.
    Busy,
    /// Something this machine should give is away or full: nothing is lost, try again.
    Outage,
    /// A bug.
    Bug,
}

impl EngineError {
    /// What kind of answer it asks for.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownProfile { .. }
            | Self::Draft(
                DraftError::WrongId(_) | DraftError::UnknownField { .. } | DraftError::NoField { .. },
            )
            | Self::UnknownVersion(_)
            | Self::AmbiguousVersion(_)
            | Self::Overrides(_)
            | Self::Filter { .. }
            | Self::FilterBySource(_)
            | Self::TooManyFilters { .. }
            | Self::PageTooDeep { .. }
            | Self::AmbiguousRun { .. }
            | Self::AmbiguousResume { .. }
            | Self::CompareCount { .. }
            | Self::ComparedTwice { .. }
            | Self::Query(_)
            | Self::ReservedPortal
            | Self::OneIdForMany(_)
            | Self::WrongLength { .. }
            | Self::TooManyEntries { .. }
            | Self::ScopeTooLarge { .. }
            | Self::FieldOutOfScope(_)
            | Self::HiddenInBlindMode
            | Self::NotKnownAtBroker(_)
            | Self::Export(ExportError::TooMany { .. })
            | Self::Key(
                KeyError::Name | KeyError::Expired(_) | KeyError::NoField | KeyError::UnknownField { .. },
            )
            | Self::UnknownPortal(_)
            | Self::IsBackup(_) => ErrorKind::Usage,
            Self::Configuration(_)
            | Self::NoBroker
            | Self::Trace(_)
            // Not an outage: it does not pass before this binary is another.
            | Self::Store(StoreError::BucketRefused { .. } | StoreError::NewerSchema { .. }) => {
                ErrorKind::Configuration
            }
            Self::UnknownRun(_)
            | Self::UnknownKey(_)
            | Self::UnknownShortlist(_)
            | Self::OtherScoring { .. }
            | Self::NoSuchPage { .. }
            | Self::NotDrawn { .. } => ErrorKind::NotFound,
            Self::NoData(_) | Self::UnknownResume(_) | Self::UnknownSubmission(_) | Self::NotRead { .. } => {
                ErrorKind::NotFound
            }
            Self::Path { .. }
            | Self::NoText(_)
            | Self::Unreadable { .. }
            | Self::Draft(DraftError::Empty | DraftError::NoText | DraftError::NoConcept { .. })
            | Self::Backup(
                BackupError::Exists(_)
                | BackupError::Path { .. }
                | BackupError::Bad { .. }
                | BackupError::NotEmpty { .. },
            )
            | Self::Listen { .. } => ErrorKind::Input,
            Self::Backup(BackupError::Busy(_) | BackupError::Working(_) | BackupError::Connected(_))
            | Self::IndexBusy(_)
            | Self::RereadElsewhere
            | Self::PortalInUse { .. } => ErrorKind::Busy,
            Self::RunAhead { .. }
            | Self::ArtifactMissing { .. }
            | Self::ArtifactDamaged { .. }
            | Self::DamagedReading(_)
            | Self::Store(StoreError::DamagedOriginal { .. })
            | Self::Stored(_)
            | Self::Export(ExportError::Write(_) | ExportError::Workbook(_) | ExportError::Json(_))
            | Self::Panicked(_)
            | Self::Metrics(_) => ErrorKind::Bug,
            Self::DataFolder { .. }
            | Self::Backup(BackupError::DiskFull(_) | BackupError::Copy(_))
            | Self::IndexOfOtherHistory
            | Self::IndexBehind { .. }
            | Self::Index(_)
            | Self::Store(_)
            | Self::Look(_)
            | Self::OtherSchema { .. }
            | Self::Queue(_)
            | Self::Reader(_)
            | Self::Audit(_)
            | Self::Key(KeyError::Random(_))
            | Self::Threads(_) => ErrorKind::Outage,
        }
    }
}
