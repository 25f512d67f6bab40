//! What one key may ask of the server.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::{KeyId, Role};
use bole_engine::ServerSettings;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Code, Problem};

/// What is left of it for each key.
#[derive(Debug)]
pub(crate) struct Limits {
    n_requests: NonZeroU32,
    n_portal_requests: NonZeroU32,
    n_concurrent: usize,
    clock: DefaultClock,
    /// By key; without one for requests of this machine itself.
    keys: Mutex<BTreeMap<Option<KeyId>, Arc<OfKey>>>,
}

#[derive(Debug)]
struct OfKey {
    bucket: DefaultDirectRateLimiter,
    running: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

/// A request that is let in. It counts until it is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    _running: Arc<OwnedSemaphorePermit>,
    /// Room for bodies that are being received, in KiB.
    pub(crate) room: Arc<Semaphore>,
}

/// The bodies of one key's requests take so much memory at most while they are received: others find room beside it.
const ROOM_OF_KEY_KIB: usize = 64 << 10;
/// After so many keys those are forgotten that nobody uses now.
const N_KEPT: usize = 10_000;

impl Limits {
    pub(crate) fn new(settings: &ServerSettings) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            n_requests: at_least_one(settings.n_requests),
            n_portal_requests: at_least_one(settings.n_portal_requests),
            n_concurrent: settings.n_concurrent,
            clock: DefaultClock::default(),
            keys: Mutex::default(),
        }
    }

    /// Lets a request of `key` in, if it may ask now.
    pub(crate) fn admit(&self, key: Option<KeyId>, role: Option<&Role>) -> Result<Admitted, Problem> {
        let of_key = self.of_key(key, role);
        if let Err(early) = of_key.bucket.check() {
            let seconds = early.wait_time_from(self.clock.now()).as_secs_f64().ceil() as u64;
            return Err(Problem::new(Code::TooManyRequests).retry_after(seconds));
        }
        let running = of_key.running.clone().try_acquire_owned();
        let running = running.map_err(|_| Problem::new(Code::TooManyAtOnce))?;
        Ok(Admitted { _running: Arc::new(running), room: of_key.room.clone() })
    }

    fn of_key(&self, key: Option<KeyId>, role: Option<&Role>) -> Arc<OfKey> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_key) = keys.get(&key) {
            return of_key.clone();
        }
        if keys.len() >= N_KEPT {
            keys.retain(|_, of_key| {
                Arc::strong_count(of_key) > 1 || of_key.running.available_permits() < self.n_concurrent
            });
        }
        let rate = match role {
            Some(Role::Portal { .. }) => self.n_portal_requests,
            _ => self.n_requests,
        };
        let quota =
            Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
        let of_key = Arc::new(OfKey {
            bucket: RateLimiter::direct(quota),
            running: Arc::new(Semaphore::new(self.n_concurrent)),
            room: Arc::new(Semaphore::new(ROOM_OF_KEY_KIB)),
        });
        keys.insert(key, of_key.clone());
        of_key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(n_requests: u32, n_concurrent: usize) -> Limits {
        Limits {
            n_requests: NonZeroU32::new(n_requests).unwrap(),
            n_portal_requests: NonZeroU32::new(1000).unwrap(),
            n_concurrent,
            clock: DefaultClock::default(),
            keys: Mutex::default(),
        }
    }

    #[test]
    fn a_key_is_slowed_down_and_others_are_not() {
        let limits = limits(1, 100);
        let (one, other) = (Some(KeyId::from_bytes([1; 8])), Some(KeyId::from_bytes([2; 8])));
        let refused = (0..100_000).find_map(|_| limits.admit(one, Some(&Role::Ops)).err()).unwrap();
        assert_eq!(refused.status().as_u16(), 429);
        assert!(refused.answer(None).headers().contains_key("retry-after"));
        for _ in 0..2 {
            assert!(limits.admit(other, Some(&Role::Ops)).is_ok());
        }
    }

    #[test]
    fn requests_at_once_are_counted_until_they_end() {
        let limits = limits(1000, 2);
        let first = limits.admit(None, None).unwrap();
        let _second = limits.admit(None, None).unwrap();
        assert_eq!(limits.admit(None, None).unwrap_err().status().as_u16(), 429);
        drop(first);
        assert!(limits.admit(None, None).is_ok());
    }
}
