use std::io;
use std::path::{Path, PathBuf};

use bole_queue::QueueError;
use bole_store::CopyError;

use crate::EngineError;

/// Why a backup was not made, or nothing was restored from one.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something where the backup was to be.
    #[error("`{}` is there already: name a folder that is not there yet", .0.display())]
    Exists(PathBuf),
    /// Another process makes a backup there.
    #[error("another process makes the backup `{}`: wait until it ends", .0.display())]
    Busy(PathBuf),
    /// A file or folder that cannot be used.
    #[error("`{}` cannot be used for a backup: look at the path and its permissions", path.display())]
    Path {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no room.
    #[error("the disk of `{}` is full: free some space, or name another disk; nothing is left there, and the store is as it was", .0.display())]
    DiskFull(PathBuf),
    /// What is there is no backup that can be restored.
    #[error("`{}` cannot be restored: {}", path.display(), problems.join("; "))]
    Bad {
        /// Where it is.
        path: PathBuf,
        /// All that is wrong with it.
        problems: Vec<String>,
    },
    /// There is something where it was to be restored.
    #[error(
        "the {what} is not empty, it has {found}: restore into a new data folder (`--data`) or database (`store.url`)"
    )]
    NotEmpty {
        /// The store or the queue.
        what: &'static str,
        /// What is in it.
        found: String,
    },
    /// A server or worker runs on the data folder.
    #[error("a bole process works in `{}`: stop it, then restore", .0.display())]
    Working(PathBuf),
    /// Other processes use the database.
    #[error("other bole processes have {0} connections to the database: stop them, then restore")]
    Connected(i64),
    /// A file of the copy.
    #[error(transparent)]
    Copy(CopyError),
}

impl BackupError {
    /// An error of the system with a path.
    pub(super) fn path(path: &Path) -> impl FnOnce(io::Error) -> EngineError {
        move |source| {
            let path = path.to_owned();
            let error = match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path),
                _ => Self::Path { path, source },
            };
            error.into()
        }
    }

    /// An error of the copied queue.
    pub(super) fn queue(path: &Path) -> impl FnOnce(QueueError) -> EngineError {
        move |error| match error {
            QueueError::DiskFull(_) => Self::DiskFull(path.to_owned()).into(),
            error => error.into(),
        }
    }
}

impl From<CopyError> for EngineError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Store(error) => error.into(),
            CopyError::DiskFull { path, .. } => BackupError::DiskFull(path).into(),
            CopyError::NotEmpty(found) => BackupError::NotEmpty { what: "store", found }.into(),
            CopyError::InUse(n_connections) => BackupError::Connected(n_connections).into(),
            CopyError::Moment(cause) => match cause.downcast::<QueueError>() {
                Ok(error) => (*error).into(),
                Err(cause) => BackupError::Copy(CopyError::Moment(cause)).into(),
            },
            error @ CopyError::File { .. } => BackupError::Copy(error).into(),
        }
    }
}
