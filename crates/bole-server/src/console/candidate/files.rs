//! Files of one resume.

use axum::extract::State as Shared;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bole_core::AuditAction;
use bole_engine::EngineError;

use super::super::frame;
use super::super::session::View;
use super::sheets;
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

/// A page as a picture if it is asked for as `3.png`; as `3`, what there is to say about that picture.
pub(super) async fn page(
    caller: AsRecruiter,
    view: View,
    request: RequestId,
    Shared(state): Shared<State>,
    At((resume, page)): At<(String, String)>,
) -> Result<Response, Problem> {
    let number = page.strip_suffix(".png");
    let is_picture = number.is_some();
    let number = number.unwrap_or(&page).parse().map_err(|_| Problem::new(Code::NotFound))?;
    let engine = &state.server.engine;
    let found = match bole_engine::page_image(engine, &resume, number, &caller.scope).await {
        Err(EngineError::NotDrawn { detail }) => Err(detail),
        found => Ok(found?),
    };
    if !is_picture {
        return Ok(frame::part(&sheets::about_picture(&view, found.as_deref().map_err(String::as_str))));
    }
    let image = found.map_err(|detail| Problem::with_detail(Code::NotFound, detail))?;
    let document = bole_engine::resolve(engine, &resume, &caller.scope).await?;
    let entry = Audited::new(&caller.caller, request, AuditAction::Page).of([document]);
    audit(&state, entry.about(format!("page {number}"))).await?;
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("image/png"))];
    Ok((kind, image.png.clone()).into_response())
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
