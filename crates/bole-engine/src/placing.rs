//! What a match tells of those whom it shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use bole_core::Span;
use bole_rank::{ComponentExplanation, Explanation, GateOutcome, Ordered, Profile, Row, Score};
use rayon::prelude::*;

use crate::matching::{Mainstay, MatchPart, Placed, PlacedChange, Reason};
use crate::run::RankedRun;
use crate::show::{sources_of, talent_of};
use crate::shown::{Parts, parts_of};
use crate::{Engine, EngineError, Page, Scope};

/// How many reasons a match shows of each person; `explain` shows all.
const N_REASONS: usize = 3;
/// A quoted line is cut to this many characters.
const N_QUOTED: usize = 120;

/// Somebody to be shown, with all that is needed for it.
struct Chosen {
    ordered: Ordered,
    parts: Arc<Parts>,
    source: String,
}

/// Those of `run` who are on `page`, as the scope shows them.
///
/// # Errors
/// [`EngineError::DamagedReading`]; an outage. Nobody drops out silently: a ranking that cannot show one of its best is
/// none.
pub(crate) async fn placed(
    engine: &Engine,
    run: &Arc<RankedRun>,
    page: Page,
    scope: &Scope,
    done: &mut (dyn FnMut(MatchPart) + Send),
) -> Result<Vec<Placed>, EngineError> {
    let chosen = choose(engine, run, page.of(run.order()), scope).await?;
    done(MatchPart::Fetch);
    let run = run.clone();
    let explained = engine.cpu().run(move || {
        let places = chosen.into_par_iter().enumerate();
        let placed = places.map(|(index, chosen)| place(&run, page.offset + index + 1, &chosen));
        placed.collect::<Result<Vec<_>, EngineError>>()
    });
    let placed = explained.await??;
    done(MatchPart::Explain);
    Ok(placed)
}

/// Fetches what is needed to show these.
async fn choose(
    engine: &Engine,
    run: &RankedRun,
    ordered: &[Ordered],
    scope: &Scope,
) -> Result<Vec<Chosen>, EngineError> {
    let ids: Vec<_> = ordered.iter().map(|ordered| ordered.reading).collect();
    let (parts, mut sources) =
        tokio::try_join!(parts_of(engine, run.knowledge(), &ids, scope), sources_of(engine, &ids, scope))?;
    let chosen = ordered.iter().zip(parts).map(|(ordered, parts)| {
        let document = ordered.reading.document;
        let source = sources.remove(&document).unwrap_or_default();
        let parts = parts.ok_or(EngineError::DamagedReading(document))?;
        Ok(Chosen { ordered: *ordered, parts, source })
    });
    chosen.collect()
}

/// # Errors
/// [`EngineError::DamagedReading`] if the evidence does not give the total that it was ranked by.
fn place(run: &RankedRun, place: usize, chosen: &Chosen) -> Result<Placed, EngineError> {
    let Chosen { ordered, parts, source } = chosen;
    let Ordered { reading, as_of, total } = *ordered;
    let Parts { evidence, name, content } = &**parts;
    let (knowledge, profile, totals) = (run.knowledge(), run.profile(), run.totals());
    let row = Row::new(reading.document, as_of, evidence, knowledge.lexicon());
    let score = bole_rank::score(&row, profile);
    if score.total != total {
        return Err(EngineError::DamagedReading(reading.document));
    }
    let explanation = bole_rank::explain_briefly(&row, evidence, profile, knowledge.lexicon());
    let mainstay = explanation.mainstay().and_then(|(component, reason)| {
        let place = totals.place_after_loss(total, reason.loss);
        let place = (!reason.fails_gate).then_some(place);
        Some(Mainstay { reason: shown(component, reason, content)?, loss: reason.loss, place })
    });
    let best_change = explanation
        .best_change
        .as_ref()
        .map(|change| PlacedChange { change: change.clone(), place: totals.place_of(change.total) });
    Ok(Placed {
        place,
        resume: reading.document,
        source: source.clone(),
        name: name.clone(),
        as_of,
        score: total,
        components: components(profile, &score),
        talent: talent_of(knowledge, evidence, as_of),
        gates_unknown: gates(profile, &score, GateOutcome::Unknown).map(str::to_owned).collect(),
        reasons: reasons(&explanation, content),
        mainstay,
        best_change,
    })
}

/// The ids of the gates with `outcome`, in the profile's order.
fn gates<'a>(profile: &'a Profile, score: &'a Score, outcome: GateOutcome) -> impl Iterator<Item = &'a str> {
    let outcomes = profile.gates().iter().zip(&score.gates);
    outcomes.filter(move |(_, found)| **found == outcome).map(|(gate, _)| gate.id.as_str())
}

/// The parts of a score by the profile's groups.
pub(crate) fn components(profile: &Profile, score: &Score) -> BTreeMap<String, u32> {
    let groups = profile.groups().iter().map(|group| group.id.clone());
    groups.zip(score.components.iter().copied()).collect()
}

/// The reasons with the most points over all components.
pub(crate) fn reasons(explanation: &Explanation, content: &bole_core::Pages) -> Vec<Reason> {
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
    let quote = quote(content, span);
    Some(Reason {
        component: component.id.clone(),
        name_zh: reason.name_zh.clone(),
        name_en: reason.name_en.clone(),
        points: reason.points,
        span,
        meant: meant(&quote, content, span),
        quote,
    })
}

/// Where in `quote` stands what `span` means, in bytes.
fn meant(quote: &str, content: &bole_core::Pages, span: Span) -> Option<(usize, usize)> {
    let text = content.text_at(span)?;
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = quote.find(&folded).filter(|_| !folded.is_empty())?;
    Some((start, start + folded.len()))
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
