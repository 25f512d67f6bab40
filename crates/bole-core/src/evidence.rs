use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AchievementKind, AsOf, ContentHash, DateRange, Degree, ReadingId, SectionKind, Span};

/// What a resume gives to weigh, derived from one reading and one lexicon and from nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The reading it was found in.
    pub reading: ReadingId,
    /// The lexicon it was found with.
    pub lexicon: ContentHash,
    /// Every mention of a concept that counts or was considered, by page and place.
    pub mentions: Vec<Mention>,
    /// The degrees, in the order of the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub degrees: Vec<Statement<Studied>>,
    /// The dates of full-time jobs, without full-time studies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Statement<DateRange>>,
    /// Months of work that the resume claims in so many words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_months: Option<Statement<u32>>,
    /// Publications, patents, certificates and awards, in the order of the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub achievements: Vec<Statement<AchievementKind>>,
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

impl Evidence {
    /// The highest degree that was finished by `as_of`.
    pub fn degree(&self, as_of: AsOf) -> Option<Statement<Studied>> {
        highest(self.degrees.iter().filter(|studied| !studied.value.is_unfinished(as_of)))
    }

    /// The highest degree that was being taken at `as_of`.
    pub fn degree_under_way(&self, as_of: AsOf) -> Option<Statement<Studied>> {
        highest(self.degrees.iter().filter(|studied| studied.value.is_unfinished(as_of)))
    }

    /// Months of full-time work up to `as_of`, overlaps counted once; if no job is dated, what the resume claims.
    pub fn full_time_months(&self, as_of: AsOf) -> Option<u32> {
        DateRange::months_covered(self.jobs.iter().map(|job| job.value), as_of)
            .or_else(|| self.claimed_months.map(|claimed| claimed.value))
    }
}

fn highest<'a>(degrees: impl Iterator<Item = &'a Statement<Studied>>) -> Option<Statement<Studied>> {
    degrees.copied().reduce(|best, next| if next.value.degree > best.value.degree { next } else { best })
}

impl Studied {
    /// Whether the resume says so, or it is dated to end after `as_of`.
    pub fn is_unfinished(self, as_of: AsOf) -> bool {
        self.is_under_way || self.dates.is_some_and(|dates| dates.ends_after(as_of))
    }
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

/// A degree, and what tells whether it is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Studied {
    /// Which.
    pub degree: Degree,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateRange>,
    /// The resume says that it is not finished.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_under_way: bool,
}

/// A concept of the lexicon, such as `solid-state-battery`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ConceptId(pub String);

/// A field that people are ranked for, such as `energy-storage`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
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
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
