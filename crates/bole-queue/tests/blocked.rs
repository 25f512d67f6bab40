//! A broker whose memory is short. It stops every publisher of the broker, and so has a test binary to itself.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bole_core::message::v1::{Message, Properties};
use bole_queue::{Acknowledged, BrokerAddress, Queue, QueueError, RabbitOptions, RabbitQueue};
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{Connection, ConnectionProperties};
use tokio::time::{sleep, timeout};

const SOON: Duration = Duration::from_secs(20);

/// An alarm that ends whatever happens.
struct Alarm;

impl Alarm {
    fn raise() -> Self {
        rabbitmqctl(&["set_vm_memory_high_watermark", "0"]);
        Self
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        // What `tests/servers` sets.
        rabbitmqctl(&["set_vm_memory_high_watermark", "absolute", "2GB"]);
    }
}

fn rabbitmqctl(arguments: &[&str]) {
    let servers = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/servers");
    let status = Command::new(servers).args(["rabbitmqctl", "-q"]).args(arguments).status().unwrap();
    assert!(status.success(), "{arguments:?}");
}

fn message(id: &str) -> Message {
    Message {
        portal: "p".parse().unwrap(),
        properties: Properties { message_id: Some(id.to_owned()), ..Properties::default() },
        body: vec![7; 1000].into(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_short_of_memory_is_told_and_acknowledgements_go_on() {
    let port = std::env::var("BOLE_TEST_AMQP_PORT").unwrap_or_else(|_| "56729".to_owned());
    let url = std::env::var("BOLE_TEST_AMQP");
    let url = url.unwrap_or_else(|_| format!("amqp://bole:bole@127.0.0.1:{port}/%2f"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let prefix = format!("bole-test-blocked-{now:x}");
    let options = RabbitOptions {
        broker: BrokerAddress::parse(&url).unwrap(),
        tls: None,
        prefix: prefix.clone(),
        portals: vec!["p".parse().unwrap()],
        max_held_bytes: 1 << 20,
        max_held_messages: 100,
        limit_bytes: 1 << 20,
        time_out: SOON,
        confirm_time_out: Duration::from_secs(2),
        heartbeat: Duration::from_secs(30),
        min_pause: Duration::from_millis(20),
        max_pause: Duration::from_millis(200),
    };
    let queue = RabbitQueue::open(options).await.expect("a broker: `tests/servers start`");
    queue.publish(&["a", "b"].map(message)).await.unwrap();
    let held = timeout(SOON, queue.receive()).await.unwrap().unwrap();

    let alarm = Alarm::raise();
    for _ in 0..2 {
        let error = timeout(SOON, queue.publish(&[message("c")])).await.unwrap().unwrap_err();
        assert!(matches!(error, QueueError::Blocked), "{error:?}");
    }
    assert_eq!(held.ack().await.unwrap(), Acknowledged::Done);
    let next = timeout(SOON, queue.receive()).await.unwrap().unwrap();
    assert_eq!(next.ack().await.unwrap(), Acknowledged::Done);
    drop(alarm);

    let published = async {
        while queue.publish(&[message("c")]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, published).await.unwrap();
    let delivery = timeout(SOON, queue.receive()).await.unwrap().unwrap();
    assert_eq!(*delivery.message(), message("c"));
    assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);

    drop(queue);
    let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    for name in ["submissions.p", "receipts.p", "dead", "unroutable"] {
        let name = format!("{prefix}.{name}");
        channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    }
    for name in ["submissions", "receipts", "unroutable"] {
        let name = format!("{prefix}.{name}");
        channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default()).await.unwrap();
    }
}
