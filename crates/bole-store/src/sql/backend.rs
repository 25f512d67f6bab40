//! Connections and transactions.

use async_trait::async_trait;

use super::held::Held;
use super::session::Session;
use crate::StoreError;

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
    /// Begins with `statement`.
    pub(crate) async fn begin(connection: Held<DB>, statement: &'static str) -> Result<Self, StoreError> {
        let mut write = Self { connection, is_open: true };
        write.session().run(statement).await?;
        Ok(write)
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
