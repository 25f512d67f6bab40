//! What an explanation says.

use bole_core::{AsOf, ConceptId, ContentHash, DateRange, Degree, DocumentId, SectionKind, Span};
use serde::Serialize;
use utoipa::ToSchema;

use crate::change::Change;
use crate::gate::{Condition, GateOutcome};
use crate::profile::GroupKind;
use crate::weigh::Weighing;

/// Why a resume scores what it scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    /// The document.
    pub document: DocumentId,
    /// The date it speaks from.
    pub as_of: AsOf,
    /// The profile.
    pub profile: ContentHash,
    /// The lexicon.
    pub lexicon: ContentHash,
    /// The version of the formula.
    pub scoring_version: u32,
    /// 0 to 100,000: thousandths of a point, the sum of the components.
    pub total: u32,
    /// One for each group of the profile, in its order.
    pub components: Vec<ComponentExplanation>,
    /// One for each gate of the profile, in its order.
    pub gates: Vec<GateExplanation>,
    /// What was seen and not counted, by place.
    pub not_counted: Vec<NotCounted>,
    /// The single change that would raise the total most; none if nothing would.
    pub best_change: Option<Change>,
    /// Some of the resume could not be read, so something may be missing here that is on the page.
    pub partial: bool,
}

/// The points of one group, and where they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentExplanation {
    /// The group's id.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// What it counts.
    pub kind: GroupKind,
    /// The most points it gives.
    pub weight: u32,
    /// The points it gives here: the sum of its reasons.
    pub points: u32,
    /// Where they come from, the most first.
    pub reasons: Vec<Reason>,
    /// The concepts of the group that the resume does not show.
    pub missing: Vec<Missing>,
}

/// Something in the resume that gives points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExplainedReason)]
pub struct Reason {
    /// What it is.
    pub what: ReasonKind,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Its share of the component's points.
    pub points: u32,
    /// What the total would lose without it, all components counted: less than its share where other evidence would fill
    /// the gap, more where it counts in several components.
    pub loss: u32,
    /// Whether a gate would certainly fail without it.
    pub fails_gate: bool,
    /// Where it stands, the best mention first; at least one.
    pub spans: Vec<Span>,
    /// The kind of section the best mention stands in.
    pub section: Option<SectionKind>,
    /// The dates of the entry the best mention stands in.
    pub dates: Option<DateRange>,
    /// Months: of that entry, or in the field.
    pub months: Option<u32>,
    /// How the best mention was weighed; none for degrees and months.
    pub weighing: Option<Weighing>,
}

/// What gives points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ReasonKind {
    /// A concept of the group.
    Concept {
        /// The concept that the resume shows.
        concept: ConceptId,
        /// What the profile lists: the same, or what it is a kind of.
        counts_for: ConceptId,
    },
    /// A degree.
    Degree {
        /// The highest.
        degree: Degree,
    },
    /// A title that names something of the field.
    NamesField,
    /// Full-time work in the field.
    Work,
    /// Internships and research in the field.
    Practice,
}

/// A concept that the profile looks for and the resume does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missing {
    /// The concept.
    pub concept: ConceptId,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// What became of a gate, and what that rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GateExplanation {
    /// The gate's id.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// What it asks for.
    pub condition: Condition,
    /// What became of it.
    pub outcome: GateOutcome,
    /// The degree that was found, if it asks for one.
    pub degree: Option<Degree>,
    /// The months that were found, if it asks for them.
    pub months: Option<u32>,
    /// What it rests on; empty if unknown.
    pub spans: Vec<Span>,
}

/// A mention that was seen and not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotCounted {
    /// The concept.
    pub concept: ConceptId,
    /// Where.
    pub span: Span,
    /// In which kind of section.
    pub section: SectionKind,
    /// Why not.
    pub why: WhyNot,
}

/// Why a mention does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// The resume says that it is not so.
    Negated,
    /// An ambiguous form without the company of another concept of its field.
    Ambiguous,
    /// It stands in a wall of keywords.
    KeywordWall,
    /// It is wished for: next to nothing.
    Objective,
    /// It is a hobby: next to nothing.
    Interest,
}

impl Explanation {
    /// The evidence that most of the total hangs on: the component and the reason whose loss is greatest, the first of
    /// equals; none where nothing would be lost.
    pub fn mainstay(&self) -> Option<(&ComponentExplanation, &Reason)> {
        let reasons = self
            .components
            .iter()
            .flat_map(|component| component.reasons.iter().map(move |reason| (component, reason)));
        reasons
            .filter(|(_, reason)| reason.loss > 0)
            .reduce(|most, next| if next.1.loss > most.1.loss { next } else { most })
    }
}
