//! `resume.submitted.v1` and `resume.receipt.v1`.
//!
//! The body of a submission is the file itself. What is about it travels as message properties and headers, and is
//! checked by [`Submitted::parse`].

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{
    AsOf, Attempt, ContentHash, DocumentId, Fault, FieldId, IdError, MessageId, Portal, Reason, State,
    SubmissionId,
};

/// The `type` property of a submission.
pub const SUBMITTED: &str = "resume.submitted.v1";
/// The `type` property of a receipt.
pub const RECEIPT: &str = "resume.receipt.v1";
/// The largest body, in bytes, unless configured lower: RabbitMQ 4's default message limit.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// When the resume was written: an ISO date, UTC. Else the date of `timestamp` counts.
pub const HEADER_DOCUMENT_DATE: &str = "document-date";
/// What the portal calls the candidate.
pub const HEADER_CANDIDATE_REF: &str = "candidate-ref";
/// The field the candidate applied for; a hint that never scores.
pub const HEADER_FIELD: &str = "field";
/// The purpose consented to and until when: `<purpose>;<ISO date>`. Absent: this drive only.
pub const HEADER_CONSENT: &str = "consent";
/// W3C trace context.
pub const HEADER_TRACEPARENT: &str = "traceparent";
/// The path of a file ingested on this machine.
pub const HEADER_SOURCE_NAME: &str = "source-name";

/// A message as the queue hands it over: nothing checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The routing key it came by.
    pub portal: Portal,
    /// What is about the body.
    pub properties: Properties,
    /// The file's bytes.
    pub body: Bytes,
}

/// The properties and headers of a message, as they came.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Properties {
    /// `message_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// `content_type`: noted, never trusted; the bytes tell the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `type`: [`SUBMITTED`].
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `timestamp`: seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// `app_id`: if given, the portal's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// All headers that are text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// A message that keeps the contract.
#[derive(Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Who sent it, and what they call it.
    pub submission: SubmissionId,
    /// The content.
    pub document: DocumentId,
    /// The date that the resume speaks from, as far as this submission knows.
    pub document_date: AsOf,
    /// What the portal calls the candidate.
    pub candidate_ref: Option<String>,
    /// The field applied for.
    pub field: Option<FieldId>,
    /// The consent as sent.
    pub consent: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// The path of a file ingested on this machine.
    pub source_name: Option<String>,
}

/// A message that breaks the contract, with what is known of it all the same, so that it can be set aside.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MessageError {
    /// Its `message_id` is no id.
    #[error("property `message_id`: {0}")]
    MessageId(#[source] IdError),
    /// Its `type` is another.
    #[error("property `type` is `{0}`, not `{SUBMITTED}`")]
    Type(String),
    /// Its `app_id` is not the portal it came by.
    #[error("property `app_id` is `{app_id}`, but the message came by portal `{portal}`")]
    AppId {
        /// As sent.
        app_id: String,
        /// The routing key.
        portal: Portal,
    },
    /// The date is not a date.
    #[error("header `{HEADER_DOCUMENT_DATE}` is `{0}`, not an ISO date such as 2026-11-21")]
    DocumentDate(String),
    /// No date at all.
    #[error("neither header `{HEADER_DOCUMENT_DATE}` nor property `timestamp` is given")]
    NoDate,
    /// A header is longer than it may be.
    #[error("header `{name}` has {n_bytes} bytes, the limit is {MAX_HEADER_BYTES}")]
    HeaderTooLong {
        /// Which.
        name: &'static str,
        /// How long.
        n_bytes: usize,
    },
    /// The body is empty.
    #[error("the body is empty")]
    Empty,
    /// The body is larger than the limit.
    #[error("the body has {n_bytes} bytes, the limit is {limit_bytes}")]
    TooLarge {
        /// How large.
        n_bytes: usize,
        /// The limit in force.
        limit_bytes: usize,
    },
}

const MAX_HEADER_BYTES: usize = 4096;

/// The receipt a portal gets for each change of a submission's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The portal.
    pub portal: Portal,
    /// The message id; ends in `#` and 12 hex digits if the portal used the id before for other bytes.
    pub message_id: MessageId,
    /// The content; absent if there was none to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<DocumentId>,
    /// Where it stands.
    pub state: State,
    /// Why.
    pub reason: Reason,
    /// What the portal or the candidate can do.
    pub advice: String,
    /// In which attempt.
    pub attempt: Attempt,
    /// Since when.
    pub at: Timestamp,
}

impl Submitted {
    /// Checks a message against the contract.
    ///
    /// # Errors
    /// The first breach found; the message then becomes a quarantined submission under [`fallback_id`].
    pub fn parse(message: &Message, limit_bytes: usize) -> Result<Self, MessageError> {
        let Message { portal, properties, body } = message;
        if body.is_empty() {
            return Err(MessageError::Empty);
        }
        if body.len() > limit_bytes {
            return Err(MessageError::TooLarge { n_bytes: body.len(), limit_bytes });
        }
        if let Some(kind) = properties.kind.as_ref().filter(|kind| *kind != SUBMITTED) {
            return Err(MessageError::Type(shortened(kind)));
        }
        if let Some(app_id) = properties.app_id.as_ref().filter(|app_id| *app_id != portal.as_str()) {
            return Err(MessageError::AppId { app_id: shortened(app_id), portal: portal.clone() });
        }
        let message_id = match &properties.message_id {
            Some(text) => text.parse().map_err(MessageError::MessageId)?,
            None => derived_id(message),
        };
        Ok(Self {
            submission: SubmissionId { portal: portal.clone(), message_id },
            document: DocumentId::of(body),
            document_date: document_date(properties)?,
            candidate_ref: header(properties, HEADER_CANDIDATE_REF)?,
            field: header(properties, HEADER_FIELD)?.map(FieldId),
            consent: header(properties, HEADER_CONSENT)?,
            traceparent: header(properties, HEADER_TRACEPARENT)?,
            source_name: header(properties, HEADER_SOURCE_NAME)?,
        })
    }
}

/// The id under which a message that breaks the contract is set aside: its own if that is one, else derived.
pub fn fallback_id(message: &Message) -> SubmissionId {
    let own = message.properties.message_id.as_ref().and_then(|text| text.parse().ok());
    let message_id = own.unwrap_or_else(|| derived_id(message));
    SubmissionId { portal: message.portal.clone(), message_id }
}

/// The path that a message came from, whether it keeps the contract or not; none if it is not as a path may be.
pub fn source_name(message: &Message) -> Option<String> {
    header(&message.properties, HEADER_SOURCE_NAME).ok().flatten()
}

impl MessageError {
    /// What this means for the submission.
    pub fn fault(&self) -> Fault {
        match self {
            Self::TooLarge { .. } => Fault::Permanent(Reason::OverLimit),
            Self::MessageId(_)
            | Self::Type(_)
            | Self::AppId { .. }
            | Self::DocumentDate(_)
            | Self::NoDate
            | Self::HeaderTooLong { .. }
            | Self::Empty => Fault::Permanent(Reason::BadMessage),
        }
    }
}

/// Names of headers only: their values may name a person.
impl std::fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        formatter.debug_struct("Properties").field("headers", &headers).finish_non_exhaustive()
    }
}

/// Without what the portal says of the person, and without the path: logs hold ids only.
impl std::fmt::Debug for Submitted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Submitted")
            .field("submission", &self.submission)
            .field("document", &self.document)
            .field("document_date", &self.document_date)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Message({}, {} bytes)", self.portal, self.body.len())
    }
}

/// SHA-256 over portal, headers and body, for a message without an id.
fn derived_id(message: &Message) -> MessageId {
    let mut parts = vec![message.portal.as_str().as_bytes()];
    for (name, value) in &message.properties.headers {
        parts.push(name.as_bytes());
        parts.push(value.as_bytes());
    }
    parts.push(&message.body);
    let hash = ContentHash::of_parts(parts).to_string();
    hash.parse().unwrap_or_else(|_| unreachable!("64 hex digits are a message id"))
}

fn document_date(properties: &Properties) -> Result<AsOf, MessageError> {
    if let Some(text) = properties.headers.get(HEADER_DOCUMENT_DATE) {
        return match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => Ok(AsOf(date)),
            _ => Err(MessageError::DocumentDate(shortened(text))),
        };
    }
    let seconds = properties.timestamp.ok_or(MessageError::NoDate)?;
    let timestamp = Timestamp::from_second(seconds).map_err(|_| MessageError::NoDate)?;
    Ok(AsOf(timestamp.to_zoned(TimeZone::UTC).date()))
}

fn header(properties: &Properties, name: &'static str) -> Result<Option<String>, MessageError> {
    let Some(value) = properties.headers.get(name) else {
        return Ok(None);
    };
    // First: what stands in for U+0000 is longer.
    let value = value.replace('\0', "\u{fffd}");
    if value.len() > MAX_HEADER_BYTES {
        return Err(MessageError::HeaderTooLong { name, n_bytes: value.len() });
    }
    Ok(Some(value))
}

/// At most 80 characters of what somebody sent, for a message.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(change: impl FnOnce(&mut Properties)) -> Message {
        let mut properties = Properties { message_id: Some("m-1".to_owned()), ..Properties::default() };
        properties.headers.insert(HEADER_DOCUMENT_DATE.to_owned(), "2026-11-21".to_owned());
        change(&mut properties);
        Message { portal: "live".parse().unwrap(), properties, body: Bytes::from_static(b"%PDF") }
    }

    fn parse(change: impl FnOnce(&mut Properties)) -> Result<Submitted, MessageError> {
        Submitted::parse(&message(change), MAX_BODY_BYTES)
    }

    #[test]
    fn a_breach_of_the_contract_names_itself() {
        let long = "x".repeat(5000);
        let dated = |text: &'static str| {
            move |it: &mut Properties| {
                it.headers.insert(HEADER_DOCUMENT_DATE.to_owned(), text.to_owned());
            }
        };
        let cases: [(MessageError, Result<Submitted, MessageError>); 5] = [
            (MessageError::Type("resume".to_owned()), parse(|it| it.kind = Some("resume".to_owned()))),
            (MessageError::NoDate, parse(|it| it.headers.clear())),
            (MessageError::DocumentDate("21.11.2026".to_owned()), parse(dated("21.11.2026"))),
            (
                MessageError::AppId { app_id: "other".to_owned(), portal: "live".parse().unwrap() },
                parse(|it| it.app_id = Some("other".to_owned())),
            ),
            (
                MessageError::HeaderTooLong { name: HEADER_CONSENT, n_bytes: 5000 },
                parse(|it| {
                    it.headers.insert(HEADER_CONSENT.to_owned(), long);
                }),
            ),
        ];
        for (expected, found) in cases {
            assert_eq!(found.unwrap_err(), expected);
        }
        assert!(parse(|it| it.message_id = Some(String::new())).is_err());
    }

    #[test]
    fn what_is_known_of_a_header_is_never_longer_than_it_may_be() {
        let with_path =
            |path: String| message(|it| drop(it.headers.insert(HEADER_SOURCE_NAME.to_owned(), path)));
        assert_eq!(source_name(&with_path("a\0b".to_owned())).as_deref(), Some("a\u{fffd}b"));
        for path in ["x".repeat(5000), "\0".repeat(2000)] {
            assert_eq!(source_name(&with_path(path.clone())), None);
            let error = Submitted::parse(&with_path(path), MAX_BODY_BYTES).unwrap_err();
            assert!(matches!(error, MessageError::HeaderTooLong { name: HEADER_SOURCE_NAME, .. }), "{error}");
        }
    }

    #[test]
    fn the_date_of_the_timestamp_stands_in() {
        let submitted = parse(|it| {
            it.headers.clear();
            it.timestamp = Some(1_700_000_000);
        });
        assert_eq!(submitted.unwrap().document_date.to_string(), "2023-11-14");
    }

    #[test]
    fn a_missing_id_is_derived_from_all_that_was_sent() {
        let nameless = |date: &str| {
            let message = message(|it| {
                it.message_id = None;
                it.headers.insert(HEADER_DOCUMENT_DATE.to_owned(), date.to_owned());
            });
            Submitted::parse(&message, MAX_BODY_BYTES).unwrap().submission
        };
        assert_eq!(nameless("2026-11-21"), nameless("2026-11-21"));
        assert_ne!(nameless("2026-11-21"), nameless("2026-11-20"));
    }
}
