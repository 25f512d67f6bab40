use async_trait::async_trait;
use bole_core::DocumentId;
use bytes::Bytes;

use crate::StoreError;

/// The largest original that is kept; the constraint `original_size` of the databases says the same.
pub(crate) const MAX_ORIGINAL_BYTES: usize = 16 << 20;

/// Where the bytes of documents are kept: in the store's own database, or in a bucket.
#[async_trait]
pub trait Originals: Send + Sync + std::fmt::Debug {
    /// Keeps the bytes, before the commit that names them. When it answers [`Keep::Elsewhere`] they are durable.
    ///
    /// Keeping the same document twice is harmless. Bytes that are too many to keep, or none, are [`Keep::InCommit`]
    /// everywhere: the commit knows what to make of them.
    ///
    /// # Errors
    /// An outage, or a bucket that refuses: the bytes are not kept, release the delivery.
    async fn keep(&self, document: DocumentId, bytes: Bytes) -> Result<Keep, StoreError>;

    /// The bytes; none if they were never kept or are erased.
    ///
    /// # Errors
    /// [`StoreError::DamagedOriginal`] if what is kept is not what was sent; an outage, or a bucket that refuses.
    async fn original(&self, document: DocumentId) -> Result<Option<Bytes>, StoreError>;

    /// Those of `documents` whose bytes are kept outside the store's database, in their order. What is in the database
    /// the store knows itself.
    async fn elsewhere(&self, documents: &[DocumentId]) -> Result<Vec<DocumentId>, StoreError>;

    /// Whether what keeps them answers, if it is not the store's database.
    async fn probe(&self) -> Result<(), StoreError>;
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

/// Whether a document's bytes are neither too few nor too many.
pub(crate) fn can_be_kept(bytes: &Bytes) -> bool {
    !bytes.is_empty() && bytes.len() <= MAX_ORIGINAL_BYTES
}

/// The bytes, if they are those that the document is called by.
pub(crate) fn checked(document: DocumentId, bytes: Bytes) -> Result<Bytes, StoreError> {
    if DocumentId::of(&bytes) == document { Ok(bytes) } else { Err(StoreError::DamagedOriginal { document }) }
}
