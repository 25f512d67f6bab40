//! A copy of a store: one file, with the tables of the newest schema.
//!
//! It is written without a journal, and not synced: it is worth something only once it is whole, and whoever made it
//! has it synced then.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bole_core::{DocumentId, HistoryId, LogPosition, State};
use bytes::Bytes;
use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use super::connection::PAGE_BYTES;
use super::schema;
use crate::copy::OF_A_START;
use crate::sql::{Columns as _, check_schema, codes};
use crate::{Contents, CopyError, Settled, StoreError};

/// What one statement takes along.
const STATEMENT_ROWS: usize = 64;
const CACHE_KIB: &str = "-32768";

/// A copy of a store in a file.
#[derive(Debug)]
pub struct CopyFile {
    path: PathBuf,
    connection: SqliteConnection,
    tables: Vec<Table>,
}

/// One of its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Kind)>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Text,
    Bytes,
}

/// What is in one place of a table.
pub(crate) enum Cell {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl CopyFile {
    /// Makes the file with empty tables.
    pub(crate) async fn create(path: &Path) -> Result<Self, CopyError> {
        let options = Self::writing(path).create_if_missing(true).page_size(PAGE_BYTES);
        let made = async {
            let mut connection = options.journal_mode(SqliteJournalMode::Off).connect().await?;
            schema::make(&mut connection).await?;
            let tables = tables(&mut connection).await?;
            // What a migration puts into new tables.
            for table in &tables {
                let delete = AssertSqlSafe(format!("DELETE FROM {}", table.name));
                sqlx::query(delete).execute(&mut connection).await?;
            }
            Ok(Self { path: path.to_owned(), connection, tables })
        };
        made.await.map_err(|error| of_file(path, error))
    }

    /// Opens a copy to change it. It must have the newest schema.
    pub async fn open(path: &Path) -> Result<Self, CopyError> {
        Self::connect(path, Self::writing(path)).await
    }

    /// Opens a copy that nobody changes, of the newest schema or an older one; writes nothing, not even beside it.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] and [`StoreError::NotAStore`] in [`CopyError::Store`]; [`CopyError::File`].
    pub async fn open_unchanging(path: &Path) -> Result<Self, CopyError> {
        Self::connect(path, SqliteConnectOptions::new().filename(path).read_only(true).immutable(true)).await
    }

    fn writing(path: &Path) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
        options
            .synchronous(SqliteSynchronous::Off)
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", CACHE_KIB)
    }

    async fn connect(path: &Path, options: SqliteConnectOptions) -> Result<Self, CopyError> {
        let opened = async {
            let mut connection = options.disable_statement_logging().connect().await?;
            check_schema(schema::version(&mut connection).await?)?;
            let tables = tables(&mut connection).await?;
            Ok(Self { path: path.to_owned(), connection, tables })
        };
        opened.await.map_err(|error| of_file(path, error))
    }

    /// Closes the file. What was written is in it, though not synced, and nothing of worth is beside it.
    pub async fn close(mut self) -> Result<(), CopyError> {
        let closed = async {
            // Of a file with a log of its own; of others it says that there is none.
            let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut self.connection).await?;
            if row.number(0)? != 0 {
                let busy = std::io::Error::from(std::io::ErrorKind::ResourceBusy);
                return Err(StoreError::Unavailable { source: busy.into() });
            }
            self.connection.close().await?;
            Ok(())
        };
        closed.await.map_err(|error| of_file(&self.path, error))
    }

    /// Whether nothing was taken into this store yet: what servers note of themselves when they start does not count.
    ///
    /// # Errors
    /// [`CopyError::NotEmpty`]; or it cannot be read.
    pub async fn check_fillable(&mut self) -> Result<(), CopyError> {
        for Table { name, .. } in &self.tables {
            let count = format!("SELECT EXISTS (SELECT 1 FROM {name})");
            let counted = number(&mut self.connection, &count).await;
            if counted.map_err(|error| of_file(&self.path, error))? != 0
                && !OF_A_START.contains(&name.as_str())
            {
                return Err(CopyError::NotEmpty(format!("rows in `{name}`")));
            }
        }
        Ok(())
    }

    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// What SQLite finds wrong with the file, page by page; nothing if all is well.
    pub async fn damage(&mut self) -> Result<Option<String>, CopyError> {
        let checked = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut self.connection).await;
        let told: Result<String, sqlx::Error> = checked.and_then(|row| row.try_get(0));
        match told {
            Ok(told) if told == "ok" => Ok(None),
            Ok(told) => Ok(Some(told)),
            Err(error) => match StoreError::from(error) {
                StoreError::Corrupt { source, .. } => {
                    Ok(Some(source.map_or_else(String::new, |source| source.to_string())))
                }
                error => Err(of_file(&self.path, error)),
            },
        }
    }

    /// Counts what the copy holds.
    pub async fn contents(&mut self) -> Result<Contents, CopyError> {
        let counted = self.count().await;
        counted.map_err(|error| of_file(&self.path, error))
    }

    async fn count(&mut self) -> Result<Contents, StoreError> {
        let connection = &mut self.connection;
        let mut rows = BTreeMap::new();
        for table in &self.tables {
            let n_rows = number(connection, &format!("SELECT count(*) FROM {}", table.name)).await?;
            rows.insert(table.name.clone(), codes::unsigned(n_rows)?);
        }
        let schema = schema::version(connection).await?;
        // The history came with the ninth.
        let history = if rows.contains_key("history") {
            let row = sqlx::query("SELECT id FROM history").fetch_optional(&mut *connection).await?;
            row.map(|row| codes::uuid(row.bytes(0)?)).transpose()?.map(HistoryId).unwrap_or_default()
        } else {
            HistoryId::default()
        };
        let head = number(connection, "SELECT coalesce(max(position), 0) FROM change").await?;
        let n_in_flight =
            number(connection, "SELECT count(*) FROM submission WHERE state = 'queued'").await?;
        let without = "SELECT count(*) FROM document d WHERE d.as_of IS NOT NULL \
            AND NOT EXISTS (SELECT 1 FROM original o WHERE o.document = d.id)";
        let n_without_original = number(connection, without).await?;
        Ok(Contents {
            schema,
            history,
            head: LogPosition(codes::unsigned(head)?),
            rows,
            n_in_flight: codes::unsigned(n_in_flight)?,
            n_without_original: codes::unsigned(n_without_original)?,
        })
    }

    /// Puts rows into a table.
    pub(crate) async fn insert(&mut self, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), CopyError> {
        let inserted = async {
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                let part: Vec<_> = rows.by_ref().take(STATEMENT_ROWS).collect();
                let place = format!("({})", vec!["?"; table.columns.len()].join(", "));
                let places = vec![place.as_str(); part.len()].join(", ");
                let statement = format!("INSERT INTO {} ({}) VALUES {places}", table.name, table.list());
                // The statement of a full part is kept.
                let is_full = part.len() == STATEMENT_ROWS;
                let mut query = sqlx::query(AssertSqlSafe(statement)).persistent(is_full);
                for cell in part.into_iter().flatten() {
                    query = match cell {
                        Cell::Number(number) => query.bind(number),
                        Cell::Text(text) => query.bind(text),
                        Cell::Bytes(bytes) => query.bind(bytes),
                    };
                }
                query.execute(&mut self.connection).await?;
            }
            Ok(())
        };
        inserted.await.map_err(|error| of_file(&self.path, error))
    }

    /// Begins to write many rows, which [`write_out`](Self::write_out) ends.
    pub(crate) async fn begin(&mut self) -> Result<(), CopyError> {
        self.run("BEGIN").await
    }

    pub(crate) async fn write_out(&mut self) -> Result<(), CopyError> {
        self.run("COMMIT").await
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), CopyError> {
        let done = sqlx::query(statement).execute(&mut self.connection).await;
        done.map(drop).map_err(|error| of_file(&self.path, error.into()))
    }

    /// At most `limit` decided documents after `after`, by id, whose bytes are not in the copy.
    pub async fn without_original(
        &mut self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentId>, CopyError> {
        let listed = "SELECT d.id FROM document d WHERE d.as_of IS NOT NULL AND d.id > ?1 \
            AND NOT EXISTS (SELECT 1 FROM original o WHERE o.document = d.id) ORDER BY d.id LIMIT ?2";
        self.documents(listed, after, limit).await
    }

    /// At most `limit` documents after `after`, by id, whose bytes are in the copy.
    pub async fn with_original(
        &mut self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentId>, CopyError> {
        let listed = "SELECT document FROM original WHERE document > ?1 ORDER BY document LIMIT ?2";
        self.documents(listed, after, limit).await
    }

    /// Documents of submissions that are in flight and whose bytes are not in the copy.
    pub async fn in_flight_without_original(&mut self) -> Result<Vec<DocumentId>, CopyError> {
        let listed = "SELECT DISTINCT d.id FROM submission s JOIN document d ON d.number = s.document \
            WHERE s.state = 'queued' AND d.id > ?1 \
            AND NOT EXISTS (SELECT 1 FROM original o WHERE o.document = d.id) LIMIT ?2";
        self.documents(listed, None, u32::MAX).await
    }

    async fn documents(
        &mut self,
        listed: &'static str,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentId>, CopyError> {
        let after = after.map_or_else(Vec::new, |after| after.as_bytes().to_vec());
        let query = sqlx::query(listed).bind(after).bind(i64::from(limit));
        let rows = query.fetch_all(&mut self.connection).await.map_err(StoreError::from);
        let ids = rows.and_then(|rows| rows.iter().map(|row| codes::document(row.bytes(0)?)).collect());
        ids.map_err(|error| of_file(&self.path, error))
    }

    /// The bytes of a document, as the copy has them.
    pub async fn original(&mut self, document: DocumentId) -> Result<Option<Bytes>, CopyError> {
        let query = sqlx::query("SELECT bytes FROM original WHERE document = ?1");
        let row = query.bind(document.as_bytes().to_vec()).fetch_optional(&mut self.connection).await;
        let bytes = row
            .map_err(StoreError::from)
            .and_then(|row| row.map(|row: SqliteRow| row.bytes(0).map(Bytes::copy_from_slice)).transpose());
        bytes.map_err(|error| of_file(&self.path, error))
    }

    /// Puts the bytes of a document into the copy.
    pub async fn keep_original(&mut self, document: DocumentId, bytes: &Bytes) -> Result<(), CopyError> {
        let query =
            sqlx::query("INSERT INTO original (document, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        let kept =
            query.bind(document.as_bytes().to_vec()).bind(bytes.to_vec()).execute(&mut self.connection);
        kept.await.map(drop).map_err(|error| of_file(&self.path, error.into()))
    }

    /// Takes all bytes of documents out of the copy, because they are kept elsewhere.
    pub async fn forget_originals(&mut self) -> Result<(), CopyError> {
        self.run("DELETE FROM original").await
    }

    /// Makes the copy the beginning of a store: its positions are of a new history from here on, nobody is signed in, and
    /// nobody follows the log.
    pub async fn begin_history(&mut self) -> Result<(), CopyError> {
        self.run("UPDATE history SET id = randomblob(16)").await?;
        self.run("DELETE FROM sessions").await?;
        self.run("UPDATE follower SET holder = NULL, expires_at = 0").await
    }

    /// Settles what was in flight when the copy was made and whose messages are not restored along.
    ///
    /// Whatever has its bytes kept, in the copy or as one of `kept`, is to be published again. All else was in the queue
    /// only: it goes back to `accepting`, which is outside the ledger's law, and is cleared away if it does not come
    /// again. If the queue has it after all, it is received like any other.
    pub async fn settle(
        &mut self,
        kept: &BTreeSet<DocumentId>,
        now: Timestamp,
    ) -> Result<Settled, CopyError> {
        let settled = self.try_settle(kept, now).await;
        settled.map_err(|error| of_file(&self.path, error))
    }

    async fn try_settle(
        &mut self,
        kept: &BTreeSet<DocumentId>,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let mut write = self.connection.begin().await?;
        let (queued, accepting) = (State::Queued.code(), State::Accepting.code());
        let kept: Vec<String> = kept.iter().map(|document| hex::encode(document.as_bytes())).collect();
        let kept = serde_json::Value::from(kept).to_string();
        // One that others hang on was decided before, so that its bytes were kept: it never goes back.
        let in_flight = "CREATE TEMP TABLE in_flight AS SELECT s.number, s.portal, \
            s.attempt > 1 OR EXISTS (SELECT 1 FROM document d WHERE d.number = s.document AND (d.first = s.number \
            OR EXISTS (SELECT 1 FROM original o WHERE o.document = d.id) \
            OR d.id IN (SELECT unhex(value) FROM json_each(?1)))) \
            OR EXISTS (SELECT 1 FROM submission c WHERE c.duplicate_of = s.number) AS is_kept \
            FROM submission s WHERE s.state = ?2";
        sqlx::query(in_flight).bind(kept).bind(queued).execute(&mut *write).await?;
        let publish = "INSERT INTO publication (submission, is_taken) SELECT number, 0 FROM in_flight WHERE is_kept \
            ON CONFLICT (submission) DO UPDATE SET is_taken = 0";
        let n_to_publish = sqlx::query(publish).execute(&mut *write).await?.rows_affected();
        let accept = "UPDATE submission SET state = ?1, changed_at = ?2 \
            WHERE number IN (SELECT number FROM in_flight WHERE NOT is_kept)";
        let now = codes::of_time(now);
        let n_to_send_again =
            sqlx::query(accept).bind(accepting).bind(now).execute(&mut *write).await?.rows_affected();
        let note = "INSERT INTO transition (submission, sequence, state, reason, attempt, at) \
            SELECT s.number, (SELECT coalesce(max(t.sequence), 0) + 1 FROM transition t WHERE t.submission = s.number), \
            s.state, s.reason, s.attempt, s.changed_at FROM submission s \
            WHERE s.number IN (SELECT number FROM in_flight WHERE NOT is_kept)";
        sqlx::query(note).execute(&mut *write).await?;
        let uncount = "UPDATE ledger SET received = received - (SELECT count(*) FROM in_flight f \
            WHERE f.portal = ledger.portal AND NOT f.is_kept)";
        sqlx::query(uncount).execute(&mut *write).await?;
        sqlx::query("DROP TABLE in_flight").execute(&mut *write).await?;
        write.commit().await?;
        Ok(Settled { n_to_publish, n_to_send_again })
    }
}

impl Table {
    /// Its columns as a statement names them.
    pub(crate) fn list(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    /// The cells of a row of these columns.
    pub(crate) fn cells<R>(&self, row: &R) -> Result<Vec<Cell>, StoreError>
    where
        R: crate::sql::Columns,
    {
        let cells = self.columns.iter().enumerate().map(|(index, (_, kind))| {
            Ok(match kind {
                Kind::Number => Cell::Number(row.number_or_none(index)?),
                Kind::Text => Cell::Text(row.text_or_none(index)?.map(str::to_owned)),
                Kind::Bytes => Cell::Bytes(row.bytes_or_none(index)?.map(<[u8]>::to_vec)),
            })
        });
        cells.collect()
    }
}

impl Cell {
    /// About the bytes that it takes.
    pub(crate) fn n_bytes(&self) -> usize {
        match self {
            Self::Number(_) => 8,
            Self::Text(text) => text.as_ref().map_or(0, String::len),
            Self::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        }
    }
}

/// The tables of the file in the order in which they were made: what is named is there before what names it.
pub(crate) async fn tables(connection: &mut SqliteConnection) -> Result<Vec<Table>, StoreError> {
    let listed = "SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.rowid, c.cid";
    let mut tables: Vec<Table> = Vec::new();
    for row in sqlx::query(listed).fetch_all(connection).await? {
        let (name, column, kind) = (row.text(0)?, row.text(1)?, row.text(2)?);
        let kind = match kind {
            "INTEGER" => Kind::Number,
            "TEXT" => Kind::Text,
            "BLOB" => Kind::Bytes,
            _ => return Err(StoreError::damaged("the schema")),
        };
        match tables.last_mut() {
            Some(table) if table.name == name => table.columns.push((column.to_owned(), kind)),
            _ => tables.push(Table { name: name.to_owned(), columns: vec![(column.to_owned(), kind)] }),
        }
    }
    Ok(tables)
}

async fn number(connection: &mut SqliteConnection, query: &str) -> Result<i64, StoreError> {
    let row = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_one(connection).await?;
    row.number(0)
}

/// What an error of the copy's file means.
pub(crate) fn of_file(path: &Path, error: StoreError) -> CopyError {
    let path = path.to_owned();
    match error {
        StoreError::DiskFull { source } => CopyError::DiskFull { path, source },
        StoreError::Unavailable { source } | StoreError::Refused { source, .. } => {
            CopyError::File { path, source }
        }
        // Damage, and what a file is not.
        error => CopyError::Store(error),
    }
}
