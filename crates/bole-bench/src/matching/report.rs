use std::time::Duration;

use bole_engine::MatchPart;
use serde::Serialize;

use crate::times::{ms, percentile};

/// What matches cost.
#[derive(Clone, Debug, Serialize)]
pub struct MatchBench {
    /// Over the resumes of the data folder; none if there are none.
    pub resumes: Option<Matches>,
    /// Over rows made from them; none if none were asked for.
    pub rows: Option<Ranks>,
}

/// Matches over the resumes of a data folder, as a server runs them: ranked, the best fetched and explained.
#[derive(Clone, Debug, Serialize)]
pub struct Matches {
    /// Resumes that are read.
    pub n_resumes: usize,
    /// People, each ranked by their newest.
    pub n_people: usize,
    /// Memory a resume, of all that is kept between two matches.
    pub bytes_a_resume: f64,
    /// Matches for each number of threads.
    pub n_rounds: u32,
    /// How many of the best are shown.
    pub top: usize,
    /// By number of threads.
    pub threads: Vec<MatchTimes>,
    /// Whether every number of threads gave the same reports.
    pub same: bool,
}

/// Milliseconds a match.
#[derive(Clone, Debug, Serialize)]
pub struct MatchTimes {
    /// Threads that compute.
    pub n_threads: usize,
    /// Loading everybody for the first time.
    pub warm_ms: f64,
    /// The median.
    pub p50_ms: f64,
    /// The 95th percentile, by nearest rank.
    pub p95_ms: f64,
    /// The 99th.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// The same by parts.
    pub parts: Vec<MatchPartTimes>,
}

/// Milliseconds for a part of a match.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MatchPartTimes {
    /// Which.
    pub part: MatchPart,
    /// The median.
    pub p50_ms: f64,
    /// The 99th percentile.
    pub p99_ms: f64,
}

/// Rankings of many rows, made from few by the dice.
#[derive(Clone, Debug, Serialize)]
pub struct Ranks {
    /// Rows.
    pub n_rows: usize,
    /// The resumes that they are made from.
    pub n_resumes: usize,
    /// Memory a row.
    pub bytes_a_row: f64,
    /// What this process grew by while they were made, a row; none where the system does not say.
    pub resident_bytes_a_row: Option<f64>,
    /// Rankings for each number of threads.
    pub n_rounds: u32,
    /// How many of the best get their components.
    pub top: usize,
    /// By number of threads.
    pub threads: Vec<RankTimes>,
    /// Whether every number of threads gave the same rankings.
    pub same: bool,
}

/// Milliseconds a ranking.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RankTimes {
    /// Threads.
    pub n_threads: usize,
    /// The median.
    pub p50_ms: f64,
    /// The 99th percentile, by nearest rank.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Rows a second, by the median.
    pub rows_a_second: f64,
}

/// Median, 95th and 99th percentile, and the longest.
pub(super) fn percentiles(mut times: Vec<Duration>) -> [f64; 4] {
    times.sort_unstable();
    let longest = times.last().copied().map_or(0.0, ms);
    [percentile(&times, 50), percentile(&times, 95), percentile(&times, 99), longest]
}
