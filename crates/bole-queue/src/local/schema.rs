use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::QueueError;

const FORMAT: i64 = 1;
/// "bole" in ASCII: says of the file that it is ours.
const APPLICATION_ID: i64 = 0x626f_6c65;

/// Bodies lie apart, so that handing out and counting touch small rows only.
const CREATE: &str = "
    CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        portal TEXT NOT NULL,
        properties TEXT NOT NULL,
        n_bytes INTEGER NOT NULL,
        published_ms INTEGER NOT NULL,
        n_deliveries INTEGER NOT NULL DEFAULT 0,
        owner INTEGER
    ) STRICT;
    CREATE INDEX message_by_owner ON message (owner, portal);
    CREATE INDEX message_by_name ON message (portal, json_extract(properties, '$.message_id'));
    CREATE TABLE body (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE owner (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        realm TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started INTEGER NOT NULL,
        until_ms INTEGER NOT NULL
    ) STRICT;
    PRAGMA application_id = 1651469413;
    PRAGMA user_version = 1;
";

/// Applies to files made from here on.
pub(super) const PAGE_BYTES: u32 = 8192;

/// Makes the tables in an empty file.
pub(super) async fn make(connection: &mut SqliteConnection) -> Result<(), QueueError> {
    sqlx::raw_sql(CREATE).execute(connection).await?;
    Ok(())
}

/// Opens the file, creating it and its tables if they are not there.
pub(super) async fn connect(path: &Path, max_pages: Option<u32>) -> Result<SqliteConnection, QueueError> {
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(PAGE_BYTES)
        // Pages of acknowledged messages go back to the file system, a few at a time.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(30))
        .pragma("wal_autocheckpoint", "2000")
        .pragma("journal_size_limit", "16777216")
        .disable_statement_logging();
    if let Some(max_pages) = max_pages {
        options = options.pragma("max_page_count", max_pages.to_string());
    }
    let mut connection = options.connect().await.map_err(|error| opening(path, error))?;
    check(path, &mut connection).await?;
    Ok(connection)
}

/// Opens a file that is there to look at it, and changes nothing.
pub(super) async fn visit(path: &Path) -> Result<SqliteConnection, QueueError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .pragma("query_only", "ON")
        .busy_timeout(Duration::from_secs(3))
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(|error| opening(path, error))?;
    format(path, &mut connection).await?;
    Ok(connection)
}

/// Looks at the format; creates the tables under the write lock, because two processes may come at once.
async fn check(path: &Path, connection: &mut SqliteConnection) -> Result<(), QueueError> {
    if format(path, connection).await? == FORMAT {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if format(path, &mut transaction).await? == 0 {
        make(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The format of the file; 0 for an empty one.
pub(super) async fn format(path: &Path, connection: &mut SqliteConnection) -> Result<i64, QueueError> {
    let (application_id, found, n_tables) = sqlx::query_as::<_, (i64, i64, i64)>(
        "SELECT application_id, user_version, (SELECT COUNT(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version",
    )
    .fetch_one(connection)
    .await?;
    match (application_id, found) {
        (0, 0) if n_tables == 0 => Ok(0),
        (APPLICATION_ID, 1..=FORMAT) => Ok(found),
        (APPLICATION_ID, _) => Err(QueueError::Newer { path: path.to_owned(), found, known: FORMAT }),
        _ => Err(QueueError::NotAQueue { path: path.to_owned() }),
    }
}

pub(super) fn opening(path: &Path, error: sqlx::Error) -> QueueError {
    const NOT_A_DATABASE: &str = "26";
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    if code.as_deref() == Some(NOT_A_DATABASE) {
        return QueueError::NotAQueue { path: path.to_owned() };
    }
    match QueueError::of(error) {
        QueueError::Unavailable(source) => QueueError::Open { path: path.to_owned(), source },
        other => other,
    }
}
