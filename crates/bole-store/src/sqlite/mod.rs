//! The store in one SQLite file.
//!
//! Several processes may open the file. Each has one connection that writes, under the lock of the file, and a few
//! that read without one (write-ahead log). A commit is on the disk when it is answered (`synchronous = FULL`).

mod codes;
mod commit;
mod connection;
mod decide;
mod error;
mod intake;
mod people;
mod read;
mod schema;
mod snapshot;
mod standing;
mod write;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bole_core::message::v1::Submitted;
use bole_core::{
    Change, ContentHash, DocumentId, EncodedEvidence, EncodedReading, Ledger, LogPosition, ReadingId,
    SubmissionId,
};
use bytes::Bytes;
use jiff::Timestamp;
use sqlx::Row;

use connection::Pools;
pub use connection::SqliteOptions;

use crate::{
    Committed, Decided, Intake, Keep, Known, Originals, Standing, Store, StoreError, SubmissionRecord,
    Transition,
};

/// The truth in one SQLite file, originals included.
///
/// Calls may be dropped at any await: what they began is rolled back.
pub struct SqliteStore {
    path: PathBuf,
    pools: Pools,
}

/// Between tries to open a file that another process is just making.
const OPEN_PAUSE: Duration = Duration::from_millis(50);

impl SqliteStore {
    /// Opens the file, makes it if there is none, and brings an older one to the newest schema.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a file of a newer binary, [`StoreError::NotAStore`] and
    /// [`StoreError::Corrupt`] for a file that is none of ours, [`StoreError::Unavailable`] if it cannot be opened.
    pub async fn open(options: &SqliteOptions) -> Result<Self, StoreError> {
        let started = Instant::now();
        // Switching a new file to the write-ahead log does not wait for others that do the same.
        loop {
            match Self::try_open(options).await {
                Err(StoreError::Unavailable { .. })
                    if options.path.exists() && started.elapsed() < options.busy_timeout =>
                {
                    tokio::time::sleep(OPEN_PAUSE).await;
                }
                opened => return opened,
            }
        }
    }

    async fn try_open(options: &SqliteOptions) -> Result<Self, StoreError> {
        let pools = Pools::open(options).await?;
        if let Err(error) = schema::migrate(&pools).await {
            pools.close().await;
            return Err(error);
        }
        Ok(Self { path: options.path.clone(), pools })
    }

    /// Ends all connections after what they are doing. Later calls answer that the store is away.
    pub async fn close(&self) {
        self.pools.close().await;
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn accept(&self, submitted: &[Submitted], now: Timestamp) -> Result<Vec<Intake>, StoreError> {
        intake::accept(&self.pools, submitted, now).await
    }

    async fn confirm(&self, submitted: &[Submitted], now: Timestamp) -> Result<(), StoreError> {
        intake::confirm(&self.pools, submitted, now).await
    }

    async fn known(&self, submitted: &[Submitted]) -> Result<Vec<Known>, StoreError> {
        intake::known(&self.pools, submitted).await
    }

    async fn commit(&self, batch: &[Decided], now: Timestamp) -> Result<Vec<Committed>, StoreError> {
        commit::commit(&self.pools, batch, now).await
    }

    async fn head(&self) -> Result<LogPosition, StoreError> {
        read::head(&self.pools).await
    }

    async fn changes(&self, after: LogPosition, limit: u32) -> Result<Vec<Change>, StoreError> {
        read::changes(&self.pools, after, limit).await
    }

    async fn standings(&self, at: LogPosition) -> Result<Vec<Standing>, StoreError> {
        read::standings(&self.pools, at).await
    }

    async fn standings_of(&self, documents: &[DocumentId]) -> Result<Vec<Option<Standing>>, StoreError> {
        read::standings_of(&self.pools, documents).await
    }

    async fn readings(&self, readings: &[ReadingId]) -> Result<Vec<Option<EncodedReading>>, StoreError> {
        let blobs = read::blobs(&self.pools, None, readings).await?;
        Ok(blobs.into_iter().map(|blob| blob.map(EncodedReading::from_bytes)).collect())
    }

    async fn evidence(
        &self,
        lexicon: ContentHash,
        readings: &[ReadingId],
    ) -> Result<Vec<Option<EncodedEvidence>>, StoreError> {
        let blobs = read::blobs(&self.pools, Some(lexicon), readings).await?;
        Ok(blobs.into_iter().map(|blob| blob.map(EncodedEvidence::from_bytes)).collect())
    }

    async fn keep_evidence(
        &self,
        lexicon: ContentHash,
        evidence: &[(ReadingId, EncodedEvidence)],
    ) -> Result<(), StoreError> {
        let mut write = self.pools.write().await?;
        for (reading, evidence) in evidence {
            let number = sqlx::query("SELECT number FROM document WHERE id = ?1")
                .bind(reading.document.as_bytes().as_slice())
                .fetch_optional(write.connection())
                .await?;
            // Erased in the meantime if there is none.
            if let Some(row) = number {
                write::evidence(write.connection(), lexicon, row.try_get(0)?, *reading, evidence).await?;
            }
        }
        write.commit().await
    }

    async fn keep_artifact(&self, kind: &str, hash: ContentHash, text: &str) -> Result<(), StoreError> {
        let mut write = self.pools.write().await?;
        sqlx::query("INSERT INTO artifact (kind, hash, text) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
            .bind(kind)
            .bind(hash.as_bytes().as_slice())
            .bind(text)
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    async fn ledger(&self) -> Result<Ledger, StoreError> {
        read::ledger(&self.pools).await
    }

    async fn submission(&self, submission: &SubmissionId) -> Result<Option<SubmissionRecord>, StoreError> {
        read::submission(&self.pools, submission).await
    }

    async fn timeline(&self, submission: &SubmissionId) -> Result<Vec<Transition>, StoreError> {
        read::timeline(&self.pools, submission).await
    }

    async fn submissions_of(&self, documents: &[DocumentId]) -> Result<Vec<SubmissionRecord>, StoreError> {
        read::submissions_of(&self.pools, documents).await
    }

    async fn documents_by_prefix(&self, prefix: &str, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        read::documents_by_prefix(&self.pools, prefix, limit).await
    }

    async fn documents_by_source(&self, source_name: &str) -> Result<Vec<DocumentId>, StoreError> {
        read::documents_by_source(&self.pools, source_name).await
    }

    async fn oldest_queued(&self) -> Result<Option<Timestamp>, StoreError> {
        read::oldest_queued(&self.pools).await
    }
}

#[async_trait]
impl Originals for SqliteStore {
    async fn keep(&self, _document: DocumentId, bytes: Bytes) -> Result<Keep, StoreError> {
        Ok(Keep::InCommit(bytes))
    }

    async fn original(&self, document: DocumentId) -> Result<Option<Bytes>, StoreError> {
        Ok(read::original(&self.pools, document).await?.map(Bytes::from))
    }
}
