use async_trait::async_trait;
use bole_core::message::v1::Receipt;

use crate::QueueError;

/// Where portals learn what became of their submissions.
#[async_trait]
pub trait Receipts: Send + Sync + std::fmt::Debug {
    /// Publishes receipts, at least once. `Ok` says that all are durable, but those of portals that are gone: these are
    /// logged and left out.
    ///
    /// # Errors
    /// Any number of them may be durable: publish all again. A repeated receipt has the same `message_id`.
    async fn publish_receipts(&self, receipts: &[Receipt]) -> Result<(), QueueError>;
}
