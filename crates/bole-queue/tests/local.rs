//! The conformance suite over the local queue, and what only real processes show.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "all of this is a test; clippy sees that only of functions that are marked"
)]

mod conformance;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bole_queue::{LocalQueue, LocalQueueOptions, Queue};
use conformance::{Factory, Limits};
use tempfile::TempDir;

/// Names the file for a test that runs in a process of its own.
const CHILD: &str = "BOLE_QUEUE_TEST_CHILD";

struct Local {
    folder: TempDir,
    lease: Duration,
}

impl Local {
    fn new() -> Arc<Self> {
        Self::with_lease(Duration::from_secs(15))
    }

    fn with_lease(lease: Duration) -> Arc<Self> {
        Arc::new(Self { folder: TempDir::new().unwrap(), lease })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("queue.sqlite")
    }
}

#[async_trait]
impl Factory for Local {
    async fn open(&self, limits: Limits) -> Arc<dyn Queue> {
        open(&self.path(), self.lease, limits).await
    }

    fn counts_what_is_handed_out(&self) -> bool {
        true
    }
}

async fn open(path: &Path, lease: Duration, limits: Limits) -> Arc<dyn Queue> {
    let options = LocalQueueOptions {
        path: path.to_owned(),
        lease,
        max_held_bytes: limits.max_held_bytes,
        max_held_messages: limits.max_held_messages,
        limit_bytes: 1 << 20,
    };
    Arc::new(LocalQueue::open(options).await.unwrap())
}

#[tokio::test]
async fn acknowledged_is_gone() {
    conformance::acknowledged_is_gone(Local::new()).await;
}

#[tokio::test]
async fn released_comes_again() {
    conformance::released_comes_again(Local::new()).await;
}

#[tokio::test]
async fn dropped_comes_again() {
    conformance::dropped_comes_again(Local::new()).await;
}

#[tokio::test]
async fn messages_of_a_dead_consumer_come_again() {
    conformance::messages_of_a_dead_consumer_come_again(Local::with_lease(Duration::from_secs(1))).await;
}

#[tokio::test]
async fn portals_take_turns() {
    conformance::portals_take_turns(Local::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receiving_can_be_cancelled() {
    conformance::receiving_can_be_cancelled(Local::new()).await;
}

#[tokio::test]
async fn held_bytes_hold_back() {
    conformance::held_bytes_hold_back(Local::new()).await;
}

#[tokio::test]
async fn held_messages_hold_back() {
    conformance::held_messages_hold_back(Local::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_is_held_twice() {
    conformance::no_message_is_held_twice(Local::new()).await;
}

#[tokio::test]
async fn a_portal_that_is_left_out_is_kept() {
    conformance::a_portal_that_is_left_out_is_kept(Local::new()).await;
}

#[tokio::test]
async fn waiting_ends_with_a_publish() {
    conformance::waiting_ends_with_a_publish(Local::new()).await;
}

#[tokio::test]
async fn a_message_comes_out_as_it_went_in() {
    conformance::a_message_comes_out_as_it_went_in(Local::new()).await;
}

#[test]
fn nothing_is_lost_whatever_is_done() {
    conformance::nothing_is_lost_whatever_is_done(24, Local::new);
}

/// Runs in a process of its own: holds what it receives until it is killed.
#[tokio::test]
async fn child_that_holds() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let queue = open(Path::new(&path), Duration::from_secs(15), Limits::WIDE).await;
    let _held = [queue.receive().await.unwrap(), queue.receive().await.unwrap()];
    println!("\nholds");
    tokio::time::sleep(Duration::from_mins(1)).await;
}

/// Runs in a process of its own: acknowledges all there is and says what it was.
#[tokio::test]
async fn child_that_drains() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let queue = open(Path::new(&path), Duration::from_secs(15), Limits::WIDE).await;
    while let Ok(delivery) = tokio::time::timeout(Duration::from_secs(2), queue.receive()).await {
        let delivery = delivery.unwrap();
        println!("\nacked {}", conformance::id_of(&delivery));
        delivery.ack().await.unwrap();
    }
}

fn child(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn after_a_kill_the_next_process_does_not_wait_for_the_lease() {
    let local = Local::new();
    let path = local.path();
    let queue = open(&path, Duration::from_secs(15), Limits::WIDE).await;
    queue.publish(&[conformance::message("p", "a", 10), conformance::message("p", "b", 10)]).await.unwrap();
    let mut child = child("child_that_holds", &path);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "holds"));
    assert_eq!(queue.depth().await.unwrap()[0].n_held, Some(2));
    child.kill().unwrap();
    let killed_at = Instant::now();
    for _ in 0..2 {
        let delivery = queue.receive().await.unwrap();
        assert_eq!(delivery.n_deliveries(), 2);
        delivery.ack().await.unwrap();
    }
    assert!(killed_at.elapsed() < Duration::from_secs(5));
    child.wait().unwrap();
}

#[tokio::test]
async fn processes_share_the_file() {
    let local = Local::new();
    let path = local.path();
    let queue = open(&path, Duration::from_secs(15), Limits::WIDE).await;
    let children = [child("child_that_drains", &path), child("child_that_drains", &path)];
    for n in 0..20 {
        let messages =
            (0..10).map(|m| conformance::message("p", &format!("{n}-{m}"), 2000)).collect::<Vec<_>>();
        queue.publish(&messages).await.unwrap();
    }
    let mut n_acked = BTreeMap::<String, u32>::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            if let Some(id) = line.strip_prefix("acked ") {
                *n_acked.entry(id.to_owned()).or_default() += 1;
            }
        }
    }
    assert_eq!(n_acked.len(), 200);
    assert!(n_acked.values().all(|n| *n == 1));
    assert_eq!(queue.depth().await.unwrap(), []);
}

#[tokio::test]
async fn what_waits_already_is_not_added_again() {
    let local = Local::new();
    let queue = local.open(Limits::WIDE).await;
    let messages =
        [("a", 10), ("a", 11), ("b", 10)].map(|(id, n_bytes)| conformance::message("p", id, n_bytes));
    for _ in 0..3 {
        queue.publish(&messages).await.unwrap();
    }
    assert_eq!(queue.depth().await.unwrap()[0].n_ready, 3);
    // One that is held may be about to be acknowledged for what was before.
    let held = conformance::receive(&queue).await;
    queue.publish(&[held.message().clone()]).await.unwrap();
    assert_eq!(queue.depth().await.unwrap()[0].n_ready, 3);
    held.ack().await.unwrap();
}
