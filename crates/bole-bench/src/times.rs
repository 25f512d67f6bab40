use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// Milliseconds a document.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Times {
    /// The mean of the fastest round.
    pub mean_ms: f64,
    /// The median of each document's fastest reading.
    pub p50_ms: f64,
    /// The 99th percentile of the same, by nearest rank.
    pub p99_ms: f64,
}

impl Times {
    /// Of the fastest round, and of each document's fastest time.
    pub(crate) fn of(round: Duration, mut fastest: Vec<Duration>) -> Self {
        fastest.sort_unstable();
        Self {
            mean_ms: ms(round) / fastest.len() as f64,
            p50_ms: percentile(&fastest, 50),
            p99_ms: percentile(&fastest, 99),
        }
    }
}

/// The processor time of this thread.
pub(crate) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

pub(crate) fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// The nearest-rank percentile of times in ascending order, in milliseconds.
pub(crate) fn percentile(ascending: &[Duration], percent: usize) -> f64 {
    let rank = (ascending.len() * percent).div_ceil(100).max(1);
    ascending.get(rank - 1).map_or(0.0, |time| ms(*time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_nearest_rank() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert!((percentile(&times, 50) - 100.0).abs() < 1e-9);
        assert!((percentile(&times, 99) - 198.0).abs() < 1e-9);
        assert!((percentile(&times[..1], 99) - 1.0).abs() < 1e-9);
        assert!(percentile(&[], 50).abs() < 1e-9);
    }
}
