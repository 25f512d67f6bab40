//! The conformance suite on PostgreSQL, and what only a server can do. The server is that of `tests/servers`, or the
//! one that `BOLE_TEST_POSTGRES` names; without one these tests fail.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

mod conformance;

use std::time::Duration;

use async_trait::async_trait;
use bole_core::{DocumentId, Event, LogPosition, Reason};
use bole_store::{Originals, PostgresOptions, PostgresStore, Store, StoreError};
use conformance::people::AsyncRunner as _;
use conformance::{
    Database, Tokio, fixture, intake, law, log, older, operating, people, quarantine, settling,
};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row};

/// A schema of its own, dropped at the end.
struct Schema {
    name: String,
}

impl Schema {
    fn new() -> Self {
        Self { name: format!("bole_test_{}", uuid::Uuid::new_v4().simple()) }
    }

    fn url(&self) -> String {
        let server = std::env::var("BOLE_TEST_POSTGRES").unwrap_or_else(|_| {
            let port = std::env::var("BOLE_TEST_POSTGRES_PORT").unwrap_or_else(|_| "54329".to_owned());
            format!("postgres://bole@127.0.0.1:{port}/bole")
        });
        let separator = if server.contains('?') { '&' } else { '?' };
        format!("{server}{separator}options[search_path]={}", self.name)
    }

    fn options(&self) -> PostgresOptions {
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
    async fn connect(&self) -> PgConnection {
        let options: PgConnectOptions = self.url().parse().unwrap();
        let mut connection =
            options.connect().await.expect("a PostgreSQL server for tests; `tests/servers start` starts one");
        let create = format!("CREATE SCHEMA IF NOT EXISTS {}", self.name);
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        connection
    }

    async fn store(&self, options: &PostgresOptions) -> PostgresStore {
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
struct Emptied<'a> {
    schema: &'a Schema,
    once: tokio::sync::OnceCell<()>,
}

impl<'a> Emptied<'a> {
    fn new(schema: &'a Schema) -> Self {
        Self { schema, once: tokio::sync::OnceCell::new() }
    }
}

#[async_trait]
impl Database for Emptied<'_> {
    async fn open(&self) -> Box<dyn Store> {
        let store = self.schema.open().await;
        let empty = async || {
            let all = "DELETE FROM standing; DELETE FROM candidate; DELETE FROM contact; DELETE FROM evidence; \
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

fn on_server(case: impl AsyncFnOnce(&dyn Database)) {
    Tokio::new().run(case(&Schema::new()));
}

#[test]
fn what_is_committed_is_there_after_reopening() {
    on_server(settling::what_is_committed_is_there_after_reopening);
}

#[test]
fn any_text_is_kept() {
    on_server(settling::any_text_is_kept);
}

#[test]
fn a_redelivery_changes_nothing() {
    on_server(settling::a_redelivery_changes_nothing);
}

#[test]
fn a_reused_id_is_a_submission_of_its_own() {
    on_server(settling::a_reused_id_is_a_submission_of_its_own);
}

#[test]
fn copies_are_duplicates_of_the_first() {
    on_server(settling::copies_are_duplicates_of_the_first);
}

#[test]
fn a_document_at_fault_is_decided_for_all_its_copies() {
    on_server(settling::a_document_at_fault_is_decided_for_all_its_copies);
}

#[test]
fn a_message_at_fault_decides_nothing_for_its_document() {
    on_server(settling::a_message_at_fault_decides_nothing_for_its_document);
}

#[test]
fn the_earliest_date_counts() {
    on_server(settling::the_earliest_date_counts);
}

#[test]
fn a_refused_row_does_not_take_its_neighbours_along() {
    on_server(settling::a_refused_row_does_not_take_its_neighbours_along);
}

#[test]
fn accepted_then_confirmed_then_decided() {
    on_server(intake::accepted_then_confirmed_then_decided);
}

#[test]
fn a_worker_may_be_faster_than_the_confirm() {
    on_server(intake::a_worker_may_be_faster_than_the_confirm);
}

#[test]
fn what_was_never_confirmed_is_swept() {
    on_server(intake::what_was_never_confirmed_is_swept);
}

#[test]
fn an_accepted_reuse_of_an_id_has_its_own_row() {
    on_server(intake::an_accepted_reuse_of_an_id_has_its_own_row);
}

#[test]
fn known_content_is_a_copy() {
    on_server(intake::known_content_is_a_copy);
}

#[test]
fn changes_come_in_order_and_name_what_changed() {
    on_server(log::changes_come_in_order_and_name_what_changed);
}

#[test]
fn a_standing_is_seen_as_of_its_position() {
    on_server(log::a_standing_is_seen_as_of_its_position);
}

#[test]
fn a_follower_skips_nothing() {
    on_server(log::a_follower_skips_nothing);
}

#[test]
fn portals_are_added_paused_and_removed() {
    on_server(operating::portals_are_added_paused_and_removed);
}

#[test]
fn a_probe_leaves_nothing_behind() {
    on_server(operating::a_probe_leaves_nothing_behind);
}

#[test]
fn one_holder_at_a_time_follows() {
    on_server(operating::one_holder_at_a_time_follows);
}

#[test]
fn the_quarantine_is_listed_page_by_page() {
    on_server(quarantine::the_quarantine_is_listed_page_by_page);
}

#[test]
fn a_replayed_document_is_read_again() {
    on_server(quarantine::a_replayed_document_is_read_again);
}

#[test]
fn a_replayed_reuse_is_read_under_its_own_id() {
    on_server(quarantine::a_replayed_reuse_is_read_under_its_own_id);
}

#[test]
fn a_replayed_message_is_judged_again() {
    on_server(quarantine::a_replayed_message_is_judged_again);
}

#[test]
fn what_cannot_be_replayed_is_told() {
    on_server(quarantine::what_cannot_be_replayed_is_told);
}

#[test]
fn a_replay_that_ends_with_the_message_frees_the_content() {
    on_server(quarantine::a_replay_that_ends_with_the_message_frees_the_content);
}

#[test]
fn a_discarded_document_is_nobody() {
    on_server(quarantine::a_discarded_document_is_nobody);
}

#[test]
fn a_name_and_a_contact_or_a_candidate_ref() {
    on_server(people::a_name_and_a_contact_or_a_candidate_ref);
}

#[test]
fn a_contact_under_two_names_parts_those_it_joined() {
    on_server(people::a_contact_under_two_names_parts_those_it_joined);
}

#[test]
fn grouping_is_a_function_of_the_documents() {
    let schema = Schema::new();
    people::grouping_is_a_function_of_the_documents(|| Emptied::new(&schema), &Tokio::new());
}

#[test]
fn the_law_holds_after_any_sequence() {
    let schema = Schema::new();
    law::it_holds_after_any_sequence(|| Emptied::new(&schema), &Tokio::new());
}

#[test]
fn originals_stay_with_their_submissions() {
    on_server(settling::originals_stay_with_their_submissions);
}

#[tokio::test]
async fn a_refused_original_does_not_take_its_neighbours_along() {
    let schema = Schema::new();
    schema.store(&schema.options()).await.close().await;
    let refuse = "ALTER TABLE original ADD CONSTRAINT seven CHECK (octet_length(bytes) <> 7)";
    schema.connect().await.execute(refuse).await.unwrap();
    settling::a_refused_original_does_not_take_its_neighbours_along(&schema).await;
}

/// Bytes of a document lie apart from their row and as they are; what is small lies in its row.
#[tokio::test]
async fn blobs_are_stored_as_they_are() {
    let schema = Schema::new();
    schema.store(&schema.options()).await;
    let storage: String = sqlx::query_scalar(
        "SELECT string_agg(c.relname || ' ' || a.attstorage::text, ', ' ORDER BY c.relname) \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname = 'bytes'",
    )
    .fetch_one(&mut schema.connect().await)
    .await
    .unwrap();
    assert_eq!(storage, "evidence e, original e, reading e");
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_number() {
    let schema = Schema::new();
    schema.store(&schema.options()).await.close().await;
    schema.connect().await.execute("UPDATE bole_schema SET version = 99").await.unwrap();
    match PostgresStore::open(&schema.options()).await {
        Err(StoreError::NewerSchema { found: 99, known }) => assert!(known < 99),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn older_tables_are_brought_to_the_newest_form() {
    let schema = Schema::new();
    let mut other = schema.connect().await;
    other.execute(include_str!("../src/postgres/schema/0001.sql")).await.unwrap();
    let rows = older::rows_of_schema_1(|digits| format!("decode('{digits}', 'hex')"));
    other.execute(AssertSqlSafe(rows)).await.unwrap();
    other.execute("UPDATE bole_schema SET version = 1").await.unwrap();
    let store = PostgresStore::open(&schema.options()).await.unwrap();
    older::check_rows_of_schema_1(&store).await;
}

#[tokio::test]
async fn the_tables_of_something_else_are_left_alone() {
    let schema = Schema::new();
    schema.connect().await.execute("CREATE TABLE recipe (name TEXT)").await.unwrap();
    let opened = PostgresStore::open(&schema.options()).await;
    assert!(matches!(opened, Err(StoreError::NotAStore)), "{opened:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_outage() {
    let schema = Schema::new();
    let mut options = schema.options();
    options.acquire_timeout = Duration::from_millis(100);
    options.url = "postgres://bole:secret@127.0.0.1:1/bole".to_owned();
    let opened = PostgresStore::open(&options).await;
    assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{opened:?}");
    assert!(!format!("{options:?}").contains("secret"));
}

#[tokio::test]
async fn several_may_make_the_same_tables_at_once() {
    let schema = Schema::new();
    schema.connect().await;
    let openings: Vec<_> = (0..4)
        .map(|_| {
            let options = schema.options();
            tokio::spawn(async move { PostgresStore::open(&options).await.unwrap().head().await.unwrap() })
        })
        .collect();
    for opening in openings {
        assert_eq!(opening.await.unwrap(), LogPosition(0));
    }
}

#[tokio::test]
async fn readers_do_not_wait_for_a_writer_and_a_writer_gives_up_in_time() {
    let schema = Schema::new();
    let mut options = schema.options();
    options.lock_timeout = Duration::from_millis(200);
    let store = schema.store(&options).await;
    commit(&store, "1").await.unwrap();
    let mut other = schema.connect().await;
    other.execute(ALONE).await.unwrap();
    other.execute("DELETE FROM change").await.unwrap();
    assert_eq!(store.changes(LogPosition(0), 9).await.unwrap().len(), 2);
    assert_eq!(store.ledger().await.unwrap().total().received, 1);
    let refused = commit(&store, "2").await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    other.execute("ROLLBACK").await.unwrap();
    commit(&store, "2").await.unwrap();
    assert_eq!(store.ledger().await.unwrap().total().received, 2);
}

/// A process that has its positions and is slow to commit keeps all others from theirs: what becomes visible is in
/// order.
#[tokio::test]
async fn a_position_is_visible_only_after_all_before_it() {
    let schema = Schema::new();
    let store = std::sync::Arc::new(schema.store(&schema.options()).await);
    commit(&*store, "first").await.unwrap();
    let mut slow = schema.connect().await;
    slow.execute(ALONE).await.unwrap();
    let event = "INSERT INTO change SELECT 3, at, event FROM change WHERE position = 2";
    slow.execute(event).await.unwrap();
    let fast = tokio::spawn({
        let store = store.clone();
        async move { commit(&*store, "fast").await }
    });
    let mut observer = schema.connect().await;
    waiting(&mut observer, "locktype = 'advisory'").await;
    assert_eq!(store.head().await.unwrap(), LogPosition(2));
    assert!(store.changes(LogPosition(2), 9).await.unwrap().is_empty());
    slow.execute("COMMIT").await.unwrap();
    fast.await.unwrap().unwrap();
    let changes = store.changes(LogPosition(2), 9).await.unwrap();
    let positions: Vec<u64> = changes.iter().map(|change| change.position.0).collect();
    assert_eq!(positions, [3, 4, 5]);
}

/// Transactions reach the log in another order than they began: first each is held at its original and let go in
/// reverse, then many pause here and there. A reader that polls all the time sees every position once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_out_of_order_are_seen_in_order() {
    const N_HELD: usize = 6;
    const N_PAUSING: usize = 24;
    let schema = Schema::new();
    let mut options = schema.options();
    options.url = format!("{}&application_name={}", options.url, schema.name);
    options.n_connections = 32;
    let store = std::sync::Arc::new(schema.store(&options).await);
    let reader = schema.store(&schema.options()).await;
    let n_events = (N_HELD + N_PAUSING) * 2;
    let reading = tokio::spawn(async move {
        let mut seen = Vec::new();
        while seen.len() < n_events {
            let limit = 1 + seen.len() as u32 % 5;
            for change in reader.changes(LogPosition(seen.len() as u64), limit).await.unwrap() {
                assert_eq!(change.position.0, seen.len() as u64 + 1);
                seen.push(change.event);
            }
        }
        seen
    });

    let mut observer = schema.connect().await;
    let mut held = Vec::new();
    for index in 0..N_HELD {
        let name = format!("held {index}");
        let mut holder = schema.connect().await;
        holder.execute("BEGIN").await.unwrap();
        sqlx::query("INSERT INTO original (document, bytes) VALUES ($1, 'x')")
            .bind(content_of(&name).1.as_bytes().as_slice())
            .execute(&mut holder)
            .await
            .unwrap();
        let store = store.clone();
        let committing = tokio::spawn(async move { commit(&*store, &name).await });
        let n_waiting = "SELECT count(*) FROM pg_stat_activity \
            WHERE application_name = $1 AND wait_event_type = 'Lock'";
        let mut n_held = 0_i64;
        while n_held <= index as i64 {
            let query = sqlx::query_scalar(n_waiting).bind(&schema.name);
            n_held = query.fetch_one(&mut observer).await.unwrap();
        }
        held.push((holder, committing));
    }
    while let Some((mut holder, committing)) = held.pop() {
        holder.execute("ROLLBACK").await.unwrap();
        committing.await.unwrap().unwrap();
    }
    let pauses = "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_sleep(random() * 0.005); RETURN NULL;
        END $$;
        CREATE TRIGGER pause AFTER INSERT ON original FOR EACH STATEMENT EXECUTE FUNCTION pause();
        CREATE TRIGGER pause AFTER INSERT ON submission FOR EACH STATEMENT EXECUTE FUNCTION pause();
        CREATE TRIGGER pause AFTER INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION pause();";
    observer.execute(pauses).await.unwrap();
    let pausing: Vec<_> = (0..N_PAUSING)
        .map(|index| {
            let store = store.clone();
            tokio::spawn(async move { commit(&*store, &format!("pausing {index}")).await })
        })
        .collect();
    for committing in pausing {
        committing.await.unwrap().unwrap();
    }

    let seen = reading.await.unwrap();
    let mut documents = std::collections::BTreeSet::new();
    let mut submissions = Vec::new();
    for event in seen {
        match event {
            Event::Submission { submission, .. } => submissions.push(submission.message_id.to_string()),
            Event::Document { document } => assert!(documents.insert(document), "named twice"),
        }
    }
    let reversed: Vec<String> = (0..N_HELD).rev().map(|index| format!("held {index}")).collect();
    assert_eq!(submissions[..N_HELD], reversed);
    let names = (0..N_HELD).map(|index| format!("held {index}"));
    let names: Vec<String> = names.chain((0..N_PAUSING).map(|index| format!("pausing {index}"))).collect();
    assert!(names.iter().all(|name| documents.contains(&content_of(name).1)));
    assert_eq!((submissions.len(), documents.len()), (names.len(), names.len()));
    fixture::check(&*store).await;
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_of_a_commit_leaves_nothing() {
    let schema = Schema::new();
    let store = std::sync::Arc::new(schema.store(&schema.options()).await);
    let mut other = schema.connect().await;
    // The log is written last: all other rows are, when it waits here.
    other.execute("BEGIN; LOCK TABLE change IN EXCLUSIVE MODE").await.unwrap();
    let ended = tokio::spawn({
        let store = store.clone();
        async move { commit(&*store, "1").await }
    });
    let mut observer = schema.connect().await;
    let process = waiting(&mut observer, "relation = 'change'::regclass").await;
    sqlx::query("SELECT pg_terminate_backend($1)").bind(process).execute(&mut observer).await.unwrap();
    let ended = ended.await.unwrap();
    assert!(matches!(ended, Err(StoreError::Unavailable { .. })), "{ended:?}");
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(store.head().await.unwrap(), LogPosition(0));
    assert_eq!(store.submission(&fixture::id("live", "1")).await.unwrap(), None);
    assert!(store.ledger().await.unwrap().portals.is_empty());
    commit(&*store, "1").await.unwrap();
    assert_eq!(store.ledger().await.unwrap().total().indexed, 1);
    fixture::check(&*store).await;
}

#[tokio::test]
async fn the_same_batch_from_two_at_once_is_settled_once() {
    let schema = Schema::new();
    let (left, right) = (schema.store(&schema.options()).await, schema.store(&schema.options()).await);
    for round in 0..8 {
        let batch: Vec<_> = (0..6)
            .map(|index| {
                let content = format!("content {round} {}", index / 2);
                fixture::read(fixture::submitted(&format!("{round} {index}"), &content), &content)
            })
            .collect();
        let (left, right) =
            tokio::join!(left.commit(&batch, fixture::at(0)), right.commit(&batch, fixture::at(0)));
        for (left, right) in left.unwrap().iter().zip(&right.unwrap()) {
            let (left, right) = (fixture::settled(left), fixture::settled(right));
            assert_eq!(left.0, right.0);
            assert_ne!(left.1, right.1, "settled by one of them");
        }
    }
    let total = left.ledger().await.unwrap().total();
    assert_eq!((total.received, total.indexed, total.duplicate), (48, 24, 24));
    fixture::check(&left).await;
}

#[tokio::test]
async fn a_transaction_that_loses_is_tried_again() {
    let schema = Schema::new();
    let store = schema.store(&schema.options()).await;
    let mut other = schema.connect().await;
    // A sequence does not roll back, so it counts the tries.
    other
        .execute(
            "CREATE SEQUENCE try;
             CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('try') <= 2 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER lose BEFORE INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION lose();",
        )
        .await
        .unwrap();
    commit(&store, "1").await.unwrap();
    assert_eq!(store.head().await.unwrap(), LogPosition(2));
    let tries: i64 = sqlx::query_scalar("SELECT last_value FROM try").fetch_one(&mut other).await.unwrap();
    assert_eq!(tries, 3);
    fixture::check(&store).await;
}

#[tokio::test]
async fn a_dropped_commit_is_whole_or_nothing() {
    let schema = Schema::new();
    let store = schema.store(&schema.options()).await;
    for index in 0..20_u64 {
        let pause = Duration::from_micros(index * 400);
        // Whether it was in time is told by the ledger.
        drop(tokio::time::timeout(pause, commit(&store, &index.to_string())).await);
        assert!(store.ledger().await.unwrap().holds());
    }
    for index in 0..20 {
        commit(&store, &index.to_string()).await.unwrap();
    }
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.indexed), (20, 20));
    assert_eq!(store.head().await.unwrap().0, 40);
}

#[tokio::test]
async fn text_that_the_server_refuses_is_refused_by_name() {
    let schema = Schema::new();
    let store = schema.store(&schema.options()).await;
    let hash = bole_core::ContentHash::of(b"a\0b");
    let kept = store.keep_artifact("lexicon", hash, "a\0b").await.unwrap_err();
    assert!(matches!(kept, StoreError::Refused { .. }), "{kept:?}");
    assert_eq!(kept.fault(), bole_core::Fault::Permanent(Reason::StoreRefused));
}

/// Begins alone with the log, as the store does.
const ALONE: &str = "BEGIN; SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema()))";

/// Waits until a process waits for such a lock; answers which.
async fn waiting(observer: &mut PgConnection, lock: &str) -> i32 {
    let statement = format!(
        "SELECT l.pid FROM pg_locks l WHERE NOT l.granted AND {lock} \
         AND (l.locktype <> 'advisory' OR l.objid = hashtext(current_schema())::oid)"
    );
    loop {
        let row = sqlx::query(AssertSqlSafe(statement.clone())).fetch_optional(&mut *observer).await.unwrap();
        if let Some(row) = row {
            return row.get(0);
        }
        tokio::task::yield_now().await;
    }
}

/// What `commit` sends.
fn content_of(message_id: &str) -> (String, DocumentId) {
    let bytes = format!("{message_id:>65000}");
    let document = fixture::document(&bytes);
    (bytes, document)
}

async fn commit(store: &dyn Store, message_id: &str) -> Result<(), StoreError> {
    let (bytes, _) = content_of(message_id);
    let decided = fixture::read(fixture::submitted(message_id, &bytes), &bytes);
    store.commit(&[decided], fixture::at(0)).await.map(drop)
}
