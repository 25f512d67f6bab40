use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Shared;
use bole_core::AuditAction;
use bole_engine::{GateChange, SideBySide};
use serde::Deserialize;
use utoipa::ToSchema;

use super::wanted::{ProfileWanted, Wanted};
use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::problem::Problem;
use crate::request::RequestId;
use crate::take;

/// Resumes to be put side by side.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareWanted {
    /// The profile.
    profile: ProfileWanted,
    /// Weights by group, on the scale of the profile's file; 0 takes a group out of the score.
    #[serde(default)]
    weights: BTreeMap<String, u32>,
    /// Gates that are left out or asked for.
    #[serde(default)]
    gates: Vec<GateChange>,
    /// Two to four resumes, by id.
    #[schema(min_items = 2, max_items = 4)]
    resumes: Vec<String>,
}

/// Put two to four resumes side by side by what a profile makes of them.
#[utoipa::path(
    post,
    path = "/v1/compare",
    tag = "candidates",
    request_body = CompareWanted,
    responses((status = 200, description = "Side by side, in the order of the request.", body = SideBySide)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn compare(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    take::Json(CompareWanted { profile, weights, gates, resumes }): take::Json<CompareWanted>,
) -> Result<Json<SideBySide>, Problem> {
    let (profile, overrides, _) = Wanted { profile, weights, gates }.choose(&state, &caller)?;
    let found =
        bole_engine::compare(&state.server.engine, &resumes, &profile, &overrides, &caller.scope).await?;
    note(&state, &caller, request, &found).await?;
    Ok(Json(found))
}

/// Notes who was compared.
pub(crate) async fn note(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    found: &SideBySide,
) -> Result<(), Problem> {
    let entry = Audited::new(&caller.caller, request, AuditAction::Compare).about(&found.profile);
    audit(state, entry.of(found.people.iter().map(|person| person.resume))).await
}
