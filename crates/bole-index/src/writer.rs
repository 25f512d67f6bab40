use std::fmt;
use std::path::PathBuf;

use bole_core::{DocumentId, HistoryId, LogPosition};
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::query::AllQuery;
use tantivy::{Index, TantivyError, Term};

use crate::schema::Fields;
use crate::search::{Payload, payload_of, sync};
use crate::{Entry, IndexError};

/// The one writer of an index.
///
/// Nothing that is done is seen before [`commit`](Self::commit). The first error ends it: tantivy's writer answers
/// `Ok` after a failed commit and drops what it is given. Drop it then, open a new one, and go on from the position of
/// the last commit. Dropped, it forgets what was not committed and frees its lock at once.
pub struct IndexWriter {
    path: PathBuf,
    fields: Fields,
    index: Index,
    /// None after an error.
    inner: Option<tantivy::IndexWriter>,
}

/// Each commit of a burst adds a small segment. tantivy's own policy takes all segments under ten thousand documents for
/// equally large, and so merges the same documents again and again: half of what indexing cost.
fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_layer_size(100);
    policy.set_min_num_segments(16);
    policy
}

impl IndexWriter {
    /// How much memory a writer takes if nothing else is said.
    pub const MEMORY_BYTES: usize = 64 << 20;
    /// What tantivy takes at least and at most.
    const MIN_MEMORY_BYTES: usize = 15 << 20;
    const MAX_MEMORY_BYTES: usize = 2 << 30;

    pub(crate) fn open(
        path: PathBuf,
        fields: Fields,
        index: &Index,
        memory_bytes: usize,
    ) -> Result<Self, IndexError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory_bytes.clamp(Self::MIN_MEMORY_BYTES, Self::MAX_MEMORY_BYTES))
            .build();
        let inner = index.writer_with_options(options)?;
        inner.set_merge_policy(Box::new(merge_policy()));
        Ok(Self { path, fields, index: index.clone(), inner: Some(inner) })
    }

    /// Puts a document in, in the place of what was there of it.
    pub fn upsert(&mut self, entry: &Entry) -> Result<(), IndexError> {
        let (document, key) = (self.fields.document(entry), self.key(entry.document));
        self.attempt(|inner| {
            inner.delete_term(key);
            inner.add_document(document)?;
            Ok(())
        })
    }

    /// Takes a document out; one that is not there is no error. An error shows at the commit.
    pub fn remove(&mut self, document: DocumentId) {
        let key = self.key(document);
        if let Some(inner) = &self.inner {
            inner.delete_term(key);
        }
    }

    /// Takes all documents out. An error shows at the commit.
    pub fn clear(&mut self) {
        // Not tantivy's `delete_all_documents`: it leaves those that are still on their way to a segment.
        let cleared = self.attempt(|inner| {
            inner.delete_query(Box::new(AllQuery))?;
            Ok(())
        });
        if let Err(error) = cleared {
            tracing::warn!(%error, "the search index could not be cleared");
        }
    }

    /// Makes all that was done durable and visible, and says that it is everything up to `position` of `history`.
    ///
    /// `Ok` is said after the folder was synced and the position read back.
    ///
    /// # Errors
    /// What was done since the last commit is undecided; the position tells.
    pub fn commit(&mut self, history: HistoryId, position: LogPosition) -> Result<(), IndexError> {
        let Self { path, index, .. } = self;
        let (path, index) = (path.clone(), index.clone());
        let payload = Payload { position, history: Some(history) };
        self.attempt(|inner| {
            let mut prepared = inner.prepare_commit()?;
            prepared.set_payload(&payload.to_string());
            prepared.commit()?;
            // Tantivy syncs the folder before it renames its list of segments into place, and not after.
            sync(&path)?;
            if payload_of(&index)? == payload {
                return Ok(());
            }
            let damage = "the position of the commit does not read back".to_owned();
            Err(TantivyError::InternalError(damage).into())
        })
    }

    /// Waits until segments that are being merged are merged, then closes. What was not committed is forgotten.
    pub fn close(mut self) -> Result<(), IndexError> {
        let inner = self.inner.take().ok_or(IndexError::Poisoned)?;
        Ok(inner.wait_merging_threads()?)
    }

    fn key(&self, document: DocumentId) -> Term {
        Term::from_field_bytes(self.fields.document, document.as_bytes())
    }

    /// Does something with tantivy's writer, and drops it at the first error.
    fn attempt(
        &mut self,
        action: impl FnOnce(&mut tantivy::IndexWriter) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let inner = self.inner.as_mut().ok_or(IndexError::Poisoned)?;
        let result = action(inner);
        if result.is_err() {
            self.inner = None;
        }
        result
    }
}

impl fmt::Debug for IndexWriter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IndexWriter")
            .field("is_poisoned", &self.inner.is_none())
            .finish_non_exhaustive()
    }
}
