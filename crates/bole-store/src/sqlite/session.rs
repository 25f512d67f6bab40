//! Statements on a connection: a table of parameters is one JSON text, which `json_each` takes apart again.

use async_trait::async_trait;
use serde_json::Value as Json;
use sqlx::Sqlite;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};

use super::statements::STATEMENTS;
use crate::StoreError;
use crate::sql::{Column, Session, Statements, Value};

type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

#[async_trait]
impl Session for SqliteConnection {
    type Row = SqliteRow;

    const SQL: Statements = STATEMENTS;

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        sqlx::query(statement).execute(self).await?;
        Ok(())
    }

    async fn run_all(&mut self, statements: &'static str) -> Result<Vec<SqliteRow>, StoreError> {
        Ok(sqlx::raw_sql(statements).fetch_all(self).await?)
    }

    async fn execute(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        // Blobs do not go through JSON: a run of the statement for each row.
        if table.iter().any(|column| matches!(column, Column::Blobs(_))) {
            for row in 0..n_rows(table) {
                let mut query = sqlx::query(statement);
                for column in table {
                    query = bind_cell(query, column, row);
                }
                bind(query, values).execute(&mut *self).await?;
            }
            return Ok(());
        }
        query(statement, table, values).execute(self).await?;
        Ok(())
    }

    async fn fetch(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<Vec<SqliteRow>, StoreError> {
        Ok(query(statement, table, values).fetch_all(self).await?)
    }
}

fn query(statement: &'static str, table: &[Column<'_>], values: &[Value<'_>]) -> Query {
    let mut query = sqlx::query(statement);
    if !table.is_empty() {
        query = query.bind(json(table));
    }
    bind(query, values)
}

fn bind(mut query: Query, values: &[Value<'_>]) -> Query {
    for value in values {
        query = match value {
            Value::Number(number) => query.bind(*number),
            Value::Text(text) => query.bind((*text).to_owned()),
            Value::Bytes(bytes) => query.bind(bytes.to_vec()),
        };
    }
    query
}

fn bind_cell(query: Query, column: &Column<'_>, row: usize) -> Query {
    match column {
        Column::Numbers(numbers) => query.bind(numbers.get(row).copied().flatten()),
        Column::Texts(texts) => query.bind(texts.get(row).copied().flatten().map(str::to_owned)),
        Column::Keys(keys) => query.bind(keys.get(row).cloned().flatten()),
        Column::Blobs(blobs) => query.bind(blobs.get(row).map(|blob| blob.to_vec())),
    }
}

fn n_rows(table: &[Column<'_>]) -> usize {
    table.first().map_or(0, Column::len)
}

/// An array with a value for each row, or, of several columns, with an array for each. Keys are in hex.
fn json(table: &[Column<'_>]) -> String {
    let rows = (0..n_rows(table)).map(|row| match table {
        [column] => cell(column, row),
        columns => Json::Array(columns.iter().map(|column| cell(column, row)).collect()),
    });
    Json::Array(rows.collect()).to_string()
}

fn cell(column: &Column<'_>, row: usize) -> Json {
    match column {
        Column::Numbers(numbers) => Json::from(numbers.get(row).copied().flatten()),
        Column::Texts(texts) => Json::from(texts.get(row).copied().flatten()),
        Column::Keys(keys) => Json::from(keys.get(row).and_then(Option::as_deref).map(hex::encode)),
        Column::Blobs(blobs) => Json::from(blobs.get(row).map(hex::encode)),
    }
}
