//! A server under load, by HTTP, as its users put it there.

mod queries;
mod submissions;

use std::time::Duration;

use serde::Serialize;
use ureq::Agent;

use crate::times::{ms, percentile};

pub use queries::{QueryLoad, QueryTimes, bench_queries};
pub use submissions::{SubmissionLoad, SubmissionRates, bench_submissions};

/// Where a server is, and the key that opens it.
#[derive(Clone)]
pub struct Target {
    /// Its address, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// The key; none where this machine needs none.
    pub key: Option<String>,
}

/// How long answers took.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerTimes {
    /// How many there were.
    pub n: usize,
    /// Those among them that were not as they should be, by status; 0 is no answer.
    pub n_wrong: std::collections::BTreeMap<u16, usize>,
    /// The median.
    pub p50_ms: f64,
    /// The 95th percentile, by nearest rank.
    pub p95_ms: f64,
    /// The 99th percentile.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// Why a load was not put on a server.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It does not answer as it should before there is any load.
    #[error("{what}: the server answers {status} ({body}); look at --url and the key")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
        /// The head of its answer.
        body: String,
    },
    /// No connection.
    #[error("no answer from the server: look at --url")]
    Away(#[source] ureq::Error),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// There is nobody to ask after.
    #[error("the server has no resumes of this profile: submit some first")]
    Empty,
}

fn agent() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_mins(1))).build().into()
}

impl Target {
    fn bearer(&self) -> String {
        self.key.as_ref().map_or_else(String::new, |key| format!("Bearer {key}"))
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }
}

impl AnswerTimes {
    fn of(mut times: Vec<Duration>, n_wrong: std::collections::BTreeMap<u16, usize>) -> Self {
        times.sort_unstable();
        Self {
            n: times.len(),
            n_wrong,
            p50_ms: percentile(&times, 50),
            p95_ms: percentile(&times, 95),
            p99_ms: percentile(&times, 99),
            max_ms: times.last().copied().map_or(0.0, ms),
        }
    }
}
