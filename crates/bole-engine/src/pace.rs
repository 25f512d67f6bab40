//! Whether a burst is being held, in a word.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Course, Sample};

/// How it stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// The ledger does not add up.
    Broken,
    /// There was no sample for so long: something that is asked does not answer.
    Unknown {
        /// How long.
        since: Duration,
    },
    /// Nothing was decided for so long though something is in flight.
    Still {
        /// How long.
        since: Duration,
    },
    /// More comes in than is decided.
    Growing,
    /// Something is in flight, and neither rates nor a standstill are known yet.
    Measuring,
    /// As much is decided as comes in, or more.
    Held,
    /// Nothing is in flight, and nothing comes.
    Idle,
}

/// A worker may take so long over one resume without anything being wrong.
const STILL: Duration = Duration::from_secs(10);
/// Samples come every second; a slow one is no outage.
const STALE: Duration = Duration::from_secs(5);
/// Rates of ten seconds waver by so much of the arrivals.
const WAVER: f64 = 0.05;

impl Pace {
    /// How it stands at `now`.
    pub fn of(course: &Course, sample: &Sample, now: Timestamp) -> Self {
        let age = Duration::try_from(now.duration_since(sample.at)).unwrap_or_default();
        if !sample.law_holds {
            return Self::Broken;
        }
        if age >= STALE {
            return Self::Unknown { since: age };
        }
        // Between two arrivals nothing may be in flight for a moment.
        if sample.total.queued == 0 && sample.arrivals_per_s.is_none_or(|arrivals| arrivals == 0.0) {
            return Self::Idle;
        }
        if let Some(since) = course.stands_still.filter(|since| *since >= STILL) {
            return Self::Still { since };
        }
        match (sample.arrivals_per_s, sample.completions_per_s) {
            // It may have stood still for longer than it has been watched.
            (Some(0.0), Some(0.0)) => Self::Measuring,
            (Some(arrivals), Some(completions)) if completions < arrivals * (1.0 - WAVER) => Self::Growing,
            (Some(_), Some(_)) => Self::Held,
            _ => Self::Measuring,
        }
    }
}

#[cfg(test)]
mod tests {
    use bole_core::{Ledger, LedgerLine};

    use super::*;

    #[test]
    fn the_worst_is_told_first() {
        let begin = Timestamp::UNIX_EPOCH;
        let sample = |n_queued, rates: Option<(f64, f64)>| Sample {
            at: begin,
            total: LedgerLine { received: n_queued, queued: n_queued, ..LedgerLine::default() },
            ledger: Ledger::default(),
            law_holds: true,
            arrivals_per_s: rates.map(|(arrivals, _)| arrivals),
            completions_per_s: rates.map(|(_, completions)| completions),
            oldest_waiting_s: None,
            drain_s: None,
            n_in_queue: 0,
            n_unroutable: 0,
            n_dead_letters: 0,
            paused: Vec::new(),
            n_searchable: 0,
            index_lag: 0,
            receipts_lag: None,
        };
        let moving = Course::default();
        let still =
            |seconds| Course { stands_still: Some(Duration::from_secs(seconds)), ..Course::default() };
        for (course, sample, expected) in [
            (&moving, sample(0, None), Pace::Idle),
            (&moving, sample(0, Some((0.0, 3.0))), Pace::Idle),
            (&moving, sample(0, Some((5.0, 5.0))), Pace::Held),
            (&moving, sample(5, None), Pace::Measuring),
            (&moving, sample(5, Some((100.0, 100.0))), Pace::Held),
            (&moving, sample(5, Some((100.0, 96.0))), Pace::Held),
            (&moving, sample(5, Some((100.0, 90.0))), Pace::Growing),
            (&moving, sample(5, Some((0.0, 90.0))), Pace::Held),
            (&still(9), sample(5, Some((0.0, 0.0))), Pace::Measuring),
            (&still(20), sample(5, Some((0.0, 0.0))), Pace::Still { since: Duration::from_secs(20) }),
            (&moving, Sample { law_holds: false, ..sample(0, None) }, Pace::Broken),
        ] {
            assert_eq!(Pace::of(course, &sample, begin), expected, "{sample:?}");
        }
        let later = begin + Duration::from_secs(30);
        let since = Duration::from_secs(30);
        assert_eq!(Pace::of(&moving, &sample(0, None), later), Pace::Unknown { since });
    }
}
