//! Files of one resume.

use axum::extract::State as Shared;
use axum::response::Response;
use bole_core::AuditAction;

use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::download;
use crate::problem::{Code, Problem};
use crate::recruiters::candidates;
use crate::request::RequestId;
use crate::take::At;

/// The file as it was sent.
pub(super) async fn original(
    caller: AsRecruiter,
    request: RequestId,
    state: Shared<State>,
    resume: At<String>,
) -> Result<Response, Problem> {
    candidates::original(caller, request, state, resume).await
}

/// What was understood, as JSON Resume.
pub(super) async fn json_resume(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(resume): At<String>,
) -> Result<Response, Problem> {
    let found = bole_engine::export(&state.server.engine, &resume, &caller.scope).await?;
    let document = found.x_bole.document;
    audit(&state, Audited::new(&caller.caller, request, AuditAction::Export).of([document])).await?;
    let bytes = serde_json::to_vec_pretty(&found)
        .map_err(|error| Problem::with_detail(Code::Internal, error.to_string()))?;
    Ok(download::file(bytes, "application/json", &format!("{document}.json")))
}
