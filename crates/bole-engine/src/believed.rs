//! What the store said of a key or a session, believed for a moment, so that a burst of requests does not ask for each.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout_at;

use crate::EngineError;

/// How long something is taken for what it was: what is taken back elsewhere ends within this.
const KEPT: Duration = Duration::from_secs(2);
/// So long the store is not asked again after it did not answer.
const PAUSE: Duration = Duration::from_secs(2);
/// What was asked after and is not there: at most so many are remembered.
const MAX_UNKNOWN: usize = 1024;
/// The store is asked at the same time so many ways; those of one way wait for each other.
const N_WAYS: usize = 16;

/// The records that were asked after last, by their ids.
#[derive(Debug)]
pub(crate) struct Believed<I, R> {
    found: Mutex<BTreeMap<I, Found<R>>>,
    /// Held while the store is asked, so that others with the same id wait for its answer, and while it is told.
    ways: [tokio::sync::Mutex<()>; N_WAYS],
    kept: Duration,
    /// How long the store may take to answer for what it answered for before: then it is taken to be away.
    patience: Duration,
    /// How long a record is believed while the store is away.
    kept_during_outage: fn(&R) -> Duration,
}

#[derive(Clone, Debug)]
struct Found<R> {
    /// When it was asked after.
    at: Instant,
    /// When it was asked after again, last, and the store did not answer.
    in_vain: Option<Instant>,
    record: Option<R>,
}

impl<I, R> Believed<I, R> {
    /// Records that are believed for two seconds.
    pub(crate) fn new(patience: Duration, kept_during_outage: fn(&R) -> Duration) -> Self {
        let (found, ways) = (Mutex::default(), <[_; N_WAYS]>::default());
        Self { found, ways, kept: KEPT, patience, kept_during_outage }
    }

    /// Records that are asked after each time, and believed only while the store is away: what another process changes
    /// is seen at once.
    pub(crate) fn while_away(patience: Duration, kept_during_outage: fn(&R) -> Duration) -> Self {
        Self { kept: Duration::ZERO, ..Self::new(patience, kept_during_outage) }
    }
}

impl<I: Copy + Ord + Hash, R: Clone> Believed<I, R> {
    /// The record of this id, as the store has it or had it a moment ago.
    pub(crate) async fn find<F>(&self, id: I, ask: impl FnOnce() -> F) -> Result<Option<R>, EngineError>
    where
        F: Future<Output = Result<Option<R>, EngineError>>,
    {
        let began = Instant::now();
        if let Some(found) = self.known(id, began) {
            return Ok(found.record);
        }
        // What is away must not keep from looking those who watch over it, nor let them wait, be it for others that wait.
        let until = tokio::time::Instant::now() + self.patience;
        let turn = timeout_at(until, self.turn(id)).await;
        let _turn = match (turn, self.believable(id)) {
            (Ok(turn), _) => turn,
            (Err(_), Some(believed)) => return Ok(Some(self.in_vain(id, believed))),
            (Err(_), None) => self.turn(id).await,
        };
        // Whoever was before us may have asked after the same.
        if let Some(found) = self.known(id, began) {
            return Ok(found.record);
        }
        let at = Instant::now();
        let record = match self.believable(id) {
            None => ask().await?,
            Some(believed) => match timeout_at(until, ask()).await {
                Ok(Ok(record)) => record,
                Ok(Err(_)) | Err(_) => return Ok(Some(self.in_vain(id, believed))),
            },
        };
        self.keep(id, Found { at, in_vain: None, record: record.clone() });
        Ok(record)
    }

    /// Has the store change a record; what was believed of it before is believed no more, whatever comes of the change.
    pub(crate) async fn change<T, F>(&self, id: I, change: impl FnOnce() -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        // Nobody asks meanwhile, so that no older answer comes after it.
        let _turn = self.turn(id).await;
        self.lock().remove(&id);
        change().await
    }

    async fn turn(&self, id: I) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        match self.ways.get((hasher.finish() % N_WAYS as u64) as usize) {
            Some(way) => Some(way.lock().await),
            None => None,
        }
    }

    /// What needs not be asked after by one who came at `began`.
    fn known(&self, id: I, began: Instant) -> Option<Found<R>> {
        let found = self.lock();
        let found = found.get(&id)?;
        let is_new = found.at.elapsed() < self.kept;
        // What has to be seen at once is asked after again by all but those who waited for that answer.
        let is_shared = |at: Instant| if self.kept.is_zero() { at >= began } else { at.elapsed() < PAUSE };
        let is_away = || found.in_vain.is_some_and(is_shared) && self.is_believable(found);
        (is_new || is_away()).then(|| found.clone())
    }

    /// What is believed if the store does not answer.
    fn believable(&self, id: I) -> Option<R> {
        self.lock().get(&id).filter(|found| self.is_believable(found)).and_then(|found| found.record.clone())
    }

    fn is_believable(&self, found: &Found<R>) -> bool {
        found.record.as_ref().is_some_and(|record| found.at.elapsed() < (self.kept_during_outage)(record))
    }

    /// The store was asked in vain: what it said before is believed.
    fn in_vain(&self, id: I, believed: R) -> R {
        if let Some(found) = self.lock().get_mut(&id) {
            found.in_vain = Some(Instant::now());
        }
        believed
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<I, Found<R>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There are only so many of ours; what anybody makes up is bounded.
    fn keep(&self, id: I, new: Found<R>) {
        let mut found = self.lock();
        if found.len() >= MAX_UNKNOWN {
            // What opened something may be asked after during an outage.
            let is_used = |found: &Found<R>| found.at.elapsed() < self.kept || self.is_believable(found);
            found.retain(|_, found| is_used(found));
        }
        if found.len() < MAX_UNKNOWN || new.record.is_some() {
            found.insert(id, new);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    type Numbers = Believed<[u8; 8], u32>;

    const KEPT_DURING_OUTAGE: Duration = Duration::from_mins(5);
    const PATIENCE: Duration = Duration::from_secs(1);

    fn away() -> EngineError {
        EngineError::IndexOfOtherHistory
    }

    #[test]
    fn what_anybody_makes_up_is_not_remembered_without_bound() {
        let believed = Numbers::new(PATIENCE, |_| KEPT_DURING_OUTAGE);
        for number in 0..5000_u64 {
            believed.keep(number.to_be_bytes(), Found { at: Instant::now(), in_vain: None, record: None });
        }
        assert!(believed.lock().len() <= MAX_UNKNOWN);
    }

    #[tokio::test]
    async fn what_opened_before_does_so_while_the_store_is_away() {
        let (known, unknown) = ([1; 8], [2; 8]);
        let ask = async |kept_during_outage: fn(&u32) -> Duration| {
            let believed = Numbers::while_away(PATIENCE, kept_during_outage);
            assert_eq!(believed.find(known, async || Ok(Some(7))).await.unwrap(), Some(7));
            assert_eq!(believed.find(unknown, async || Ok(None)).await.unwrap(), None);
            for number in 0..2 * MAX_UNKNOWN as u64 {
                assert_eq!(believed.find(number.to_be_bytes(), async || Ok(None)).await.unwrap(), None);
            }
            assert!(believed.find(unknown, async || Err(away())).await.is_err());
            believed.find(known, async || Err(away())).await.ok().flatten()
        };
        assert_eq!(ask(|_| KEPT_DURING_OUTAGE).await, Some(7));
        assert_eq!(ask(|_| Duration::ZERO).await, None, "not for ever");
    }

    #[tokio::test]
    async fn a_store_that_stands_still_keeps_nobody_waiting_who_was_let_in_before() {
        let (known, n_asked) = ([1; 8], AtomicUsize::new(0));
        let ask = || {
            n_asked.fetch_add(1, Ordering::Relaxed);
            std::future::pending()
        };
        let old = Instant::now().checked_sub(KEPT).unwrap();
        let believed = Numbers::new(Duration::from_millis(10), |_| KEPT_DURING_OUTAGE);
        believed.keep(known, Found { at: old, in_vain: None, record: Some(7) });
        for _ in 0..100 {
            assert_eq!(believed.find(known, ask).await.unwrap(), Some(7));
        }
        assert_eq!(n_asked.swap(0, Ordering::Relaxed), 1, "the first asks for all");

        // What has to be seen at once: for those only who wait at the same time.
        let believed = Numbers::while_away(Duration::from_millis(10), |_| KEPT_DURING_OUTAGE);
        believed.keep(known, Found { at: old, in_vain: None, record: Some(7) });
        assert_eq!(believed.find(known, ask).await.unwrap(), Some(7));
        assert_eq!(believed.find(known, async || Ok(Some(8))).await.unwrap(), Some(8), "it is back");
    }

    #[tokio::test]
    async fn who_waits_for_the_store_keeps_nobody_waiting_who_was_let_in_before() {
        let known = [1; 8];
        let believed = Arc::new(Numbers::new(Duration::from_millis(10), |_| KEPT_DURING_OUTAGE));
        let old = Instant::now().checked_sub(KEPT).unwrap();
        believed.keep(known, Found { at: old, in_vain: None, record: Some(7) });
        // On every way.
        let waiting: Vec<_> = (1000..1200_u64)
            .map(|unknown| {
                let believed = Arc::clone(&believed);
                tokio::spawn(async move {
                    believed.find(unknown.to_be_bytes(), std::future::pending).await.map(drop)
                })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(believed.ways.iter().all(|way| way.try_lock().is_err()));
        assert_eq!(believed.find(known, std::future::pending).await.unwrap(), Some(7));
        assert!(waiting.iter().all(|waiting| !waiting.is_finished()), "of these nothing is known");
    }

    #[tokio::test]
    async fn a_change_is_seen_at_once_even_by_who_had_asked_before_it() {
        let believed = Numbers::new(PATIENCE, |_| KEPT_DURING_OUTAGE);
        let id = [1; 8];
        assert_eq!(believed.find(id, async || Ok(Some(1))).await.unwrap(), Some(1));
        assert_eq!(believed.find(id, async || Ok(Some(2))).await.unwrap(), Some(1), "believed");
        believed.change(id, async || Ok(())).await.unwrap();
        assert_eq!(believed.find(id, async || Ok(Some(2))).await.unwrap(), Some(2));

        // Asked, and answered only when the change is under way.
        believed.change(id, async || Ok(())).await.unwrap();
        let (asked, answer) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
        let asking = believed.find(id, async || {
            asked.notify_one();
            answer.notified().await;
            Ok(Some(3))
        });
        let changing = async {
            asked.notified().await;
            answer.notify_one();
            believed.change(id, async || Ok(())).await
        };
        let (old, changed) = tokio::join!(asking, changing);
        assert_eq!(old.unwrap(), Some(3));
        changed.unwrap();
        assert_eq!(believed.find(id, async || Ok(Some(4))).await.unwrap(), Some(4));
        // A change that failed may have been made all the same.
        assert!(believed.change(id, async || Err::<(), _>(away())).await.is_err());
        assert_eq!(believed.find(id, async || Ok(Some(5))).await.unwrap(), Some(5));
    }
}
