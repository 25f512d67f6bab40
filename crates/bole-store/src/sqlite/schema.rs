//! The form of the file, and how an older file gets it.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::connection::Pools;
use crate::StoreError;
use crate::sql::{SCHEMA, check_schema};

/// `BOLE` in ASCII: marks the file as ours, <https://sqlite.org/pragma.html#pragma_application_id>.
const APPLICATION_ID: i64 = 0x424f_4c45;

/// In order; `PRAGMA user_version` counts how many of them a file has seen. One that was released never changes.
const MIGRATIONS: [&str; SCHEMA as usize] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
];

/// Brings the file to the newest schema, in one transaction.
pub(super) async fn migrate(pools: &Pools) -> Result<(), StoreError> {
    // Looked at without the lock first: whoever only reads waits for nobody.
    if version(pools.read().await?.driver()).await? == SCHEMA {
        return Ok(());
    }
    let mut write = pools.write_anyway().await?;
    let found = version(write.session().driver()).await?;
    if found == SCHEMA {
        return write.commit().await;
    }
    check_schema(found)?;
    bring(write.session().driver(), found).await?;
    write.commit().await
}

/// Makes the tables of the newest schema in an empty file.
pub(super) async fn make(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    bring(connection, 0).await
}

/// Brings a file of schema `found` to the newest one.
async fn bring(connection: &mut SqliteConnection, found: u32) -> Result<(), StoreError> {
    for migration in MIGRATIONS.into_iter().skip(found as usize) {
        sqlx::raw_sql(migration).execute(&mut *connection).await?;
    }
    let mark = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA};");
    sqlx::raw_sql(sqlx::AssertSqlSafe(mark)).execute(connection).await?;
    Ok(())
}

/// How many migrations a file has seen.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<u32, StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT user_version FROM pragma_user_version), \
         (SELECT application_id FROM pragma_application_id), \
         EXISTS (SELECT 1 FROM sqlite_master)",
    )
    .fetch_one(connection)
    .await?;
    let (version, application_id, in_use): (i64, i64, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if in_use && application_id != APPLICATION_ID {
        return Err(StoreError::NotAStore);
    }
    u32::try_from(version).map_err(|_| StoreError::damaged("the schema version"))
}
