use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bole_core::message::v1::{
    HEADER_CANDIDATE_REF, HEADER_CONSENT, HEADER_DOCUMENT_DATE, HEADER_FIELD, HEADER_TRACEPARENT, Message,
    MessageError, Properties, SUBMITTED, fallback_id,
};
use bole_core::{Attempt, DocumentId, MessageId, Reason, State as SubmissionState, SubmissionId};
use bole_engine::{Admission, Followed, RefusedAtDoor, SubmissionRecord, Transition};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::State;
use crate::access::AsPortal;
use crate::cursor::{self, Part};
use crate::download::FileBytes;
use crate::problem::{Code, Problem};
use crate::take::{self, At, Params, too_large};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Headers of a request that become headers of the message, and the fields of a form that do.
const PASSED_ON: [(&str, &str, &str); 5] = [
    ("bole-document-date", "document-date", HEADER_DOCUMENT_DATE),
    ("bole-candidate-ref", "candidate-ref", HEADER_CANDIDATE_REF),
    ("bole-field", "field", HEADER_FIELD),
    ("bole-consent", "consent", HEADER_CONSENT),
    ("traceparent", "traceparent", HEADER_TRACEPARENT),
];
/// The field of a form that holds the file, and the one that holds the id.
const FORM_FILE: &str = "file";
const FORM_ID: &str = "id";
/// A form has a little more than its file.
const FORM_BYTES: usize = 64 << 10;
/// What a client names that forgot to say what it sends.
const NO_FILE: [&str; 2] = ["application/x-www-form-urlencoded", "application/json"];

/// A submission as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, which is read field by field")]
pub(crate) struct SubmissionForm {
    /// The file.
    file: FileBytes,
    /// As the header `Idempotency-Key`.
    #[schema(nullable = false, min_length = 1, max_length = 255)]
    id: Option<String>,
    /// When the resume was written, as `2026-03-01`; without, today.
    #[schema(rename = "document-date", nullable = false, format = Date)]
    document_date: Option<String>,
    /// What the portal calls the candidate.
    #[schema(rename = "candidate-ref", nullable = false)]
    candidate_ref: Option<String>,
    /// The field applied for.
    #[schema(nullable = false)]
    field: Option<String>,
    /// What the candidate agreed to, and until when.
    #[schema(nullable = false)]
    consent: Option<String>,
}

/// A submission that was just taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakenIn {
    /// Its id: that of the request, or one derived from the bytes.
    id: MessageId,
    state: SubmissionState,
}

/// A submission as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubmissionStatus {
    id: MessageId,
    /// The SHA-256 of its bytes.
    sha256: DocumentId,
    state: SubmissionState,
    reason: Reason,
    /// What exactly, without personal data.
    detail: Option<String>,
    /// What the portal or the candidate can do.
    advice: &'static str,
    attempt: Attempt,
    /// The portal's own submission that the same bytes came with first.
    duplicate_of: Option<MessageId>,
    received_at: Timestamp,
    changed_at: Timestamp,
    /// How it came there, the oldest first; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<Step>,
}

/// A change of a submission's state.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Step {
    state: SubmissionState,
    reason: Reason,
    attempt: Attempt,
    at: Timestamp,
}

/// A part of a portal's submissions, ordered by id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Submissions {
    submissions: Vec<SubmissionStatus>,
    /// The cursor of the next part; absent at the end.
    next: Option<String>,
}

/// Which submissions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those that stand here.
    state: Option<SubmissionState>,
    /// How many at most.
    #[serde(default = "cursor::default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: u32,
    /// Where to go on: the `next` of the part before.
    #[param(pattern = "^([0-9A-Fa-f]{2})+$")]
    cursor: Option<String>,
}

/// Submit a resume.
///
/// The body is the file, or a form with it. 202 when it survives a crash, and only then; 200 if it was received before.
/// Without an answer, or with 429 or 503, it is to be sent again with the same `Idempotency-Key`: the same id and bytes count
/// once. The same id for other bytes is set aside as `message_id_reused`.
#[utoipa::path(
    post,
    path = "/v1/submissions",
    tag = "submissions",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The portal's id of the submission, 1 to 255 bytes; without, it is derived from the bytes.", min_length = 1, max_length = 255),
        ("Bole-Document-Date" = Option<String>, Header, description = "When the resume was written, as `2026-03-01`; without, today."),
        ("Bole-Candidate-Ref" = Option<String>, Header, description = "What the portal calls the candidate: two resumes of one are of the same person."),
        ("Bole-Field" = Option<String>, Header, description = "The field applied for, such as `finance`."),
        ("Bole-Consent" = Option<String>, Header, description = "What the candidate agreed to, and until when."),
        ("traceparent" = Option<String>, Header, description = "W3C trace context; with its sampled flag the submission is traced."),
    ),
    request_body(
        content((FileBytes = "application/pdf"), (FileBytes = "application/octet-stream"), (SubmissionForm = "multipart/form-data")),
        description = "The file, at most 16 MiB unless configured otherwise.",
    ),
    responses(
        (status = 202, description = "It is durable, and waits to be read.", body = TakenIn, headers(("Location" = String, description = "Where its status is."))),
        (status = 200, description = "It was received before.", body = SubmissionStatus, headers(("Location" = String, description = "Where its status is."))),
    ),
    security(("key" = ["portal"])),
)]
pub(crate) async fn submit(
    AsPortal { portal }: AsPortal,
    Shared(state): Shared<State>,
    request: Request,
) -> Result<Response, Problem> {
    let Some(door) = &state.server.door else { return Err(Problem::new(Code::NoSuchPage)) };
    let mut properties = properties(request.headers())?;
    let limit_bytes = state.server.engine.settings().queue.limit_bytes;
    let kind = properties.content_type.as_deref().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if NO_FILE.contains(&kind.as_str()) {
        let detail = "send the file with `Content-Type: application/pdf`, or a form as multipart/form-data";
        return Err(Problem::with_detail(Code::UnsupportedMediaType, detail));
    }
    let is_form = kind == "multipart/form-data";
    let headers = request.headers().clone();
    let most = limit_bytes + if is_form { FORM_BYTES } else { 0 };
    let (body, _room) = take::body(&state, request, most).await.map_err(|problem| match problem.code() {
        Code::TooLarge => too_large(limit_bytes),
        _ => problem,
    })?;
    let body = if is_form { form(&headers, body, &mut properties, &state).await? } else { body };
    let message = Message { portal, properties, body };
    let (id, document) = (fallback_id(&message), DocumentId::of(&message.body));
    match door.submit(message).await {
        Ok(Admission::Queued) => {
            let id = bole_engine::id_in_force(&state.server.engine, id, document).await;
            let place = [(header::LOCATION, location(&id.message_id))];
            let body = Json(TakenIn { id: id.message_id, state: SubmissionState::Queued });
            Ok((StatusCode::ACCEPTED, place, body).into_response())
        }
        Ok(Admission::AlreadyReceived(record)) => {
            let followed = bole_engine::submission(&state.server.engine, &record.submission).await?;
            let status = followed.map(SubmissionStatus::of);
            let location = location(&record.submission.message_id);
            Ok((StatusCode::OK, [(header::LOCATION, location)], Json(status)).into_response())
        }
        Err(error) => Err(refused(&error)),
    }
}

/// How a submission stands, and how it came there.
#[utoipa::path(
    get,
    path = "/v1/submissions/{id}",
    tag = "submissions",
    params(("id" = MessageId, Path, description = "The portal's id of it.")),
    responses((status = 200, description = "The submission.", body = SubmissionStatus)),
    security(("key" = ["portal"])),
)]
pub(crate) async fn show(
    AsPortal { portal }: AsPortal,
    Shared(state): Shared<State>,
    id: Result<At<String>, Problem>,
) -> Result<Json<SubmissionStatus>, Problem> {
    // What is no id names nothing.
    let At(id) = id.map_err(|_| Problem::new(Code::UnknownSubmission))?;
    let message_id = id.parse().map_err(|_| Problem::new(Code::UnknownSubmission))?;
    let id = SubmissionId { portal, message_id };
    let found = bole_engine::submission(&state.server.engine, &id).await?;
    let found = found.filter(|found| is_taken_in(found.record.state));
    found.map(|found| Json(SubmissionStatus::of(found))).ok_or_else(|| Problem::new(Code::UnknownSubmission))
}

/// The portal's submissions, ordered by id.
#[utoipa::path(
    get,
    path = "/v1/submissions",
    tag = "submissions",
    params(Which),
    responses((status = 200, description = "A part of them.", body = Submissions)),
    security(("key" = ["portal"])),
)]
pub(crate) async fn list(
    AsPortal { portal }: AsPortal,
    Shared(state): Shared<State>,
    Params(Which { state: stands, limit, cursor }): Params<Which>,
) -> Result<Json<Submissions>, Problem> {
    let part = Part { limit, cursor };
    let (limit, after) = (part.limit()?, part.after::<MessageId>()?);
    let found =
        bole_engine::submissions_of_portal(&state.server.engine, &portal, stands, after.as_ref(), limit)
            .await?;
    let is_full = found.len() == limit as usize;
    let next = found.last().filter(|_| is_full).and_then(|last| cursor::write(&last.submission.message_id));
    let submissions = found
        .into_iter()
        .filter(|record| is_taken_in(record.state))
        .map(|record| SubmissionStatus::of(Followed { record, timeline: Vec::new() }))
        .collect();
    Ok(Json(Submissions { submissions, next }))
}

/// Whether a submission was promised to be kept. One that a crash cut off before the queue had it is not: its portal was told
/// nothing, and has to send it again.
pub(crate) fn is_taken_in(state: SubmissionState) -> bool {
    state != SubmissionState::Accepting
}

/// Reads a form: its file, and what it says about it.
async fn form(
    headers: &HeaderMap,
    body: Bytes,
    properties: &mut Properties,
    state: &State,
) -> Result<Bytes, Problem> {
    let broken = |text: String| Problem::with_detail(Code::BadRequest, text);
    let n_bytes = body.len();
    let mut again = Request::new(axum::body::Body::from(body));
    *again.headers_mut() = headers.clone();
    let mut form = Multipart::from_request(again, state).await.map_err(|error| broken(error.body_text()))?;
    let mut file = None;
    let mut seen = BTreeSet::new();
    while let Some(field) = form.next_field().await.map_err(|error| broken(error.body_text()))? {
        let name = field.name().unwrap_or_default().to_owned();
        if !seen.insert(name.clone()) {
            return Err(Problem::with_detail(Code::BadSubmission, "the form has a field twice"));
        }
        if name == FORM_FILE {
            properties.content_type = field.content_type().map(str::to_owned);
            file = Some(field.bytes().await.map_err(|error| broken(error.body_text()))?);
            continue;
        }
        let text = field.text().await.map_err(|error| broken(error.body_text()))?;
        if name == FORM_ID {
            agree(properties.message_id.replace(text.clone()), &text)?;
        } else if let Some((_, _, header)) = PASSED_ON.iter().find(|(_, field, _)| *field == name) {
            agree(properties.headers.insert((*header).to_owned(), text.clone()), &text)?;
        } else {
            let known: Vec<_> = PASSED_ON.iter().map(|(_, field, _)| *field).collect();
            let detail =
                format!("the form has a field that is not known; known are file, id, {}", known.join(", "));
            return Err(Problem::with_detail(Code::BadSubmission, detail));
        }
    }
    let file =
        file.ok_or_else(|| Problem::with_detail(Code::BadSubmission, "the form has no field `file`"))?;
    if n_bytes - file.len() > FORM_BYTES {
        let detail = format!("the form has more than {FORM_BYTES} bytes besides its file");
        return Err(Problem::with_detail(Code::TooLarge, detail));
    }
    Ok(file)
}

/// What a header says already, a form may only repeat: nobody could tell which of two counts.
fn agree(of_header: Option<String>, of_form: &str) -> Result<(), Problem> {
    if of_header.is_none_or(|of_header| of_header == of_form) {
        return Ok(());
    }
    let detail = "a field of the form and the header of the same meaning differ: send one of them";
    Err(Problem::with_detail(Code::BadSubmission, detail))
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
    for (given, _, name) in PASSED_ON {
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

impl SubmissionStatus {
    fn of(Followed { record, timeline }: Followed) -> Self {
        let SubmissionRecord { submission, document, state, reason, detail, attempt, duplicate_of, .. } =
            record;
        // Of other portals nothing is told.
        let duplicate_of = duplicate_of.filter(|first| first.portal == submission.portal);
        Self {
            id: submission.message_id,
            sha256: document,
            state,
            reason,
            detail,
            advice: reason.advice(),
            attempt,
            duplicate_of: duplicate_of.map(|first| first.message_id),
            received_at: record.received_at,
            changed_at: record.changed_at,
            timeline: timeline.iter().map(Step::of).collect(),
        }
    }
}

impl Step {
    pub(crate) fn of(transition: &Transition) -> Self {
        let Transition { state, reason, attempt, at } = *transition;
        Self { state, reason, attempt, at }
    }
}
