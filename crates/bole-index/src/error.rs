use std::io;
use std::sync::Arc;

use bole_core::Fault;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// Why the index did not do what it was asked. The variants are what a caller can decide by.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process or task writes this index.
    #[error("another process writes the search index")]
    Busy,
    /// The index was made by another release: make it again.
    #[error("the search index was made by another release")]
    OtherSchema,
    /// The index is damaged: make it again.
    #[error("the search index is damaged")]
    Corrupt(#[source] Arc<TantivyError>),
    /// There is no room for what was to be written.
    #[error("the disk of the search index is full")]
    DiskFull(#[source] Arc<TantivyError>),
    /// The index cannot be read or written now.
    #[error("the search index is not available")]
    Unavailable(#[source] Arc<TantivyError>),
    /// This writer has failed before: drop it, open a new one, and go on from the position of the last commit.
    #[error("this writer of the search index has failed before")]
    Poisoned,
}

impl IndexError {
    /// What this means for the documents that were on their way: nothing.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Busy
            | Self::OtherSchema
            | Self::Corrupt(_)
            | Self::DiskFull(_)
            | Self::Unavailable(_)
            | Self::Poisoned => Fault::Transient,
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Busy => "one process writes, any number search; stop the other, or let it do the writing",
            Self::OtherSchema | Self::Corrupt(_) => "make it again with `bole reindex`; nothing is lost",
            Self::DiskFull(_) => {
                "free some space on the disk of the data folder; it goes on from where it was"
            }
            Self::Unavailable(_) => "look at the disk and the permissions of the data folder",
            Self::Poisoned => "it is opened again by itself; look for the error before this one",
        }
    }
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        let kind = match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => return Self::Busy,
            TantivyError::SchemaError(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => return Self::OtherSchema,
            TantivyError::DataCorruption(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_)) => {
                return Self::Corrupt(Arc::new(error));
            }
            TantivyError::LockFailure(LockError::IoError(error), _)
            | TantivyError::IoError(error)
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: error, .. })
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. }) => error.kind(),
            _ => io::ErrorKind::Other,
        };
        let error = Arc::new(error);
        match kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull(error)
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => Self::Corrupt(error),
            _ => Self::Unavailable(error),
        }
    }
}

impl From<io::Error> for IndexError {
    fn from(error: io::Error) -> Self {
        Self::from(TantivyError::from(error))
    }
}
