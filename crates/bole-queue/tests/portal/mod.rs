//! A portal's side: its own user, its receipts, and what the broker refuses.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bole_core::message::v1::Receipt;
use bole_core::{Attempt, DocumentId, Reason, State};
use bole_queue::{
    Acknowledged, BrokerAddress, PortalClient, PortalOptions, Queue, QueueError, RabbitQueue, Receipts, Tls,
};
use lapin::BasicProperties;
use lapin::options::BasicGetOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::broker::{Broker, LIMIT_BYTES, User, rabbitmqctl, servers_folder};
use crate::conformance::{Limits, id_of, message};
use crate::{SOON, receive};

fn receipt(portal: &str, id: &str, state: State) -> Receipt {
    Receipt {
        portal: portal.parse().unwrap(),
        message_id: id.parse().unwrap(),
        sha256: Some(DocumentId::of(b"resume")),
        state,
        reason: Reason::NoText,
        advice: "send a PDF with text".to_owned(),
        attempt: Attempt(2),
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
    }
}

fn options(broker: &Broker, address: BrokerAddress, portal: &str) -> PortalOptions {
    PortalOptions {
        broker: address,
        tls: None,
        prefix: broker.prefix().to_owned(),
        portal: portal.parse().unwrap(),
        limit_bytes: LIMIT_BYTES,
        n_receipts: 64,
        time_out: Duration::from_secs(20),
        confirm_time_out: Duration::from_secs(20),
        heartbeat: Duration::from_secs(30),
        min_pause: Duration::from_millis(20),
        max_pause: Duration::from_millis(200),
    }
}

#[tokio::test]
async fn receipts_are_published_as_the_contract_says() {
    let broker = Broker::new(&["live"]);
    let queue = broker.queue(Limits::WIDE).await;
    // One of a portal that is gone does not stop the others.
    let receipts = [
        receipt("live", "a", State::Queued),
        receipt("gone", "a", State::Queued),
        receipt("live", &"锂".repeat(85), State::Indexed),
        receipt("live", "a", State::Queued),
    ];
    queue.publish_receipts(&receipts).await.unwrap();
    queue.publish_receipts(&[receipt("gone", "a", State::Queued)]).await.unwrap();
    queue.publish_receipts(&[receipt("live", "b", State::Queued)]).await.unwrap();
    let channel = broker.connection().await.create_channel().await.unwrap();
    let name = format!("{}.receipts.live", broker.prefix());
    let mut ids = Vec::new();
    for n in [0, 2, 3] {
        let get = channel.basic_get(name.as_str().into(), BasicGetOptions { no_ack: true });
        let found = get.await.unwrap().unwrap().delivery;
        assert_eq!(
            (found.exchange.as_str(), found.routing_key.as_str()),
            (&*format!("{}.receipts", broker.prefix()), "live")
        );
        assert_eq!(found.properties.kind().as_ref().unwrap().as_str(), "resume.receipt.v1");
        assert_eq!(found.properties.content_type().as_ref().unwrap().as_str(), "application/json");
        assert_eq!(*found.properties.delivery_mode(), Some(2));
        assert_eq!(serde_json::from_slice::<Receipt>(&found.data).unwrap(), receipts[n]);
        ids.push(found.properties.message_id().as_ref().unwrap().as_str().to_owned());
    }
    assert_eq!(ids[0], "live/a#2/queued");
    assert_eq!(ids[0], ids[2]);
    // Too long for AMQP, and so its hash.
    assert_eq!(ids[1].len(), 64);
}

#[tokio::test]
async fn a_portal_submits_and_fetches_its_receipts() {
    let broker = Broker::new(&["live"]);
    let queue = broker.queue(Limits::WIDE).await;
    let user = User::of_portal(&broker, "live");
    let client = PortalClient::open(options(&broker, user.address(&broker), "live")).await.unwrap();
    let messages = (0..300).map(|n| message("live", &format!("m-{n}"), 100)).collect::<Vec<_>>();
    client.publish(&messages).await.unwrap();
    assert_eq!(queue.depth().await.unwrap()[0].n_ready, 300);
    let delivery = receive(&queue).await;
    assert!(messages.contains(delivery.message()));
    delivery.ack().await.unwrap();

    let receipts = ["a", "b", "c"].map(|id| receipt("live", id, State::Indexed));
    queue.publish_receipts(&receipts[..2]).await.unwrap();
    let first = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    assert_eq!(*first.receipt(), receipts[0]);
    assert_eq!(first.ack().await.unwrap(), Acknowledged::Done);
    let lost = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    assert_eq!(*lost.receipt(), receipts[1]);
    // What was not acknowledged comes again.
    drop((lost, client));
    let client = PortalClient::open(options(&broker, user.address(&broker), "live")).await.unwrap();
    let again = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    assert_eq!(*again.receipt(), receipts[1]);
    assert_eq!(again.ack().await.unwrap(), Acknowledged::Done);
    // What is released comes again.
    queue.publish_receipts(&receipts[..1]).await.unwrap();
    let released = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    released.release().await.unwrap();
    let again = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    assert_eq!(*again.receipt(), receipts[0]);
    again.ack().await.unwrap();
    // What is no receipt is told, and holds nothing up.
    broker
        .publish_by(&format!("{}.receipts", broker.prefix()), "live", BasicProperties::default(), b"{}")
        .await;
    queue.publish_receipts(&receipts[2..]).await.unwrap();
    let error = timeout(SOON, client.next_receipt()).await.unwrap().unwrap_err();
    assert!(matches!(error, QueueError::NotAReceipt(_)), "{error:?}");
    let third = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    assert_eq!(*third.receipt(), receipts[2]);
    third.ack().await.unwrap();
}

#[tokio::test]
async fn a_portal_is_no_other_portal() {
    let broker = Broker::new(&["live", "other"]);
    let queue = broker.queue(Limits::WIDE).await;
    let user = User::of_portal(&broker, "live");
    let other = PortalClient::open(options(&broker, user.address(&broker), "other")).await.unwrap();
    let error = timeout(SOON, other.publish(&[message("other", "a", 10)])).await.unwrap().unwrap_err();
    assert!(matches!(error, QueueError::Forbidden(_)), "{error:?}");
    assert!(error.hint().contains("permissions"));
    let error = timeout(SOON, other.next_receipt()).await.unwrap().unwrap_err();
    assert!(matches!(error, QueueError::Forbidden(_)), "{error:?}");
    assert_eq!(queue.depth().await.unwrap(), []);
    // The same client goes on with what it may do.
    other.publish(&[message("live", "b", 10)]).await.unwrap();
    let delivery = receive(&queue).await;
    assert_eq!((delivery.message().portal.as_str(), id_of(&delivery).as_str()), ("live", "b"));
    delivery.ack().await.unwrap();
}

#[tokio::test]
async fn a_connection_is_encrypted_by_an_authority_that_is_trusted_only() {
    let broker = Broker::new(&["live"]);
    let options = |tls: Option<Tls>| {
        let mut options = broker.options(Limits::WIDE);
        options.broker.is_tls = true;
        // As `tests/servers` says.
        options.broker.hosts[0].port += 3;
        options.tls = tls;
        options
    };
    let authority = |file: PathBuf| Some(Tls { ca_file: Some(file), client: None });
    let right = servers_folder().join("rabbitmq/tls/ca.pem");
    let queue = RabbitQueue::open(options(authority(right.clone()))).await.unwrap();
    queue.publish(&[message("live", "a", 300_000)]).await.unwrap();
    let delivery = receive(&queue).await;
    assert_eq!(delivery.message().body.len(), 300_000);
    delivery.ack().await.unwrap();

    let error = RabbitQueue::open(options(None)).await.unwrap_err();
    assert!(matches!(error, QueueError::Tls(_)), "{error:?}");
    let mut elsewhere = options(authority(right.clone()));
    elsewhere.broker.hosts[0].name = "localhost".to_owned();
    let error = RabbitQueue::open(elsewhere).await.unwrap_err();
    assert!(matches!(error, QueueError::Tls(_)), "{error:?}");
    for file in ["rabbitmq/tls/absent.pem", "rabbitmq/tls/ca.key"] {
        let error = RabbitQueue::open(options(authority(servers_folder().join(file)))).await.unwrap_err();
        assert!(matches!(&error, QueueError::TlsFile { path, .. } if path.ends_with(file)), "{error:?}");
    }
    let mut plain = options(authority(right));
    plain.broker.hosts[0].port -= 3;
    let error = RabbitQueue::open(plain).await.unwrap_err();
    assert!(matches!(error, QueueError::Tls(_) | QueueError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn the_definitions_that_are_shipped_are_what_is_declared() {
    let broker = Broker::new(&[]);
    let vhost = broker.prefix().to_owned();
    let shipped = include_str!("../../../../deploy/rabbitmq/definitions.json");
    // Into a virtual host and with users of its own: an import takes the passwords of those that are there.
    let own = shipped
        .replace(r#""vhost": "/""#, &format!(r#""vhost": "{vhost}""#))
        .replace(r#""name": "/""#, &format!(r#""name": "{vhost}""#))
        .replace(r#": "bole""#, &format!(r#": "{vhost}-worker""#))
        .replace(r#": "bole-portal-live""#, &format!(r#": "{vhost}-live""#));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), own).unwrap();
    rabbitmqctl(&["import_definitions", file.path().to_str().unwrap()]);
    let [worker, live] = ["worker", "live"].map(|name| {
        let name = format!("{vhost}-{name}");
        rabbitmqctl(&["change_password", &name, "secret"]);
        let mut address = broker.broker_address().with_password("secret");
        address.virtual_host.clone_from(&vhost);
        address.user = name;
        address
    });
    let mut declared = broker.options(Limits::WIDE);
    declared.portals = vec!["live".parse().unwrap()];
    declared.prefix = "bole".to_owned();
    declared.broker = worker.clone();
    let queue = RabbitQueue::open(declared).await.unwrap();
    let client = PortalOptions { prefix: "bole".to_owned(), ..options(&broker, live.clone(), "live") };
    let client = PortalClient::open(client).await.unwrap();
    client.publish(&[message("live", "a", 10)]).await.unwrap();
    let error = client.publish(&[message("other", "a", 10)]).await.unwrap_err();
    assert!(matches!(error, QueueError::Forbidden(_)), "{error:?}");
    let delivery = receive(&queue).await;
    assert_eq!((id_of(&delivery).as_str(), delivery.message().portal.as_str()), ("a", "live"));
    delivery.ack().await.unwrap();
    queue.publish_receipts(&[receipt("live", "a", State::Indexed)]).await.unwrap();
    let fetched = timeout(SOON, client.next_receipt()).await.unwrap().unwrap();
    assert_eq!(*fetched.receipt(), receipt("live", "a", State::Indexed));
    fetched.ack().await.unwrap();

    // A portal cannot take the disk from the others: what is over the limit is refused, and what was taken stays.
    let shipped = include_str!("../../../../deploy/rabbitmq/policies.json");
    assert!(shipped.contains("20000000000"));
    let own = shipped
        .replace(r#""vhost": "/""#, &format!(r#""vhost": "{vhost}""#))
        .replace("20000000000", "1000000");
    std::fs::write(file.path(), own).unwrap();
    rabbitmqctl(&["import_definitions", file.path().to_str().unwrap()]);
    // What nobody holds counts: the portal is paused.
    queue.set_portals(Vec::new()).await.unwrap();
    let mut n_taken = 0;
    while n_taken < 100 {
        match client.publish(&[message("live", &format!("b{n_taken}"), 100_000)]).await {
            Ok(()) => n_taken += 1,
            Err(error) => {
                assert!(matches!(error, QueueError::Unavailable(_)), "{error:?}");
                break;
            }
        }
    }
    assert!((10..100).contains(&n_taken), "{n_taken} of 100 kB were taken where 1 MB is allowed");
    queue.set_portals(vec!["live".parse().unwrap()]).await.unwrap();
    for _ in 0..n_taken {
        receive(&queue).await.ack().await.unwrap();
    }
    client.publish(&[message("live", "c", 100_000)]).await.unwrap();
    drop((client, queue));
    rabbitmqctl(&["delete_vhost", &vhost]);
    for user in [worker.user, live.user] {
        rabbitmqctl(&["delete_user", &user]);
    }
}

/// A broker that says its name and version, and no more.
async fn broker_of(version: &str) -> SocketAddr {
    let text = |name: &str, value: &str| {
        let mut field = vec![name.len() as u8];
        field.extend(name.as_bytes());
        field.push(b'S');
        field.extend((value.len() as u32).to_be_bytes());
        field.extend(value.as_bytes());
        field
    };
    let table = [text("product", "RabbitMQ"), text("version", version)].concat();
    let mut start = vec![0, 10, 0, 10, 0, 9];
    start.extend((table.len() as u32).to_be_bytes());
    start.extend(table);
    for list in ["PLAIN", "en_US"] {
        start.extend((list.len() as u32).to_be_bytes());
        start.extend(list.as_bytes());
    }
    let mut frame = vec![1, 0, 0];
    frame.extend((start.len() as u32).to_be_bytes());
    frame.extend(start);
    frame.push(0xce);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut heard = [0; 64];
            stream.read_exact(&mut heard[..8]).await.unwrap();
            stream.write_all(&frame).await.unwrap();
            // Until it has answered.
            drop(stream.read(&mut heard).await);
        }
    });
    address
}

#[tokio::test]
async fn a_broker_that_is_too_old_is_told_and_none_is_waited_for() {
    let broker = Broker::new(&["live"]);
    for (version, is_too_old) in [("3.9.29", true), ("2.8.7", true), ("3.10.0", false), ("4.1.0", false)] {
        let mut options = broker.options(Limits::WIDE);
        options.broker.hosts[0].port = broker_of(version).await.port();
        let error = timeout(SOON, RabbitQueue::open(options)).await.unwrap().unwrap_err();
        match error {
            QueueError::BrokerTooOld { found } => assert!(is_too_old && found == version),
            error => assert!(!is_too_old && matches!(error, QueueError::Unavailable(_)), "{error:?}"),
        }
    }
    // Somebody who listens and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = broker.options(Limits::WIDE);
    options.broker.hosts[0].port = silent.local_addr().unwrap().port();
    options.time_out = Duration::from_millis(200);
    let error = timeout(SOON, RabbitQueue::open(options)).await.unwrap().unwrap_err();
    assert!(matches!(error, QueueError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn receipts_of_a_portal_that_is_not_known_are_told() {
    let broker = Broker::new(&["live"]);
    let _queue = broker.queue(Limits::WIDE).await;
    let client = PortalClient::open(options(&broker, broker.broker_address(), "nobody")).await.unwrap();
    assert!(!client.is_known().await.unwrap());
    let user = User::of_portal(&broker, "live");
    let known = PortalClient::open(options(&broker, user.address(&broker), "live")).await.unwrap();
    assert!(known.is_known().await.unwrap(), "its own user may ask");
    let error = timeout(SOON, client.next_receipt()).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), format!("the broker has no queue `{}.receipts.nobody`", broker.prefix()));
}

#[tokio::test]
async fn what_the_broker_refuses_is_told_as_such() {
    let broker = Broker::new(&["live"]);
    let refused = async |address: BrokerAddress| {
        let mut options = broker.options(Limits::WIDE);
        options.broker = address;
        let error = timeout(SOON, RabbitQueue::open(options)).await.unwrap().unwrap_err();
        assert!(matches!(error, QueueError::Forbidden(_)), "{error:?}");
        assert!(error.to_string().starts_with("the broker refuses: wrong user or password"));
    };
    let right = broker.broker_address();
    refused(right.clone().with_password("wrong")).await;
    let mut nobody = right.clone();
    nobody.user = "nobody".to_owned();
    refused(nobody).await;
    let mut elsewhere = right;
    elsewhere.virtual_host = "absent".to_owned();
    refused(elsewhere).await;
    let user = User::new(&broker, "^$", ".*", ".*");
    refused(user.address(&broker)).await;
}
