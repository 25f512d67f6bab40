use std::sync::Arc;

use bole_core::{Bounds, DocumentId, Evidence, Reading, ReadingId, Span};
use bole_rank::{Explanation, Filter, GateOutcome, Overrides, Profile, Row, Talent, Totals};
use bole_store::Standing;
use serde::Serialize;
use tokio::sync::OnceCell;
use utoipa::ToSchema;

use crate::filters::Filters;
use crate::placing::quote;
use crate::population::{Population, evidence_of};
use crate::show::{find_reading, talent_of};
use crate::{Engine, EngineError, ProfileChoice, Scope};

/// Where every point of one resume comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explained {
    /// The resume.
    pub resume: DocumentId,
    /// Where it was ingested from, or the submission it came by; empty in blind mode.
    pub source: String,
    /// The name as written; none in blind mode.
    pub name: Option<String>,
    /// The profile's name.
    pub profile: String,
    /// The explanation.
    pub explanation: Explanation,
    /// Where that puts the person among all others; none for an older resume, and for whom a gate keeps out.
    pub place: Option<PlaceNow>,
    /// The talent level, beside the score.
    pub talent: Talent,
    /// The line at each span that the explanation or the level names, protected places blanked.
    pub quotes: Vec<Quote>,
}

/// A place in the ranking of now. A score depends on nobody else, a place does. Places are those before all who have the
/// same total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceNow {
    /// From 1.
    pub place: u64,
    /// How many are ranked.
    pub n_ranked: u64,
    /// The place that would be left without the evidence that most hangs on; none if a gate would then fail.
    pub without_mainstay: Option<u64>,
    /// The place that the change would bring which raises the total most.
    pub with_best_change: Option<u64>,
}

/// A line of a resume that an explanation points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quote {
    /// Where.
    pub span: Span,
    /// The line there.
    pub text: String,
    /// Where on the page what is meant stands: a box a line, in the order of the text; empty if that is not known.
    pub boxes: Vec<Bounds>,
}

impl Explained {
    /// The line at `span`.
    pub fn quote(&self, span: Span) -> Option<&str> {
        self.quotes.iter().find(|quote| quote.span == span).map(|quote| quote.text.as_str())
    }
}

/// Explains what a profile, changed by `overrides`, makes of a resume. Its place is that among who is in scope.
///
/// # Errors
/// An unknown profile or resume, mistakes in the profile or the overrides, a resume that was not read; an outage.
pub async fn explain(
    engine: &Engine,
    resume: &str,
    profile: &ProfileChoice,
    overrides: &Overrides,
    scope: &Scope,
) -> Result<Explained, EngineError> {
    let used = profile.used(overrides, engine.knowledge())?.profile;
    let found = Found::of(engine, resume, scope).await?;
    let everybody = Everybody::now(engine, used, scope).await?;
    let Found { standing, reading, source, evidence } = &found;
    let explanation = found.explained(engine, &everybody.profile);
    let place = everybody.place_of(engine, &explanation, reading.id()).await?;
    let talent = talent_of(engine.knowledge(), evidence, standing.as_of);
    let content = reading.masked_content();
    let mut spans: Vec<Span> = explanation
        .components
        .iter()
        .flat_map(|component| &component.reasons)
        .flat_map(|reason| &reason.spans)
        .chain(explanation.gates.iter().flat_map(|gate| &gate.spans))
        .copied()
        .chain(explanation.not_counted.iter().map(|not_counted| not_counted.span))
        .chain(talent.basis.iter().flat_map(|basis| basis.spans.iter().copied()))
        .chain(talent.postdoc.spans.iter().copied())
        .collect();
    spans.sort_unstable();
    spans.dedup();
    let quotes = spans.into_iter().map(|span| Quote {
        span,
        text: quote(&content, span),
        boxes: content.boxes_of(span),
    });
    let quotes = quotes.collect();
    Ok(Explained {
        resume: reading.document,
        source: source.clone(),
        name: reading.resume.name.as_ref().map(|name| name.value.clone()),
        profile: everybody.profile.id().to_owned(),
        explanation,
        place,
        talent,
        quotes,
    })
}

/// A resume to be explained.
pub(crate) struct Found {
    pub(crate) standing: Standing,
    pub(crate) reading: Reading,
    /// Where it came from.
    pub(crate) source: String,
    pub(crate) evidence: Evidence,
}

impl Found {
    pub(crate) async fn of(engine: &Engine, resume: &str, scope: &Scope) -> Result<Self, EngineError> {
        let (standing, reading, source) = find_reading(engine, resume, scope).await?;
        let evidence = evidence_of(engine, engine.knowledge(), &[reading.id()]).await?;
        let evidence = evidence.into_iter().next();
        let evidence = evidence.ok_or_else(|| EngineError::UnknownResume(resume.to_owned()))?;
        Ok(Self { standing, reading, source, evidence })
    }

    pub(crate) fn explained(&self, engine: &Engine, profile: &Profile) -> Explanation {
        let Self { standing, reading, evidence, .. } = self;
        bole_rank::explain(evidence, standing.as_of, reading.document, profile, engine.knowledge().lexicon())
    }
}

/// Everybody in scope as of now, and what they have by a profile.
pub(crate) struct Everybody {
    pub(crate) profile: Arc<Profile>,
    population: Arc<Population>,
    /// Who is in scope; empty if everybody is.
    seen: Vec<Filter>,
    /// Of all who are ranked, and how many these are; ranked when they are first asked for.
    totals: OnceCell<(Totals, u64)>,
}

impl Everybody {
    pub(crate) async fn now(engine: &Engine, profile: Profile, scope: &Scope) -> Result<Self, EngineError> {
        let filters = Filters::parse(&scope.query().into_iter().collect::<Vec<_>>())?;
        let (population, seen) = Population::found(engine, engine.knowledge(), &filters).await?;
        Ok(Self { profile: Arc::new(profile), population, seen, totals: OnceCell::new() })
    }

    /// The place of somebody by the explanation of a reading; none if that reading is not ranked.
    pub(crate) async fn place_of(
        &self,
        engine: &Engine,
        explanation: &Explanation,
        reading: ReadingId,
    ) -> Result<Option<PlaceNow>, EngineError> {
        let fails = explanation.gates.iter().any(|gate| gate.outcome == GateOutcome::Fail);
        // What was explained may have been read anew meanwhile.
        let is_explained = |row: Row| row.as_of() == explanation.as_of && row.reading() == reading;
        if fails || !self.population.rows.get(explanation.document).is_some_and(is_explained) {
            return Ok(None);
        }
        let (totals, n_ranked) = self.totals.get_or_try_init(|| self.rank(engine)).await?;
        let total = explanation.total;
        let mainstay = explanation.mainstay().filter(|(_, reason)| !reason.fails_gate);
        let change = explanation.best_change.as_ref();
        Ok(Some(PlaceNow {
            place: totals.place_of(total),
            n_ranked: *n_ranked,
            without_mainstay: mainstay.map(|(_, reason)| totals.place_after_loss(total, reason.loss)),
            with_best_change: change.map(|change| totals.place_of(change.total)),
        }))
    }

    /// The totals of a match that has just ranked the same, or else of a ranking.
    async fn rank(&self, engine: &Engine) -> Result<(Totals, u64), EngineError> {
        let lexicon = engine.knowledge().lexicon().hash();
        let known = engine.rankings().of_all(&self.population, lexicon, &self.profile);
        if let Some(run) = known.filter(|_| self.seen.is_empty()) {
            return Ok((run.totals().clone(), run.n_ranked()));
        }
        let (population, profile, seen) = (self.population.clone(), self.profile.clone(), self.seen.clone());
        let ranking =
            engine.cpu().run(move || bole_rank::order(&population.rows, &profile, &seen, 0)).await?;
        Ok((ranking.totals, ranking.n_ranked))
    }
}
