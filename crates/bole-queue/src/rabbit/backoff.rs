use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How long to wait before the next attempt: twice as long each time, less a random part of up to a half, so that
/// the consumers of a broker that restarts do not all come at once.
pub(super) struct Backoff {
    min: Duration,
    max: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(min: Duration, max: Duration) -> Self {
        Self { min, max, next: min }
    }

    pub(super) fn reset(&mut self) {
        self.next = self.min;
    }

    pub(super) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.max);
        // Every `RandomState` has a key of its own.
        let random = RandomState::new().hash_one(()) >> 32;
        pause.mul_f64(1.0 - random as f64 / f64::from(u32::MAX) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_its_bound_and_starts_anew() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(800));
        for whole in [100, 200, 400, 800, 800] {
            let pause = backoff.pause().as_millis();
            assert!((whole / 2..=whole).contains(&pause), "{pause} of {whole}");
        }
        backoff.reset();
        assert!(backoff.pause() <= Duration::from_millis(100));
    }
}
