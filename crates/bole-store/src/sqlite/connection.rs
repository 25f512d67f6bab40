//! Connections: one that writes, a few that read and never lock.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Sqlite};

use crate::StoreError;
use crate::sql::{Held, Write};

/// Where the file lies and what the store may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    /// The file; made if there is none, its folder is not. `-wal` and `-shm` appear beside it.
    pub path: PathBuf,
    /// How many queries may read at once; each has a connection with a thread and a cache of its own.
    pub n_readers: u32,
    /// How long a write waits for other processes before it answers that the store is away.
    pub busy_timeout: Duration,
    /// The size that the file may grow to; none for as much as the disk holds. At the limit the store answers as on
    /// a full disk.
    pub max_file_bytes: Option<u64>,
}

/// Applies to files made from here on. Originals fill whole chains of pages: with 16 KiB a commit of 64 of them took
/// a fifth less time than with the default of 4 KiB.
pub(super) const PAGE_BYTES: u32 = 16_384;
/// Pages in the log before a commit copies them into the file: 32 MiB, less than a second of a burst.
const CHECKPOINT_PAGES: &str = "2048";
/// What stays of the log when it is copied.
const LOG_LIMIT_BYTES: &str = "67108864";
const WRITER_CACHE_KIB: &str = "-32768";
/// Under the lock nobody else changes the schema.
const BEGIN: &str = "BEGIN IMMEDIATE; SELECT user_version FROM pragma_user_version";
const READER_CACHE_KIB: &str = "-8192";

/// The connections of one store.
#[derive(Debug)]
pub(super) struct Pools {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Pools {
    /// Opens the writer and makes the file; readers are opened when they are needed.
    pub(super) async fn open(options: &SqliteOptions) -> Result<Self, StoreError> {
        let Connecting { pool, writer, reader } = Connecting::of(options);
        Ok(Self {
            writer: pool.clone().max_connections(1).connect_with(writer).await?,
            readers: pool.max_connections(options.n_readers.max(1)).connect_lazy_with(reader),
        })
    }

    /// For a file that is there; nothing is opened before it is needed.
    pub(super) fn existing(options: &SqliteOptions) -> Self {
        let Connecting { pool, writer, reader } = Connecting::of(options);
        Self {
            writer: pool.clone().max_connections(1).connect_lazy_with(writer.create_if_missing(false)),
            readers: pool.max_connections(options.n_readers.max(1)).connect_lazy_with(reader),
        }
    }

    /// Begins a transaction that holds the write lock of the file.
    pub(super) async fn write(&self) -> Result<Write<Sqlite>, StoreError> {
        Write::begin(Held::new(self.writer.acquire().await?, None), BEGIN).await
    }

    /// The same, whatever the schema of the file is.
    pub(super) async fn write_anyway(&self) -> Result<Write<Sqlite>, StoreError> {
        Write::begin_anyway(Held::new(self.writer.acquire().await?, None), "BEGIN IMMEDIATE").await
    }

    /// A connection that reads; each statement sees the file as of its start.
    pub(super) async fn read(&self) -> Result<Held<Sqlite>, StoreError> {
        Ok(Held::new(self.readers.acquire().await?, None))
    }

    /// Closes all connections, after what they are doing.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// How connections are made.
struct Connecting {
    pool: SqlitePoolOptions,
    writer: SqliteConnectOptions,
    reader: SqliteConnectOptions,
}

impl Connecting {
    fn of(options: &SqliteOptions) -> Self {
        let common = SqliteConnectOptions::new()
            .filename(&options.path)
            .busy_timeout(options.busy_timeout)
            .foreign_keys(true)
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging();
        let mut writer = common
            .clone()
            .create_if_missing(true)
            .page_size(PAGE_BYTES)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("journal_size_limit", LOG_LIMIT_BYTES)
            .pragma("cache_size", WRITER_CACHE_KIB);
        if let Some(max_file_bytes) = options.max_file_bytes {
            writer =
                writer.pragma("max_page_count", (max_file_bytes / u64::from(PAGE_BYTES)).max(1).to_string());
        }
        let reader = common.pragma("query_only", "ON").pragma("cache_size", READER_CACHE_KIB);
        let pool = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(options.busy_timeout * 2);
        Self { pool, writer, reader }
    }
}
