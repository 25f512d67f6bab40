//! Copying a file: both are attached to one connection, which sees the store as of one moment.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use super::SqliteStore;
use super::file::{CopyFile, Table, of_file};
use crate::{CopyError, CopyProgress, Moment, StoreError, Told};

/// Rows that one statement copies, so that somebody can be told how far it is.
const ROWS: i64 = 2000;

/// Copies all rows as of one moment into a new file.
pub(super) async fn copy(
    store: &SqliteStore,
    path: &Path,
    moment: Moment<'_>,
    told: Told<'_>,
) -> Result<(), CopyError> {
    let file = CopyFile::create(path).await?;
    let tables = file.tables().to_vec();
    file.close().await?;
    let mut connection = connect(store).await?;
    let copied = async {
        attach(&mut connection, path).await?;
        // While the lock is held nothing is committed: what is done at that moment and the rows are of one moment.
        let lock = store.pools.write().await?;
        run(&mut connection, "BEGIN").await?;
        run(&mut connection, "SELECT count(*) FROM main.history").await?;
        moment.await.map_err(CopyError::Moment)?;
        lock.commit().await?;
        told(CopyProgress::Rows(n_rows(&mut connection, &tables).await?));
        for table in &tables {
            copy_table(&mut connection, path, table, told).await?;
        }
        run(&mut connection, "COMMIT").await.map_err(|error| of_file(path, error))
    };
    let copied = copied.await;
    // An error of what is closed is that of before, or of nobody's concern any more.
    connection.close().await.ok();
    copied
}

async fn connect(store: &SqliteStore) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(&store.path).foreign_keys(false);
    let options = options.busy_timeout(store.busy_timeout).pragma("temp_store", "MEMORY");
    Ok(options.disable_statement_logging().connect().await?)
}

/// The copy is synced when it is whole, by whoever wanted it.
async fn attach(connection: &mut SqliteConnection, path: &Path) -> Result<(), CopyError> {
    let is_unusable =
        |source: std::io::Error| CopyError::File { path: path.to_owned(), source: source.into() };
    let absolute = std::path::absolute(path).map_err(is_unusable)?;
    let name = absolute.to_str().ok_or_else(|| is_unusable(std::io::ErrorKind::InvalidFilename.into()))?;
    let attached = sqlx::query("ATTACH ?1 AS copy").bind(name.to_owned()).execute(&mut *connection).await;
    attached.map_err(|error| of_file(path, error.into()))?;
    let settings =
        "PRAGMA copy.journal_mode = OFF; PRAGMA copy.synchronous = OFF; PRAGMA copy.cache_size = -32768";
    let set = sqlx::raw_sql(settings).execute(connection).await;
    set.map(drop).map_err(|error| of_file(path, error.into()))
}

async fn run(connection: &mut SqliteConnection, statement: &'static str) -> Result<(), StoreError> {
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}

async fn n_rows(connection: &mut SqliteConnection, tables: &[Table]) -> Result<u64, StoreError> {
    let mut n_rows = 0;
    for table in tables {
        let count = format!("SELECT count(*) FROM main.{}", table.name);
        let row = sqlx::query(AssertSqlSafe(count)).fetch_one(&mut *connection).await?;
        n_rows += row.try_get::<i64, _>(0)?.unsigned_abs();
    }
    Ok(n_rows)
}

async fn copy_table(
    connection: &mut SqliteConnection,
    path: &Path,
    table: &Table,
    told: Told<'_>,
) -> Result<(), CopyError> {
    let (name, columns) = (&table.name, table.list());
    let insert = format!("INSERT INTO copy.{name} ({columns}) SELECT {columns} FROM main.{name}");
    if !has_row_numbers(connection, name).await? {
        let copied = sqlx::query(AssertSqlSafe(insert)).execute(connection).await;
        let copied = copied.map_err(|error| of_file(path, error.into()))?;
        told(CopyProgress::Copied(copied.rows_affected()));
        return Ok(());
    }
    let last = format!("SELECT coalesce(max(rowid), 0) FROM main.{name}");
    let last: i64 = sqlx::query_scalar(AssertSqlSafe(last))
        .fetch_one(&mut *connection)
        .await
        .map_err(StoreError::from)?;
    let insert = format!("{insert} WHERE rowid > ?1 AND rowid <= ?2 ORDER BY rowid");
    let mut after = 0;
    while after < last {
        let query = sqlx::query(AssertSqlSafe(insert.clone())).bind(after).bind(after + ROWS);
        let copied = query.execute(&mut *connection).await.map_err(|error| of_file(path, error.into()))?;
        told(CopyProgress::Copied(copied.rows_affected()));
        after += ROWS;
    }
    Ok(())
}

async fn has_row_numbers(connection: &mut SqliteConnection, table: &str) -> Result<bool, StoreError> {
    let asked = "SELECT NOT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    Ok(sqlx::query_scalar(asked).bind(table.to_owned()).fetch_one(connection).await?)
}
