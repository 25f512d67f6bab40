use axum::Json;
use axum::extract::State as Shared;
use bole_core::AuditAction;
use bole_engine::{SearchOptions, SearchReport};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::cursor;
use crate::problem::Problem;
use crate::request::RequestId;
use crate::take::Params;

/// What to search.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchWanted {
    /// The query: words, `"phrases"`, AND, OR, NOT, brackets, and fields such as `title:工程师` or `degree:doctor`; at most 512 bytes.
    #[param(min_length = 1, max_length = 512)]
    q: String,
    /// How many at most.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: u32,
    /// Whether to count all that is found by degree, language, field and year.
    #[serde(default)]
    facets: bool,
    /// Where to go on: the `next` of the page before. A search goes 10,000 resumes deep.
    #[param(pattern = "^([0-9A-Fa-f]{2})+$")]
    cursor: Option<String>,
}

/// A page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchPage {
    #[serde(flatten)]
    report: SearchReport,
    /// The cursor of the next page; absent at the end.
    next: Option<String>,
}

const MAX_LIMIT: u32 = 100;

fn default_limit() -> u32 {
    20
}

/// Search resumes, in Chinese and English.
///
/// Lines with what was found are told as text with the places in it, half-open ranges of Unicode scalars.
#[utoipa::path(
    get,
    path = "/v1/search",
    tag = "search",
    params(SearchWanted),
    responses((status = 200, description = "The best first; equally good ones by id.", body = SearchPage)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn search(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    Params(SearchWanted { q, limit, facets, cursor: at }): Params<SearchWanted>,
) -> Result<Json<SearchPage>, Problem> {
    let limit = cursor::limit(limit, MAX_LIMIT)? as usize;
    let offset = at.as_deref().map(cursor::read::<u64>).transpose()?.unwrap_or(0) as usize;
    let limit = limit.min(SearchOptions::MAX_DEPTH.saturating_sub(offset));
    let options = SearchOptions { offset, limit, facets, scope: caller.scope.clone() };
    let report = bole_engine::search(&state.server.engine, &q, &options).await?;
    note(&state, &caller, request, &report).await?;
    let end = offset + report.hits.len();
    let goes_on = end < report.n_found.min(SearchOptions::MAX_DEPTH) && !report.hits.is_empty();
    let next = goes_on.then(|| cursor::write(&(end as u64))).flatten();
    Ok(Json(SearchPage { report, next }))
}

/// Notes what was searched, and whom it showed.
pub(crate) async fn note(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    report: &SearchReport,
) -> Result<(), Problem> {
    let entry = Audited::new(&caller.caller, request, AuditAction::Search);
    audit(state, entry.of(report.hits.iter().map(|hit| hit.resume)).saying(&report.query)).await
}
