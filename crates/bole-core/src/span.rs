use serde::{Deserialize, Serialize};
use utoipa::openapi::{ArrayBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

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

impl PartialSchema for Span {
    fn schema() -> RefOr<Schema> {
        let numbers = ArrayBuilder::new().items(u32::schema()).min_items(Some(3)).max_items(Some(3));
        numbers.description(Some("page from 1, first Unicode scalar from 0, one past the last")).into()
    }
}

impl ToSchema for Span {}

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
