//! Connections: some that write, one at a time, and some that read and never lock.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Postgres};

use crate::sql::{Columns as _, Held, Session, Write};
use crate::{LookError, StoreError};

/// Where the database is and what the store may use of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// `postgres://user:password@host:port/database`. The tables lie in the schema that is first in the search path;
    /// `?options[search_path]=name` chooses one. It has to be there. `sslmode` and `sslrootcert` are those of libpq;
    /// without a root certificate those of the system count.
    pub url: String,
    /// The password, where it is not part of the URL.
    pub password: Option<String>,
    /// How many connections this process holds at most, at least 2: a quarter of them write, the others read.
    pub n_connections: u32,
    /// How long a call waits for a connection, the making of one included.
    pub acquire_timeout: Duration,
    /// How long the server works on one statement; a second later its answer is no longer waited for. Also how long it waits for the next statement of a transaction, so
    /// that a process that stands still does not keep all others from writing.
    pub statement_timeout: Duration,
    /// How long a write waits for others before it answers that the store is away.
    pub lock_timeout: Duration,
}

/// Begins, and waits until no other transaction writes the log of these tables; the end of the transaction frees it.
/// Each statement after the lock sees all that was committed under it before, the schema first of all: a migration holds
/// the same lock.
const BEGIN_ALONE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
    SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema())); SELECT version FROM bole_schema";
/// The same, whatever the schema is, and if there is none.
const BEGIN_ALONE_ANYWAY: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
    SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema()))";
/// The same for a transaction that has begun.
pub(super) const ALONE: &str = "SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema())); \
    SELECT version FROM bole_schema";
/// The same for the audit log, which has a lock of its own.
pub(super) const ALONE_WITH_AUDIT: &str =
    "SELECT pg_advisory_xact_lock(1112493126, hashtext(current_schema())); SELECT version FROM bole_schema";
const ANALYZE: &str = "ANALYZE document, submission, transition, change, original, reading, evidence, contact, \
    candidate, standing";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT version FROM bole_schema";
/// Sees all tables as of its first statement. It may last, and wait for who reads from it.
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
    SET LOCAL idle_in_transaction_session_timeout = 0; SELECT version FROM bole_schema";
/// Other processes that have this store open, as far as this user may see.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND pid <> pg_backend_pid() AND application_name LIKE 'bole %' \
    AND substr(application_name, 15) = substr(current_setting('application_name'), 15) \
    AND application_name <> current_setting('application_name')";
/// How much longer than the server works on a statement its answer is waited for.
const GRACE: Duration = Duration::from_secs(1);
/// A commit is on the disk when it is answered, whatever is set for the database. Stricter settings stay. Each process is
/// told by a name of its own, unless the address gives one, and by the schema that it uses.
const READY: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'; \
    SELECT set_config('application_name', current_setting('application_name') || ' ' || current_schema(), false) \
    WHERE current_setting('application_name') ~ '^bole [0-9a-f]{8}$'";

/// The connections of one store.
#[derive(Debug)]
pub(super) struct Pools {
    writers: PgPool,
    readers: PgPool,
    /// How long a statement is waited for.
    time_out: Duration,
}

impl Pools {
    /// Connections are made when they are needed, and anew where they broke.
    pub(super) fn new(options: &PostgresOptions) -> Result<Self, StoreError> {
        let mut connect = connecting(options)?;
        if connect.get_application_name().is_none() {
            let mut random = [0; 4];
            getrandom::fill(&mut random)
                .map_err(|source| StoreError::Unavailable { source: source.into() })?;
            connect = connect.application_name(&format!("bole {}", hex::encode(random)));
        }
        let n_writers = (options.n_connections / 4).max(1);
        let n_readers = options.n_connections.saturating_sub(n_writers).max(1);
        let pool =
            PgPoolOptions::new().acquire_timeout(options.acquire_timeout).after_connect(|connection, _| {
                Box::pin(async move { sqlx::Executor::execute(connection, READY).await.map(|_| ()) })
            });
        Ok(Self {
            writers: pool.clone().max_connections(n_writers).connect_lazy_with(connect.clone()),
            readers: pool.max_connections(n_readers).connect_lazy_with(connect),
            time_out: options.statement_timeout + GRACE,
        })
    }

    fn held(&self, connection: PoolConnection<Postgres>) -> Held<Postgres> {
        Held::new(connection, Some(self.time_out))
    }

    /// Begins a transaction that is alone with the log.
    pub(super) async fn write(&self) -> Result<Write<Postgres>, StoreError> {
        Write::begin(self.held(self.writers.acquire().await?), BEGIN_ALONE).await
    }

    /// Begins a transaction that is alone with the log, whatever the schema is.
    pub(super) async fn write_anyway(&self) -> Result<Write<Postgres>, StoreError> {
        Write::begin_anyway(self.held(self.writers.acquire().await?), BEGIN_ALONE_ANYWAY).await
    }

    /// Begins a transaction beside others.
    pub(super) async fn write_aside(&self) -> Result<Write<Postgres>, StoreError> {
        Write::begin(self.held(self.writers.acquire().await?), BEGIN).await
    }

    /// Begins a transaction that sees all tables as of this moment, and changes nothing.
    pub(super) async fn snapshot(&self) -> Result<Write<Postgres>, StoreError> {
        Write::begin(self.held(self.readers.acquire().await?), BEGIN_SNAPSHOT).await
    }

    /// How many connections other processes have to these tables.
    pub(super) async fn n_others(&self) -> Result<i64, StoreError> {
        let rows = self.read().await?.fetch(OTHERS, &[], &[]).await?;
        rows.first().ok_or(StoreError::damaged("the list of connections"))?.number(0)
    }

    /// A connection that reads.
    pub(super) async fn read(&self) -> Result<Held<Postgres>, StoreError> {
        Ok(self.held(self.readers.acquire().await?))
    }

    /// Has the server look at how the tables are filled, so that it plans statements for what they are now.
    pub(super) async fn analyze(&self) -> Result<(), StoreError> {
        let mut connection = self.held(self.writers.acquire().await?);
        Session::run(&mut connection, ANALYZE).await
    }

    /// Closes all connections, after what they are doing.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

fn connecting(options: &PostgresOptions) -> Result<PgConnectOptions, sqlx::Error> {
    let milliseconds = |duration: Duration| duration.as_millis().max(1).to_string();
    let mut connect = options.url.parse::<PgConnectOptions>()?;
    if let Some(password) = &options.password {
        connect = connect.password(password);
    }
    let connect = connect.options([
        ("statement_timeout", milliseconds(options.statement_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(options.statement_timeout)),
        ("lock_timeout", milliseconds(options.lock_timeout)),
    ]);
    Ok(connect.disable_statement_logging())
}

/// Connects once, for who wants to know why it does not work: connections that are kept are tried until time is up.
pub(super) async fn knock(options: &PostgresOptions) -> Result<(), LookError> {
    let connect = connecting(options).map_err(LookError::of_connecting)?;
    let connected = tokio::time::timeout(options.acquire_timeout, connect.connect()).await;
    let connected = connected.map_err(|elapsed| LookError::Away(elapsed.into()))?;
    connected.map_err(LookError::of_connecting)?.close().await.ok();
    Ok(())
}

/// Without the address, which may hold a password, and the password.
impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { url: _, password: _, n_connections, acquire_timeout, statement_timeout, lock_timeout } =
            self;
        formatter
            .debug_struct("PostgresOptions")
            .field("n_connections", n_connections)
            .field("acquire_timeout", acquire_timeout)
            .field("statement_timeout", statement_timeout)
            .field("lock_timeout", lock_timeout)
            .finish_non_exhaustive()
    }
}
