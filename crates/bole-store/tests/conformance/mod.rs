//! What every store must do. Each function takes a new, empty database and opens it as often as it likes; a test
//! binary runs them all for one kind of store, and the compiler names the one that it forgot.

pub(crate) mod access;
pub(crate) mod artifacts;
pub(crate) mod copying;
pub(crate) mod desk;
pub(crate) mod fields;
pub(crate) mod fixture;
pub(crate) mod intake;
pub(crate) mod law;
pub(crate) mod log;
pub(crate) mod older;
pub(crate) mod operating;
#[allow(dead_code, reason = "a binary of its own runs it, over all that keeps originals")]
pub(crate) mod originals;
pub(crate) mod people;
pub(crate) mod quarantine;
pub(crate) mod reading;
pub(crate) mod reread;
pub(crate) mod settling;

use async_trait::async_trait;
use bole_store::{Originals, Store};

use people::AsyncRunner;

/// A database of its own, empty at first.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    /// Opens it, as another process would.
    async fn open(&self) -> Box<dyn Store>;

    /// Opens it for what it keeps of documents.
    async fn originals(&self) -> Box<dyn Originals>;
}

/// What a test binary runs its cases on.
pub(crate) struct Tokio(tokio::runtime::Runtime);

impl Tokio {
    pub(crate) fn new() -> Self {
        Self(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
    }
}

impl AsyncRunner for Tokio {
    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
}
