//! The server that the tests share: each has a schema of its own.

use std::time::Duration;

use async_trait::async_trait;
use bole_store::{Originals, PostgresOptions, PostgresStore, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use crate::conformance::Database;

/// A schema of its own, dropped at the end.
pub(crate) struct Schema {
    pub(crate) name: String,
}

impl Schema {
    pub(crate) fn new() -> Self {
        Self { name: format!("bole_test_{}", uuid::Uuid::new_v4().simple()) }
    }

    pub(crate) fn url(&self) -> String {
        let server = std::env::var("BOLE_TEST_POSTGRES").unwrap_or_else(|_| {
            let port = std::env::var("BOLE_TEST_POSTGRES_PORT").unwrap_or_else(|_| "54329".to_owned());
            format!("postgres://bole@127.0.0.1:{port}/bole")
        });
        let separator = if server.contains('?') { '&' } else { '?' };
        format!("{server}{separator}options[search_path]={}", self.name)
    }

    pub(crate) fn options(&self) -> PostgresOptions {
        PostgresOptions {
            url: self.url(),
            password: None,
            n_connections: 4,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(30),
        }
    }

    /// A connection of another program; the schema is there from here on.
    pub(crate) async fn connect(&self) -> PgConnection {
        let options: PgConnectOptions = self.url().parse().unwrap();
        let mut connection =
            options.connect().await.expect("a PostgreSQL server for tests; `tests/servers start` starts one");
        let create = format!("CREATE SCHEMA IF NOT EXISTS {}", self.name);
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        connection
    }

    pub(crate) async fn store(&self, options: &PostgresOptions) -> PostgresStore {
        self.connect().await;
        PostgresStore::open(options).await.unwrap()
    }
}

#[async_trait]
impl Database for Schema {
    async fn open(&self) -> Box<dyn Store> {
        Box::new(self.store(&self.options()).await)
    }

    async fn originals(&self) -> Box<dyn Originals> {
        Box::new(self.store(&self.options()).await)
    }
}

/// One schema for many cases, each of which begins without rows: to make and drop all tables takes longer than a case.
pub(crate) struct Emptied<'a> {
    schema: &'a Schema,
    once: tokio::sync::OnceCell<()>,
}

impl<'a> Emptied<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        Self { schema, once: tokio::sync::OnceCell::new() }
    }
}

#[async_trait]
impl Database for Emptied<'_> {
    async fn open(&self) -> Box<dyn Store> {
        let store = self.schema.open().await;
        let empty = async || {
            let all = "DELETE FROM audit_text; DELETE FROM audit; DELETE FROM api_key; DELETE FROM sessions; DELETE FROM shortlist_entry; \
                DELETE FROM shortlist; DELETE FROM note; DELETE FROM decision; DELETE FROM kept_reading; DELETE FROM standing; DELETE FROM candidate; DELETE FROM contact; DELETE FROM clue; DELETE FROM evidence; \
                DELETE FROM reading; DELETE FROM original; DELETE FROM transition; DELETE FROM ledger; \
                DELETE FROM change; DELETE FROM artifact; DELETE FROM portal; DELETE FROM follower; DELETE FROM publication; DELETE FROM submission; DELETE FROM document";
            self.schema.connect().await.execute(all).await.unwrap();
        };
        self.once.get_or_init(empty).await;
        store
    }

    async fn originals(&self) -> Box<dyn Originals> {
        self.schema.originals().await
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // In a thread of its own, because a runtime may be running in this one.
        let drop = async {
            let statement = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name);
            self.connect().await.execute(AssertSqlSafe(statement)).await.unwrap();
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(drop);
            });
        });
    }
}
