//! Transactions that meet: who waits for whom, and what others see of it.

use std::time::Duration;

use bole_core::{Actor, AuditAction, DocumentId, Event, LogPosition, Reason};
use bole_store::{NewAudit, Store, StoreError};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::conformance::fixture;
use crate::server::Schema;

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
    let kept = store.keep_artifact("lexicon", hash, "a\0b", fixture::at(0)).await.unwrap_err();
    assert!(matches!(kept, StoreError::Refused { .. }), "{kept:?}");
    assert_eq!(kept.fault(), bole_core::Fault::Permanent(Reason::StoreRefused));
}

/// The audit log and the change log do not wait for each other; two that append to the audit log do, so that it is one
/// chain.
#[tokio::test]
async fn the_audit_log_has_a_lock_of_its_own() {
    let schema = Schema::new();
    let mut options = schema.options();
    options.lock_timeout = Duration::from_millis(200);
    let store = schema.store(&options).await;
    let mut other = schema.connect().await;
    other.execute(ALONE).await.unwrap();
    assert_eq!(store.add_audit(&audited()).await.unwrap(), 1);
    let refused = commit(&store, "1").await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    other.execute("ROLLBACK").await.unwrap();
    other.execute(ALONE_WITH_AUDIT).await.unwrap();
    commit(&store, "1").await.unwrap();
    let refused = store.add_audit(&audited()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(store.add_audit(&audited()).await.unwrap(), 2);
}

fn audited() -> [NewAudit; 1] {
    [NewAudit {
        at: fixture::at(0),
        actor: Actor { key: None, name: "console".to_owned(), role: "admin".to_owned() },
        action: AuditAction::Search,
        request: uuid::Uuid::from_u128(1),
        resumes: Vec::new(),
        subject: None,
        text: Some("a query".to_owned()),
    }]
}

/// Begins as the only one that appends to the audit log.
const ALONE_WITH_AUDIT: &str = "BEGIN; SELECT pg_advisory_xact_lock(1112493126, hashtext(current_schema()))";

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
