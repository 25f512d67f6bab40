//! How a burst goes, second by second, for as many as want to watch at the cost of one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bole_core::{Chain, Ledger, LedgerLine};
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
    /// Resumes that can be searched.
    pub n_searchable: u64,
    /// How many entries of the change log the search index is behind.
    pub index_lag: u64,
    /// And the receipts; absent where there is no broker.
    pub receipts_lag: Option<u64>,
}

/// Samples an installation once a second while somebody watches. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    engine: Engine,
    samples: watch::Sender<Option<Arc<Sample>>>,
}

const PERIOD: Duration = Duration::from_secs(1);
/// Rates are those of so long.
const WINDOW: Duration = Duration::from_secs(10);

impl Live {
    /// Of this installation. Nothing is sampled before [`Live::run`].
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), samples: watch::Sender::new(None) }
    }

    /// The samples from now on; the first may be of up to a second ago.
    pub fn watch(&self) -> watch::Receiver<Option<Arc<Sample>>> {
        self.samples.subscribe()
    }

    /// Samples until stopped.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut rates = Rates::default();
        while stop.run_until_cancelled(sleep(PERIOD)).await.is_some() {
            if self.samples.receiver_count() == 0 {
                rates = Rates::default();
                self.samples.send_replace(None);
                continue;
            }
            match sample(&self.engine, &mut rates).await {
                Ok(sample) => drop(self.samples.send_replace(Some(Arc::new(sample)))),
                Err(error) => {
                    rates = Rates::default();
                    tracing::debug!(error = %Chain(&error), "no sample during an outage");
                }
            }
        }
    }
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
    let n_done = total.received.saturating_sub(total.queued);
    rates.add(Instant::now(), total.received, n_done);
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
}
