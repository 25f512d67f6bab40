use bole_core::{DocumentId, Span};
use bole_rank::{Explanation, Overrides, Talent};
use serde::Serialize;

use crate::matching::quote;
use crate::population::evidence_of;
use crate::show::{find_reading, source_of, talent_of};
use crate::{Engine, EngineError, ProfileChoice};

/// Where every point of one resume comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The resume.
    pub resume: DocumentId,
    /// Where it was ingested from, or the submission it came by.
    pub source: String,
    /// The name as written.
    pub name: Option<String>,
    /// The profile's name.
    pub profile: String,
    /// The explanation.
    pub explanation: Explanation,
    /// The talent level, beside the score.
    pub talent: Talent,
    /// The line at each span that the explanation or the level names, protected places blanked.
    pub quotes: Vec<Quote>,
}

/// A line of a resume that an explanation points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// Where.
    pub span: Span,
    /// The line there.
    pub text: String,
}

impl Explained {
    /// The line at `span`.
    pub fn quote(&self, span: Span) -> Option<&str> {
        self.quotes.iter().find(|quote| quote.span == span).map(|quote| quote.text.as_str())
    }
}

/// Explains what a profile, changed by `overrides`, makes of a resume.
///
/// # Errors
/// An unknown profile or resume, mistakes in the profile or the overrides, a resume that was not read; an outage.
pub async fn explain(
    engine: &Engine,
    resume: &str,
    profile: &ProfileChoice,
    overrides: &Overrides,
) -> Result<Explained, EngineError> {
    let used = profile.used(overrides, engine.knowledge())?.profile;
    let (standing, reading, record) = find_reading(engine, resume).await?;
    let evidence = evidence_of(engine, engine.knowledge(), &[reading.id()]).await?;
    let Some(evidence) = evidence.first() else { return Err(EngineError::UnknownResume(resume.to_owned())) };
    let lexicon = engine.knowledge().lexicon();
    let explanation = bole_rank::explain(evidence, standing.as_of, reading.document, &used, lexicon);
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
    let quotes = spans.into_iter().map(|span| Quote { span, text: quote(&content, span) }).collect();
    Ok(Explained {
        resume: reading.document,
        source: source_of(&record),
        name: reading.resume.name.map(|name| name.value),
        profile: used.field().to_string(),
        explanation,
        talent,
        quotes,
    })
}
