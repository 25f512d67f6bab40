use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Shared;
use bole_core::{AuditAction, DocumentId};
use bole_engine::{Draft, GateChange, MatchQuery, MatchReport, Page, Unreadable};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::wanted::{ProfileWanted, Wanted};
use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::cursor;
use crate::problem::{Code, Problem};
use crate::request::RequestId;
use crate::take::{self, At, Params};

/// A match to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchWanted {
    /// The profile.
    profile: ProfileWanted,
    /// Weights by group, on the scale of the profile's file; 0 takes a group out of the score.
    #[serde(default)]
    weights: BTreeMap<String, u32>,
    /// Gates that are left out or asked for.
    #[serde(default)]
    gates: Vec<GateChange>,
    /// Search queries that somebody has to be found by, such as `language:english` or `固态电池 OR "solid-state"`. Who is not is
    /// counted in the census.
    #[serde(default)]
    #[schema(max_items = 16)]
    filters: Vec<String>,
    /// How many of the best the ranking is of.
    #[serde(default = "default_top")]
    #[schema(minimum = 1, maximum = 10_000, default = 1000)]
    top: u32,
    /// How many of them to answer at once.
    #[serde(default = "default_limit")]
    #[schema(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
}

/// A page of a ranking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchPage {
    /// The ranking, its census, and the people of this page. Who could not be read is told page by page at
    /// `/v1/matches/{run}/unreadable`, older resumes at `/v1/matches/{run}/older-versions`.
    #[serde(flatten)]
    report: MatchReport,
    /// The profile that was made of the job description, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<Draft>,
    /// The cursor of the next page; absent at the end.
    next: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageWanted {
    /// How many at most.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// Where to go on: the `next` of the page before.
    #[param(pattern = "^([0-9A-Fa-f]{2})+$")]
    cursor: Option<String>,
}

/// Documents that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnreadablePage {
    unreadable: Vec<Unreadable>,
    /// The cursor of the next page; absent at the end.
    next: Option<String>,
}

/// Resumes of people who are ranked by a newer one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OlderVersionsPage {
    older_versions: Vec<DocumentId>,
    /// The cursor of the next page; absent at the end.
    next: Option<String>,
}

const MAX_TOP: u32 = 10_000;
const MAX_LIMIT: u32 = 200;

fn default_top() -> u32 {
    1000
}

fn default_limit() -> u32 {
    50
}

/// Rank everybody by a profile, and explain the best.
///
/// Each person comes with the parts of their score, the lines of their resume that show most, what the place hangs on and what would
/// raise it; the census tells what became of everybody else. The same run can be asked for again, page by page, and replayed later.
#[utoipa::path(
    post,
    path = "/v1/matches",
    tag = "matches",
    request_body = MatchWanted,
    responses((status = 200, description = "The first page.", body = MatchPage)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn run(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    take::Json(MatchWanted { profile, weights, gates, filters, top, limit }): take::Json<MatchWanted>,
) -> Result<Json<MatchPage>, Problem> {
    if !(1..=MAX_TOP).contains(&top) {
        return Err(Problem::with_detail(Code::Unprocessable, format!("`top` goes from 1 to {MAX_TOP}")));
    }
    let limit = cursor::limit(limit, MAX_LIMIT)?;
    let (profile, overrides, draft) = Wanted { profile, weights, gates }.choose(&state, &caller)?;
    let page = Page { offset: 0, limit: limit as usize };
    let scope = caller.scope.clone();
    let query = MatchQuery { profile, overrides, scope, filters, top: top as usize, page, lists: false };
    let report = bole_engine::run_match(&state.server.engine, &query).await?;
    note(&state, &caller, request, &report, Some(query.filters.join("\n"))).await?;
    Ok(Json(MatchPage::of(report, draft, page)))
}

/// A page of a ranking that was made before: the same people at the same places, whatever has come since.
#[utoipa::path(
    get,
    path = "/v1/matches/{run}",
    tag = "matches",
    params(("run" = String, Path, description = "The run's id."), PageWanted),
    responses((status = 200, description = "The page.", body = MatchPage)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn page(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(run): At<String>,
    Params(wanted): Params<PageWanted>,
) -> Result<Json<MatchPage>, Problem> {
    let page = wanted.page()?;
    let report = bole_engine::match_page(&state.server.engine, &run, page, &caller.scope).await?;
    note(&state, &caller, request, &report, None).await?;
    Ok(Json(MatchPage::of(report, None, page)))
}

/// Notes whom a page of a ranking showed, and what was asked if it was made just now.
pub(crate) async fn note(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    report: &MatchReport,
    asked: Option<String>,
) -> Result<(), Problem> {
    let entry = Audited::new(&caller.caller, request, AuditAction::Match).about(&report.run);
    let entry = entry.of(report.results.iter().map(|placed| placed.resume));
    audit(state, asked.into_iter().fold(entry, Audited::saying)).await
}

/// Who could not be read in a ranking, and what they or the portal can do.
#[utoipa::path(
    get,
    path = "/v1/matches/{run}/unreadable",
    tag = "matches",
    params(("run" = String, Path, description = "The run's id."), PageWanted),
    responses((status = 200, description = "A page of them, by document.", body = UnreadablePage)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn unreadable(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    At(run): At<String>,
    Params(wanted): Params<PageWanted>,
) -> Result<Json<UnreadablePage>, Problem> {
    let page = wanted.page()?;
    let unreadable = bole_engine::unreadable_of(&state.server.engine, &run, page, &caller.scope).await?;
    let next = next(page, unreadable.len());
    Ok(Json(UnreadablePage { unreadable, next }))
}

/// Resumes that a newer one of the same person stands for in a ranking.
#[utoipa::path(
    get,
    path = "/v1/matches/{run}/older-versions",
    tag = "matches",
    params(("run" = String, Path, description = "The run's id."), PageWanted),
    responses((status = 200, description = "A page of them, by document.", body = OlderVersionsPage)),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn older_versions(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    At(run): At<String>,
    Params(wanted): Params<PageWanted>,
) -> Result<Json<OlderVersionsPage>, Problem> {
    let page = wanted.page()?;
    let older_versions =
        bole_engine::older_versions_of(&state.server.engine, &run, page, &caller.scope).await?;
    let next = next(page, older_versions.len());
    Ok(Json(OlderVersionsPage { older_versions, next }))
}

impl PageWanted {
    fn page(&self) -> Result<Page, Problem> {
        let limit = cursor::limit(self.limit, MAX_LIMIT)?;
        let offset = self.cursor.as_deref().map(cursor::read::<u64>).transpose()?.unwrap_or(0);
        Ok(Page { offset: offset as usize, limit: limit as usize })
    }
}

impl MatchPage {
    fn of(report: MatchReport, draft: Option<Draft>, page: Page) -> Self {
        let next = next(page, report.results.len());
        Self { report, draft, next }
    }
}

/// The cursor behind a page of `n_found`.
fn next(page: Page, n_found: usize) -> Option<String> {
    (n_found == page.limit).then(|| cursor::write(&((page.offset + n_found) as u64))).flatten()
}
