//! The form of the tables, and how older ones get it.

use sqlx::Postgres;

use super::connection::Pools;
use crate::StoreError;
use crate::sql::{Columns as _, Held, SCHEMA, Session as _, Value, check_schema};

/// In order; `bole_schema` counts how many of them the tables have seen. One that was released never changes.
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

/// Brings the tables to the newest form, in one transaction; of several that open at once one does it.
pub(super) async fn migrate(pools: &Pools) -> Result<(), StoreError> {
    // Looked at without the lock first: who finds all in order waits for nobody.
    if version(&mut pools.read().await?).await? == SCHEMA {
        return Ok(());
    }
    let mut write = pools.write_anyway().await?;
    let found = version(write.session()).await?;
    check_schema(found)?;
    // Tables with many rows take as long as they take.
    write.session().take_your_time();
    write.session().run("SET LOCAL statement_timeout = 0").await?;
    for migration in MIGRATIONS.into_iter().skip(found as usize) {
        write.session().run(migration).await?;
    }
    let values = [Value::Number(i64::from(SCHEMA))];
    write.session().execute("UPDATE bole_schema SET version = $1", &[], &values).await?;
    write.commit().await
}

/// How many migrations the tables in the schema have seen, which is the first in the search path that exists.
pub(super) async fn version(session: &mut Held<Postgres>) -> Result<u32, StoreError> {
    // What an extension brought is nobody's.
    let rows = session
        .fetch(
            "SELECT coalesce(bool_or(c.relname = 'bole_schema'), false), count(*) > 0 FROM pg_class c \
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') \
             AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass \
             AND d.objid = c.oid AND d.deptype = 'e')",
            &[],
            &[],
        )
        .await?;
    let row = rows.first().ok_or(StoreError::damaged("the schema"))?;
    let (is_ours, in_use) = (row.flag(0)?, row.flag(1)?);
    if !is_ours {
        return if in_use { Err(StoreError::NotAStore) } else { Ok(0) };
    }
    let rows = session.fetch("SELECT version FROM bole_schema", &[], &[]).await?;
    rows.first().ok_or(StoreError::damaged("the schema version"))?.small_number(0)
}
