use std::path::Path;

use axum::Json;
use axum::extract::{Request, State as Shared};
use axum::http::header;
use bole_engine::{DescriptionKind, Draft, Extractor, Outline, ProfileChoice, ProfileVersion};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::wanted::ProfileFile;
use crate::State;
use crate::access::AsRecruiter;
use crate::download::FileBytes;
use crate::problem::{Code, Problem};
use crate::take::{self, At, Params};

/// All profiles.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Profiles {
    profiles: Vec<Outline>,
}

/// A profile and its file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProfileShown {
    /// What it asks for.
    pub(crate) outline: Outline,
    /// Its file, to be changed and sent along with a match.
    pub(crate) toml: String,
}

/// The versions of a profile that are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Versions {
    /// The oldest first.
    versions: Vec<ProfileVersion>,
}

/// What a profile asks for, if it is right.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProfileChecked {
    outline: Outline,
}

/// What is known of a job description besides its text.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct About {
    /// The id of the profile; without, its field's.
    id: Option<String>,
    /// The field that people are sought for; without, the one that most of it is about.
    field: Option<String>,
}

/// A job description is no longer than this.
const MAX_DESCRIPTION_BYTES: usize = 4 << 20;

/// The profiles of the unit's fields.
#[utoipa::path(
    get,
    path = "/v1/profiles",
    tag = "profiles",
    responses((status = 200, description = "All of them, by id.", body = Profiles)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn list(caller: AsRecruiter, Shared(state): Shared<State>) -> Json<Profiles> {
    Json(Profiles { profiles: seen(&state, &caller) })
}

/// Those of the fields that the caller sees, by id.
pub(crate) fn seen(state: &State, caller: &AsRecruiter) -> Vec<Outline> {
    let knowledge = state.server.engine.knowledge();
    let seen = knowledge.profiles().values().filter(|profile| caller.scope.has(profile.field()));
    seen.map(|profile| knowledge.outline(profile)).collect()
}

/// A profile: its groups, weights and gates, and its file.
#[utoipa::path(
    get,
    path = "/v1/profiles/{profile}",
    tag = "profiles",
    params(("profile" = String, Path, description = "Its id, such as `finance`.")),
    responses((status = 200, description = "The profile.", body = ProfileShown)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn show(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    At(name): At<String>,
) -> Result<Json<ProfileShown>, Problem> {
    shown(&state, &caller, &name).map(Json)
}

/// A profile that the caller sees.
pub(crate) fn shown(state: &State, caller: &AsRecruiter, name: &str) -> Result<ProfileShown, Problem> {
    let knowledge = state.server.engine.knowledge();
    let profile = caller.scope.profile(knowledge, name)?;
    let toml = knowledge.profile_texts().get(profile.id()).cloned().unwrap_or_default();
    Ok(ProfileShown { outline: knowledge.outline(profile), toml })
}

/// All versions of a profile that are kept. One is kept when somebody is first ranked by it.
#[utoipa::path(
    get,
    path = "/v1/profiles/{profile}/versions",
    tag = "profiles",
    params(("profile" = String, Path, description = "Its id.")),
    responses((status = 200, description = "All versions.", body = Versions)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn versions(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    At(name): At<String>,
) -> Result<Json<Versions>, Problem> {
    Ok(Json(Versions { versions: kept(&state, &caller, &name).await? }))
}

/// The versions of a profile that the caller sees, the oldest first.
pub(crate) async fn kept(
    state: &State,
    caller: &AsRecruiter,
    name: &str,
) -> Result<Vec<ProfileVersion>, Problem> {
    let engine = &state.server.engine;
    let profile = caller.scope.profile(engine.knowledge(), name)?;
    let all = bole_engine::profile_versions(engine).await?;
    Ok(all.into_iter().filter(|version| version.profile == profile.id()).collect())
}

/// Is this profile right?
#[utoipa::path(
    post,
    path = "/v1/profiles/check",
    tag = "profiles",
    request_body = ProfileFile,
    responses((status = 200, description = "It is; this is what it asks for.", body = ProfileChecked)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn check(
    _caller: AsRecruiter,
    Shared(state): Shared<State>,
    take::Json(ProfileFile { toml }): take::Json<ProfileFile>,
) -> Result<Json<ProfileChecked>, Problem> {
    let knowledge = state.server.engine.knowledge();
    let profile =
        knowledge.parse_profile("profile", &toml).map_err(bole_engine::EngineError::Configuration)?;
    Ok(Json(ProfileChecked { outline: knowledge.outline(&profile) }))
}

/// Make a profile of a job description, to be looked over.
///
/// The body is the description: text in UTF-8, or a PDF. Requirements become gates and concepts; what was not understood is
/// told line by line.
#[utoipa::path(
    post,
    path = "/v1/profiles/draft",
    tag = "profiles",
    params(About),
    request_body(content((String = "text/plain"), (FileBytes = "application/pdf")), description = "The job description."),
    responses((status = 200, description = "The profile as a file, and what it was made of.", body = Draft)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn draft(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    Params(About { id, field }): Params<About>,
    request: Request,
) -> Result<Json<Draft>, Problem> {
    let engine = state.server.engine.clone();
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(DescriptionKind::of_media_type).ok_or_else(|| {
        let detail = "send `Content-Type: text/plain` or `application/pdf`";
        Problem::with_detail(Code::UnsupportedMediaType, detail)
    })?;
    let (bytes, _room) = take::body(&state, request, MAX_DESCRIPTION_BYTES).await?;
    let name = Path::new("the job description");
    let text = bole_engine::description_of_bytes(&Extractor::of(&engine), &bytes, kind, name).await?;
    drafted(&state, &caller, &text, id.as_deref(), field.as_deref()).map(Json)
}

/// A profile of a field that the caller sees, made of a job description.
pub(crate) fn drafted(
    state: &State,
    caller: &AsRecruiter,
    text: &str,
    id: Option<&str>,
    field: Option<&str>,
) -> Result<Draft, Problem> {
    let knowledge = state.server.engine.knowledge();
    let draft = knowledge.draft(text, id, field)?;
    // It follows the profile of its field.
    let made = ProfileChoice::Text { name: "draft".to_owned(), text: draft.text.clone() };
    caller.scope.check(knowledge, &made)?;
    Ok(draft)
}
