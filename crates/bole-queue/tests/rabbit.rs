//! The conformance suite over RabbitMQ, and what only a broker does. `tests/servers start` starts one; the variable
//! `BOLE_TEST_AMQP` names another, `BOLE_TEST_AMQP_PORT` only another port.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "all of this is a test; clippy sees that only of functions that are marked"
)]

mod broker;
mod conformance;
mod portal;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bole_queue::{Acknowledged, Delivery, Queue, QueueError, RabbitQueue};
use broker::{Broker, Proxy};
use conformance::{Limits, id_of, message};
use lapin::options::{BasicGetOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation};
use tokio::time::{sleep, timeout};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn acknowledged_is_gone() {
    conformance::acknowledged_is_gone(Broker::new(&["p", "q"])).await;
}

#[tokio::test]
async fn released_comes_again() {
    conformance::released_comes_again(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn dropped_comes_again() {
    conformance::dropped_comes_again(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn messages_of_a_dead_consumer_come_again() {
    conformance::messages_of_a_dead_consumer_come_again(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn portals_take_turns() {
    conformance::portals_take_turns(Broker::new(&["burst", "live"])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receiving_can_be_cancelled() {
    conformance::receiving_can_be_cancelled(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn held_bytes_hold_back() {
    conformance::held_bytes_hold_back(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn held_messages_hold_back() {
    conformance::held_messages_hold_back(Broker::new(&["p"])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_is_held_twice() {
    conformance::no_message_is_held_twice(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn a_portal_that_is_left_out_is_kept() {
    conformance::a_portal_that_is_left_out_is_kept(Broker::new(&["p", "q"])).await;
}

#[tokio::test]
async fn waiting_ends_with_a_publish() {
    conformance::waiting_ends_with_a_publish(Broker::new(&["p"])).await;
}

#[tokio::test]
async fn a_message_comes_out_as_it_went_in() {
    conformance::a_message_comes_out_as_it_went_in(Broker::new(&["portal"])).await;
}

#[test]
fn nothing_is_lost_whatever_is_done() {
    conformance::nothing_is_lost_whatever_is_done(8, || Broker::new(&["p0", "p1", "p2"]));
}

/// The next message, over outages.
async fn receive(queue: &RabbitQueue) -> Delivery {
    let next = async {
        loop {
            match queue.receive().await {
                Ok(delivery) => return delivery,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(SOON, next).await.expect("a message comes soon")
}

fn messages(portal: &str, n_messages: usize) -> Vec<bole_core::message::v1::Message> {
    (0..n_messages).map(|n| message(portal, &format!("m-{n}"), 100)).collect()
}

#[tokio::test]
async fn one_without_a_queue_is_told_among_two_hundred() {
    let broker = Broker::new(&["known"]);
    let queue = broker.queue(Limits::WIDE).await;
    let mut all = messages("known", 200);
    all[100] = message("nobody", "m-100", 100);
    for round in 1..=3 {
        let error = queue.publish(&all).await.unwrap_err();
        assert!(
            matches!(&error, QueueError::Unroutable { portal } if portal.as_str() == "nobody"),
            "{error:?}"
        );
        assert_eq!(queue.depth().await.unwrap()[0].n_ready, 199 * round);
    }
    // Alone, and after what was returned.
    let error = queue.publish(&[message("nobody", "a", 1)]).await.unwrap_err();
    assert!(matches!(error, QueueError::Unroutable { .. }), "{error:?}");
    queue.publish(&messages("known", 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_returned_hurts_no_other_publisher() {
    let broker = Broker::new(&["known"]);
    let queue = Arc::new(broker.queue(Limits::WIDE).await);
    let mut publishers = Vec::new();
    for n in 0..40 {
        let queue = Arc::clone(&queue);
        publishers.push(tokio::spawn(async move {
            let portal = if n % 4 == 0 { "nobody" } else { "known" };
            (portal, queue.publish(&[message(portal, "same", 10)]).await)
        }));
    }
    for publisher in publishers {
        let (portal, result) = publisher.await.unwrap();
        assert_eq!(result.is_ok(), portal == "known", "{result:?}");
    }
    assert_eq!(queue.depth().await.unwrap()[0].n_ready, 30);
}

#[tokio::test]
async fn an_oversize_message_is_refused_before_it_costs_the_channel() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    let too_large = message("p", "large", broker::LIMIT_BYTES + 1);
    let error = queue.publish(&[message("p", "small", 10), too_large]).await.unwrap_err();
    assert!(matches!(error, QueueError::TooLarge { n_bytes, .. } if n_bytes == broker::LIMIT_BYTES + 1));
    let error = queue.publish(&[message("p", &"x".repeat(256), 10)]).await.unwrap_err();
    assert!(matches!(error, QueueError::BadProperty { name: "message_id" }));
    assert_eq!(queue.depth().await.unwrap(), []);
    queue.publish(&[message("p", "limit", broker::LIMIT_BYTES)]).await.unwrap();
    let delivery = receive(&queue).await;
    assert_eq!(delivery.message().body.len(), broker::LIMIT_BYTES);
    delivery.ack().await.unwrap();
}

#[tokio::test]
async fn a_queue_with_other_arguments_is_named() {
    let broker = Broker::new(&["p"]);
    let name = format!("{}.submissions.p", broker.prefix());
    let channel = broker.connection().await.create_channel().await.unwrap();
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(name.as_str().into(), durable, FieldTable::default()).await.unwrap();
    let error = RabbitQueue::open(broker.options(Limits::WIDE)).await.unwrap_err();
    assert!(matches!(&error, QueueError::OtherArguments { name: named, .. } if *named == name), "{error:?}");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("PRECONDITION_FAILED"));
}

#[tokio::test]
async fn what_a_portal_sends_comes_as_it_is() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    let mut headers = FieldTable::default();
    headers.insert("document-date".into(), AMQPValue::LongString("2026-11-21".into()));
    headers.insert("number".into(), AMQPValue::LongInt(7));
    headers.insert("table".into(), AMQPValue::FieldTable(FieldTable::default()));
    let properties = BasicProperties::default().with_type("something.else".into()).with_headers(headers);
    let confirmed = broker.publish("p", properties, b"odd").await;
    assert_eq!(confirmed, Confirmation::Ack(None));
    let delivery = receive(&queue).await;
    let message = delivery.message();
    assert_eq!((message.portal.as_str(), &message.body[..]), ("p", &b"odd"[..]));
    assert_eq!(message.properties.kind.as_deref(), Some("something.else"));
    assert_eq!(message.properties.message_id, None);
    assert_eq!(message.properties.headers.keys().collect::<Vec<_>>(), ["document-date"]);
    delivery.ack().await.unwrap();
}

#[tokio::test]
async fn what_a_portal_sends_to_nobody_is_set_aside() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    // It counts as routed, even for a sender that asks: this is why our own publisher takes another exchange.
    assert_eq!(broker.publish("nobody", BasicProperties::default(), b"lost?").await, Confirmation::Ack(None));
    assert_eq!(queue.depth().await.unwrap(), []);
    assert_eq!(queue.n_unroutable().await.unwrap(), 1);
    let channel = broker.connection().await.create_channel().await.unwrap();
    let name = format!("{}.unroutable", broker.prefix());
    let found = channel.basic_get(name.as_str().into(), BasicGetOptions { no_ack: true }).await.unwrap();
    assert_eq!(found.unwrap().delivery.data, b"lost?");
}

#[tokio::test]
async fn what_comes_too_often_comes_last_as_a_dead_letter() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    let sent = message("p", "poison", 10);
    queue.publish(std::slice::from_ref(&sent)).await.unwrap();
    // The limit of 20 is how often it is taken back.
    for n in 1..=21 {
        let delivery = receive(&queue).await;
        assert_eq!((delivery.n_deliveries(), delivery.is_dead_letter()), (n, false));
        if n == 21 {
            // It comes even if its portal is left out.
            queue.set_portals(Vec::new()).await.unwrap();
        }
        delivery.release().await.unwrap();
    }
    for _ in 0..30 {
        let delivery = receive(&queue).await;
        assert!(delivery.is_dead_letter());
        delivery.release().await.unwrap();
    }
    let delivery = receive(&queue).await;
    assert!(delivery.is_dead_letter());
    assert!(*delivery.message() == sent);
    assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
    drop(queue);
    assert_eq!(broker.count_once_nobody_consumes("dead").await, 0);
}

#[tokio::test]
async fn a_dead_letter_that_is_nobodys_is_left_and_holds_nothing_up() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    let dead = format!("{}.dead", broker.prefix());
    broker.publish_by("", &dead, BasicProperties::default(), b"whose?").await;
    queue.publish(&[message("p", "poison", 10)]).await.unwrap();
    for _ in 1..=21 {
        receive(&queue).await.release().await.unwrap();
    }
    let delivery = receive(&queue).await;
    assert!(delivery.is_dead_letter());
    assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
    assert!(timeout(Duration::from_millis(300), queue.receive()).await.is_err());
    drop(queue);
    assert_eq!(broker.count_once_nobody_consumes("dead").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_loses_nothing() {
    let broker = Broker::new(&["p", "q"]);
    let proxy = Proxy::start(broker.address()).await;
    let queue = broker.queue_by(&proxy, Limits::WIDE).await;
    queue.publish(&messages("p", 40)).await.unwrap();
    queue.publish(&messages("q", 40)).await.unwrap();
    let name_of = |delivery: &Delivery| format!("{}/{}", delivery.message().portal, id_of(delivery));
    let mut done = BTreeSet::new();
    for _ in 0..3 {
        let mut held = Vec::new();
        for n in 0..10 {
            let delivery = receive(&queue).await;
            if n % 2 == 0 {
                held.push(delivery);
            } else {
                done.insert(name_of(&delivery));
                assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
            }
        }
        proxy.refuse(true);
        proxy.cut();
        until_away(&queue).await;
        for delivery in held {
            assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Lost);
        }
        proxy.refuse(false);
    }
    assert!(done.len() <= 15);
    // An acknowledgement that was on its way at the cut may be lost: then the message comes again.
    let mut last = BTreeSet::new();
    while done.union(&last).count() < 80 {
        let delivery = receive(&queue).await;
        last.insert(name_of(&delivery));
        assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
    }
    while let Ok(delivery) = timeout(Duration::from_millis(300), queue.receive()).await {
        let delivery = delivery.unwrap();
        assert!(done.contains(&name_of(&delivery)));
        delivery.ack().await.unwrap();
    }
    assert_eq!(queue.depth().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_broker_closes_lose_nothing() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    queue.publish(&messages("p", 20)).await.unwrap();
    let mut came = BTreeSet::new();
    let mut held = Vec::new();
    for n in 0..10 {
        let delivery = receive(&queue).await;
        if n < 5 {
            held.push(delivery);
        } else {
            came.insert(id_of(&delivery));
            assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Done);
        }
    }
    broker.close_connections();
    let held_ids = held.iter().map(id_of).collect::<BTreeSet<_>>();
    while came.len() < 20 {
        let delivery = receive(&queue).await;
        came.insert(id_of(&delivery));
        // What was sent ahead before the loss may still be handed out; it comes again.
        delivery.ack().await.unwrap();
    }
    assert!(came.is_superset(&held_ids));
    for delivery in held {
        assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Lost);
    }
    queue.publish(&messages("p", 1)).await.unwrap();
    receive(&queue).await.ack().await.unwrap();
}

/// Waits for the loss of the connection to be seen; what comes until then is held, and lost.
async fn until_away(queue: &RabbitQueue) -> QueueError {
    let mut held = Vec::new();
    let error = loop {
        match timeout(SOON, queue.receive()).await.expect("the loss is seen soon") {
            Ok(delivery) => held.push(delivery),
            Err(error) => break error,
        }
    };
    for delivery in held {
        assert_eq!(delivery.ack().await.unwrap(), Acknowledged::Lost);
    }
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_is_told_and_waited_for() {
    let broker = Broker::new(&["p"]);
    let proxy = Proxy::start(broker.address()).await;
    let queue = broker.queue_by(&proxy, Limits::WIDE).await;
    queue.publish(&[message("p", "a", 10)]).await.unwrap();
    receive(&queue).await.ack().await.unwrap();
    proxy.refuse(true);
    proxy.cut();
    let error = until_away(&queue).await;
    assert!(matches!(error, QueueError::Unavailable(_)), "{error:?}");
    let error = timeout(SOON, queue.publish(&[message("p", "b", 10)])).await.unwrap().unwrap_err();
    assert!(matches!(error, QueueError::Unavailable(_)), "{error:?}");
    assert!(queue.depth().await.is_err());
    proxy.refuse(false);
    let published = async {
        while queue.publish(&[message("p", "b", 10)]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, published).await.unwrap();
    let mut delivery = receive(&queue).await;
    if id_of(&delivery) == "a" {
        // Its acknowledgement was on its way at the cut.
        delivery.ack().await.unwrap();
        delivery = receive(&queue).await;
    }
    assert_eq!(id_of(&delivery), "b");
    delivery.ack().await.unwrap();
}

#[tokio::test]
async fn portals_come_and_go() {
    let broker = Broker::new(&["p"]);
    let queue = broker.queue(Limits::WIDE).await;
    queue.publish(&messages("p", 1)).await.unwrap();
    let held = receive(&queue).await;
    queue.set_portals(vec!["q".parse().unwrap()]).await.unwrap();
    queue.publish(&messages("q", 2)).await.unwrap();
    queue.publish(&messages("p", 2)).await.unwrap();
    for _ in 0..2 {
        let delivery = receive(&queue).await;
        assert_eq!(delivery.message().portal.as_str(), "q");
        delivery.ack().await.unwrap();
    }
    // Of a portal that is left, what is out can still be decided.
    assert_eq!(held.ack().await.unwrap(), Acknowledged::Done);
    assert!(timeout(Duration::from_millis(300), queue.receive()).await.is_err());
    queue.set_portals(vec!["p".parse().unwrap()]).await.unwrap();
    for _ in 0..2 {
        let delivery = receive(&queue).await;
        assert_eq!(delivery.message().portal.as_str(), "p");
        delivery.ack().await.unwrap();
    }
    assert_eq!(queue.depth().await.unwrap(), []);
}

#[tokio::test]
async fn what_consumers_can_hold_is_told() {
    const N_HELD: usize = 4;
    let broker = Broker::new(&["p"]);
    let limits = Limits { max_held_messages: N_HELD, ..Limits::WIDE };
    let publisher = broker.queue(limits).await;
    publisher.publish(&messages("p", 20)).await.unwrap();
    let held_at_most = async || publisher.depth().await.unwrap()[0].n_held_at_most;
    assert_eq!(held_at_most().await, 0, "nobody takes anything");
    let mut consumers = Vec::new();
    for n_consumers in 1..=2 {
        let queue = broker.queue(limits).await;
        consumers.push((receive(&queue).await, queue));
        assert_eq!(held_at_most().await, (n_consumers * N_HELD) as u64);
    }
}
