//! What every store must do. Each function takes a new, empty database and opens it as often as it likes; a test
//! binary runs them all for one kind of store, and the compiler names the one that it forgot.

pub(crate) mod fixture;
pub(crate) mod intake;
pub(crate) mod law;
pub(crate) mod log;
pub(crate) mod people;
pub(crate) mod settling;

use async_trait::async_trait;
use bole_store::Store;

/// A database of its own, empty at first.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    /// Opens it, as another process would.
    async fn open(&self) -> Box<dyn Store>;
}
