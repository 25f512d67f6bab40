use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::{EngineError, Manifest};

/// Where everything of one installation lies: the store, the queue, the search index.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// How large a disk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DiskRoom {
    /// What this process may still write, without what the file system keeps back for root.
    pub(crate) free_bytes: u64,
    /// All of it.
    pub(crate) size_bytes: u64,
}

/// Held by the one process that works off the local queue; given back when dropped or dead.
#[derive(Debug)]
pub(crate) struct WorkerLock {
    _file: File,
}

impl DataFolder {
    /// Opens the folder, making it if it does not exist. Only its owner may read it: it holds personal data.
    ///
    /// # Errors
    /// If it cannot be made or is no folder; [`EngineError::IsBackup`].
    pub fn create(path: &Path) -> Result<Self, EngineError> {
        use std::os::unix::fs::DirBuilderExt;
        Self::check_is_no_backup(path)?;
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| EngineError::data_folder(path, source))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Opens a folder that something was ingested into.
    ///
    /// # Errors
    /// [`EngineError::NoData`] if there is no store in it; [`EngineError::IsBackup`].
    pub fn existing(path: &Path) -> Result<Self, EngineError> {
        Self::check_is_no_backup(path)?;
        let folder = Self { path: path.to_owned() };
        match folder.store().try_exists() {
            Ok(true) => Ok(folder),
            Ok(false) => Err(EngineError::NoData(path.to_owned())),
            Err(source) => Err(EngineError::data_folder(path, source)),
        }
    }

    /// A backup has the files of a data folder, and stays as it is.
    ///
    /// # Errors
    /// [`EngineError::IsBackup`] if there is one at this path.
    pub fn check_is_no_backup(path: &Path) -> Result<(), EngineError> {
        if Manifest::is_in(path) { Err(EngineError::IsBackup(path.to_owned())) } else { Ok(()) }
    }

    /// The folder at this path, whether or not it is there; for who only looks.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.path.join("store.sqlite")
    }

    /// The queue's file.
    pub fn queue(&self) -> PathBuf {
        self.path.join("queue.sqlite")
    }

    /// The search index's folder.
    pub fn index(&self) -> PathBuf {
        self.path.join("index")
    }

    /// What the disk has that the folder is on.
    ///
    /// # Errors
    /// If the folder is away.
    pub(crate) fn room(&self) -> Result<DiskRoom, EngineError> {
        let disk = rustix::fs::statvfs(&self.path);
        let disk = disk.map_err(|error| EngineError::data_folder(&self.path, error.into()))?;
        Ok(DiskRoom {
            free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
            size_bytes: disk.f_blocks.saturating_mul(disk.f_frsize),
        })
    }

    /// The file that the worker of this folder holds.
    pub(crate) fn worker_lock(&self) -> PathBuf {
        self.path.join("worker.lock")
    }

    /// Becomes the worker of this folder; none if another process is.
    pub(crate) fn lock_worker(&self) -> Result<Option<WorkerLock>, EngineError> {
        let path = self.worker_lock();
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|source| EngineError::data_folder(&path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(WorkerLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(EngineError::data_folder(&path, source)),
        }
    }
}

impl EngineError {
    fn data_folder(path: &Path, source: io::Error) -> Self {
        Self::DataFolder { path: path.to_owned(), source }
    }
}
