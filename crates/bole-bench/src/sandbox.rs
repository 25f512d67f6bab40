use std::fs;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bole_core::{DocumentId, StoredError};
use bole_rank::Lexicon;
use bole_sandbox::{
    Limits, Outcome, Pool, PoolError, PoolOptions, StageTimes, outcome_of, read_document, refuse_poor,
};
use bytes::Bytes;
use serde::Serialize;
use tokio::task::{JoinError, JoinSet};

use crate::listing::{BenchError, Listing};
use crate::times::{Times, ms};

/// What it costs to have documents read in a fenced child rather than in process: document, resume and evidence, one
/// document after the other.
#[derive(Clone, Debug, Serialize)]
pub struct SandboxCost {
    /// How many documents.
    pub n_documents: usize,
    /// How many of them are refused, by both.
    pub n_refused: usize,
    /// How often both went through the list, by turns.
    pub n_rounds: u32,
    /// In this process.
    pub in_process: Times,
    /// By a child, from handing over to the outcome.
    pub in_child: Times,
    /// `in_child` over `in_process`, by their means.
    pub ratio: f64,
    /// Documents a second in this process, with a thread on each core.
    pub per_second_in_process: f64,
    /// Documents a second by a child on each core, this process at their side: as a worker runs.
    pub per_second_in_children: f64,
    /// Milliseconds from asking for a child to its being ready, the fastest of three. It is paid once in
    /// `n_documents_a_child` documents, and not part of `in_child`.
    pub start_ms: f64,
    /// After how many documents production replaces a child.
    pub n_documents_a_child: u32,
}

/// Reads every document of `listing` in process and in a child of `options` by turns, `n_rounds` times.
///
/// # Errors
/// If a document cannot be opened, no child can be started, or the two outcomes differ.
pub fn bench_sandbox(
    listing: &Listing,
    n_rounds: u32,
    options: &PoolOptions,
    lexicon: &Lexicon,
) -> Result<SandboxCost, BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BenchError::Runtime)?;
    let mut documents = Vec::with_capacity(listing.paths.len());
    for path in &listing.paths {
        let bytes = Bytes::from(fs::read(path).map_err(BenchError::path(path))?);
        documents.push((DocumentId::of(&bytes), bytes));
    }
    bole_document::warm();
    let n_documents_a_child = options.limits.n_documents;
    // The child lives through the whole bench, so that the price of a start stands apart.
    let limits = Limits { n_documents: u32::MAX, ..options.limits };
    let options = PoolOptions { limits, n_children: 1, ..options.clone() };
    let mut start = Duration::MAX;
    for _ in 0..3 {
        let before = Instant::now();
        runtime.block_on(Pool::new(options.clone()).missing_guards()).map_err(BenchError::Pool)?;
        start = start.min(before.elapsed());
    }
    let pool = Pool::new(options.clone());
    let mut here = Fastest::new(documents.len());
    let mut there = Fastest::new(documents.len());
    let mut n_refused = 0;
    for _ in 0..n_rounds.max(1) {
        let expected =
            here.round(&documents, |id, bytes| read_here(id, bytes, lexicon).map_err(BenchError::Stored))?;
        let outcomes = there.round(&documents, |id, bytes| {
            runtime.block_on(pool.read(id, bytes)).map_err(BenchError::Pool)
        })?;
        for (((id, _), expected), outcome) in documents.iter().zip(expected).zip(&outcomes) {
            if !is_same(&expected, outcome) {
                return Err(BenchError::Differs(*id));
            }
        }
        n_refused = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Refused(_))).count();
    }
    let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let every_core = Pool::new(PoolOptions { n_children: n_cores, ..options });
    // Its children are started before the clock.
    runtime.block_on(read_all(&every_core, &documents))?;
    let (mut threads, mut children) = (Duration::MAX, Duration::MAX);
    for _ in 0..n_rounds.max(1) {
        threads = threads.min(in_threads(n_cores, &documents, lexicon));
        let before = Instant::now();
        runtime.block_on(read_all(&every_core, &documents))?;
        children = children.min(before.elapsed());
    }
    let per_second = |time: Duration| (REPEATED * documents.len()) as f64 / time.as_secs_f64();
    let (in_process, in_child) = (here.times(), there.times());
    Ok(SandboxCost {
        n_documents: documents.len(),
        n_refused,
        n_rounds,
        in_process,
        in_child,
        ratio: in_child.mean_ms / in_process.mean_ms,
        per_second_in_process: per_second(threads),
        per_second_in_children: per_second(children),
        start_ms: ms(start),
        n_documents_a_child,
    })
}

/// Does in this process what a child does with a document.
fn read_here(id: DocumentId, bytes: &[u8], lexicon: &Lexicon) -> Result<Outcome, StoredError> {
    let mut times = StageTimes::default();
    let read = read_document(id, bytes, &mut times).and_then(refuse_poor);
    outcome_of(read, lexicon, times)
}

/// Whether both say the same, however long they took.
fn is_same(one: &Outcome, other: &Outcome) -> bool {
    let timeless = |outcome: &Outcome| {
        let mut outcome = outcome.clone();
        if let Outcome::Read { times, .. } = &mut outcome {
            *times = StageTimes::default();
        }
        outcome
    };
    timeless(one) == timeless(other)
}

/// How often the list is gone through at a stretch, so that the end, where cores fall idle, counts for little.
const REPEATED: usize = 20;

/// Reads all documents in the pool, as many at once as a worker hands over.
async fn read_all(pool: &Pool, documents: &[(DocumentId, Bytes)]) -> Result<(), BenchError> {
    let mut reading: JoinSet<Result<(), PoolError>> = JoinSet::new();
    for (id, bytes) in std::iter::repeat_n(documents, REPEATED).flatten().cloned() {
        if reading.len() >= pool.n_in_hand()
            && let Some(done) = reading.join_next().await
        {
            finished(done)?;
        }
        let pool = pool.clone();
        reading.spawn(async move { pool.read(id, &bytes).await.map(drop) });
    }
    while let Some(done) = reading.join_next().await {
        finished(done)?;
    }
    Ok(())
}

fn finished(done: Result<Result<(), PoolError>, JoinError>) -> Result<(), BenchError> {
    done.map_err(|error| BenchError::Runtime(error.into()))?.map_err(BenchError::Pool)
}

/// The time that all documents take in so many threads of this process.
fn in_threads(n_threads: usize, documents: &[(DocumentId, Bytes)], lexicon: &Lexicon) -> Duration {
    let next = AtomicUsize::new(0);
    let before = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                let mut take = || next.fetch_add(1, Ordering::Relaxed);
                for number in
                    std::iter::repeat_with(&mut take).take_while(|it| *it < REPEATED * documents.len())
                {
                    if let Some((id, bytes)) = documents.get(number % documents.len()) {
                        black_box(read_here(*id, bytes, lexicon)).ok();
                    }
                }
            });
        }
    });
    before.elapsed()
}

/// The fastest round and each document's fastest time.
struct Fastest {
    round: Duration,
    documents: Vec<Duration>,
}

impl Fastest {
    fn new(n_documents: usize) -> Self {
        Self { round: Duration::MAX, documents: vec![Duration::MAX; n_documents] }
    }

    /// Goes through all documents once and gives what `read` gave.
    fn round<T>(
        &mut self,
        documents: &[(DocumentId, Bytes)],
        mut read: impl FnMut(DocumentId, &Bytes) -> Result<T, BenchError>,
    ) -> Result<Vec<T>, BenchError> {
        let mut outcomes = Vec::with_capacity(documents.len());
        let begun = Instant::now();
        for ((id, bytes), fastest) in documents.iter().zip(&mut self.documents) {
            let before = Instant::now();
            outcomes.push(read(*id, bytes)?);
            *fastest = before.elapsed().min(*fastest);
        }
        self.round = begun.elapsed().min(self.round);
        Ok(outcomes)
    }

    fn times(self) -> Times {
        Times::of(self.round, self.documents)
    }
}
