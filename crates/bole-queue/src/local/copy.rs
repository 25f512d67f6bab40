//! A queue in a file beside it: what a backup has of it.

use std::path::Path;

use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};

use super::schema::{self, PAGE_BYTES, connect, opening};
use crate::QueueError;

/// Copies the messages of a queue's file, as of one moment, into a new file: a queue of its own, of which nobody holds
/// anything. Others go on with theirs.
#[derive(Debug)]
pub struct LocalQueueCopy {
    connection: SqliteConnection,
}

impl LocalQueueCopy {
    /// Makes the new file. The queue's own must be there.
    pub async fn prepare(queue: &Path, copy: &Path) -> Result<Self, QueueError> {
        let empty = SqliteConnectOptions::new().filename(copy).create_if_missing(true).page_size(PAGE_BYTES);
        let empty = empty.auto_vacuum(SqliteAutoVacuum::Incremental).journal_mode(SqliteJournalMode::Off);
        let mut connection =
            empty.disable_statement_logging().connect().await.map_err(|error| opening(copy, error))?;
        schema::make(&mut connection).await?;
        connection.close().await?;

        let mut connection = connect(queue, None).await?;
        // The path as SQLite takes it; a file that is not there any more cannot be attached either.
        let name = std::path::absolute(copy).unwrap_or_else(|_| copy.to_owned());
        let attach = sqlx::query("ATTACH ?1 AS copy").bind(name.to_string_lossy().into_owned());
        attach.execute(&mut connection).await.map_err(|error| opening(copy, error))?;
        let settings = "PRAGMA copy.journal_mode = OFF; PRAGMA copy.synchronous = OFF;";
        sqlx::raw_sql(settings).execute(&mut connection).await?;
        Ok(Self { connection })
    }

    /// Of this moment the copy will be.
    pub async fn look(&mut self) -> Result<(), QueueError> {
        sqlx::raw_sql("BEGIN; SELECT count(*) FROM main.message;").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Copies, and answers how many messages there are. The file is not synced.
    pub async fn copy(mut self) -> Result<u64, QueueError> {
        const COPY: [&str; 2] = [
            "INSERT INTO copy.message (id, portal, properties, n_bytes, published_ms, n_deliveries) \
             SELECT id, portal, properties, n_bytes, published_ms, n_deliveries FROM main.message ORDER BY id",
            "INSERT INTO copy.body (id, bytes) SELECT id, bytes FROM main.body ORDER BY id",
        ];
        let mut n_messages = 0;
        for statement in COPY {
            n_messages = sqlx::query(statement).execute(&mut self.connection).await?.rows_affected();
        }
        sqlx::raw_sql("COMMIT").execute(&mut self.connection).await?;
        self.connection.close().await?;
        Ok(n_messages)
    }
}

/// How many messages are in a queue's file that others may use; 0 if there is none.
pub async fn local_queue_length(queue: &Path) -> Result<u64, QueueError> {
    if !queue.exists() {
        return Ok(0);
    }
    let mut connection = connect(queue, None).await?;
    let n_messages = count(&mut connection).await?;
    connection.close().await?;
    Ok(n_messages)
}

/// Looks at a copy that nobody changes, writes nothing, and answers how many messages are in it.
///
/// # Errors
/// [`QueueError::Newer`], [`QueueError::NotAQueue`], [`QueueError::Damaged`]; else it cannot be read.
pub async fn check_queue_copy(copy: &Path) -> Result<u64, QueueError> {
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
    let opened = options.disable_statement_logging().connect().await;
    let mut connection = opened.map_err(|error| opening(copy, error))?;
    schema::format(copy, &mut connection).await?;
    let told: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    if told != "ok" {
        return Err(QueueError::Damaged(std::sync::Arc::new(sqlx::Error::Protocol(told))));
    }
    count(&mut connection).await
}

async fn count(connection: &mut SqliteConnection) -> Result<u64, QueueError> {
    let n_messages: i64 = sqlx::query_scalar("SELECT count(*) FROM message").fetch_one(connection).await?;
    Ok(n_messages.unsigned_abs())
}
