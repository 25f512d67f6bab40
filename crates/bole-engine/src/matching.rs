use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bole_core::{AsOf, ContentHash, DocumentId, LogPosition, RunRecord, Span};
use bole_rank::{
    Change, ComponentExplanation, Explanation, Filter, GateOutcome, Overrides, Profile, Ranked, Row, Rows,
    SCORING_VERSION, Talent, Totals,
};
use rayon::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::artifacts::{Kind, keep, keep_lexicon_and_levels};
use crate::choice::{ProfileChoice, Used};
use crate::filters::Filters;
use crate::population::{Census, Population};
use crate::show::{sources_of, talent_of};
use crate::shown::{Parts, parts_of};
use crate::{Engine, EngineError, Knowledge};

/// The best people for a profile, and what became of everybody else.
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
    /// The best, from place 1.
    pub results: Vec<Placed>,
    /// Who could not be read, by document.
    pub unreadable: Vec<Unreadable>,
    /// Resumes of people who are ranked by a newer one, by document.
    pub older_versions: Vec<DocumentId>,
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
    /// Where it was ingested from, or the submission it came by.
    pub source: String,
    /// The name as written.
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
}

/// How many reasons a match shows of each person; `explain` shows all.
const N_REASONS: usize = 3;
/// A quoted line is cut to this many characters.
const N_QUOTED: usize = 120;

/// What is asked of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchQuery {
    /// The profile.
    pub profile: ProfileChoice,
    /// What is changed of it for this match.
    pub overrides: Overrides,
    /// Queries that somebody has to be found by.
    pub filters: Vec<String>,
    /// How many of the best to show.
    pub top: usize,
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
/// An unknown profile, mistakes in a profile, overrides or filters; an outage: a match that cannot be told again is
/// none.
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
    let filters = Filters::parse(&query.filters)?;
    let (population, found) = if filters.is_empty() {
        (Population::current(engine, &knowledge).await?, Vec::new())
    } else {
        let (position, found) = filters.found_now(engine).await?;
        (Population::as_of(engine, &knowledge, position).await?, found)
    };
    done(MatchPart::Refresh);
    let run = Run::new(knowledge, used, filters, population.position(), query.top);
    // The run is kept while its people are ranked.
    let (report, ()) = tokio::try_join!(run.execute(engine, population, found, done), run.keep(engine))?;
    Ok(report)
}

/// All that the result of a match depends on.
pub(crate) struct Run {
    knowledge: Arc<Knowledge>,
    profile: Arc<Profile>,
    profile_text: String,
    filters: Filters,
    record: RunRecord,
}

impl Run {
    pub(crate) fn new(
        knowledge: Arc<Knowledge>,
        used: Used,
        filters: Filters,
        position: LogPosition,
        top: usize,
    ) -> Self {
        let Used { file, text, overrides, profile } = used;
        // As they are told whatever order they were given in.
        let gates: BTreeSet<_> = overrides.gates.iter().map(ToString::to_string).collect();
        let record = RunRecord {
            position,
            profile: file,
            weights: overrides.weights,
            gates: gates.into_iter().collect(),
            profile_used: profile.hash(),
            lexicon: knowledge.lexicon().hash(),
            levels: knowledge.levels().hash(),
            scoring_version: SCORING_VERSION,
            filters: filters.texts().to_vec(),
            top: top as u64,
        };
        Self { knowledge, profile: Arc::new(profile), profile_text: text, filters, record }
    }

    pub(crate) fn record(&self) -> &RunRecord {
        &self.record
    }

    /// The same ranking again, whatever the search index has now.
    pub(crate) async fn replay(&self, engine: &Engine) -> Result<MatchReport, EngineError> {
        let population = Population::at(engine, &self.knowledge, self.record.position).await?;
        let found = self.filters.found_in(engine, &population.rows).await?;
        self.execute(engine, Arc::new(population), found, &mut |_| {}).await
    }

    /// Ranks and explains. `found` is who passes each filter.
    async fn execute(
        &self,
        engine: &Engine,
        population: Arc<Population>,
        found: Vec<Filter>,
        done: &mut (dyn FnMut(MatchPart) + Send),
    ) -> Result<MatchReport, EngineError> {
        let Self { knowledge, profile, filters, record, .. } = self;
        let (ranked, used, top) = (population.clone(), profile.clone(), record.top as usize);
        let ranking = engine.cpu().run(move || bole_rank::rank(&ranked.rows, &used, &found, top)).await?;
        done(MatchPart::Rank);
        let (older_versions, unreadable) = (population.older_versions(), population.unreadable());
        let census = Census {
            people: population.n_people(),
            ranked: ranking.n_ranked,
            filtered_out: counted(filters.texts().iter(), &ranking.filtered_out),
            gate_failed: by_gate(profile, &ranking.gate_failed),
            unreadable: by_reason(&unreadable),
            gate_unknown: by_gate(profile, &ranking.gate_unknown),
            older_versions: older_versions.len() as u64,
        };
        debug_assert!(census.sums(), "nobody drops out silently");
        let chosen = choose(engine, knowledge, ranking.best, &population.rows).await?;
        let totals = ranking.totals;
        done(MatchPart::Fetch);
        let (job_knowledge, used) = (knowledge.clone(), profile.clone());
        let explained = engine.cpu().run(move || {
            let place = |(index, chosen)| place(&job_knowledge, index + 1, &chosen, &used, &totals);
            chosen.into_par_iter().enumerate().map(place).collect::<Vec<_>>()
        });
        let results = explained.await?;
        done(MatchPart::Explain);
        Ok(MatchReport {
            run: record.id().to_string(),
            profile: profile.id().to_owned(),
            profile_hash: record.profile_used,
            lexicon: record.lexicon,
            levels: record.levels,
            scoring_version: record.scoring_version,
            position: record.position,
            filters: record.filters.clone(),
            census,
            results,
            unreadable,
            older_versions,
        })
    }

    /// Keeps the run, and before it all that it names.
    async fn keep(&self, engine: &Engine) -> Result<(), EngineError> {
        keep_lexicon_and_levels(engine).await?;
        keep(engine, Kind::Profile, self.record.profile, &self.profile_text).await?;
        keep(engine, Kind::Run, self.record.hash(), &self.record.encode()?).await
    }
}

/// Counts by name, where there is anybody to count.
fn counted<'a>(names: impl Iterator<Item = &'a String>, counts: &[u64]) -> BTreeMap<String, u64> {
    let counts = names.zip(counts).filter(|(_, count)| **count > 0);
    counts.map(|(name, count)| (name.clone(), *count)).collect()
}

/// Counts by the id of each gate, where there is anybody to count.
fn by_gate(profile: &Profile, counts: &[u64]) -> BTreeMap<String, u64> {
    counted(profile.gates().iter().map(|gate| &gate.id), counts)
}

fn by_reason(unreadable: &[Unreadable]) -> BTreeMap<bole_core::Reason, u64> {
    let mut counts = BTreeMap::new();
    for Unreadable { reason, .. } in unreadable {
        *counts.entry(*reason).or_default() += 1;
    }
    counts
}

/// Somebody to be shown, with all that is needed for it.
struct Chosen {
    ranked: Ranked,
    row: Row,
    parts: Arc<Parts>,
    source: String,
}

/// Fetches what is needed to show the best.
async fn choose(
    engine: &Engine,
    knowledge: &Arc<Knowledge>,
    ranked: Vec<Ranked>,
    rows: &Rows,
) -> Result<Vec<Chosen>, EngineError> {
    let lost = |document| EngineError::DamagedReading(document);
    let best = ranked.into_iter();
    let best =
        best.map(|ranked| Ok((rows.get(ranked.document).ok_or_else(|| lost(ranked.document))?, ranked)));
    let best = best.collect::<Result<Vec<_>, EngineError>>()?;
    let ids: Vec<_> = best.iter().map(|(row, _)| row.reading()).collect();
    let (parts, mut sources) = tokio::try_join!(parts_of(engine, knowledge, &ids), sources_of(engine, &ids))?;
    let chosen = best.into_iter().zip(parts).map(|((row, ranked), parts)| {
        let source = sources.remove(&row.document()).unwrap_or_default();
        let parts = parts.ok_or_else(|| lost(row.document()))?;
        Ok(Chosen { ranked, row, parts, source })
    });
    // Nobody drops out silently: a ranking that cannot show one of its best is none.
    chosen.collect()
}

fn place(knowledge: &Knowledge, place: usize, chosen: &Chosen, profile: &Profile, totals: &Totals) -> Placed {
    let Chosen { ranked, row, parts, source } = chosen;
    let Parts { evidence, name, content } = &**parts;
    let explanation = bole_rank::explain_briefly(row, evidence, profile, knowledge.lexicon());
    let mainstay = explanation.mainstay().and_then(|(component, reason)| {
        let place = totals.place_after_loss(ranked.score.total, reason.loss);
        let place = (!reason.fails_gate).then_some(place);
        Some(Mainstay { reason: shown(component, reason, content)?, loss: reason.loss, place })
    });
    let best_change = explanation
        .best_change
        .as_ref()
        .map(|change| PlacedChange { change: change.clone(), place: totals.place_of(change.total) });
    Placed {
        place,
        resume: ranked.document,
        source: source.clone(),
        name: name.clone(),
        as_of: row.as_of(),
        score: ranked.score.total,
        components: components(profile, ranked),
        talent: talent_of(knowledge, evidence, row.as_of()),
        gates_unknown: gates(profile, ranked, GateOutcome::Unknown).map(str::to_owned).collect(),
        reasons: reasons(&explanation, content),
        mainstay,
        best_change,
    }
}

/// The ids of the gates with `outcome`, in the profile's order.
fn gates<'a>(
    profile: &'a Profile,
    ranked: &'a Ranked,
    outcome: GateOutcome,
) -> impl Iterator<Item = &'a str> {
    let outcomes = profile.gates().iter().zip(&ranked.score.gates);
    outcomes.filter(move |(_, found)| **found == outcome).map(|(gate, _)| gate.id.as_str())
}

fn components(profile: &Profile, ranked: &Ranked) -> BTreeMap<String, u32> {
    let groups = profile.groups().iter().map(|group| group.id.clone());
    groups.zip(ranked.score.components.iter().copied()).collect()
}

/// The reasons with the most points over all components.
fn reasons(explanation: &Explanation, content: &bole_core::Pages) -> Vec<Reason> {
    let components = explanation.components.iter();
    let all =
        components.flat_map(|component| component.reasons.iter().map(move |reason| (component, reason)));
    let mut placed: Vec<_> = all.filter(|(_, reason)| !reason.spans.is_empty()).collect();
    placed.sort_by_key(|(_, reason)| (Reverse(reason.points), reason.spans.first().copied()));
    // Most are not shown: only the lines of those that are get looked up.
    let shown = placed
        .into_iter()
        .take(N_REASONS)
        .filter_map(|(component, reason)| shown(component, reason, content));
    shown.collect()
}

/// A reason with its line; none without a place.
fn shown(
    component: &ComponentExplanation,
    reason: &bole_rank::Reason,
    content: &bole_core::Pages,
) -> Option<Reason> {
    let span = *reason.spans.first()?;
    Some(Reason {
        component: component.id.clone(),
        name_zh: reason.name_zh.clone(),
        name_en: reason.name_en.clone(),
        points: reason.points,
        span,
        quote: quote(content, span),
    })
}

/// The line around `span`, white space folded, cut around it if it is long.
pub(crate) fn quote(content: &bole_core::Pages, span: Span) -> String {
    let line = content.line_at(span).unwrap_or_default();
    let folded = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.chars().count() <= N_QUOTED {
        return folded;
    }
    let found = content.text_at(span).unwrap_or_default();
    let before = folded.find(&found).and_then(|byte| folded.get(..byte));
    let at = before.map_or(0, |before| before.chars().count());
    let start = at.saturating_sub(N_QUOTED / 3);
    let cut: String = folded.chars().skip(start).take(N_QUOTED).collect();
    let (before, after) =
        (if start > 0 { "…" } else { "" }, if start + N_QUOTED < folded.chars().count() { "…" } else { "" });
    format!("{before}{cut}{after}")
}
