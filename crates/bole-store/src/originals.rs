use async_trait::async_trait;
use bole_core::DocumentId;
use bytes::Bytes;

use crate::StoreError;

/// Where the bytes of documents are kept: in the store's own database, or in a bucket.
#[async_trait]
pub trait Originals: Send + Sync + std::fmt::Debug {
    /// Keeps the bytes, before the commit that names them. When it answers [`Keep::Elsewhere`] they are durable.
    ///
    /// Keeping the same document twice is harmless; a commit that fails afterwards leaves bytes that nothing names,
    /// to be swept.
    async fn keep(&self, document: DocumentId, bytes: Bytes) -> Result<Keep, StoreError>;

    /// The bytes; none if they were never kept or are erased.
    async fn original(&self, document: DocumentId) -> Result<Option<Bytes>, StoreError>;
}

/// How an original is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Keep {
    /// In the same transaction as the submission's row.
    InCommit(Bytes),
    /// It is durable already.
    Elsewhere,
}

impl std::fmt::Debug for Keep {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InCommit(bytes) => write!(formatter, "InCommit({} bytes)", bytes.len()),
            Self::Elsewhere => formatter.write_str("Elsewhere"),
        }
    }
}
