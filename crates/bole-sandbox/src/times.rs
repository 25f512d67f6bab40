use std::time::{Duration, Instant};

/// How long each part of reading a document took, by the child's clock on the wall. The rest of the time until its
/// outcome is there went into waiting for a child and into the pipe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Bytes to pages.
    pub document: Duration,
    /// Pages to what they say of a person.
    pub resume: Duration,
    /// What of it speaks for a field.
    pub evidence: Duration,
    /// Turning both into what is stored.
    pub encoding: Duration,
}

impl StageTimes {
    /// All of them, one after the other.
    pub fn total(&self) -> Duration {
        self.in_order().into_iter().sum()
    }

    /// Microseconds, as they travel.
    pub(crate) fn to_wire(self) -> [u64; 4] {
        self.in_order().map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
    }

    /// What a child claims, cut off where it exceeds what its parent saw pass.
    pub(crate) fn from_wire(wire: [u64; 4], passed: Duration) -> Self {
        let mut left = passed;
        let [document, resume, evidence, encoding] = wire.map(|micros| {
            let time = Duration::from_micros(micros).min(left);
            left -= time;
            time
        });
        Self { document, resume, evidence, encoding }
    }

    fn in_order(self) -> [Duration; 4] {
        [self.document, self.resume, self.evidence, self.encoding]
    }
}

/// Runs `work` and gives with its value how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let value = work();
    (value, begun.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_travel_in_whole_microseconds() {
        let times = StageTimes {
            document: Duration::from_nanos(1_234_567),
            resume: Duration::from_micros(2),
            evidence: Duration::ZERO,
            encoding: Duration::from_millis(3),
        };
        assert_eq!(times.to_wire(), [1234, 2, 0, 3000]);
        let received = StageTimes::from_wire(times.to_wire(), Duration::from_secs(1));
        assert_eq!(received, StageTimes { document: Duration::from_micros(1234), ..times });
    }

    #[test]
    fn a_child_cannot_claim_more_time_than_has_passed() {
        let passed = Duration::from_micros(100);
        for (claimed, [document, resume, evidence, encoding]) in [
            ([u64::MAX; 4], [100, 0, 0, 0]),
            ([60, 60, 60, 60], [60, 40, 0, 0]),
            ([0, 0, 99, 2], [0, 0, 99, 1]),
            ([25; 4], [25; 4]),
        ] {
            let times = StageTimes::from_wire(claimed, passed);
            let expected = StageTimes {
                document: Duration::from_micros(document),
                resume: Duration::from_micros(resume),
                evidence: Duration::from_micros(evidence),
                encoding: Duration::from_micros(encoding),
            };
            assert_eq!(times, expected, "{claimed:?}");
            assert!(times.total() <= passed, "{claimed:?}");
        }
    }
}
