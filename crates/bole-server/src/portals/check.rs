use axum::Json;
use axum::extract::{Request, State as Shared};
use bole_engine::Checked;

use crate::State;
use crate::access::AsPortal;
use crate::download::FileBytes;
use crate::problem::{Code, Problem};
use crate::take;

/// Is this file readable?
///
/// Answered at once, while the candidate is still there. Nothing of it is stored.
#[utoipa::path(
    post,
    path = "/v1/check",
    tag = "submissions",
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The file."),
    responses((status = 200, description = "What a submission of it would become.", body = Checked)),
    security(("key" = ["portal"])),
)]
pub(crate) async fn check(
    _caller: AsPortal,
    Shared(state): Shared<State>,
    request: Request,
) -> Result<Json<Checked>, Problem> {
    let engine = &state.server.engine;
    let (bytes, _room) = take::body(&state, request, engine.settings().queue.limit_bytes).await?;
    if bytes.is_empty() {
        return Err(Problem::with_detail(Code::BadSubmission, "the body has no bytes: send the file"));
    }
    Ok(Json(bole_engine::check(engine, &bytes).await?))
}
