//! Connections: some that write, one at a time, and some that read and never lock.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Postgres};

use crate::StoreError;
use crate::sql::{Held, Session, Write};

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
/// Each statement after the lock sees all that was committed under it before.
const BEGIN_ALONE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
    SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema()))";
/// The same for a transaction that has begun.
pub(super) const ALONE: &str = "SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema()))";
/// The same for the audit log, which has a lock of its own.
pub(super) const ALONE_WITH_AUDIT: &str =
    "SELECT pg_advisory_xact_lock(1112493126, hashtext(current_schema()))";
const ANALYZE: &str = "ANALYZE document, submission, transition, change, original, reading, evidence, contact, \
    candidate, standing";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// How much longer than the server works on a statement its answer is waited for.
const GRACE: Duration = Duration::from_secs(1);
/// A commit is on the disk when it is answered, whatever is set for the database. Stricter settings stay.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";

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
        let milliseconds = |duration: Duration| duration.as_millis().max(1).to_string();
        let mut connect = options.url.parse::<PgConnectOptions>()?;
        if let Some(password) = &options.password {
            connect = connect.password(password);
        }
        let connect = connect
            .options([
                ("statement_timeout", milliseconds(options.statement_timeout)),
                ("idle_in_transaction_session_timeout", milliseconds(options.statement_timeout)),
                ("lock_timeout", milliseconds(options.lock_timeout)),
            ])
            .disable_statement_logging();
        let n_writers = (options.n_connections / 4).max(1);
        let n_readers = options.n_connections.saturating_sub(n_writers).max(1);
        let pool =
            PgPoolOptions::new().acquire_timeout(options.acquire_timeout).after_connect(|connection, _| {
                Box::pin(async move { sqlx::Executor::execute(connection, DURABLE).await.map(|_| ()) })
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

    /// Begins a transaction beside others.
    pub(super) async fn write_aside(&self) -> Result<Write<Postgres>, StoreError> {
        Write::begin(self.held(self.writers.acquire().await?), BEGIN).await
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
