//! Properties and headers, there and back.

use bole_core::message::v1::{Properties, RECEIPT, Receipt};
use bole_core::{ContentHash, Portal};
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};

use super::site::Site;
use crate::QueueError;

/// Written to disk before it is confirmed.
const PERSISTENT: u8 = 2;
/// All headers together must fit in one frame, 128 KiB as installed.
const MAX_HEADERS_BYTES: usize = 64 << 10;
/// How often the broker took the message back.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// Where a message died, the last time first.
const DEATHS: &str = "x-death";
/// What the broker adds to a message that it sets aside. Left out: a message is the same before and after.
const OF_DEATH: [&str; 6] = [
    "x-first-death-queue",
    "x-first-death-exchange",
    "x-first-death-reason",
    "x-last-death-queue",
    "x-last-death-exchange",
    "x-last-death-reason",
];

/// As AMQP has them.
///
/// # Errors
/// [`QueueError::BadProperty`]: AMQP cannot carry one of them.
pub(super) fn to_amqp(properties: &Properties) -> Result<BasicProperties, QueueError> {
    let Properties { message_id, content_type, kind, timestamp, app_id, headers } = properties;
    let mut amqp = BasicProperties::default().with_delivery_mode(PERSISTENT);
    if let Some(text) = message_id {
        amqp = amqp.with_message_id(short("message_id", text)?);
    }
    if let Some(text) = content_type {
        amqp = amqp.with_content_type(short("content_type", text)?);
    }
    if let Some(text) = kind {
        amqp = amqp.with_type(short("type", text)?);
    }
    if let Some(seconds) = timestamp {
        let seconds = u64::try_from(*seconds).map_err(|_| QueueError::BadProperty { name: "timestamp" })?;
        amqp = amqp.with_timestamp(seconds);
    }
    if let Some(text) = app_id {
        amqp = amqp.with_app_id(short("app_id", text)?);
    }
    let n_bytes = headers.iter().map(|(name, value)| name.len() + value.len() + 8).sum::<usize>();
    if n_bytes > MAX_HEADERS_BYTES {
        return Err(QueueError::BadProperty { name: "headers" });
    }
    let mut table = FieldTable::default();
    for (name, value) in headers {
        table.insert(short("headers", name)?, AMQPValue::LongString(value.as_str().into()));
    }
    Ok(amqp.with_headers(table))
}

/// What goes with a receipt. The same receipt has the same `message_id`.
pub(super) fn of_receipt(receipt: &Receipt) -> Result<BasicProperties, QueueError> {
    let Receipt { portal, message_id, state, attempt, .. } = receipt;
    let id = format!("{portal}/{message_id}#{}/{state}", attempt.0);
    let id = ShortString::try_new(id.as_str())
        .or_else(|_| short("message_id", &ContentHash::of_parts([id.as_bytes()]).to_string()))?;
    Ok(BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_message_id(id)
        .with_content_type("application/json".into())
        .with_type(RECEIPT.into()))
}

/// What came, without what is not text, or the broker's.
pub(super) fn from_amqp(amqp: &BasicProperties) -> Properties {
    let text = |text: &Option<ShortString>| text.as_ref().map(|text| text.as_str().to_owned());
    let headers = amqp.headers().iter().flatten();
    let headers = headers.filter_map(|(name, value)| {
        let value = match value {
            AMQPValue::LongString(value) => std::str::from_utf8(value.as_bytes()).ok()?,
            AMQPValue::ShortString(value) => value.as_str(),
            _ => return None,
        };
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let headers = headers.filter(|(name, _)| !OF_DEATH.contains(&name.as_str()));
    Properties {
        message_id: text(amqp.message_id()),
        content_type: text(amqp.content_type()),
        kind: text(amqp.kind()),
        timestamp: amqp.timestamp().and_then(|seconds| i64::try_from(seconds).ok()),
        app_id: text(amqp.app_id()),
        headers: headers.collect(),
    }
}

/// How often the broker has sent the message, this time included.
pub(super) fn n_deliveries(amqp: &BasicProperties) -> u32 {
    let count = amqp.headers().as_ref().and_then(|headers| headers.inner().get(DELIVERY_COUNT));
    let count = match count {
        Some(AMQPValue::LongLongInt(count)) => *count,
        Some(AMQPValue::LongInt(count)) => i64::from(*count),
        Some(AMQPValue::ShortInt(count)) => i64::from(*count),
        Some(AMQPValue::ShortShortInt(count)) => i64::from(*count),
        _ => 0,
    };
    u32::try_from(count).unwrap_or(0).saturating_add(1)
}

/// The portal in whose queue a message died. Only what the broker wrote last is believed: the rest may have been sent.
pub(super) fn died_in(amqp: &BasicProperties, site: &Site) -> Option<Portal> {
    let AMQPValue::FieldArray(deaths) = amqp.headers().as_ref()?.inner().get(DEATHS)? else { return None };
    let AMQPValue::FieldTable(death) = deaths.as_slice().first()? else { return None };
    let AMQPValue::LongString(queue) = death.inner().get("queue")? else { return None };
    let queue = std::str::from_utf8(queue.as_bytes()).ok()?;
    queue.strip_prefix(&site.prefix)?.strip_prefix(".submissions.")?.parse().ok()
}

fn short(name: &'static str, text: &str) -> Result<ShortString, QueueError> {
    ShortString::try_new(text).map_err(|_| QueueError::BadProperty { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_amqp_cannot_carry_is_named() {
        let long = || "x".repeat(256);
        let name_of = |change: &dyn Fn(&mut Properties)| {
            let mut properties = Properties::default();
            change(&mut properties);
            match to_amqp(&properties) {
                Err(QueueError::BadProperty { name }) => name,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(name_of(&|it| it.message_id = Some(long())), "message_id");
        assert_eq!(name_of(&|it| it.kind = Some(long())), "type");
        assert_eq!(name_of(&|it| it.timestamp = Some(-1)), "timestamp");
        assert_eq!(name_of(&|it| drop(it.headers.insert(long(), String::new()))), "headers");
        assert_eq!(name_of(&|it| drop(it.headers.insert("a".to_owned(), "x".repeat(70_000)))), "headers");
    }

    #[test]
    fn headers_that_are_not_text_are_left_out() {
        let mut table = FieldTable::default();
        table.insert("number".into(), AMQPValue::LongInt(7));
        table.insert("bytes".into(), AMQPValue::LongString(vec![0xff, 0xfe].into()));
        table.insert("text".into(), AMQPValue::LongString("锂".into()));
        table.insert(DELIVERY_COUNT.into(), AMQPValue::LongLongInt(3));
        let amqp = BasicProperties::default().with_headers(table).with_timestamp(u64::MAX);
        let properties = from_amqp(&amqp);
        assert_eq!(
            properties.headers.into_iter().collect::<Vec<_>>(),
            [("text".to_owned(), "锂".to_owned())]
        );
        assert_eq!((properties.message_id, properties.timestamp), (None, None));
        assert_eq!((n_deliveries(&amqp), n_deliveries(&BasicProperties::default())), (4, 1));
    }
}
