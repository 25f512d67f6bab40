//! The store in one SQLite file.
//!
//! Several processes may open the file. Each has one connection that writes, under the lock of the file, and a few
//! that read without one (write-ahead log). A commit is on the disk when it is answered (`synchronous = FULL`).

mod connection;
mod copy;
mod error;
mod file;
mod schema;
mod session;
mod statements;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::Sqlite;

use connection::Pools;
pub use connection::SqliteOptions;
pub(crate) use error::of_database;
pub use file::CopyFile;
pub(crate) use file::{Cell, Kind, Table, of_file};

use crate::sql::{Backend, Columns as _, Held, SCHEMA, Write};
use crate::{CopyError, Look, LookError, Moment, StoreError, Told};

/// The truth in one SQLite file, originals included.
///
/// Calls may be dropped at any await: what they began is rolled back.
pub struct SqliteStore {
    path: PathBuf,
    busy_timeout: Duration,
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
        Ok(Self { path: options.path.clone(), busy_timeout: options.busy_timeout, pools })
    }

    /// Opens a file that is there and changes nothing: its tables are neither made nor brought to a newer schema. The
    /// store is of use only if its schema is the one that is known.
    ///
    /// # Errors
    /// Why it cannot be looked at.
    pub async fn look(options: &SqliteOptions) -> Result<(Self, Look), LookError> {
        let pools = Pools::existing(options);
        let looked = async {
            let mut connection = pools.read().await?;
            let schema = schema::version(connection.driver()).await?;
            let row = sqlx::query("SELECT sqlite_version(), (SELECT encoding FROM pragma_encoding)");
            let row = row.fetch_one(connection.driver()).await.map_err(StoreError::from)?;
            let version = row.text(0)?;
            let major_version = version.split('.').next().and_then(|number| number.parse().ok());
            Ok::<_, LookError>(Look {
                product: format!("SQLite {version}"),
                major_version: major_version.unwrap_or_default(),
                encoding: row.text(1)?.to_owned(),
                schema,
                known_schema: SCHEMA,
                clock: None,
                only_reads: false,
                risks: Vec::new(),
            })
        };
        match looked.await {
            Ok(look) => {
                Ok((Self { path: options.path.clone(), busy_timeout: options.busy_timeout, pools }, look))
            }
            Err(error) => {
                pools.close().await;
                Err(error)
            }
        }
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
impl Backend for SqliteStore {
    type Database = Sqlite;

    async fn write(&self) -> Result<Write<Sqlite>, StoreError> {
        self.pools.write().await
    }

    async fn write_aside(&self) -> Result<Write<Sqlite>, StoreError> {
        self.pools.write().await
    }

    /// It is alone from its beginning.
    async fn enter_log(&self, _write: &mut Write<Sqlite>) -> Result<(), StoreError> {
        Ok(())
    }

    /// It is alone from its beginning.
    async fn enter_audit(&self, _write: &mut Write<Sqlite>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn read(&self) -> Result<Held<Sqlite>, StoreError> {
        self.pools.read().await
    }

    async fn copy(&self, path: &Path, moment: Moment<'_>, told: Told<'_>) -> Result<(), CopyError> {
        copy::copy(self, path, moment, told).await
    }
}
