use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use bole_core::{
    AsOf, AuditAction, Choice, Decision, DocumentId, FieldId, Hidden, Note, PersonId, Portal, Reason,
    State as SubmissionState,
};
use bole_engine::{Explained, JsonResume, PageShown, PossiblySame, SubmissionRecord, Talent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::wanted::Wanted;
use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::download::{self, FileBytes};
use crate::problem::{Code, Problem};
use crate::request::RequestId;
use crate::take::{self, At};

/// A resume and the person behind it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidate {
    /// The resume.
    resume: DocumentId,
    /// The person.
    person: PersonId,
    /// The date it speaks from.
    as_of: AsOf,
    /// What was understood, as JSON Resume 1.0 with `x-bole` for where it stands and how sure it is.
    json_resume: JsonResume,
    /// The talent level, beside every score.
    talent: Talent,
    /// The same person's other resumes.
    other_versions: Vec<DocumentId>,
    /// Resumes of others that share the name or a contact, for a person to decide: nobody is merged by these.
    possibly_same: PossiblySame,
    /// How it came, the first submission first.
    submissions: Vec<Origin>,
    /// What was decided about any of the person's resumes, the oldest first.
    decisions: Vec<Decision>,
    /// What was written about any of them.
    notes: Vec<Note>,
    /// Its pages, the first one first.
    pages: Vec<CandidatePage>,
}

/// A page of a resume. The boxes of its evidence lie on it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidatePage {
    /// From 1.
    number: u32,
    /// As displayed, in hundredths of a PDF point.
    width: i32,
    /// As displayed, in hundredths of a PDF point.
    height: i32,
    /// The text that a person does not see and a program does, with what is protected blanked. Very much of it is cut.
    hidden: Vec<Hidden>,
}

/// A submission that a resume came by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Origin {
    portal: Portal,
    state: SubmissionState,
    reason: Reason,
    field: Option<FieldId>,
    /// What the candidate agreed to, as the portal told it.
    consent: Option<String>,
    received_at: Timestamp,
}

/// What was decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionWanted {
    /// The name of the profile that it is about.
    pub(crate) profile: String,
    pub(crate) choice: Choice,
}

/// What is to be noted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteWanted {
    /// At most 16 KiB of UTF-8.
    #[schema(min_length = 1, max_length = 16_384)]
    pub(crate) text: String,
}

/// A resume: what was understood, where it came from, what was noted about it.
#[utoipa::path(
    get,
    path = "/v1/candidates/{resume}",
    tag = "candidates",
    params(("resume" = String, Path, description = "Its id, or at least the first 8 of its hex digits.")),
    responses((status = 200, description = "The resume.", body = Candidate)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn show(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(resume): At<String>,
) -> Result<Json<Candidate>, Problem> {
    let engine = &state.server.engine;
    let shown = bole_engine::candidate(engine, &resume, &caller.scope).await?;
    audit(&state, Audited::new(&caller.caller, request, AuditAction::Candidate).of([shown.resume])).await?;
    let all: Vec<_> = [shown.resume].into_iter().chain(shown.other_versions.iter().copied()).collect();
    let noted = bole_engine::noted(engine, &all, &caller.scope).await?;
    let possibly_same = bole_engine::possibly_same(engine, &shown.resume.to_string(), &caller.scope).await?;
    Ok(Json(Candidate {
        resume: shown.resume,
        person: shown.person,
        as_of: shown.as_of,
        json_resume: shown.json_resume,
        talent: shown.talent,
        other_versions: shown.other_versions,
        possibly_same,
        submissions: shown.submissions.into_iter().map(Origin::of).collect(),
        decisions: noted.decisions,
        notes: noted.notes,
        pages: shown.pages.into_iter().map(CandidatePage::of).collect(),
    }))
}

/// Where every point of a resume comes from, with the lines that show it, what is missing, and the place that it has.
#[utoipa::path(
    post,
    path = "/v1/candidates/{resume}/evidence",
    tag = "candidates",
    params(("resume" = String, Path, description = "Its id.")),
    request_body = Wanted,
    responses((status = 200, description = "The explanation.", body = Explained)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn evidence(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(resume): At<String>,
    take::Json(wanted): take::Json<Wanted>,
) -> Result<Json<Explained>, Problem> {
    let (profile, overrides, _) = wanted.choose(&state, &caller)?;
    let found =
        bole_engine::explain(&state.server.engine, &resume, &profile, &overrides, &caller.scope).await?;
    let entry = Audited::new(&caller.caller, request, AuditAction::Evidence).of([found.resume]);
    audit(&state, entry.about(&found.profile)).await?;
    Ok(Json(found))
}

/// The file of a resume, as it was sent. It is hostile until proven otherwise: store it, and open it in something that is fenced in.
#[utoipa::path(
    get,
    path = "/v1/candidates/{resume}/original",
    tag = "candidates",
    params(("resume" = String, Path, description = "Its id.")),
    responses((status = 200, description = "Its bytes; not to be opened by a browser.", body = FileBytes, content_type = "application/octet-stream")),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn original(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(resume): At<String>,
) -> Result<Response, Problem> {
    let engine = &state.server.engine;
    let document = bole_engine::resolve_file(engine, &resume, &caller.scope).await?;
    audit(&state, Audited::new(&caller.caller, request, AuditAction::Original).of([document])).await?;
    let bytes =
        bole_engine::original_of(engine, document).await?.ok_or_else(|| Problem::new(Code::NoOriginal))?;
    Ok(download::file(bytes, "application/octet-stream", &format!("{document}.pdf")))
}

/// Note a decision. A person decides: nothing is ever declined by itself.
#[utoipa::path(
    post,
    path = "/v1/candidates/{resume}/decisions",
    tag = "candidates",
    params(("resume" = String, Path, description = "Its id.")),
    request_body = DecisionWanted,
    responses((status = 201, description = "It is noted; the ones before it stay.", body = Decision)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn decide(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(resume): At<String>,
    take::Json(DecisionWanted { profile, choice }): take::Json<DecisionWanted>,
) -> Result<(StatusCode, Json<Decision>), Problem> {
    let by = caller.caller.name();
    let engine = &state.server.engine;
    let decision = bole_engine::decide(engine, &resume, &caller.scope, &profile, choice, by).await?;
    let entry = Audited::new(&caller.caller, request, AuditAction::Decision).of([decision.resume]);
    audit(&state, entry.about(format!("{profile}: {}", choice.code()))).await?;
    Ok((StatusCode::CREATED, Json(decision)))
}

/// Write a note about a resume.
#[utoipa::path(
    post,
    path = "/v1/candidates/{resume}/notes",
    tag = "candidates",
    params(("resume" = String, Path, description = "Its id.")),
    request_body = NoteWanted,
    responses((status = 201, description = "It is kept.", body = Note)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn write_note(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(resume): At<String>,
    take::Json(NoteWanted { text }): take::Json<NoteWanted>,
) -> Result<(StatusCode, Json<Note>), Problem> {
    let engine = &state.server.engine;
    let note = bole_engine::write_note(engine, &resume, &caller.scope, &text, caller.caller.name()).await?;
    let entry = Audited::new(&caller.caller, request, AuditAction::Note).of([note.resume]);
    audit(&state, entry.about(note.id)).await?;
    Ok((StatusCode::CREATED, Json(note)))
}

/// Delete a note.
#[utoipa::path(
    delete,
    path = "/v1/candidates/{resume}/notes/{note}",
    tag = "candidates",
    params(("resume" = String, Path, description = "The resume."), ("note" = Uuid, Path, description = "The note.")),
    responses((status = 204, description = "It is gone.")),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn delete_note(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At((resume, note)): At<(String, Uuid)>,
) -> Result<StatusCode, Problem> {
    let was_there = bole_engine::delete_note(&state.server.engine, &resume, &caller.scope, note).await?;
    audit(&state, Audited::new(&caller.caller, request, AuditAction::Note).about(note)).await?;
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::new(Code::NotFound)) }
}

impl CandidatePage {
    fn of(page: PageShown) -> Self {
        let PageShown { number, width, height, lines: _, hidden } = page;
        Self { number, width, height, hidden }
    }
}

impl Origin {
    fn of(record: SubmissionRecord) -> Self {
        Self {
            portal: record.submission.portal,
            state: record.state,
            reason: record.reason,
            field: record.field,
            consent: record.consent,
            received_at: record.received_at,
        }
    }
}
