use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bole_core::{AsOf, DocumentId};
use bole_engine::{EngineError, Knowledge};
use bole_rank::{Lexicon, Ranked, Row, Rows, rank};
use bole_sandbox::{StageTimes, read_document, refuse_poor};
use rayon::prelude::*;

use super::profiles::drawn;
use super::report::{RankTimes, Ranks, percentiles};
use super::{MatchBenchError, MatchOptions};
use crate::memory::resident_bytes;
use crate::resumes::{Dice, ResumeMaker};

/// Resumes that are made where there are none.
const N_MADE: u32 = 60;
/// How many rows are put among the others at once.
const N_AT_ONCE: usize = 512;
/// Tells these numbers from those of the resumes.
const PURPOSE: u64 = 101;

/// Rankings of `n_rows` rows: copies of `rows`, or of resumes made for it if there are none, under other ids, with
/// strengths and concepts varied.
///
/// # Errors
/// An unknown profile; no threads.
pub fn bench_rank(
    knowledge: &Knowledge,
    rows: &Rows,
    n_rows: usize,
    options: &MatchOptions,
) -> Result<Ranks, MatchBenchError> {
    let base: Vec<Row> = if rows.is_empty() { made(knowledge.lexicon()) } else { rows.iter().collect() };
    let before = resident_bytes();
    let many = varied(&base, n_rows);
    let grown = before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before));
    let drawn = drawn(knowledge, options.profile.as_deref(), options.n_rounds)?;
    let profiles = drawn.iter().map(|(name, overrides)| {
        let profile = knowledge.profile(name)?;
        overrides.apply(profile, knowledge.lexicon()).map_err(EngineError::Overrides)
    });
    let profiles = profiles.collect::<Result<Vec<_>, _>>()?;
    let mut threads = Vec::new();
    let mut rankings: Vec<Vec<Vec<Ranked>>> = Vec::new();
    for n_threads in &options.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(*n_threads).build()?;
        let ranked = profiles.iter().map(|profile| {
            let start = Instant::now();
            let ranking = pool.install(|| rank(&many, profile, &[], options.top));
            (start.elapsed(), ranking.best)
        });
        let (times, best): (Vec<Duration>, Vec<_>) = ranked.unzip();
        let [p50_ms, _, p99_ms, max_ms] = percentiles(times);
        let rows_a_second = many.len() as f64 * 1000.0 / p50_ms;
        threads.push(RankTimes { n_threads: *n_threads, p50_ms, p99_ms, max_ms, rows_a_second });
        rankings.push(best);
    }
    let a_row = |bytes: f64| bytes / many.len().max(1) as f64;
    Ok(Ranks {
        n_rows: many.len(),
        n_resumes: base.len(),
        bytes_a_row: a_row(many.n_bytes() as f64),
        resident_bytes_a_row: grown.map(|bytes| a_row(bytes as f64)),
        n_rounds: options.n_rounds,
        top: options.top,
        threads,
        same: rankings.windows(2).all(|pair| pair.first() == pair.last()),
    })
}

/// The rows of resumes that are made.
fn made(lexicon: &Lexicon) -> Vec<Row> {
    let maker = ResumeMaker::new();
    let rows = (0..N_MADE).into_par_iter().filter_map(|index| {
        let pdf = maker.make(1, index).pdf;
        let document = DocumentId::of(&pdf);
        let reading = read_document(document, &pdf, &mut StageTimes::default()).and_then(refuse_poor).ok()?;
        let evidence = bole_rank::collect(&reading, lexicon);
        Some(Row::new(document, AsOf(jiff::civil::date(2026, 11, 22)), &evidence, lexicon))
    });
    rows.collect()
}

/// `n_rows` rows, each from one of `base`, put together in order so that no second copy of all is needed.
fn varied(base: &[Row], n_rows: usize) -> Rows {
    let numbers = (0..n_rows as u32).zip(base.iter().cycle());
    let mut numbered: Vec<(DocumentId, u32, &Row)> =
        numbers.map(|(number, row)| (DocumentId::of(&number.to_be_bytes()), number, row)).collect();
    numbered.par_sort_unstable_by_key(|(document, ..)| *document);
    let mut rows = Rows::default();
    for some in numbered.chunks(N_AT_ONCE) {
        let made = some.par_iter().map(|(document, number, row)| {
            let mut dice = Dice::new(1, *number, PURPOSE);
            (*document, Some(row.varied(*document, &mut |end| dice.below(end))))
        });
        rows.update(made.collect::<BTreeMap<_, _>>());
    }
    rows
}
