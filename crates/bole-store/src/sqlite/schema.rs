//! The form of the file, and how an older file gets it.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::connection::Pools;
use crate::StoreError;

/// `BOLE` in ASCII: marks the file as ours, <https://sqlite.org/pragma.html#pragma_application_id>.
const APPLICATION_ID: i64 = 0x424f_4c45;

/// In order; `PRAGMA user_version` counts how many of them a file has seen. One that was released never changes.
const MIGRATIONS: [&str; 8] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
];

/// Brings the file to the newest schema, in one transaction.
pub(super) async fn migrate(pools: &Pools) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as u32;
    // Looked at without the lock first: whoever only reads waits for nobody.
    if version(pools.read().await?.driver()).await? == known {
        return Ok(());
    }
    let mut write = pools.write().await?;
    let found = version(write.session().driver()).await?;
    if found == known {
        return write.commit().await;
    }
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for migration in MIGRATIONS.into_iter().skip(found as usize) {
        sqlx::raw_sql(migration).execute(write.session().driver()).await?;
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {known};"
    )))
    .execute(write.session().driver())
    .await?;
    write.commit().await
}

async fn version(connection: &mut SqliteConnection) -> Result<u32, StoreError> {
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
