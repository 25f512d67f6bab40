//! Copying the tables of a database into a file, and filling them from one.

use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Postgres};
use tokio::time::timeout;

use super::PostgresStore;
use crate::copy::OF_A_START;
use crate::sql::{Columns as _, Held, Session as _, Write};
use crate::sqlite::{Cell, CopyFile, Kind, Table, of_file};
use crate::{CopyError, CopyProgress, Moment, StoreError, Told};

/// What one statement takes along.
const PART_ROWS: usize = 1000;
const PART_BYTES: usize = 4 << 20;
/// How long the server may be silent over one part. It may have to go through a large table first.
const PATIENCE: Duration = Duration::from_mins(5);

/// Copies all rows as of one moment into a new file.
pub(super) async fn copy(
    store: &PostgresStore,
    path: &Path,
    moment: Moment<'_>,
    told: Told<'_>,
) -> Result<(), CopyError> {
    let mut file = CopyFile::create(path).await?;
    let tables = file.tables().to_vec();
    // While the lock is held nothing is committed: what is done at that moment and the rows are of one moment.
    let lock = store.pools.write().await?;
    let mut source = store.pools.snapshot().await?;
    moment.await.map_err(CopyError::Moment)?;
    lock.commit().await?;
    told(CopyProgress::Rows(n_rows(source.session(), &tables).await?));
    file.begin().await?;
    for table in &tables {
        copy_table(source.session(), &mut file, table, told).await?;
    }
    file.write_out().await?;
    source.commit().await?;
    file.close().await
}

async fn n_rows(session: &mut Held<Postgres>, tables: &[Table]) -> Result<u64, StoreError> {
    let mut n_rows = 0;
    for table in tables {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
        let counted = sqlx::query_scalar::<_, i64>(count).fetch_one(session.driver());
        n_rows += in_time(counted).await?.unsigned_abs();
    }
    Ok(n_rows)
}

async fn copy_table(
    session: &mut Held<Postgres>,
    file: &mut CopyFile,
    table: &Table,
    told: Told<'_>,
) -> Result<(), CopyError> {
    let select = AssertSqlSafe(format!("SELECT {} FROM {}", table.list(), table.name));
    // The server sends on only as fast as the rows are taken.
    let mut rows = sqlx::query(select).fetch(session.driver());
    let mut part = Part::default();
    loop {
        let row: Option<PgRow> = in_time(rows.try_next()).await?;
        let is_last = row.is_none();
        if let Some(row) = row {
            part.push(table.cells(&row)?);
        }
        if is_last || part.is_full() {
            let rows = part.take();
            let n_rows = rows.len() as u64;
            file.insert(table, rows).await?;
            told(CopyProgress::Copied(n_rows));
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Fills empty tables from a copy, in one transaction.
pub(super) async fn fill(
    store: &PostgresStore,
    file: &mut CopyFile,
    told: Told<'_>,
) -> Result<(), CopyError> {
    check_fillable(store, file.tables()).await?;
    let contents = file.contents().await?;
    told(CopyProgress::Rows(contents.rows.values().sum()));
    let mut write = store.pools.write().await?;
    let session = write.session();
    session.take_your_time();
    session.run("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    let tables = file.tables().to_vec();
    check_empty(session, &tables).await?;
    for name in OF_A_START {
        let delete = AssertSqlSafe(format!("DELETE FROM {name}"));
        in_time(sqlx::query(delete).execute(session.driver())).await?;
    }
    for table in &tables {
        // A copy names the first of its content, which is none itself.
        let filters: &[&str] = match table.name.as_str() {
            "submission" => &["WHERE duplicate_of IS NULL", "WHERE duplicate_of IS NOT NULL"],
            _ => &[""],
        };
        for filter in filters {
            fill_table(&mut write, file, table, filter, told).await?;
        }
    }
    continue_numbers(write.session()).await?;
    write.commit().await?;
    store.pools.analyze().await?;
    Ok(())
}

/// Whether tables may be filled: nobody else is connected, and nothing was taken in yet.
pub(super) async fn check_fillable(store: &PostgresStore, tables: &[Table]) -> Result<(), CopyError> {
    let n_others = store.pools.n_others().await?;
    if n_others > 0 {
        return Err(CopyError::InUse(n_others));
    }
    check_empty(&mut store.pools.read().await?, tables).await
}

async fn check_empty(session: &mut Held<Postgres>, tables: &[Table]) -> Result<(), CopyError> {
    for Table { name, .. } in tables {
        if OF_A_START.contains(&name.as_str()) {
            continue;
        }
        let asked = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {name})"));
        let asked = sqlx::query_scalar::<_, bool>(asked).fetch_one(session.driver());
        if in_time(asked).await? {
            return Err(CopyError::NotEmpty(format!("rows in `{name}`")));
        }
    }
    Ok(())
}

async fn fill_table(
    write: &mut Write<Postgres>,
    file: &mut CopyFile,
    table: &Table,
    filter: &str,
    told: Told<'_>,
) -> Result<(), CopyError> {
    let arrays: Vec<_> = table.columns.iter().zip(1..).map(|((_, kind), place)| kind.array(place)).collect();
    let insert = format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest({})",
        table.name,
        table.list(),
        arrays.join(", ")
    );
    let path = file.path().to_owned();
    let select = AssertSqlSafe(format!("SELECT {} FROM {} {filter}", table.list(), table.name));
    let mut rows = sqlx::query(select).fetch(file.connection());
    let mut part = Part::default();
    loop {
        let row = rows.try_next().await.map_err(|error| of_file(&path, error.into()))?;
        let is_last = row.is_none();
        if let Some(row) = row {
            part.push(table.cells(&row).map_err(|error| of_file(&path, error))?);
        }
        if is_last || part.is_full() {
            let rows = part.take();
            let n_rows = rows.len() as u64;
            if n_rows > 0 {
                put(write.session(), insert.clone(), table, rows).await?;
                told(CopyProgress::Copied(n_rows));
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

async fn put(
    session: &mut Held<Postgres>,
    insert: String,
    table: &Table,
    rows: Vec<Vec<Cell>>,
) -> Result<(), StoreError> {
    let mut columns: Vec<Column> = table.columns.iter().map(|(_, kind)| Column::of(*kind)).collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let mut query = sqlx::query(AssertSqlSafe(insert));
    for column in columns {
        query = match column {
            Column::Numbers(numbers) => query.bind(numbers),
            Column::Texts(texts) => query.bind(texts),
            Column::Bytes(bytes) => query.bind(bytes),
        };
    }
    in_time(query.execute(session.driver())).await?;
    Ok(())
}

/// Has the server give numbers from behind those that came with the copy.
async fn continue_numbers(session: &mut Held<Postgres>) -> Result<(), StoreError> {
    let listed = "SELECT table_name::text, column_name::text FROM information_schema.columns \
        WHERE table_schema = current_schema() AND is_identity = 'YES'";
    for row in session.fetch(listed, &[], &[]).await? {
        let (table, column) = (row.text(0)?, row.text(1)?);
        let set = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
            (SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
        );
        in_time(sqlx::query(AssertSqlSafe(set)).execute(session.driver())).await?;
    }
    Ok(())
}

async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => Ok(answer?),
        Err(elapsed) => Err(StoreError::Unavailable { source: elapsed.into() }),
    }
}

/// Rows on their way.
#[derive(Default)]
struct Part {
    rows: Vec<Vec<Cell>>,
    n_bytes: usize,
}

impl Part {
    fn push(&mut self, row: Vec<Cell>) {
        self.n_bytes += row.iter().map(Cell::n_bytes).sum::<usize>();
        self.rows.push(row);
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= PART_ROWS || self.n_bytes >= PART_BYTES
    }

    fn take(&mut self) -> Vec<Vec<Cell>> {
        self.n_bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

/// A column of parameters.
enum Column {
    Numbers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Number => Self::Numbers(Vec::new()),
            Kind::Text => Self::Texts(Vec::new()),
            Kind::Bytes => Self::Bytes(Vec::new()),
        }
    }

    /// A cell is of the kind of its column.
    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Self::Texts(texts), Cell::Text(text)) => texts.push(text),
            (Self::Bytes(all), Cell::Bytes(bytes)) => all.push(bytes),
            _ => unreachable!("cells are read by the kinds of their columns"),
        }
    }
}

impl Kind {
    fn array(self, place: usize) -> String {
        let name = match self {
            Self::Number => "bigint",
            Self::Text => "text",
            Self::Bytes => "bytea",
        };
        format!("${place}::{name}[]")
    }
}
