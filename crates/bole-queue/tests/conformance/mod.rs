//! What every queue does, whatever it is built on. Each test gets a factory over an empty queue of its own.

mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bole_core::Portal;
use bole_core::message::v1::{HEADER_DOCUMENT_DATE, Message, Properties};
use bole_queue::{Acknowledged, Delivery, Queue};
use bytes::Bytes;
use tokio::time::{sleep, timeout};

pub(crate) use model::nothing_is_lost_whatever_is_done;

/// How long something may take that should happen.
const SOON: Duration = Duration::from_secs(10);
/// How long to wait for something that should not happen.
const QUIET: Duration = Duration::from_millis(300);

/// Opens one queue any number of times, each as a consumer of its own.
#[async_trait]
pub(crate) trait Factory: Send + Sync + 'static {
    async fn open(&self, limits: Limits) -> Arc<dyn Queue>;

    /// Whether deliveries are counted when they are handed out, and not when they are sent ahead.
    fn counts_what_is_handed_out(&self) -> bool;

    fn assert_n_deliveries(&self, delivery: &Delivery, n_deliveries: u32) {
        let is_right = if self.counts_what_is_handed_out() { u32::eq } else { u32::ge };
        let counted = delivery.n_deliveries();
        assert!(is_right(&counted, &n_deliveries), "counted {counted}, handed out {n_deliveries} times");
    }
}

/// How much one consumer may hold.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) max_held_bytes: usize,
    pub(crate) max_held_messages: usize,
}

impl Limits {
    pub(crate) const WIDE: Self = Self { max_held_bytes: 64 << 20, max_held_messages: 1000 };
}

pub(crate) fn message(portal: &str, id: &str, n_bytes: usize) -> Message {
    let headers = BTreeMap::from([(HEADER_DOCUMENT_DATE.to_owned(), "2026-11-21".to_owned())]);
    Message {
        portal: portal.parse().unwrap(),
        properties: Properties { message_id: Some(id.to_owned()), headers, ..Properties::default() },
        body: Bytes::from(vec![7; n_bytes]),
    }
}

pub(crate) fn id_of(delivery: &Delivery) -> String {
    delivery.message().properties.message_id.clone().unwrap()
}

pub(crate) async fn receive(queue: &Arc<dyn Queue>) -> Delivery {
    timeout(SOON, queue.receive()).await.expect("a message comes soon").unwrap()
}

async fn assert_nothing_comes(queue: &Arc<dyn Queue>) {
    if let Ok(delivery) = timeout(QUIET, queue.receive()).await {
        panic!("nothing should come: {:?}", delivery.unwrap());
    }
}

pub(crate) async fn acknowledged_is_gone(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    queue.publish(&[message("p", "a", 10), message("q", "b", 20)]).await.unwrap();
    let depth = queue.depth().await.unwrap();
    assert_eq!(
        depth.iter().map(|depth| (depth.portal.as_str(), depth.n_ready)).collect::<Vec<_>>(),
        [("p", 1), ("q", 1)]
    );
    // No order is promised between portals.
    let mut came = BTreeSet::new();
    for _ in 0..2 {
        let delivery = receive(&queue).await;
        assert_eq!(delivery.n_deliveries(), 1);
        came.insert((delivery.message().portal.to_string(), delivery.message().body.len()));
        assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
    }
    assert_eq!(came, BTreeSet::from([("p".to_owned(), 10), ("q".to_owned(), 20)]));
    assert_nothing_comes(&queue).await;
    assert_eq!(queue.n_unroutable().await.unwrap(), 0);
    assert_eq!(queue.n_dead_letters().await.unwrap(), 0);
    drop(queue);
    let queue = factory.open(Limits::WIDE).await;
    assert_nothing_comes(&queue).await;
    assert!(queue.depth().await.unwrap().iter().all(|depth| depth.n_ready + depth.n_held.unwrap_or(0) == 0));
}

pub(crate) async fn released_comes_again(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    queue.publish(&[message("p", "a", 10)]).await.unwrap();
    for n_deliveries in 1..4 {
        let delivery = receive(&queue).await;
        factory.assert_n_deliveries(&delivery, n_deliveries);
        delivery.release().await.unwrap();
    }
    // Another consumer gets it too.
    let other = factory.open(Limits::WIDE).await;
    drop(queue);
    let delivery = receive(&other).await;
    factory.assert_n_deliveries(&delivery, 4);
    delivery.ack().await.unwrap();
}

pub(crate) async fn dropped_comes_again(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    queue.publish(&[message("p", "a", 10)]).await.unwrap();
    drop(receive(&queue).await);
    let delivery = receive(&queue).await;
    factory.assert_n_deliveries(&delivery, 2);
    delivery.ack().await.unwrap();
}

pub(crate) async fn messages_of_a_dead_consumer_come_again(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    let ids = ["a", "b", "c", "d", "e"];
    queue.publish(&ids.map(|id| message("p", id, 10))).await.unwrap();
    // A consumer whose runtime stops under it: nothing of it runs any more, and nothing was given back.
    let dying = Arc::clone(&factory);
    let dead = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let queue = dying.open(Limits::WIDE).await;
            for _ in 0..3 {
                std::mem::forget(receive(&queue).await);
            }
            std::mem::forget(queue);
        });
    });
    dead.join().unwrap();
    let mut came = BTreeMap::new();
    for _ in ids {
        let delivery = receive(&queue).await;
        came.insert(id_of(&delivery), delivery.n_deliveries());
        delivery.ack().await.unwrap();
    }
    assert_eq!(came.keys().collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    // What was only sent ahead of them may be counted too.
    let n_counted = came.values().filter(|n_deliveries| **n_deliveries == 2).count();
    assert!(if factory.counts_what_is_handed_out() { n_counted == 3 } else { n_counted >= 3 });
}

pub(crate) async fn portals_take_turns(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    let burst = (0..50).map(|n| message("burst", &format!("burst-{n}"), 10)).collect::<Vec<_>>();
    queue.publish(&burst).await.unwrap();
    let live = ["a", "b", "c"].map(|id| message("live", id, 10));
    queue.publish(&live).await.unwrap();
    let mut n_live = 0;
    for n in 0..8 {
        let delivery = receive(&queue).await;
        n_live += u32::from(delivery.message().portal.as_str() == "live");
        if n == 0 {
            // What comes over a network has both portals at hand only after a while.
            sleep(QUIET).await;
        }
        delivery.ack().await.unwrap();
    }
    assert_eq!(n_live, 3);
}

pub(crate) async fn receiving_can_be_cancelled(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    let messages = (0..60).map(|n| message("p", &n.to_string(), 10)).collect::<Vec<_>>();
    queue.publish(&messages).await.unwrap();
    let mut came = BTreeSet::new();
    for n in 0..400 {
        if let Ok(delivery) = timeout(Duration::from_micros(n * 10), queue.receive()).await {
            let delivery = delivery.unwrap();
            came.insert(id_of(&delivery));
            delivery.ack().await.unwrap();
        }
    }
    while came.len() < 60 {
        let delivery = receive(&queue).await;
        came.insert(id_of(&delivery));
        delivery.ack().await.unwrap();
    }
    assert_nothing_comes(&queue).await;
}

pub(crate) async fn held_bytes_hold_back(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits { max_held_bytes: 2500, ..Limits::WIDE }).await;
    queue.publish(&["a", "b", "c"].map(|id| message("p", id, 1000))).await.unwrap();
    let first = receive(&queue).await;
    let second = receive(&queue).await;
    assert_nothing_comes(&queue).await;
    first.ack().await.unwrap();
    let third = receive(&queue).await;
    second.ack().await.unwrap();
    third.ack().await.unwrap();
    // What is larger than the limit goes out alone.
    queue.publish(&[message("p", "large", 9000)]).await.unwrap();
    receive(&queue).await.ack().await.unwrap();
}

pub(crate) async fn held_messages_hold_back(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits { max_held_messages: 2, ..Limits::WIDE }).await;
    queue.publish(&["a", "b", "c"].map(|id| message("p", id, 10))).await.unwrap();
    let first = receive(&queue).await;
    let second = receive(&queue).await;
    assert_nothing_comes(&queue).await;
    second.release().await.unwrap();
    let third = receive(&queue).await;
    assert_nothing_comes(&queue).await;
    first.ack().await.unwrap();
    third.ack().await.unwrap();
}

pub(crate) async fn no_message_is_held_twice(factory: Arc<impl Factory>) {
    const N_MESSAGES: usize = 120;
    let publisher = factory.open(Limits::WIDE).await;
    let messages = (0..N_MESSAGES).map(|n| message("p", &n.to_string(), 100)).collect::<Vec<_>>();
    publisher.publish(&messages).await.unwrap();
    let held = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let n_done = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let mut consumers = Vec::new();
    for consumer in 0..3 {
        let (held, n_done) = (Arc::clone(&held), Arc::clone(&n_done));
        let queue = factory.open(Limits::WIDE).await;
        consumers.push(tokio::spawn(async move {
            let mut n = consumer;
            while n_done.load(std::sync::atomic::Ordering::SeqCst) < N_MESSAGES {
                let Ok(delivery) = timeout(QUIET, queue.receive()).await else { continue };
                let delivery = delivery.unwrap();
                let id = id_of(&delivery);
                assert!(held.lock().unwrap().insert(id.clone()), "message {id} is held twice");
                sleep(Duration::from_millis(1)).await;
                assert!(held.lock().unwrap().remove(&id));
                n += 1;
                if n % 4 == 0 {
                    delivery.release().await.unwrap();
                } else {
                    assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
                    n_done.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            }
        }));
    }
    for consumer in consumers {
        consumer.await.unwrap();
    }
    assert_nothing_comes(&publisher).await;
}

pub(crate) async fn a_portal_that_is_left_out_is_kept(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    let [p, q] = ["p", "q"].map(|name| name.parse::<Portal>().unwrap());
    queue.publish(&[message("p", "a", 10), message("q", "b", 10)]).await.unwrap();
    let first = receive(&queue).await;
    queue.set_portals(vec![q.clone()]).await.unwrap();
    first.release().await.unwrap();
    queue.publish(&[message("p", "c", 10), message("q", "d", 10)]).await.unwrap();
    for _ in 0..2 {
        let delivery = receive(&queue).await;
        assert_eq!(delivery.message().portal, q);
        delivery.ack().await.unwrap();
    }
    assert_nothing_comes(&queue).await;
    // Those who wait already get what the next list brings.
    let (delivery, ()) = tokio::join!(receive(&queue), async {
        sleep(QUIET).await;
        let depth = queue.depth().await.unwrap();
        assert_eq!(depth.iter().map(|depth| (&depth.portal, depth.n_ready)).collect::<Vec<_>>(), [(&p, 2)]);
        queue.set_portals(vec![q.clone(), p.clone()]).await.unwrap();
    });
    assert_eq!(delivery.message().portal, p);
    queue.set_portals(Vec::new()).await.unwrap();
    assert_nothing_comes(&queue).await;
    // Of a portal that is left out, what is out can still be decided.
    assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
    queue.publish(&[message("q", "e", 10)]).await.unwrap();
    assert_nothing_comes(&queue).await;
    queue.set_portals(vec![p, q]).await.unwrap();
    for _ in 0..2 {
        receive(&queue).await.ack().await.unwrap();
    }
    assert!(queue.depth().await.unwrap().iter().all(|depth| depth.n_ready + depth.n_held.unwrap_or(0) == 0));
}

pub(crate) async fn waiting_ends_with_a_publish(factory: Arc<impl Factory>) {
    let (queue, other) = (factory.open(Limits::WIDE).await, factory.open(Limits::WIDE).await);
    for publisher in [&queue, &other] {
        let (delivery, ()) = tokio::join!(receive(&queue), async {
            sleep(Duration::from_millis(150)).await;
            publisher.publish(&[message("p", "a", 10)]).await.unwrap();
        });
        delivery.ack().await.unwrap();
    }
}

pub(crate) async fn a_message_comes_out_as_it_went_in(factory: Arc<impl Factory>) {
    let queue = factory.open(Limits::WIDE).await;
    let mut sent = message("人才-portal".trim_start_matches("人才-"), "简历 1", 0);
    sent.body = (0..=255).cycle().take(70_000).collect::<Vec<u8>>().into();
    sent.properties.timestamp = Some(1_700_000_000);
    sent.properties.content_type = Some("application/pdf".to_owned());
    sent.properties.headers.insert("source-name".to_owned(), "/tmp/\"简历\" 锂.pdf".to_owned());
    queue.publish(std::slice::from_ref(&sent)).await.unwrap();
    let delivery = receive(&queue).await;
    assert!(*delivery.message() == sent);
    delivery.ack().await.unwrap();
}
