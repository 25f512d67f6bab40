use axum::Json;
use axum::extract::State as Shared;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bole_core::{AuditAction, DocumentId, RunId, Shortlist, ShortlistEntry};
use bole_engine::Addition;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::cursor::{self, Part};
use crate::problem::{Code, Problem};
use crate::request::RequestId;
use crate::take::{self, At, Params};

/// A part of the shortlists, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shortlists {
    shortlists: Vec<Shortlist>,
    /// The cursor of the next part; absent at the end.
    next: Option<String>,
}

/// A shortlist to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShortlistWanted {
    /// What it is called: at most 200 bytes of UTF-8.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The name of the profile that it is for.
    profile: String,
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameWanted {
    /// What it is called from now on.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// A shortlist and who is on it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShortlistShown {
    #[serde(flatten)]
    shortlist: Shortlist,
    /// In the order in which they were put there.
    entries: Vec<ShortlistEntry>,
}

/// People to be put on a shortlist.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntriesWanted {
    /// At most 1000 at once.
    #[schema(max_items = 1000)]
    entries: Vec<EntryWanted>,
}

/// Somebody to be put on a shortlist.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryWanted {
    /// The resume, by id.
    resume: String,
    /// The ranking that it is taken from.
    run: Option<RunId>,
    /// Its place there.
    place: Option<u64>,
    /// Its points there, in thousandths.
    score: Option<u32>,
}

/// Who was put there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntriesPut {
    entries: Vec<ShortlistEntry>,
}

const MAX_AT_ONCE: usize = 1000;

/// The shortlists of the unit's fields.
#[utoipa::path(
    get,
    path = "/v1/shortlists",
    tag = "shortlists",
    params(Part),
    responses((status = 200, description = "A part of them.", body = Shortlists)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn list(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    Params(part): Params<Part>,
) -> Result<Json<Shortlists>, Problem> {
    let (limit, after) = (part.limit()?, part.after::<(Timestamp, Uuid)>()?);
    let (shortlists, next) =
        bole_engine::shortlists(&state.server.engine, &caller.scope, after, limit).await?;
    Ok(Json(Shortlists { shortlists, next: next.and_then(|next| cursor::write(&next)) }))
}

/// Make a shortlist.
#[utoipa::path(
    post,
    path = "/v1/shortlists",
    tag = "shortlists",
    request_body = ShortlistWanted,
    responses((status = 201, description = "It is made.", body = Shortlist, headers(("Location" = String, description = "Where it is.")))),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn make(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    take::Json(ShortlistWanted { name, profile }): take::Json<ShortlistWanted>,
) -> Result<Response, Problem> {
    let made = made(&state, &caller, request, &name, &profile).await?;
    let place = HeaderValue::try_from(format!("/v1/shortlists/{}", made.id));
    let place = place.unwrap_or_else(|_| unreachable!("a UUID is ASCII"));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(made)).into_response())
}

/// A shortlist and who is on it.
#[utoipa::path(
    get,
    path = "/v1/shortlists/{shortlist}",
    tag = "shortlists",
    params(("shortlist" = Uuid, Path, description = "Its id.")),
    responses((status = 200, description = "The shortlist.", body = ShortlistShown)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn show(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
) -> Result<Json<ShortlistShown>, Problem> {
    let (shortlist, entries) = bole_engine::entries(&state.server.engine, &caller.scope, id).await?;
    looked_at(&state, &caller, request, id, entries.iter().map(|entry| entry.resume)).await?;
    Ok(Json(ShortlistShown { shortlist, entries }))
}

/// Give a shortlist another name.
#[utoipa::path(
    patch,
    path = "/v1/shortlists/{shortlist}",
    tag = "shortlists",
    params(("shortlist" = Uuid, Path, description = "Its id.")),
    request_body = NameWanted,
    responses((status = 200, description = "The shortlist.", body = Shortlist)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn rename(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    take::Json(NameWanted { name }): take::Json<NameWanted>,
) -> Result<Json<Shortlist>, Problem> {
    Ok(Json(renamed(&state, &caller, request, id, &name).await?))
}

/// Delete a shortlist. The people on it, and what was noted about them, stay.
#[utoipa::path(
    delete,
    path = "/v1/shortlists/{shortlist}",
    tag = "shortlists",
    params(("shortlist" = Uuid, Path, description = "Its id.")),
    responses((status = 204, description = "It is gone.")),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn delete(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
) -> Result<StatusCode, Problem> {
    deleted(&state, &caller, request, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put people on a shortlist. Who is on it already stays where they are.
#[utoipa::path(
    post,
    path = "/v1/shortlists/{shortlist}/entries",
    tag = "shortlists",
    params(("shortlist" = Uuid, Path, description = "Its id.")),
    request_body = EntriesWanted,
    responses((status = 200, description = "They are on it.", body = EntriesPut)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn put(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    take::Json(EntriesWanted { entries }): take::Json<EntriesWanted>,
) -> Result<Json<EntriesPut>, Problem> {
    let listed = |EntryWanted { resume, run, place, score }| Addition { resume, run, place, score };
    let people: Vec<_> = entries.into_iter().map(listed).collect();
    let entries = put_there(&state, &caller, request, id, &people).await?;
    Ok(Json(EntriesPut { entries }))
}

/// Take somebody off a shortlist.
#[utoipa::path(
    delete,
    path = "/v1/shortlists/{shortlist}/entries/{resume}",
    tag = "shortlists",
    params(("shortlist" = Uuid, Path, description = "Its id."), ("resume" = String, Path, description = "The resume.")),
    responses((status = 204, description = "They are off it.")),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn take_off(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At((id, resume)): At<(Uuid, String)>,
) -> Result<StatusCode, Problem> {
    if taken_off(&state, &caller, request, id, &resume).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Code::NotFound))
    }
}

/// Makes a shortlist, and notes it.
pub(crate) async fn made(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    name: &str,
    profile: &str,
) -> Result<Shortlist, Problem> {
    let by = caller.caller.name();
    let made = bole_engine::make_shortlist(&state.server.engine, &caller.scope, name, profile, by).await?;
    looked_at(state, caller, request, made.id, []).await?;
    Ok(made)
}

/// Gives it another name, and notes it.
pub(crate) async fn renamed(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    id: Uuid,
    name: &str,
) -> Result<Shortlist, Problem> {
    let renamed = bole_engine::rename_shortlist(&state.server.engine, &caller.scope, id, name).await?;
    looked_at(state, caller, request, id, []).await?;
    Ok(renamed)
}

/// Deletes it, and notes it.
pub(crate) async fn deleted(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    id: Uuid,
) -> Result<(), Problem> {
    bole_engine::delete_shortlist(&state.server.engine, &caller.scope, id).await?;
    looked_at(state, caller, request, id, []).await
}

/// Puts people there, at most [`MAX_AT_ONCE`], and notes it.
pub(crate) async fn put_there(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    id: Uuid,
    people: &[Addition],
) -> Result<Vec<ShortlistEntry>, Problem> {
    few_enough(people.len())?;
    let by = caller.caller.name();
    let entries = bole_engine::put_on_shortlist(&state.server.engine, &caller.scope, id, people, by).await?;
    looked_at(state, caller, request, id, entries.iter().map(|entry| entry.resume)).await?;
    Ok(entries)
}

/// Whether so many people may be put there at once.
pub(crate) fn few_enough(number: usize) -> Result<(), Problem> {
    let detail = || format!("{number} people are more than {MAX_AT_ONCE}: put them there in parts");
    if number > MAX_AT_ONCE { Err(Problem::with_detail(Code::Unprocessable, detail())) } else { Ok(()) }
}

/// Takes somebody off it, and notes it; whether they were there.
pub(crate) async fn taken_off(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    id: Uuid,
    resume: &str,
) -> Result<bool, Problem> {
    let was_there = bole_engine::take_off_shortlist(&state.server.engine, &caller.scope, id, resume).await?;
    looked_at(state, caller, request, id, []).await?;
    Ok(was_there)
}

/// Notes who of a shortlist is shown.
pub(crate) async fn looked_at(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    id: Uuid,
    resumes: impl IntoIterator<Item = DocumentId>,
) -> Result<(), Problem> {
    let entry = Audited::new(&caller.caller, request, AuditAction::Shortlist).about(id);
    audit(state, entry.of(resumes)).await
}
