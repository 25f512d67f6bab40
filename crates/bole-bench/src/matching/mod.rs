//! How long a match takes where everybody is in memory: over the resumes of a data folder, and over many more rows.

mod many;
mod profiles;
mod report;
mod served;

pub use many::bench_rank;
pub use report::{MatchBench, MatchPartTimes, MatchTimes, Matches, RankTimes, Ranks};
pub use served::bench_match;

use bole_engine::EngineError;

/// What is measured.
#[derive(Clone, Debug)]
pub struct MatchOptions {
    /// One profile by name; none for all of them by turns.
    pub profile: Option<String>,
    /// Matches for each number of threads.
    pub n_rounds: u32,
    /// The numbers of threads.
    pub threads: Vec<usize>,
    /// How many of the best are shown.
    pub top: usize,
}

/// Why a match was not measured.
#[derive(Debug, thiserror::Error)]
pub enum MatchBenchError {
    /// Something of the engine's.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No threads.
    #[error("the system gives no threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Nothing to measure with.
    #[error("no number of threads was named")]
    NoThreads,
}
