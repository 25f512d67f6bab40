//! Connections and transactions.

use std::path::Path;

use async_trait::async_trait;

use super::check_schema;
use super::columns::Columns as _;
use super::held::Held;
use super::session::Session;
use crate::{CopyError, Moment, StoreError, Told};

/// A database with the tables of a store.
#[async_trait]
pub(crate) trait Backend: Send + Sync + std::fmt::Debug {
    /// The driver.
    type Database: sqlx::Database<Connection: Session>;

    /// Begins a transaction that is alone with the change log: no other that writes it begins before this one ends.
    async fn write(&self) -> Result<Write<Self::Database>, StoreError>;

    /// Begins a transaction that writes only what no entry of the log is about.
    async fn write_aside(&self) -> Result<Write<Self::Database>, StoreError>;

    /// Makes a transaction that was begun beside others alone with the change log.
    async fn enter_log(&self, write: &mut Write<Self::Database>) -> Result<(), StoreError>;

    /// Makes a transaction that was begun beside others the only one that appends to the audit log. No transaction
    /// waits for the change log under it.
    async fn enter_audit(&self, write: &mut Write<Self::Database>) -> Result<(), StoreError>;

    /// Told after a commit how long the log was before and is now.
    async fn has_grown(&self, _before: u64, _now: u64) {}

    /// A connection that reads without a lock; each statement sees one moment.
    async fn read(&self) -> Result<Held<Self::Database>, StoreError>;

    /// Copies all rows, as of the moment at which `moment` is awaited, into a new file.
    async fn copy(&self, path: &Path, moment: Moment<'_>, told: Told<'_>) -> Result<(), CopyError>;
}

/// An open transaction.
///
/// Dropped before it is committed, it closes its connection: the driver's own count of open transactions goes wrong
/// where a database rolls back by itself or a call is dropped half-way.
pub(crate) struct Write<DB: sqlx::Database> {
    connection: Held<DB>,
    is_open: bool,
}

impl<DB: sqlx::Database<Connection: Session>> Write<DB> {
    /// Begins with `statements`, the last of which answers the schema.
    pub(crate) async fn begin(connection: Held<DB>, statements: &'static str) -> Result<Self, StoreError> {
        let mut write = Self { connection, is_open: true };
        write.enter(statements).await?;
        Ok(write)
    }

    /// Begins with `statement`, whatever the schema is.
    pub(crate) async fn begin_anyway(
        connection: Held<DB>,
        statement: &'static str,
    ) -> Result<Self, StoreError> {
        let mut write = Self { connection, is_open: true };
        write.session().run_all(statement).await?;
        Ok(write)
    }

    /// Goes on with `statements`, the last of which answers the schema: a newer binary may have changed it since this one
    /// opened the store.
    pub(crate) async fn enter(&mut self, statements: &'static str) -> Result<(), StoreError> {
        let rows = self.session().run_all(statements).await?;
        check_schema(rows.last().ok_or(StoreError::damaged("the schema version"))?.small_number(0)?)
    }

    pub(crate) fn session(&mut self) -> &mut Held<DB> {
        &mut self.connection
    }

    /// Marks a point to go back to.
    pub(super) async fn savepoint(&mut self) -> Result<(), StoreError> {
        self.session().run("SAVEPOINT part").await
    }

    /// Keeps what was done since the last mark.
    pub(super) async fn release(&mut self) -> Result<(), StoreError> {
        self.session().run("RELEASE SAVEPOINT part").await
    }

    /// Undoes what was done since the last mark.
    pub(super) async fn undo(&mut self) -> Result<(), StoreError> {
        self.session().run("ROLLBACK TO SAVEPOINT part").await?;
        self.release().await
    }

    /// Commits, durably.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.session().run("COMMIT").await?;
        self.is_open = false;
        Ok(())
    }
}

impl<DB: sqlx::Database> Drop for Write<DB> {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}
