use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, Path, Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bole_core::message::v1::{
    HEADER_CANDIDATE_REF, HEADER_CONSENT, HEADER_DOCUMENT_DATE, HEADER_FIELD, HEADER_TRACEPARENT, Message,
    MessageError, Properties, SUBMITTED, fallback_id,
};
use bole_core::{DocumentId, MessageId, Portal, SubmissionId};
use bole_engine::{Admission, Followed, RefusedAtDoor};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::timeout;

use crate::State;
use crate::problem::{Code, Problem};

const PORTAL: HeaderName = HeaderName::from_static("bole-portal");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Headers of a request that become headers of the message.
const PASSED_ON: [(&str, &str); 5] = [
    ("bole-document-date", HEADER_DOCUMENT_DATE),
    ("bole-candidate-ref", HEADER_CANDIDATE_REF),
    ("bole-field", HEADER_FIELD),
    ("bole-consent", HEADER_CONSENT),
    ("traceparent", HEADER_TRACEPARENT),
];

/// `POST /v1/submissions`: the body is the file. 202 when it is durable, 200 if it was decided before.
pub(crate) async fn submit(Shared(state): Shared<State>, request: Request) -> Result<Response, Problem> {
    let Some(door) = &state.server.door else { return Err(Problem::new(Code::NoSuchPage)) };
    let portal = portal(request.headers())?;
    let properties = properties(request.headers())?;
    let limit_bytes = state.server.engine.settings().queue.limit_bytes;
    // A body without a length may become as long as the limit.
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok()).unwrap_or(limit_bytes);
    if length > limit_bytes {
        return Err(too_large(limit_bytes));
    }
    let n_kib = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
    let receiving = async {
        let room = state.room.acquire_many(n_kib).await;
        let body = Bytes::from_request(request, &state).await;
        (room, body)
    };
    let (_room, body) = timeout(state.server.engine.settings().server.body_time, receiving)
        .await
        .map_err(|_| Problem::new(Code::TooSlow))?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limit_bytes),
        _ => Problem::with_detail(Code::BadSubmission, rejection.body_text()),
    })?;
    let message = Message { portal, properties, body };
    let (id, document) = (fallback_id(&message), DocumentId::of(&message.body));
    match door.submit(message).await {
        Ok(Admission::Queued) => {
            let id = bole_engine::id_in_force(&state.server.engine, id, document).await;
            let body = Json(json!({ "id": id.message_id, "state": bole_core::State::Queued }));
            Ok((StatusCode::ACCEPTED, [(header::LOCATION, location(&id.message_id))], body).into_response())
        }
        Ok(Admission::AlreadyReceived(record)) => {
            let followed = bole_engine::submission(&state.server.engine, &record.submission).await;
            let followed = followed.map_err(|error| unavailable(&error))?;
            let body = followed.as_ref().map(as_json);
            let location = location(&record.submission.message_id);
            Ok((StatusCode::OK, [(header::LOCATION, location)], Json(body)).into_response())
        }
        Err(error) => Err(refused(&error)),
    }
}

/// `GET /v1/submissions/{message_id}`: where it stands, and how it came there.
pub(crate) async fn show(
    Shared(state): Shared<State>,
    message_id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let portal = portal(&headers)?;
    let message_id = message_id.ok().and_then(|Path(id)| id.parse().ok());
    let message_id = message_id.ok_or_else(|| Problem::new(Code::UnknownSubmission))?;
    let id = SubmissionId { portal, message_id };
    let found = bole_engine::submission(&state.server.engine, &id).await;
    match found.map_err(|error| unavailable(&error))? {
        Some(followed) => Ok(Json(as_json(&followed)).into_response()),
        None => Err(Problem::new(Code::UnknownSubmission)),
    }
}

fn portal(headers: &HeaderMap) -> Result<Portal, Problem> {
    let given = headers.get(PORTAL).ok_or_else(|| Problem::new(Code::NoPortal))?;
    let name = given.to_str().ok().and_then(|name| name.parse().ok());
    name.ok_or_else(|| Problem::new(Code::UnknownPortal))
}

fn properties(headers: &HeaderMap) -> Result<Properties, Problem> {
    let mut properties = Properties {
        message_id: text(headers, &IDEMPOTENCY_KEY)?,
        content_type: text(headers, &header::CONTENT_TYPE)?,
        kind: Some(SUBMITTED.to_owned()),
        // The date of today, unless the request gives another.
        timestamp: Some(Timestamp::now().as_second()),
        app_id: None,
        headers: BTreeMap::new(),
    };
    for (given, name) in PASSED_ON {
        if let Some(value) = text(headers, &HeaderName::from_static(given))? {
            properties.headers.insert(name.to_owned(), value);
        }
    }
    Ok(properties)
}

/// A header's value, which may be any text in UTF-8: candidates are called by Chinese names too.
fn text(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes());
    let text =
        text.map_err(|_| Problem::with_detail(Code::BadSubmission, format!("header `{name}` is not UTF-8")))?;
    Ok(Some(text.to_owned()))
}

fn refused(error: &RefusedAtDoor) -> Problem {
    match error {
        RefusedAtDoor::UnknownPortal(_) => Problem::new(Code::UnknownPortal),
        RefusedAtDoor::Backlog { .. } => Problem::with_detail(Code::Backlog, error),
        RefusedAtDoor::Message(MessageError::TooLarge { .. }) => Problem::with_detail(Code::TooLarge, error),
        RefusedAtDoor::Message(_) => Problem::with_detail(Code::BadSubmission, error),
        // Why was logged where it happened.
        RefusedAtDoor::Outage(_) => Problem::new(Code::Unavailable),
        RefusedAtDoor::Closed => Problem::new(Code::Stopping),
    }
}

fn unavailable(error: &bole_engine::EngineError) -> Problem {
    tracing::warn!(%error, "a submission could not be looked up");
    Problem::new(Code::Unavailable)
}

fn too_large(limit_bytes: usize) -> Problem {
    Problem::with_detail(Code::TooLarge, format!("the limit is {limit_bytes} bytes"))
}

/// Where the submission can be asked for.
fn location(message_id: &MessageId) -> HeaderValue {
    // `.` and `..` as they are would lead to another place.
    let is_dots = message_id.as_str().bytes().all(|byte| byte == b'.');
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) || (byte == b'.' && !is_dots);
    let path = message_id.as_str().bytes().fold("/v1/submissions/".to_owned(), |path, byte| {
        if is_plain(byte) {
            path + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            path + &format!("%{byte:02X}")
        }
    });
    HeaderValue::try_from(path).unwrap_or_else(|_| unreachable!("it is ASCII"))
}

fn as_json(followed: &Followed) -> serde_json::Value {
    let Followed { record, timeline } = followed;
    let timeline = timeline
        .iter()
        .map(|it| json!({ "state": it.state, "reason": it.reason, "attempt": it.attempt, "at": it.at }));
    let duplicate_of = record.duplicate_of.as_ref().filter(|first| first.portal == record.submission.portal);
    json!({
        "id": record.submission.message_id,
        "sha256": record.document,
        "state": record.state,
        "reason": record.reason,
        "detail": record.detail,
        "advice": record.reason.advice(),
        "attempt": record.attempt,
        "duplicate_of": duplicate_of.map(|first| &first.message_id),
        "received_at": record.received_at,
        "changed_at": record.changed_at,
        "timeline": timeline.collect::<Vec<_>>(),
    })
}
