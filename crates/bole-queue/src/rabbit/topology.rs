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

/// Declares the exchanges, what they set aside, and two queues a portal. The channel is lost after an error.
pub(super) async fn declare<'a>(
    channel: &Channel,
    site: &Site,
    portals: impl Iterator<Item = &'a Portal>,
) -> Result<(), QueueError> {
    let unroutable = site.unroutable();
    exchange(channel, site, &unroutable, ExchangeKind::Fanout, FieldTable::default()).await?;
    queue(channel, site, &unroutable, quorum()).await?;
    bind(channel, site, &unroutable, &unroutable, "").await?;

    let mut arguments = FieldTable::default();
    arguments.insert("alternate-exchange".into(), text(&unroutable));
    exchange(channel, site, &site.submissions(), ExchangeKind::Topic, arguments).await?;

    queue(channel, site, &site.dead(), quorum()).await?;
    let receipts = site.receipts();
    exchange(channel, site, &receipts, ExchangeKind::Topic, FieldTable::default()).await?;
    for portal in portals {
        let mut arguments = quorum();
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERY_LIMIT));
        // By the default exchange, and only gone from here when it is there.
        arguments.insert("x-dead-letter-exchange".into(), text(""));
        arguments.insert("x-dead-letter-routing-key".into(), text(&site.dead()));
        arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        arguments.insert("x-overflow".into(), text("reject-publish"));
        let name = site.queue(portal);
        queue(channel, site, &name, arguments).await?;
        bind(channel, site, &name, &site.submissions(), portal.as_str()).await?;

        let mut arguments = quorum();
        arguments.insert("x-message-ttl".into(), AMQPValue::LongInt(RECEIPT_TTL_MS));
        let name = site.receipts_queue(portal);
        queue(channel, site, &name, arguments).await?;
        bind(channel, site, &name, &receipts, portal.as_str()).await?;
    }
    Ok(())
}

/// Takes a portal's queue off the exchange.
pub(super) async fn unbind(channel: &Channel, site: &Site, portal: &Portal) -> Result<(), QueueError> {
    let (queue, exchange) = (short(&site.queue(portal))?, short(&site.submissions())?);
    let unbound = channel.queue_unbind(queue, exchange, short(portal.as_str())?, FieldTable::default());
    within(site.time_out, unbound).await
}

/// How many messages a queue has that no consumer was sent; none if somebody deleted it, and the channel is lost.
pub(super) async fn count(channel: &Channel, site: &Site, name: &str) -> Result<Option<u64>, QueueError> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let declared = channel.queue_declare(short(name)?, passive, FieldTable::default());
    match within(site.time_out, declared).await {
        Ok(queue) => Ok(Some(u64::from(queue.message_count()))),
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
fn of(name: &str, error: QueueError) -> QueueError {
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
