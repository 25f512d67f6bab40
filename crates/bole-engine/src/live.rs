//! How a burst goes, second by second, for as many as want to watch at the cost of one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bole_core::{Chain, Ledger, LedgerLine, Portal};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::{Engine, EngineError, status};

/// An installation at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// All portals together.
    pub total: LedgerLine,
    /// Each of them.
    pub ledger: Ledger,
    /// Whether what was received is the sum of what became of it, for every portal.
    pub law_holds: bool,
    /// Submissions a second that came in over the last ten seconds; absent as long as that is not known.
    pub arrivals_per_s: Option<f64>,
    /// And that were decided.
    pub completions_per_s: Option<f64>,
    /// How long the oldest in flight has been waiting.
    pub oldest_waiting_s: Option<f64>,
    /// How long those in flight take at the rate of now; absent while nothing is decided.
    pub drain_s: Option<f64>,
    /// Messages at the broker that no worker holds, and no row of the ledger may know yet.
    pub n_in_queue: u64,
    /// Messages that came to the broker with a key that is no portal's.
    pub n_unroutable: u64,
    /// Messages that were handed out too often, and that no worker has set aside yet.
    pub n_dead_letters: u64,
    /// Portals that nothing is taken from.
    pub paused: Vec<Portal>,
    /// Resumes that can be searched.
    pub n_searchable: u64,
    /// How many entries of the change log the search index is behind.
    pub index_lag: u64,
    /// And the receipts; absent where there is no broker.
    pub receipts_lag: Option<u64>,
}

/// How it went at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// As in [`Sample::arrivals_per_s`].
    pub arrivals_per_s: f64,
    /// As in [`Sample::completions_per_s`].
    pub completions_per_s: f64,
}

/// How it went until now.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The last sample; none before the first. It is older than a second or two during an outage.
    pub latest: Option<Arc<Sample>>,
    /// One moment a second, the oldest first, of at most the last five minutes; none of an outage.
    pub moments: VecDeque<Moment>,
    /// For how long nothing was decided though something is in flight; none while something is, or nothing is to be.
    pub stands_still: Option<Duration>,
}

/// Samples an installation once a second while somebody watches, and for some minutes after. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    engine: Engine,
    samples: watch::Sender<Option<Arc<Sample>>>,
    kept: Arc<Mutex<Kept>>,
}

const PERIOD: Duration = Duration::from_secs(1);
/// Rates are those of so long.
const WINDOW: Duration = Duration::from_secs(10);
/// So much of the course is kept.
const N_MOMENTS: usize = 300;
/// Who looked comes back: it goes on for so long after the last look.
const LINGER: Duration = Duration::from_mins(5);

impl Live {
    /// Of this installation. Nothing is sampled before [`Live::run`].
    pub fn new(engine: &Engine) -> Self {
        let (samples, kept) = (watch::Sender::new(None), Arc::default());
        Self { engine: engine.clone(), samples, kept }
    }

    /// The samples from now on; the first may be of up to a second ago.
    pub fn watch(&self) -> watch::Receiver<Option<Arc<Sample>>> {
        self.samples.subscribe()
    }

    /// How it went until now, for who asks again and again. Before anybody watched there is nothing to tell.
    pub fn look(&self) -> Course {
        let mut kept = self.kept();
        kept.looked_at = Some(Instant::now());
        kept.course.clone()
    }

    /// Samples until stopped.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut rates = Rates::default();
        while stop.run_until_cancelled(sleep(PERIOD)).await.is_some() {
            let is_listened_to = self.samples.receiver_count() > 0;
            if !self.kept().is_watched(Instant::now(), is_listened_to) {
                rates = Rates::default();
                *self.kept() = Kept::default();
                self.samples.send_replace(None);
                continue;
            }
            match sample(&self.engine, &mut rates).await {
                Ok(sample) => {
                    let sample = Arc::new(sample);
                    self.kept().add(Instant::now(), &sample);
                    self.samples.send_replace(Some(sample));
                }
                Err(error) => {
                    rates = Rates::default();
                    tracing::debug!(error = %Chain(&error), "no sample during an outage");
                }
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at an installation for one who watches alone, as often as that one likes.
#[derive(Debug, Default)]
pub struct Sampler {
    rates: Rates,
    kept: Kept,
}

impl Sampler {
    /// Takes a sample; [`course`](Self::course) then has it. The rates are those of the last ten seconds.
    ///
    /// # Errors
    /// An outage: the course stays as it was, and rates begin anew.
    pub async fn look(&mut self, engine: &Engine) -> Result<Arc<Sample>, EngineError> {
        match sample(engine, &mut self.rates).await {
            Ok(sample) => {
                let sample = Arc::new(sample);
                self.kept.add(Instant::now(), &sample);
                Ok(sample)
            }
            Err(error) => {
                self.rates = Rates::default();
                Err(error)
            }
        }
    }

    /// How it went until now.
    pub fn course(&self) -> &Course {
        &self.kept.course
    }
}

/// What is kept while somebody watches.
#[derive(Debug, Default)]
struct Kept {
    course: Course,
    looked_at: Option<Instant>,
    /// How many were decided, and since when it is so many.
    decided: Option<(u64, Instant)>,
}

impl Kept {
    /// Who listens looks at every moment.
    fn is_watched(&mut self, now: Instant, is_listened_to: bool) -> bool {
        if is_listened_to {
            self.looked_at = Some(now);
        }
        self.looked_at.is_some_and(|at| now.duration_since(at) < LINGER)
    }

    fn add(&mut self, now: Instant, sample: &Arc<Sample>) {
        let n_decided = n_decided(&sample.total);
        let is_still = sample.total.queued > 0 && self.decided.is_some_and(|(before, _)| before == n_decided);
        let since = self.decided.filter(|_| is_still).map_or(now, |(_, since)| since);
        self.decided = Some((n_decided, since));
        self.course.stands_still = is_still.then(|| now.duration_since(since));
        if let (Some(arrivals_per_s), Some(completions_per_s)) =
            (sample.arrivals_per_s, sample.completions_per_s)
        {
            if self.course.moments.len() == N_MOMENTS {
                self.course.moments.pop_front();
            }
            self.course.moments.push_back(Moment { at: sample.at, arrivals_per_s, completions_per_s });
        }
        self.course.latest = Some(sample.clone());
    }
}

fn n_decided(total: &LedgerLine) -> u64 {
    total.received.saturating_sub(total.queued)
}

/// An installation now, without rates.
///
/// # Errors
/// An outage.
pub async fn sample_now(engine: &Engine) -> Result<Sample, EngineError> {
    sample(engine, &mut Rates::default()).await
}

async fn sample(engine: &Engine, rates: &mut Rates) -> Result<Sample, EngineError> {
    let status = status(engine).await?;
    let total = status.ledger.total();
    rates.add(Instant::now(), total.received, n_decided(&total));
    let (arrivals_per_s, completions_per_s) = rates.per_s().unzip();
    let drain = completions_per_s.filter(|rate| *rate > 0.0).map(|rate| total.queued as f64 / rate);
    Ok(Sample {
        at: Timestamp::now(),
        law_holds: status.ledger.holds(),
        arrivals_per_s,
        completions_per_s,
        oldest_waiting_s: status.oldest_waiting.map(|age| age.as_secs_f64()),
        drain_s: if total.queued == 0 { Some(0.0) } else { drain },
        n_in_queue: status.queue.iter().map(|depth| depth.n_ready).sum(),
        n_unroutable: status.n_unroutable,
        n_dead_letters: status.n_dead_letters,
        paused: status.paused,
        n_searchable: status.n_searchable as u64,
        index_lag: status.head.0.saturating_sub(status.indexed.unwrap_or_default().0),
        receipts_lag: status.receipts.map(|position| status.head.0.saturating_sub(position.0)),
        total,
        ledger: status.ledger,
    })
}

/// What was counted in the last seconds.
#[derive(Debug, Default)]
struct Rates {
    counted: VecDeque<(Instant, u64, u64)>,
}

impl Rates {
    fn add(&mut self, at: Instant, n_received: u64, n_done: u64) {
        self.counted.push_back((at, n_received, n_done));
        // One from before the window stays, so that the window is whole.
        while self.counted.get(1).is_some_and(|(second, ..)| at.duration_since(*second) >= WINDOW) {
            self.counted.pop_front();
        }
    }

    /// Arrivals and completions a second.
    fn per_s(&self) -> Option<(f64, f64)> {
        let ((first, received_first, done_first), (last, received_last, done_last)) =
            (self.counted.front()?, self.counted.back()?);
        let seconds = last.duration_since(*first).as_secs_f64();
        let rate = |from: u64, to: u64| to.saturating_sub(from) as f64 / seconds;
        (seconds > 0.0).then(|| (rate(*received_first, *received_last), rate(*done_first, *done_last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_last_seconds() {
        let (mut rates, begin) = (Rates::default(), Instant::now());
        rates.add(begin, 100, 50);
        assert_eq!(rates.per_s(), None);
        for second in 1..=30 {
            // Fast at first, then slow.
            let n_received = if second <= 15 { 100 + 500 * second } else { 7600 + 10 * (second - 15) };
            rates.add(begin + Duration::from_secs(second), n_received, 50 + 20 * second);
        }
        assert_eq!(rates.per_s(), Some((10.0, 20.0)));
    }

    fn of(n_received: u64, n_queued: u64) -> Arc<Sample> {
        let total = LedgerLine { received: n_received, queued: n_queued, ..LedgerLine::default() };
        Arc::new(Sample {
            at: Timestamp::UNIX_EPOCH,
            total,
            ledger: Ledger::default(),
            law_holds: true,
            arrivals_per_s: Some(1.0),
            completions_per_s: Some(1.0),
            oldest_waiting_s: None,
            drain_s: None,
            n_in_queue: 0,
            n_unroutable: 0,
            n_dead_letters: 0,
            paused: Vec::new(),
            n_searchable: 0,
            index_lag: 0,
            receipts_lag: None,
        })
    }

    #[test]
    fn who_stands_still_is_told_from_who_is_done() {
        let (mut kept, begin) = (Kept::default(), Instant::now());
        let mut still = |second: u64, n_received, n_queued| {
            kept.add(begin + Duration::from_secs(second), &of(n_received, n_queued));
            kept.course.stands_still
        };
        assert_eq!(still(0, 10, 5), None, "the first sample tells nothing");
        assert_eq!(still(1, 10, 5), Some(Duration::from_secs(1)));
        assert_eq!(still(9, 20, 15), Some(Duration::from_secs(9)), "arrivals are no completions");
        assert_eq!(still(10, 20, 14), None);
        assert_eq!(still(12, 20, 14), Some(Duration::from_secs(2)));
        assert_eq!(still(13, 20, 0), None);
        assert_eq!(still(40, 20, 0), None, "nothing is left to do");
    }

    #[test]
    fn the_course_is_bounded_and_forgotten_after_a_while() {
        let (mut kept, begin) = (Kept::default(), Instant::now());
        for second in 0..2 * N_MOMENTS as u64 {
            kept.add(begin + Duration::from_secs(second), &of(second, 0));
        }
        assert_eq!(kept.course.moments.len(), N_MOMENTS);
        assert_eq!(kept.course.latest.as_ref().unwrap().total.received, 2 * N_MOMENTS as u64 - 1);
        assert!(!kept.is_watched(begin, false), "nobody has looked yet");
        assert!(kept.is_watched(begin, true));
        assert!(kept.is_watched(begin + LINGER - PERIOD, false));
        assert!(!kept.is_watched(begin + LINGER, false));
    }
}
