use std::path::Path;

use bole_core::message::v1::Properties;
use bole_core::{Fault, Portal};
use bytes::Bytes;
use sqlx::{Connection, SqliteConnection};
use tokio::time::timeout;

use super::*;
use crate::Acknowledged;

fn options(path: &Path) -> LocalQueueOptions {
    LocalQueueOptions {
        path: path.to_owned(),
        lease: Duration::from_secs(15),
        max_held_bytes: 64 << 20,
        max_held_messages: 1000,
        limit_bytes: 1 << 20,
    }
}

fn message(id: &str, n_bytes: usize) -> Message {
    Message {
        portal: Portal::local(),
        properties: Properties { message_id: Some(id.to_owned()), ..Properties::default() },
        body: Bytes::from(vec![7; n_bytes]),
    }
}

async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn an_acknowledgement_after_the_lease_removes_nobody_elses_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.sqlite");
    let first = LocalQueue::open(options(&path)).await.unwrap();
    let second = LocalQueue::open(options(&path)).await.unwrap();
    first.publish(&[message("a", 10)]).await.unwrap();
    let late = first.receive().await.unwrap();
    // As if it had given no sign of life for the length of its lease.
    sqlx::query("UPDATE owner SET until_ms = 0").execute(&mut raw(&path).await).await.unwrap();
    let again = second.receive().await.unwrap();
    assert_eq!((late.n_deliveries(), again.n_deliveries()), (1, 2));
    assert_eq!(late.ack().await.unwrap(), Acknowledged::Lost);
    assert_eq!(again.ack().await.unwrap(), Acknowledged::Done);
    assert_eq!(first.depth().await.unwrap(), []);
}

#[tokio::test]
async fn leases_are_renewed_while_the_process_lives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.sqlite");
    let short = LocalQueueOptions { lease: Duration::from_millis(600), ..options(&path) };
    let first = LocalQueue::open(short.clone()).await.unwrap();
    let second = LocalQueue::open(short).await.unwrap();
    first.publish(&[message("a", 10)]).await.unwrap();
    let held = first.receive().await.unwrap();
    assert!(timeout(Duration::from_millis(1500), second.receive()).await.is_err());
    assert_eq!(held.ack().await.unwrap(), Acknowledged::Done);
}

#[tokio::test]
async fn a_full_disk_takes_nothing_in_half_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.sqlite");
    let queue = LocalQueue::open_with(options(&path), Some(60)).await.unwrap();
    let mut n_published = 0;
    let error = loop {
        // Each with an id of its own: what waits already is not added again.
        let pair = [n_published, n_published + 1].map(|id| message(&id.to_string(), 20_000));
        match queue.publish(&pair).await {
            Ok(()) => n_published += 2,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, QueueError::DiskFull(_)), "{error:?}");
    assert_eq!(error.fault(), Fault::Transient);
    assert!(n_published > 4);
    assert_eq!(queue.depth().await.unwrap()[0].n_ready, n_published);
    for _ in 0..n_published {
        assert_eq!(queue.receive().await.unwrap().ack().await.unwrap(), Acknowledged::Done);
    }
    queue.publish(&[message("c", 20_000)]).await.unwrap();
}

#[tokio::test]
async fn a_large_message_is_refused_and_its_neighbours_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let queue = LocalQueue::open(options(&folder.path().join("queue.sqlite"))).await.unwrap();
    let error = queue.publish(&[message("a", 10), message("b", (1 << 20) + 1)]).await.unwrap_err();
    assert_eq!(error.to_string(), "a message of 1048577 bytes is over the limit of 1048576");
    assert_eq!(queue.depth().await.unwrap(), []);
}

#[tokio::test]
async fn files_that_are_not_ours_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.sqlite");
    drop(LocalQueue::open(options(&path)).await.unwrap());
    sqlx::query("PRAGMA user_version = 9").execute(&mut raw(&path).await).await.unwrap();
    let error = LocalQueue::open(options(&path)).await.unwrap_err();
    assert!(matches!(error, QueueError::Newer { found: 9, known: 1, .. }), "{error:?}");
    sqlx::query("PRAGMA application_id = 9").execute(&mut raw(&path).await).await.unwrap();
    let error = LocalQueue::open(options(&path)).await.unwrap_err();
    assert!(matches!(error, QueueError::NotAQueue { .. }), "{error:?}");

    let text = folder.path().join("text");
    std::fs::write(&text, "not a database at all, but long enough to be looked at ".repeat(40)).unwrap();
    let error = LocalQueue::open(options(&text)).await.unwrap_err();
    assert!(matches!(error, QueueError::NotAQueue { .. }), "{error:?}");
    let error = LocalQueue::open(options(&folder.path().join("absent/queue"))).await.unwrap_err();
    assert!(matches!(error, QueueError::Open { .. }), "{error:?}");
}

#[tokio::test]
async fn the_file_shrinks_after_a_burst() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.sqlite");
    let short = LocalQueueOptions { lease: Duration::from_millis(300), ..options(&path) };
    let queue = LocalQueue::open(short).await.unwrap();
    let burst = (0..200).map(|n| message(&n.to_string(), 30_000)).collect::<Vec<_>>();
    queue.publish(&burst).await.unwrap();
    for _ in 0..200 {
        queue.receive().await.unwrap().ack().await.unwrap();
    }
    let n_pages = || async {
        sqlx::query_scalar::<_, i64>("PRAGMA page_count").fetch_one(&mut raw(&path).await).await.unwrap()
    };
    let n_before = n_pages().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(n_pages().await < n_before / 10, "{n_before}");
}
