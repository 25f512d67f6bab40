use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use bole_core::{
    Attempt, AuditAction, DocumentId, MessageId, Portal, Reason, State as SubmissionState, SubmissionId,
};
use bole_engine::{Followed, NotDone, QuarantineFilter, SubmissionRecord};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::State;
use crate::access::{AsOps, Caller};
use crate::audited::{Audited, audit};
use crate::cursor::{self, Part};
use crate::download::{self, FileBytes};
use crate::portals::Step;
use crate::problem::{Code, Problem};
use crate::request::RequestId;
use crate::take::{self, At, Params};

/// Which submissions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those of this portal.
    portal: Option<Portal>,
    /// Only those with this reason.
    reason: Option<Reason>,
    /// How many at most.
    #[serde(default = "cursor::default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: u32,
    /// Where to go on: the `next` of the part before.
    #[param(pattern = "^([0-9A-Fa-f]{2})+$")]
    cursor: Option<String>,
}

/// A submission that was set aside.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetAside {
    submission: SubmissionId,
    /// The SHA-256 of its bytes.
    sha256: DocumentId,
    state: SubmissionState,
    reason: Reason,
    /// What exactly, without personal data.
    detail: Option<String>,
    /// What the portal or the candidate can do.
    advice: &'static str,
    attempt: Attempt,
    received_at: Timestamp,
    changed_at: Timestamp,
    /// How it came there, the oldest first; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<Step>,
}

/// A part of the quarantine, ordered by portal and id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quarantine {
    submissions: Vec<SetAside>,
    /// The cursor of the next part; absent at the end.
    next: Option<String>,
}

/// Submissions that something is to be done with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selected {
    /// Which, at most 1000 at once.
    #[schema(max_items = 1000)]
    submissions: Vec<SubmissionId>,
}

/// What became of each, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    outcomes: Vec<Outcome>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcome {
    submission: SubmissionId,
    /// Whether it was done.
    done: bool,
    /// Why not.
    why: Option<String>,
}

/// Submissions that something is done with at once.
pub(crate) const MAX_SELECTED: usize = 1000;

/// The quarantine.
#[utoipa::path(
    get,
    path = "/v1/ops/quarantine",
    tag = "operations",
    params(Which),
    responses((status = 200, description = "A part of it.", body = Quarantine)),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn list(
    _caller: AsOps,
    Shared(state): Shared<State>,
    Params(Which { portal, reason, limit, cursor }): Params<Which>,
) -> Result<Json<Quarantine>, Problem> {
    let part = Part { limit, cursor };
    let (limit, after) = (part.limit()?, part.after::<SubmissionId>()?);
    let filter = QuarantineFilter { portal, reason };
    let found = bole_engine::quarantined(&state.server.engine, &filter, after.as_ref(), limit).await?;
    let is_full = found.len() == limit as usize;
    let next = found.last().filter(|_| is_full).and_then(|last| cursor::write(&last.submission));
    let set_aside = |record| SetAside::of(Followed { record, timeline: Vec::new() });
    Ok(Json(Quarantine { submissions: found.into_iter().map(set_aside).collect(), next }))
}

/// A submission, wherever it stands, and how it came there.
#[utoipa::path(
    get,
    path = "/v1/ops/submissions/{portal}/{id}",
    tag = "operations",
    params(("portal" = Portal, Path, description = "Its portal."), ("id" = MessageId, Path, description = "Its id there.")),
    responses((status = 200, description = "The submission.", body = SetAside)),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn show(
    _caller: AsOps,
    Shared(state): Shared<State>,
    At((portal, id)): At<(String, String)>,
) -> Result<Json<SetAside>, Problem> {
    Ok(Json(SetAside::of(find(&state, &portal, &id).await?)))
}

/// The file of a submission.
#[utoipa::path(
    get,
    path = "/v1/ops/submissions/{portal}/{id}/original",
    tag = "operations",
    params(("portal" = Portal, Path, description = "Its portal."), ("id" = MessageId, Path, description = "Its id there.")),
    responses((status = 200, description = "Its bytes; not to be opened by a browser.", body = FileBytes, content_type = "application/octet-stream")),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn original(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    At((portal, id)): At<(String, String)>,
) -> Result<Response, Problem> {
    file(&state, &caller, request, &portal, &id).await
}

/// Send submissions round again, each as a new attempt.
#[utoipa::path(
    post,
    path = "/v1/ops/quarantine/replay",
    tag = "operations",
    request_body = Selected,
    responses((status = 200, description = "What became of each.", body = Outcomes)),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn replay(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    take::Json(selected): take::Json<Selected>,
) -> Result<Json<Outcomes>, Problem> {
    let submissions = selected.checked()?;
    let answers = send_round(&state, &caller, request, &submissions).await?;
    Ok(Json(Outcomes::of(submissions, answers)))
}

/// Give submissions up.
#[utoipa::path(
    post,
    path = "/v1/ops/quarantine/discard",
    tag = "operations",
    request_body = Selected,
    responses((status = 200, description = "What became of each.", body = Outcomes)),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn discard(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    take::Json(selected): take::Json<Selected>,
) -> Result<Json<Outcomes>, Problem> {
    let submissions = selected.checked()?;
    let answers = give_up(&state, &caller, request, &submissions).await?;
    Ok(Json(Outcomes::of(submissions, answers)))
}

/// Sends these round again, and notes who did.
pub(crate) async fn send_round(
    state: &State,
    caller: &Caller,
    request: RequestId,
    submissions: &[SubmissionId],
) -> Result<Vec<Result<(), NotDone>>, Problem> {
    audit(state, Audited::new(caller, request, AuditAction::Replay).saying(listed(submissions))).await?;
    Ok(bole_engine::replay(&state.server.engine, submissions).await?)
}

/// Gives these up, and notes who did.
pub(crate) async fn give_up(
    state: &State,
    caller: &Caller,
    request: RequestId,
    submissions: &[SubmissionId],
) -> Result<Vec<Result<(), NotDone>>, Problem> {
    audit(state, Audited::new(caller, request, AuditAction::Discard).saying(listed(submissions))).await?;
    Ok(bole_engine::discard(&state.server.engine, submissions).await?)
}

/// The file of a submission, after it is noted who looked.
pub(crate) async fn file(
    state: &State,
    caller: &Caller,
    request: RequestId,
    portal: &str,
    id: &str,
) -> Result<Response, Problem> {
    let Followed { record, .. } = find(state, portal, id).await?;
    let entry = Audited::new(caller, request, AuditAction::Quarantine);
    audit(state, entry.of([record.document]).about(&record.submission)).await?;
    let bytes = bole_engine::original(&state.server.engine, &record).await?;
    let bytes = bytes.ok_or_else(|| Problem::new(Code::NoOriginal))?;
    Ok(download::file(bytes, "application/octet-stream", &format!("{}.pdf", record.document)))
}

/// A submission, wherever it stands.
pub(crate) async fn find(state: &State, portal: &str, id: &str) -> Result<Followed, Problem> {
    let unknown = || Problem::with_detail(Code::NotFound, "there is no such submission");
    let portal: Portal = portal.parse().map_err(|_| unknown())?;
    let id = SubmissionId { portal, message_id: id.parse().map_err(|_| unknown())? };
    bole_engine::submission(&state.server.engine, &id).await?.ok_or_else(unknown)
}

fn listed(submissions: &[SubmissionId]) -> String {
    submissions.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Selected {
    fn checked(self) -> Result<Vec<SubmissionId>, Problem> {
        if self.submissions.len() > MAX_SELECTED {
            let detail = format!(
                "{} submissions are more than {MAX_SELECTED}: send them in parts",
                self.submissions.len()
            );
            return Err(Problem::with_detail(Code::Unprocessable, detail));
        }
        Ok(self.submissions)
    }
}

impl Outcomes {
    fn of(submissions: Vec<SubmissionId>, answers: Vec<Result<(), NotDone>>) -> Self {
        let outcome = |(submission, answer): (_, Result<(), NotDone>)| Outcome {
            submission,
            done: answer.is_ok(),
            why: answer.err().map(|why| why.to_string()),
        };
        Self { outcomes: submissions.into_iter().zip(answers).map(outcome).collect() }
    }
}

impl SetAside {
    fn of(Followed { record, timeline }: Followed) -> Self {
        let SubmissionRecord {
            submission,
            document,
            state,
            reason,
            detail,
            attempt,
            received_at,
            changed_at,
            ..
        } = record;
        Self {
            submission,
            sha256: document,
            state,
            reason,
            detail,
            advice: reason.advice(),
            attempt,
            received_at,
            changed_at,
            timeline: timeline.iter().map(Step::of).collect(),
        }
    }
}
