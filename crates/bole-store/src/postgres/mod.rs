//! The store in a PostgreSQL database, for several machines.
//!
//! A transaction that writes the change log first takes a lock that all processes share, so that positions are given
//! and become visible in order. The lock is the transaction's: the server frees it when the connection ends, however
//! that comes about.

mod connection;
mod copy;
mod error;
mod look;
mod schema;
mod session;
mod statements;

use std::path::Path;

use async_trait::async_trait;
use sqlx::Postgres;

use connection::Pools;
pub use connection::PostgresOptions;
pub(crate) use error::of_database;

use crate::sql::{Backend, Held, Write};
use crate::{CopyError, CopyFile, Look, LookError, Moment, StoreError, Told};

/// The truth in a PostgreSQL database, originals included.
///
/// Calls may be dropped at any await: what they began is rolled back. After an outage of the server calls succeed
/// again by themselves.
pub struct PostgresStore {
    pools: Pools,
}

impl PostgresStore {
    /// Connects, makes the tables if there are none, and brings older ones to the newest form.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for the tables of a newer binary, [`StoreError::NotAStore`] where there are tables
    /// of something else, [`StoreError::Unavailable`] if the server cannot be reached or does not let us in.
    pub async fn open(options: &PostgresOptions) -> Result<Self, StoreError> {
        let pools = Pools::new(options)?;
        if let Err(error) = schema::migrate(&pools).await {
            pools.close().await;
            return Err(error);
        }
        Ok(Self { pools })
    }

    /// Fills the tables from a copy, in one transaction; nobody else may be connected. What servers have noted of
    /// themselves when they started is overwritten.
    ///
    /// # Errors
    /// [`CopyError::NotEmpty`], [`CopyError::InUse`]; else outages. The tables are as they were before.
    pub async fn fill(&self, copy: &mut CopyFile, told: Told<'_>) -> Result<(), CopyError> {
        copy::fill(self, copy, told).await
    }

    /// Whether the tables may be filled from this copy.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    pub async fn check_fillable(&self, copy: &CopyFile) -> Result<(), CopyError> {
        copy::check_fillable(self, copy.tables()).await
    }

    /// Connects and changes nothing: tables are neither made nor brought to a newer form. The store is of use only if
    /// its schema is the one that is known.
    ///
    /// # Errors
    /// Why it cannot be looked at.
    pub async fn look(options: &PostgresOptions) -> Result<(Self, Look), LookError> {
        connection::knock(options).await?;
        let pools = Pools::new(options)?;
        match look::look(&pools).await {
            Ok(look) => Ok((Self { pools }, look)),
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

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Backend for PostgresStore {
    type Database = Postgres;

    async fn write(&self) -> Result<Write<Postgres>, StoreError> {
        self.pools.write().await
    }

    async fn write_aside(&self) -> Result<Write<Postgres>, StoreError> {
        self.pools.write_aside().await
    }

    async fn enter_log(&self, write: &mut Write<Postgres>) -> Result<(), StoreError> {
        write.enter(connection::ALONE).await
    }

    async fn enter_audit(&self, write: &mut Write<Postgres>) -> Result<(), StoreError> {
        write.enter(connection::ALONE_WITH_AUDIT).await
    }

    /// The server looks at its tables once a minute; in a minute a burst fills them, and statements that were planned for
    /// empty tables go through all of them. So they are looked at whenever the log is four times as long.
    async fn has_grown(&self, before: u64, now: u64) {
        const SMALL: u64 = 256;
        let is_due = now >= SMALL && now.ilog2() / 2 > before.max(1).ilog2() / 2;
        if is_due && let Err(error) = self.pools.analyze().await {
            tracing::warn!(%error, "the tables could not be analyzed; commits may be slow until the server does it");
        }
    }

    async fn read(&self) -> Result<Held<Postgres>, StoreError> {
        self.pools.read().await
    }

    async fn copy(&self, path: &Path, moment: Moment<'_>, told: Told<'_>) -> Result<(), CopyError> {
        copy::copy(self, path, moment, told).await
    }
}
