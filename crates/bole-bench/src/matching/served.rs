use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use bole_engine::{
    DataFolder, Engine, Knowledge, MatchPart, MatchQuery, MatchReport, Page, ProfileChoice, ReaderProgram,
    Scope, Settings, match_observed, warm,
};
use bole_rank::Rows;

use super::profiles::drawn;
use super::report::{MatchPartTimes, MatchTimes, Matches, percentiles};
use super::{MatchBenchError, MatchOptions};
use crate::times::ms;

/// Matches over the resumes of `settings.data`, one after the other, in this process; also gives their rows.
///
/// # Errors
/// An unknown profile; an outage.
pub async fn bench_match(
    settings: &Settings,
    config: Option<&Path>,
    reader: &ReaderProgram,
    options: &MatchOptions,
) -> Result<(Matches, Rows), MatchBenchError> {
    let mut threads = Vec::new();
    let mut reports: Vec<Vec<MatchReport>> = Vec::new();
    let mut warmed = None;
    for n_threads in &options.threads {
        let mut settings = settings.clone();
        settings.rank.n_threads = *n_threads;
        let data = match &settings.store.remote {
            Some(_) => DataFolder::create(&settings.data)?,
            None => DataFolder::existing(&settings.data)?,
        };
        let engine = Engine::open(settings, Knowledge::load(config)?, data, reader.clone()).await?;
        let start = Instant::now();
        warmed = Some(warm(&engine).await?);
        let warm_time = start.elapsed();
        let (times, found) = matches(&engine, options).await?;
        threads.push(times.told(*n_threads, warm_time));
        reports.push(found);
    }
    let Some(warmed) = warmed else {
        return Err(MatchBenchError::NoThreads);
    };
    let matches = Matches {
        n_resumes: warmed.n_resumes,
        n_people: warmed.rows.len(),
        bytes_a_resume: warmed.n_bytes as f64 / warmed.n_resumes.max(1) as f64,
        n_rounds: options.n_rounds,
        top: options.top,
        threads,
        same: reports.windows(2).all(|pair| pair.first() == pair.last()),
    };
    Ok((matches, warmed.rows))
}

/// What matches took, one by one.
#[derive(Default)]
struct Taken {
    whole: Vec<Duration>,
    parts: BTreeMap<MatchPart, Vec<Duration>>,
}

async fn matches(
    engine: &Engine,
    options: &MatchOptions,
) -> Result<(Taken, Vec<MatchReport>), MatchBenchError> {
    let mut taken = Taken::default();
    let mut reports = Vec::new();
    let drawn = drawn(engine.knowledge(), options.profile.as_deref(), options.n_rounds)?;
    for (profile, overrides) in drawn {
        let query = MatchQuery {
            profile: ProfileChoice::Named(profile),
            overrides,
            scope: Scope::all(),
            filters: Vec::new(),
            top: options.top,
            page: Page::WHOLE,
            lists: false,
        };
        let start = Instant::now();
        let mut last = start;
        let mut done = |part| {
            let now = Instant::now();
            taken.parts.entry(part).or_default().push(now - last);
            last = now;
        };
        let report = match_observed(engine, &query, &mut done).await?;
        taken.whole.push(start.elapsed());
        reports.push(report);
    }
    Ok((taken, reports))
}

impl Taken {
    fn told(self, n_threads: usize, warm: Duration) -> MatchTimes {
        let parts = self.parts.into_iter().map(|(part, times)| {
            let [p50_ms, _, p99_ms, _] = percentiles(times);
            MatchPartTimes { part, p50_ms, p99_ms }
        });
        let parts = parts.collect();
        let [p50_ms, p95_ms, p99_ms, max_ms] = percentiles(self.whole);
        MatchTimes { n_threads, warm_ms: ms(warm), p50_ms, p95_ms, p99_ms, max_ms, parts }
    }
}
