//! What is declared at the broker.

use std::sync::Arc;

use bole_core::Portal;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ErrorKind, ExchangeKind};

use super::link::within;
use super::site::Site;
use crate::QueueError;

/// How often the broker hands a message out before it sets it aside. Only a backstop: what ends a submission is
/// decided by workers.
const DELIVERY_LIMIT: i32 = 20;
/// What is set aside stays. Said because newer brokers have a limit of 20 unless told, and drop what is over it.
const NO_DELIVERY_LIMIT: i32 = i32::MAX;

/// How long a receipt waits to be fetched: 14 days.
const RECEIPT_TTL_MS: i32 = 14 * 24 * 60 * 60 * 1000;

/// Something that is declared.
pub(super) struct Declared<'a> {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) arguments: FieldTable,
    /// The exchange that a queue is bound to, and by which key.
    bound: Option<(String, &'a str)>,
}

/// What is declared.
pub(super) enum Kind {
    Exchange(ExchangeKind),
    Queue,
}

/// All that is declared, in this order: the exchanges, what they set aside, and two queues a portal.
pub(super) fn all<'a>(site: &Site, portals: impl Iterator<Item = &'a Portal>) -> Vec<Declared<'a>> {
    let exchange =
        |name: String, kind, arguments| Declared { name, kind: Kind::Exchange(kind), arguments, bound: None };
    let queue = |name: String, arguments, bound| Declared { name, kind: Kind::Queue, arguments, bound };
    let unroutable = site.unroutable();
    let mut alternate = FieldTable::default();
    alternate.insert("alternate-exchange".into(), text(&unroutable));
    let mut all = vec![
        exchange(unroutable.clone(), ExchangeKind::Fanout, FieldTable::default()),
        queue(unroutable.clone(), quorum(), Some((unroutable, ""))),
        exchange(site.submissions(), ExchangeKind::Topic, alternate),
        queue(site.dead(), quorum(), None),
        exchange(site.receipts(), ExchangeKind::Topic, FieldTable::default()),
    ];
    for portal in portals {
        let mut arguments = quorum();
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERY_LIMIT));
        // By the default exchange, and only gone from here when it is there.
        arguments.insert("x-dead-letter-exchange".into(), text(""));
        arguments.insert("x-dead-letter-routing-key".into(), text(&site.dead()));
        arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        arguments.insert("x-overflow".into(), text("reject-publish"));
        all.push(queue(site.queue(portal), arguments, Some((site.submissions(), portal.as_str()))));

        let mut arguments = quorum();
        arguments.insert("x-message-ttl".into(), AMQPValue::LongInt(RECEIPT_TTL_MS));
        all.push(queue(site.receipts_queue(portal), arguments, Some((site.receipts(), portal.as_str()))));
    }
    all
}

/// Declares it all, and binds it. The channel is lost after an error.
pub(super) async fn declare<'a>(
    channel: &Channel,
    site: &Site,
    portals: impl Iterator<Item = &'a Portal>,
) -> Result<(), QueueError> {
    for Declared { name, kind, arguments, bound } in all(site, portals) {
        match kind {
            Kind::Exchange(kind) => exchange(channel, site, &name, kind, arguments).await?,
            Kind::Queue => queue(channel, site, &name, arguments).await?,
        }
        if let Some((exchange, key)) = bound {
            bind(channel, site, &name, &exchange, key).await?;
        }
    }
    Ok(())
}

/// Takes a portal's queue off the exchange.
pub(super) async fn unbind(channel: &Channel, site: &Site, portal: &Portal) -> Result<(), QueueError> {
    let (queue, exchange) = (short(&site.queue(portal))?, short(&site.submissions())?);
    let unbound = channel.queue_unbind(queue, exchange, short(portal.as_str())?, FieldTable::default());
    within(site.time_out, unbound).await
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stand {
    /// Messages that no consumer was sent.
    pub(super) n_waiting: u64,
    pub(super) n_consumers: u64,
}

/// How a queue stands; none if somebody deleted it, and the channel is lost.
pub(super) async fn stand(channel: &Channel, site: &Site, name: &str) -> Result<Option<Stand>, QueueError> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let declared = channel.queue_declare(short(name)?, passive, FieldTable::default());
    match within(site.time_out, declared).await {
        Ok(queue) => Ok(Some(Stand {
            n_waiting: u64::from(queue.message_count()),
            n_consumers: u64::from(queue.consumer_count()),
        })),
        Err(error) if kind_of(&error) == Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A name or a property as AMQP has it, at most 255 bytes.
pub(super) fn short(text: &str) -> Result<ShortString, QueueError> {
    ShortString::try_new(text).map_err(|_| QueueError::BadProperty { name: "name of a queue" })
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(NO_DELIVERY_LIMIT));
    arguments
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

async fn exchange(
    channel: &Channel,
    site: &Site,
    name: &str,
    kind: ExchangeKind,
    arguments: FieldTable,
) -> Result<(), QueueError> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let declared = channel.exchange_declare(short(name)?, kind, durable, arguments);
    within(site.time_out, declared).await.map_err(|error| of(name, error))
}

async fn queue(channel: &Channel, site: &Site, name: &str, arguments: FieldTable) -> Result<(), QueueError> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let declared = channel.queue_declare(short(name)?, durable, arguments);
    within(site.time_out, declared).await.map_err(|error| of(name, error))?;
    Ok(())
}

async fn bind(
    channel: &Channel,
    site: &Site,
    queue: &str,
    exchange: &str,
    key: &str,
) -> Result<(), QueueError> {
    let (queue, exchange) = (short(queue)?, short(exchange)?);
    let bound =
        channel.queue_bind(queue, exchange, short(key)?, QueueBindOptions::default(), FieldTable::default());
    within(site.time_out, bound).await
}

/// Tells what somebody else declared in another way.
pub(super) fn of(name: &str, error: QueueError) -> QueueError {
    match (&error, kind_of(&error)) {
        (QueueError::Unavailable(source), Some(AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED))) => {
            QueueError::OtherArguments { name: name.to_owned(), source: Arc::clone(source) }
        }
        _ => error,
    }
}

/// What the broker says is wrong, if it was the broker that said so.
pub(super) fn kind_of(error: &QueueError) -> Option<AMQPErrorKind> {
    let QueueError::Unavailable(source) = error else { return None };
    match source.downcast_ref::<lapin::Error>()?.kind() {
        ErrorKind::ProtocolError(cause) => Some(cause.kind().clone()),
        _ => None,
    }
}
