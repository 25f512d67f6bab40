use std::path::{Path, PathBuf};

use bole_core::{ConceptId, Pages, Span};
use bole_rank::{Condition, Explanation, Lexicon, ReasonKind, Score};
use serde::Serialize;

/// A place that an explanation names and that does not show what it is named for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpanMistake {
    /// The resume.
    pub path: PathBuf,
    /// The profile.
    pub profile: String,
    /// What it is named for: a concept, a gate, a component.
    pub what: String,
    /// Where.
    pub span: Span,
    /// What stands there; none if that is off the page.
    pub text: Option<String>,
}

/// An explanation that does not add up, or gives other points than the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplanationMistake {
    /// The resume.
    pub path: PathBuf,
    /// The profile.
    pub profile: String,
}

/// What was looked up and added up.
#[derive(Debug, Default)]
pub(super) struct Checks {
    pub(super) n_spans: usize,
    pub(super) spans_not_found: Vec<SpanMistake>,
    pub(super) n_explanations: usize,
    pub(super) wrong_sums: Vec<ExplanationMistake>,
}

/// What has to stand at a place.
#[derive(Clone, Copy)]
enum Expected<'a> {
    /// A form of it.
    Concept(&'a ConceptId),
    /// A form of one of them, or of a kind of one.
    KindOf(&'a [ConceptId]),
    /// Something.
    Text,
}

impl Checks {
    pub(super) fn add(&mut self, more: Self) {
        self.n_spans += more.n_spans;
        self.spans_not_found.extend(more.spans_not_found);
        self.n_explanations += more.n_explanations;
        self.wrong_sums.extend(more.wrong_sums);
    }

    /// Looks up every place that an explanation names, in the text as stored, and adds its points up.
    pub(super) fn check(
        &mut self,
        (path, profile): (&Path, &str),
        explanation: &Explanation,
        score: &Score,
        content: &Pages,
        lexicon: &Lexicon,
    ) {
        self.n_explanations += 1;
        if !adds_up(explanation, score) {
            self.wrong_sums.push(ExplanationMistake { path: path.to_owned(), profile: profile.to_owned() });
        }
        for (what, expected, span) in named(explanation) {
            self.n_spans += 1;
            let text = content.text_at(span);
            if !text.as_deref().is_some_and(|text| shows(text, expected, lexicon)) {
                let (path, profile, what) = (path.to_owned(), profile.to_owned(), what.to_owned());
                self.spans_not_found.push(SpanMistake { path, profile, what, span, text });
            }
        }
    }
}

/// Every place of an explanation, with what it is named for.
fn named(explanation: &Explanation) -> Vec<(&str, Expected<'_>, Span)> {
    let mut named = Vec::new();
    for component in &explanation.components {
        for reason in &component.reasons {
            let (what, expected) = match &reason.what {
                ReasonKind::Concept { concept, .. } => (concept.0.as_str(), Expected::Concept(concept)),
                ReasonKind::Degree { .. }
                | ReasonKind::NamesField
                | ReasonKind::Work
                | ReasonKind::Practice => (component.id.as_str(), Expected::Text),
            };
            named.extend(reason.spans.iter().map(|span| (what, expected, *span)));
        }
    }
    for gate in &explanation.gates {
        let expected = match &gate.condition {
            Condition::AnyOf(concepts) => Expected::KindOf(concepts),
            Condition::MinDegree(_) | Condition::MinFullTimeMonths(_) | Condition::MaxFullTimeMonths(_) => {
                Expected::Text
            }
        };
        named.extend(gate.spans.iter().map(|span| (gate.id.as_str(), expected, *span)));
    }
    let not_counted = explanation.not_counted.iter();
    named.extend(not_counted.map(|it| (it.concept.0.as_str(), Expected::Concept(&it.concept), it.span)));
    named
}

fn shows(text: &str, expected: Expected<'_>, lexicon: &Lexicon) -> bool {
    match expected {
        Expected::Concept(concept) => lexicon.named_by(text).contains(&concept),
        Expected::KindOf(concepts) => {
            lexicon.named_by(text).into_iter().any(|named| is_kind_of(named, concepts, lexicon))
        }
        Expected::Text => !text.trim().is_empty(),
    }
}

fn is_kind_of(concept: &ConceptId, of: &[ConceptId], lexicon: &Lexicon) -> bool {
    let parents = || lexicon.concept(concept).into_iter().flat_map(|concept| &concept.parents);
    of.contains(concept) || parents().any(|parent| is_kind_of(parent, of, lexicon))
}

fn adds_up(explanation: &Explanation, score: &Score) -> bool {
    let components = &explanation.components;
    let points: Vec<u32> = components.iter().map(|component| component.points).collect();
    let reasons = components.iter().all(|component| {
        component.reasons.iter().map(|reason| reason.points).sum::<u32>() == component.points
    });
    let gates = explanation.gates.iter().map(|gate| gate.outcome);
    reasons
        && points == score.components
        && points.iter().sum::<u32>() == explanation.total
        && explanation.total == score.total
        && gates.eq(score.gates.iter().copied())
}

#[cfg(test)]
mod tests {
    use bole_core::{AsOf, Page, ReaderVersion, Reading, Resume};
    use bole_engine::Knowledge;
    use bole_rank::{Row, collect, explain, score};

    use super::*;

    #[test]
    fn a_moved_place_and_a_changed_point_are_noticed() {
        let knowledge = Knowledge::load(None).unwrap();
        let (lexicon, profile) = (knowledge.lexicon(), knowledge.profile("energy-storage").unwrap());
        let text = "从事固态电池研发，负责储能系统集成与 battery packs".to_owned();
        let content = Pages { pages: vec![Page { text, ..Page::default() }], ..Pages::default() };
        let document = bole_core::DocumentId::of(b"");
        let reading = Reading { document, reader: ReaderVersion(1), content, resume: Resume::default() };
        let evidence = collect(&reading, lexicon);
        let as_of = AsOf("2026-11-21".parse().unwrap());
        let explanation = explain(&evidence, as_of, document, profile, lexicon);
        let score = score(&Row::new(document, as_of, &evidence, lexicon), profile);
        let checked = |explanation: &Explanation| {
            let mut checks = Checks::default();
            let of = (Path::new("a.pdf"), "energy-storage");
            checks.check(of, explanation, &score, &reading.content, lexicon);
            checks
        };
        let good = checked(&explanation);
        assert!(good.n_spans >= 4 && good.spans_not_found.is_empty(), "{good:?}");
        assert!(good.n_explanations == 1 && good.wrong_sums.is_empty(), "{good:?}");

        let mut moved = explanation.clone();
        let component = moved.components.iter_mut().find(|component| !component.reasons.is_empty()).unwrap();
        let n_moved = component.reasons[0].spans.len();
        for span in &mut component.reasons[0].spans {
            (span.start, span.end) = (span.start + 1, span.end + 1);
        }
        assert_eq!(checked(&moved).spans_not_found.len(), n_moved);

        let mut changed = explanation.clone();
        changed.components[0].points += 1;
        assert_eq!(checked(&changed).wrong_sums.len(), 1);
        let mut changed = explanation;
        changed.total += 1;
        assert_eq!(checked(&changed).wrong_sums.len(), 1);
    }
}
