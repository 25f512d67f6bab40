//! A connection out of a pool.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::pool::PoolConnection;
use tokio::time::error::Elapsed;

use super::session::{Column, Session, Statements, Value};
use crate::StoreError;

/// A connection that does not wait for ever: a server may stand still without a word. One that was waited for in vain
/// is closed, since its answer may come later.
pub(crate) struct Held<DB: sqlx::Database> {
    connection: PoolConnection<DB>,
    /// For each statement; none for as long as it takes.
    time_out: Option<Duration>,
    /// Whether a statement is under way.
    is_asking: bool,
}

impl<DB: sqlx::Database> Held<DB> {
    pub(crate) fn new(connection: PoolConnection<DB>, time_out: Option<Duration>) -> Self {
        Self { connection, time_out, is_asking: false }
    }

    /// The driver's connection, for what is not a statement of the store.
    pub(crate) fn driver(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }

    /// Waits as long as it takes from here on.
    pub(crate) fn take_your_time(&mut self) {
        self.time_out = None;
    }

    pub(super) fn close_on_drop(&mut self) {
        self.connection.close_on_drop();
    }

    fn in_time<T>(&mut self, answer: Result<Result<T, StoreError>, Elapsed>) -> Result<T, StoreError> {
        self.is_asking = false;
        answer.unwrap_or_else(|elapsed| {
            self.close_on_drop();
            Err(StoreError::Unavailable { source: elapsed.into() })
        })
    }
}

impl<DB: sqlx::Database> Drop for Held<DB> {
    fn drop(&mut self) {
        // Whoever asked did not wait so long. The pool would ask whether the connection is well, and wait without end.
        if self.is_asking && self.time_out.is_some() {
            self.close_on_drop();
        }
    }
}

#[async_trait]
impl<DB: sqlx::Database<Connection: Session>> Session for Held<DB> {
    type Row = <DB::Connection as Session>::Row;

    const SQL: Statements = <DB::Connection as Session>::SQL;

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        self.is_asking = true;
        let answer = within(self.time_out, self.connection.run(statement)).await;
        self.in_time(answer)
    }

    async fn run_all(&mut self, statements: &'static str) -> Result<Vec<Self::Row>, StoreError> {
        self.is_asking = true;
        let answer = within(self.time_out, self.connection.run_all(statements)).await;
        self.in_time(answer)
    }

    async fn execute(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        self.is_asking = true;
        let answer = within(self.time_out, self.connection.execute(statement, table, values)).await;
        self.in_time(answer)
    }

    async fn fetch(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<Vec<Self::Row>, StoreError> {
        self.is_asking = true;
        let answer = within(self.time_out, self.connection.fetch(statement, table, values)).await;
        self.in_time(answer)
    }
}

async fn within<T>(time_out: Option<Duration>, call: impl Future<Output = T> + Send) -> Result<T, Elapsed> {
    match time_out {
        Some(time_out) => tokio::time::timeout(time_out, call).await,
        None => Ok(call.await),
    }
}
