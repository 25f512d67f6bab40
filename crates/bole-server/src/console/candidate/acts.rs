//! What is noted about somebody from their page. Each goes the way of the API, and back to the page.

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use bole_core::Choice;

use super::super::form::{Fields, Posted};
use super::super::language::own_address;
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::{Code, Problem};
use crate::recruiters::candidates::{self, DecisionWanted, NoteWanted};
use crate::request::RequestId;
use crate::take::{At, Json};

pub(super) async fn decide(
    caller: AsRecruiter,
    request: RequestId,
    state: Shared<State>,
    resume: At<String>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let profile = fields.need("profile")?.to_owned();
    let choice = Choice::of_code(fields.need("choice")?);
    let choice = choice.ok_or_else(|| Problem::with_detail(Code::BadRequest, "there is no such choice"))?;
    candidates::decide(caller, request, state, resume, Json(DecisionWanted { profile, choice }))
        .await
        .map(drop)?;
    Ok(back(&fields))
}

pub(super) async fn write_note(
    caller: AsRecruiter,
    request: RequestId,
    state: Shared<State>,
    resume: At<String>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    // Browsers send lines that end as on paper tape.
    let text = fields.get("text").unwrap_or_default().replace("\r\n", "\n");
    candidates::write_note(caller, request, state, resume, Json(NoteWanted { text })).await.map(drop)?;
    Ok(back(&fields))
}

pub(super) async fn delete_note(
    caller: AsRecruiter,
    request: RequestId,
    state: Shared<State>,
    At(resume): At<String>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let note = fields.need("note")?.parse().map_err(|_| Problem::new(Code::NotFound))?;
    candidates::delete_note(caller, request, state, At((resume, note))).await?;
    Ok(back(&fields))
}

fn back(fields: &Fields) -> Response {
    Redirect::to(&own_address(fields.get("back"))).into_response()
}
