//! How well rankings put the right people first, beside BM25.

mod bm25;
mod checks;
mod error;
mod folders;
mod graded;
mod interval;
mod metrics;
mod queries;
mod reading;
mod report;
mod run;
mod specimen;
#[cfg(test)]
mod tests;
mod twins;

pub use checks::{ExplanationMistake, SpanMistake};
pub use error::RelevanceError;
pub use report::{
    Estimate, MissingResume, ProfileRelevance, Quality, QualityDifference, RankedResume, Ranker, Relevance,
    RelevanceOptions, ResumeSet, SetRelevance, Trap, TrapPlace,
};
pub use run::bench_relevance;
pub use twins::{TwinPair, TwinPoints, TwinShares};
