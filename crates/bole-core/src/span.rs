use serde::{Deserialize, Serialize};

/// A place in a reading: a half-open range of Unicode scalars in one page's visible text as stored.
///
/// Serialized as `[page, start, end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "[u32; 3]", into = "[u32; 3]")]
pub struct Span {
    /// The page, from 1.
    pub page: u32,
    /// The first scalar, from 0.
    pub start: u32,
    /// One past the last scalar.
    pub end: u32,
}

impl Span {
    /// Whether `other` lies within this span.
    pub fn contains(&self, other: &Self) -> bool {
        self.page == other.page && self.start <= other.start && other.end <= self.end
    }
}

impl From<[u32; 3]> for Span {
    fn from([page, start, end]: [u32; 3]) -> Self {
        Self { page, start, end }
    }
}

impl From<Span> for [u32; 3] {
    fn from(span: Span) -> Self {
        [span.page, span.start, span.end]
    }
}
