use std::collections::{BTreeMap, BTreeSet};

use bole_core::{AsOf, ContentHash, DocumentId, LogPosition, Span};
use bole_rank::{Change, Overrides, Talent};
use serde::Serialize;
use utoipa::ToSchema;

use crate::choice::ProfileChoice;
use crate::filters::Filters;
use crate::population::{Census, Population};
use crate::replay::ranked_run;
use crate::run::Run;
use crate::show::in_scope;
use crate::{Engine, EngineError, Page, Scope};

/// The best people for a profile, or a page of them, and what became of everybody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatchReport {
    /// Names the run: the same id gives the same bytes.
    pub run: String,
    /// The profile's name.
    pub profile: String,
    /// The profile as used.
    pub profile_hash: ContentHash,
    /// The lexicon.
    pub lexicon: ContentHash,
    /// The talent levels.
    pub levels: ContentHash,
    /// The version of the formula.
    pub scoring_version: u32,
    /// How far the change log was read.
    pub position: LogPosition,
    /// The queries that somebody had to be found by, in the order in which they were asked.
    pub filters: Vec<String>,
    /// What became of everybody.
    pub census: Census,
    /// Those of the best who are on the page that was asked for.
    pub results: Vec<Placed>,
    /// Who could not be read, by document; none where the lists were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Vec<Unreadable>>,
    /// Resumes of people who are ranked by a newer one, by document; none where the lists were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_versions: Option<Vec<DocumentId>>,
}

/// A document in quarantine without an indexed twin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unreadable {
    /// The document.
    pub resume: DocumentId,
    /// Why.
    pub reason: bole_core::Reason,
    /// What the portal or the candidate can do about it.
    pub advice: &'static str,
}

/// A person in a ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Placed {
    /// From 1.
    pub place: usize,
    /// The resume.
    pub resume: DocumentId,
    /// Where it was ingested from, or the submission it came by; empty in blind mode.
    pub source: String,
    /// The name as written; none in blind mode.
    pub name: Option<String>,
    /// The date it speaks from.
    pub as_of: AsOf,
    /// 0 to 100,000: thousandths of a point.
    pub score: u32,
    /// The parts of the score by the profile's groups; they add up to it.
    pub components: BTreeMap<String, u32>,
    /// The talent level, beside the score.
    pub talent: Talent,
    /// The gates that could not be decided.
    pub gates_unknown: Vec<String>,
    /// What gave the most points, the most first.
    pub reasons: Vec<Reason>,
    /// What the place hangs on most; none where nothing would be lost.
    pub mainstay: Option<Mainstay>,
    /// What single change would raise the score most; none if nothing would.
    pub best_change: Option<PlacedChange>,
}

/// The evidence without which somebody would lose most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mainstay {
    /// What it is.
    #[serde(flatten)]
    pub reason: Reason,
    /// What the total would lose without it, in thousandths of a point.
    pub loss: u32,
    /// The place that would be left, before all who have the same total; none if a gate would then fail.
    pub place: Option<u64>,
}

/// A change to a resume, and the place that it would bring, before all who have the same total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlacedChange {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// From 1.
    pub place: u64,
}

/// One thing that gives points, with the line that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// The group it counts in.
    pub component: String,
    /// What it is, in Chinese.
    pub name_zh: String,
    /// What it is, in English.
    pub name_en: String,
    /// Its share of the points, in thousandths.
    pub points: u32,
    /// Where it stands.
    pub span: Span,
    /// The line there, protected places blanked.
    pub quote: String,
    /// Which bytes of it are meant; none where the line is cut or folded so that they do not stand in it as they are.
    #[serde(skip)]
    pub meant: Option<(usize, usize)>,
}

/// What is asked of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchQuery {
    /// The profile.
    pub profile: ProfileChoice,
    /// What is changed of it for this match.
    pub overrides: Overrides,
    /// Who may be seen; its query is the first filter of the run.
    pub scope: Scope,
    /// Queries that somebody has to be found by.
    pub filters: Vec<String>,
    /// How many of the best the run names. The run depends on it.
    pub top: usize,
    /// Which of these to show. The run does not depend on it.
    pub page: Page,
    /// Whether to list the unreadable and the older resumes.
    pub lists: bool,
}

/// A part of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchPart {
    /// Taking in what has changed since the last match, and asking the search index for who passes the filters.
    Refresh,
    /// Scoring everybody.
    Rank,
    /// Fetching what is shown of the best.
    Fetch,
    /// Explaining them.
    Explain,
}

/// Ranks everybody and explains the best, and keeps with what it did so.
///
/// # Errors
/// An unknown profile, mistakes in a profile, overrides or filters; [`EngineError::HiddenInBlindMode`] for a filter by name; an
/// outage: a match that cannot be told again is none.
pub async fn run_match(engine: &Engine, query: &MatchQuery) -> Result<MatchReport, EngineError> {
    match_observed(engine, query, &mut |_| {}).await
}

/// As [`run_match`]; `done` hears the end of each part.
///
/// # Errors
/// As [`run_match`].
pub async fn match_observed(
    engine: &Engine,
    query: &MatchQuery,
    done: &mut (dyn FnMut(MatchPart) + Send),
) -> Result<MatchReport, EngineError> {
    let knowledge = engine.knowledge().clone();
    let used = query.profile.used(&query.overrides, &knowledge)?;
    // The scope comes first: who is out of it is counted there, and nowhere else.
    let asked: Vec<_> = query.scope.query().into_iter().chain(query.filters.iter().cloned()).collect();
    let filters = Filters::parse(&asked)?;
    filters.check(&query.scope)?;
    let (population, found) = Population::found(engine, &knowledge, &filters).await?;
    done(MatchPart::Refresh);
    let run = Run::new(knowledge, used, filters, population.position(), query.top);
    let shown = async {
        let ranked = run.ranked(engine, population, found).await?;
        done(MatchPart::Rank);
        let report = ranked.report(engine, query.page, query.lists, &query.scope, done).await?;
        Ok::<_, EngineError>((ranked, report))
    };
    // The run is kept while its people are ranked.
    let ((ranked, report), ()) = tokio::try_join!(shown, run.keep(engine))?;
    engine.rankings().keep(&ranked, engine.knowledge());
    Ok(report)
}

/// Another page of a run: what its whole report says there, without the lists. Ranks anew, as
/// [`replay_match`](crate::replay_match) does, only if this process does not know the ranking any more.
///
/// `run` is what the report calls it, or at least its first 8 hex digits; one that was made with another scope is not there.
/// Beyond the end there are no results.
///
/// # Errors
/// As [`replay_match`](crate::replay_match).
pub async fn match_page(
    engine: &Engine,
    run: &str,
    page: Page,
    scope: &Scope,
) -> Result<MatchReport, EngineError> {
    ranked_run(engine, run, scope).await?.report(engine, page, false, scope, &mut |_| {}).await
}

/// A page of the documents in scope that could not be read when a run was made, by document. The run's census has the number
/// of all.
///
/// # Errors
/// As [`match_page`].
pub async fn unreadable_of(
    engine: &Engine,
    run: &str,
    page: Page,
    scope: &Scope,
) -> Result<Vec<Unreadable>, EngineError> {
    let ranked = ranked_run(engine, run, scope).await?;
    let mut all = ranked.apart().unreadable(Page::WHOLE);
    let seen = in_scope(engine, all.iter().map(|unreadable| unreadable.resume).collect(), scope).await?;
    let seen: BTreeSet<_> = seen.into_iter().collect();
    all.retain(|unreadable| seen.contains(&unreadable.resume));
    Ok(page.of(&all).to_vec())
}

/// A page of the older resumes in scope of people whom a run ranked by a newer one, by document. The run's census has the
/// number of all.
///
/// # Errors
/// As [`match_page`].
pub async fn older_versions_of(
    engine: &Engine,
    run: &str,
    page: Page,
    scope: &Scope,
) -> Result<Vec<DocumentId>, EngineError> {
    let ranked = ranked_run(engine, run, scope).await?;
    let seen = in_scope(engine, ranked.apart().older_versions(Page::WHOLE), scope).await?;
    Ok(page.of(&seen).to_vec())
}

/// The place, from 1, and the points of those of `resumes` that are among the best of a run.
///
/// # Errors
/// As [`match_page`].
pub async fn places_in(
    engine: &Engine,
    run: &str,
    resumes: &[DocumentId],
    scope: &Scope,
) -> Result<BTreeMap<DocumentId, (u64, u32)>, EngineError> {
    let sought: BTreeSet<_> = resumes.iter().copied().collect();
    let ranked = ranked_run(engine, run, scope).await?;
    let placed = ranked.order().iter().zip(1..);
    let placed = placed.map(|(ordered, place)| (ordered.reading.document, (place, ordered.total)));
    Ok(placed.filter(|(resume, _)| sought.contains(resume)).collect())
}

#[cfg(test)]
mod tests;
