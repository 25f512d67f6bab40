//! A file of its own for each test.

use std::time::Duration;

use async_trait::async_trait;
use bole_store::{Originals, SqliteOptions, SqliteStore, Store};
use tempfile::TempDir;

use crate::conformance::Database;

/// A file in a folder of its own.
pub(crate) struct File {
    pub(crate) folder: TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn options(&self) -> SqliteOptions {
        SqliteOptions {
            path: self.folder.path().join("store.db"),
            n_readers: 2,
            busy_timeout: Duration::from_secs(30),
            max_file_bytes: None,
        }
    }
}

#[async_trait]
impl Database for File {
    async fn open(&self) -> Box<dyn Store> {
        Box::new(SqliteStore::open(&self.options()).await.unwrap())
    }

    async fn originals(&self) -> Box<dyn Originals> {
        Box::new(SqliteStore::open(&self.options()).await.unwrap())
    }
}
