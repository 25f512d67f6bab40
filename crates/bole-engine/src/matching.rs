use std::collections::BTreeMap;

use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedReading, Evidence, LogPosition, ReadingId, RunId, Span, StoredError,
};
use bole_rank::{Explanation, GateOutcome, Profile, Ranked, SCORING_VERSION, Talent};
use rayon::prelude::*;
use serde::Serialize;

use crate::population::{Census, Population, evidence_of};
use crate::show::{sources_of, talent_of};
use crate::{Engine, EngineError};

/// The best people for a profile, and what became of everybody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The document.
    pub resume: DocumentId,
    /// Why.
    pub reason: bole_core::Reason,
    /// What the portal or the candidate can do about it.
    pub advice: &'static str,
}

/// A person in a ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
}

/// One thing that gives points, with the line that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// Ranks everybody for the profile `name` and explains the best `top`.
///
/// # Errors
/// An unknown profile; an outage.
pub async fn run_match(engine: &Engine, name: &str, top: usize) -> Result<MatchReport, EngineError> {
    let profile = engine.knowledge().profile(name)?.clone();
    let population = Population::load(engine).await?;
    let Population { position, rows, readings, older_versions, unreadable } = population;
    let used = profile.clone();
    let ranked = engine.cpu().run(move || bole_rank::rank(&rows.iter().collect::<Vec<_>>(), &used)).await?;
    let mut census = Census {
        people: (ranked.len() + unreadable.len()) as u64,
        unreadable: by_reason(&unreadable),
        older_versions: older_versions.len() as u64,
        ..Census::default()
    };
    let passed = apply_gates(ranked, &profile, &mut census);
    let chosen = choose(engine, passed, &readings, top).await?;
    let (job_engine, used) = (engine.clone(), profile.clone());
    let explained = engine.cpu().run(move || {
        let place = |(index, chosen)| place(&job_engine, index + 1, chosen, &used);
        chosen.into_par_iter().enumerate().map(place).collect::<Result<Vec<_>, StoredError>>()
    });
    let results = explained.await??;
    debug_assert!(census.sums(), "nobody drops out silently");
    Ok(MatchReport {
        run: run_id(engine, &profile, position, top).to_string(),
        profile: name.to_owned(),
        profile_hash: profile.hash(),
        lexicon: engine.knowledge().lexicon().hash(),
        levels: engine.knowledge().levels().hash(),
        scoring_version: SCORING_VERSION,
        position,
        census,
        results,
        unreadable,
        older_versions,
    })
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
    as_of: AsOf,
    evidence: Evidence,
    reading: EncodedReading,
    source: String,
}

/// Fetches what is needed to show the best `top`.
async fn choose(
    engine: &Engine,
    ranked: Vec<Ranked>,
    readings: &BTreeMap<DocumentId, (AsOf, ReadingId)>,
    top: usize,
) -> Result<Vec<Chosen>, EngineError> {
    let best: Vec<_> = ranked
        .into_iter()
        .filter_map(|ranked| Some((*readings.get(&ranked.document)?, ranked)))
        .take(top)
        .collect();
    let ids: Vec<_> = best.iter().map(|((_, reading), _)| *reading).collect();
    let evidence = evidence_of(engine, &ids).await?;
    let stored = engine.store().readings(&ids).await?;
    let mut sources = sources_of(engine, &ids).await?;
    let found = best.into_iter().zip(evidence).zip(stored);
    let chosen = found.filter_map(|((((as_of, id), ranked), evidence), reading)| {
        let source = sources.remove(&id.document).unwrap_or_default();
        Some(Chosen { ranked, as_of, evidence, reading: reading?, source })
    });
    Ok(chosen.collect())
}

fn place(engine: &Engine, place: usize, chosen: Chosen, profile: &Profile) -> Result<Placed, StoredError> {
    let Chosen { ranked, as_of, evidence, reading, source } = chosen;
    let reading = reading.decode(evidence.reading)?;
    let explanation =
        bole_rank::explain(&evidence, as_of, ranked.document, profile, engine.knowledge().lexicon());
    Ok(Placed {
        place,
        resume: ranked.document,
        source,
        name: reading.resume.name.as_ref().map(|name| name.value.clone()),
        as_of,
        score: ranked.score.total,
        components: components(profile, &ranked),
        talent: talent_of(engine, &evidence, as_of),
        gates_unknown: gates(profile, &ranked, GateOutcome::Unknown).map(str::to_owned).collect(),
        reasons: reasons(&explanation, &reading.masked_content()),
    })
}

/// Leaves those out who certainly fail a gate, and counts them.
fn apply_gates(ranked: Vec<Ranked>, profile: &Profile, census: &mut Census) -> Vec<Ranked> {
    let mut passed = Vec::with_capacity(ranked.len());
    for ranked in ranked {
        if let Some(gate) = gates(profile, &ranked, GateOutcome::Fail).next() {
            *census.gate_failed.entry(gate.to_owned()).or_default() += 1;
            continue;
        }
        for gate in gates(profile, &ranked, GateOutcome::Unknown) {
            *census.gate_unknown.entry(gate.to_owned()).or_default() += 1;
        }
        passed.push(ranked);
    }
    census.ranked = passed.len() as u64;
    passed
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
    let mut reasons: Vec<_> = explanation
        .components
        .iter()
        .flat_map(|component| component.reasons.iter().map(move |reason| (component, reason)))
        .filter_map(|(component, reason)| {
            let span = *reason.spans.first()?;
            Some(Reason {
                component: component.id.clone(),
                name_zh: reason.name_zh.clone(),
                name_en: reason.name_en.clone(),
                points: reason.points,
                span,
                quote: quote(content, span),
            })
        })
        .collect();
    reasons.sort_by(|left, right| right.points.cmp(&left.points).then_with(|| left.span.cmp(&right.span)));
    reasons.truncate(N_REASONS);
    reasons
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

/// All that a run's result depends on.
fn run_id(engine: &Engine, profile: &Profile, position: LogPosition, top: usize) -> RunId {
    const NO_FILTERS: &[u8] = b"";
    RunId::of_parts([
        &position.0.to_be_bytes()[..],
        profile.hash().as_bytes(),
        engine.knowledge().lexicon().hash().as_bytes(),
        engine.knowledge().levels().hash().as_bytes(),
        &SCORING_VERSION.to_be_bytes(),
        NO_FILTERS,
        &(top as u64).to_be_bytes(),
    ])
}
