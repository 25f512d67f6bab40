//! How well resumes are understood, measured against what is known of them.

mod compare;
mod fields;
mod fold;
mod protected;
mod report;
#[cfg(test)]
mod tests;
mod truth;
mod twins;

pub use fields::{Field, FieldCount, LanguageCount, Verdict};
pub use report::{
    ConceptCount, ConceptMistake, Difference, LexiconCount, PartTimes, Understanding, Unreadable,
    bench_understanding,
};
pub use twins::{TwinCount, TwinDifference, Twins};
