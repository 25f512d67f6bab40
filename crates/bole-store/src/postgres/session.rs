//! Statements on a connection: each column of a table of parameters is one array.

use async_trait::async_trait;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};

use super::statements::STATEMENTS;
use crate::StoreError;
use crate::sql::{Column, Session, Statements, Value};

type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

#[async_trait]
impl Session for PgConnection {
    type Row = PgRow;

    const SQL: Statements = STATEMENTS;

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        sqlx::raw_sql(statement).execute(self).await?;
        Ok(())
    }

    async fn run_all(&mut self, statements: &'static str) -> Result<Vec<PgRow>, StoreError> {
        Ok(sqlx::raw_sql(statements).fetch_all(self).await?)
    }

    async fn execute(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        query(statement, table, values).execute(self).await?;
        Ok(())
    }

    async fn fetch(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<Vec<PgRow>, StoreError> {
        Ok(query(statement, table, values).fetch_all(self).await?)
    }
}

/// What is bound is encoded at once.
fn query(statement: &'static str, table: &[Column<'_>], values: &[Value<'_>]) -> Query {
    let mut query = sqlx::query(statement);
    for column in table {
        query = match column {
            Column::Numbers(numbers) => query.bind(numbers),
            Column::Texts(texts) => query.bind(texts),
            Column::Keys(keys) => query.bind(keys),
            Column::Blobs(blobs) => query.bind(blobs),
        };
    }
    for value in values {
        query = match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query
}
