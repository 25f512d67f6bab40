use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ContentHash, DateRange, Degree, ReadingId, SectionKind, Span};

/// What a resume gives to weigh, derived from one reading and one lexicon and from nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The reading it was found in.
    pub reading: ReadingId,
    /// The lexicon it was found with.
    pub lexicon: ContentHash,
    /// Every mention of a concept that counts or was considered, by page and place.
    pub mentions: Vec<Mention>,
    /// The highest degree; none if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degree: Option<Statement<Degree>>,
    /// The dates of full-time jobs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Statement<DateRange>>,
    /// Some of the resume could not be read.
    pub partial: bool,
}

/// A concept named in a resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Which.
    pub concept: ConceptId,
    /// Where.
    pub span: Span,
    /// In which kind of section.
    pub section: SectionKind,
    /// The dates of the entry it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateRange>,
    /// It stands in the title of a job, or in the discipline of a degree.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_title: bool,
    /// Whether it counts, and if not, why.
    #[serde(default, skip_serializing_if = "MentionStatus::is_counted")]
    pub status: MentionStatus,
}

/// Whether a mention counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MentionStatus {
    /// It counts.
    #[default]
    Counted,
    /// The resume says that it is *not* so: 不熟悉, no experience in.
    Negated,
    /// It stands in a wall of keywords.
    KeywordWall,
    /// An ambiguous form without the company of another concept of its field.
    Ambiguous,
}

impl MentionStatus {
    /// Whether the mention counts.
    pub fn is_counted(&self) -> bool {
        *self == Self::Counted
    }
}

/// A value and the place that states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A concept of the lexicon, such as `solid-state-battery`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConceptId(pub String);

/// A field that people are ranked for, such as `energy-storage`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldId(pub String);

impl fmt::Display for ConceptId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}
