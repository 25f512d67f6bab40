//! Whether a server that has started may be sent queries. A new one has an empty index until it has read the change log,
//! and would answer that nobody is there.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bole_core::Chain;
use tokio_util::sync::CancellationToken;

use crate::current::{Warm, warm};
use crate::{Engine, EngineError, ErrorKind, follow};

/// An index has caught up when it lacks no more changes than one commit of it takes in: a commit a second behind a burst
/// is as near as any index gets.
const N_BEHIND: u64 = follow::N_CHANGES as u64;
/// How often it is looked whether it has.
const POLL: Duration = Duration::from_millis(200);
/// How long to wait before everybody is loaded again after an outage.
const PAUSE: Duration = Duration::from_secs(2);

/// What a server has once had since it started. What it had it keeps: under a burst all servers lag behind, and if that
/// counted none would be left to ask.
#[derive(Debug, Default)]
pub(crate) struct CaughtUp {
    /// How many indexes were thrown away so far.
    n_thrown_away: AtomicU64,
    /// One more than that number when the index had caught up; 0 if none has.
    index: AtomicU64,
    people: AtomicBool,
    /// Whether others ask this process.
    is_asked: AtomicBool,
}

impl CaughtUp {
    /// Others ask this process from now on.
    pub(crate) fn ask(&self) {
        self.is_asked.store(true, Ordering::SeqCst);
    }

    /// Whether others ask this process.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::SeqCst)
    }

    /// The index is empty again.
    pub(crate) fn index_thrown_away(&self) {
        self.n_thrown_away.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether the index of now has once been as good as the store.
    pub(crate) fn has_index(&self) -> bool {
        self.index.load(Ordering::SeqCst) == self.n_thrown_away.load(Ordering::SeqCst) + 1
    }

    /// Whether everybody was loaded, or cannot be.
    pub(crate) fn has_people(&self) -> bool {
        self.people.load(Ordering::SeqCst)
    }
}

/// How many changes the search index lacks.
///
/// # Errors
/// An outage; an index that must be built anew.
pub(crate) async fn n_behind(engine: &Engine) -> Result<u64, EngineError> {
    let head = engine.store().head().await?;
    let position = follow::index_position(engine).await?;
    Ok(head.0.saturating_sub(position.0))
}

/// Whether the index may be asked. That of a server may only if it has caught up once.
///
/// # Errors
/// [`EngineError::IndexBehind`]; an outage.
pub(crate) async fn check(engine: &Engine) -> Result<(), EngineError> {
    if !engine.caught_up().is_asked() || engine.caught_up().has_index() {
        return Ok(());
    }
    // It may have a moment ago.
    match n_behind(engine).await? {
        n_behind if n_behind > N_BEHIND => Err(EngineError::IndexBehind { n_behind }),
        _ => Ok(()),
    }
}

/// Notes when the index has caught up, whichever process is its follower.
pub(crate) async fn watch_index(engine: &Engine, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let caught_up = engine.caught_up();
        if !caught_up.has_index() {
            // Read before: an index that is thrown away meanwhile is another one.
            let n_thrown_away = caught_up.n_thrown_away.load(Ordering::SeqCst);
            match n_behind(engine).await {
                Ok(n_behind) if n_behind <= N_BEHIND => {
                    caught_up.index.store(n_thrown_away + 1, Ordering::SeqCst);
                    tracing::info!(n_behind, "ready to search");
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(error = %Chain(&error), "how far the index is is not known"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Loads everybody, so that the first match need not. If that fails for good, the first match tells why.
pub(crate) async fn warm_up(engine: &Engine, stop: &CancellationToken) {
    loop {
        let warmed = tokio::select! {
            () = stop.cancelled() => return,
            warmed = warm(engine) => warmed,
        };
        match warmed {
            Ok(Warm { n_resumes, n_bytes, .. }) => {
                tracing::info!(n_resumes, n_bytes, "ready to match");
                break;
            }
            Err(error) if error.kind() == ErrorKind::Outage => {
                tracing::warn!(error = %Chain(&error), "not ready to match: everybody is loaded when it has passed");
            }
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "not ready to match: the first match loads everybody");
                break;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    engine.caught_up().people.store(true, Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::tests::{open, take_in};
    use crate::status::readiness;
    use crate::{MatchQuery, Page, ProfileChoice, Scope, SearchOptions, run_match, search};
    use bole_rank::Overrides;

    async fn lacks(engine: &Engine) -> Vec<&'static str> {
        let parts = readiness(engine, Duration::from_secs(10)).await;
        let ours = parts.into_iter().filter(|part| ["index", "people"].contains(&part.name));
        ours.filter(|part| part.trouble.is_some()).map(|part| part.name).collect()
    }

    /// By a search, which has to find as many as a match that is filtered by it.
    async fn find(engine: &Engine) -> Result<usize, EngineError> {
        let text = "储能 OR bank OR accountant";
        let options = SearchOptions { offset: 0, limit: 1, facets: false, scope: Scope::all() };
        let query = MatchQuery {
            profile: ProfileChoice::Named("finance".to_owned()),
            overrides: Overrides::default(),
            scope: Scope::all(),
            filters: vec![text.to_owned()],
            top: 1,
            page: Page::WHOLE,
            lists: false,
        };
        let ranked = run_match(engine, &query).await;
        let found = search(engine, text, &options).await?.n_found;
        assert!(ranked?.census.people > 0);
        Ok(found)
    }

    /// So many changes that an index which has none of them has not caught up.
    async fn burst(engine: &Engine, number: &mut u64) {
        while n_behind(engine).await.unwrap() <= N_BEHIND {
            take_in(engine, *number..*number + 200, true).await;
            *number += 200;
        }
    }

    async fn wait_until(engine: &Engine, lacking: &[&str]) {
        while lacks(engine).await != lacking {
            tokio::time::sleep(POLL / 20).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_server_is_ready_when_it_has_caught_up_once_and_until_its_index_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let of_worker = readiness(&engine, Duration::from_secs(10)).await;
        assert!(of_worker.iter().all(|part| !["index", "people"].contains(&part.name)), "{of_worker:?}");
        engine.answer_when_caught_up();
        assert_eq!(lacks(&engine).await, ["index", "people"]);

        let mut number = 0;
        burst(&engine, &mut number).await;
        let stop = CancellationToken::new();
        let serving = async { tokio::join!(watch_index(&engine, &stop), warm_up(&engine, &stop)) };
        let asking = async {
            wait_until(&engine, &["index"]).await;
            let parts = readiness(&engine, Duration::from_secs(10)).await;
            let index = parts.into_iter().find(|part| part.name == "index").unwrap();
            let n_behind = n_behind(&engine).await.unwrap();
            assert!(index.trouble.unwrap().contains(&format!("{n_behind} changes")));

            // Its follower is under way: nobody is told that nobody is there.
            let writer = engine.index().unwrap().writer().unwrap();
            assert!(matches!(find(&engine).await, Err(EngineError::IndexBehind { .. })));
            writer.close().unwrap();
            follow::catch_up(&engine).await.unwrap();
            wait_until(&engine, &[]).await;
            assert!(find(&engine).await.unwrap() > 0);
            // A burst begins: it lags behind and stays.
            burst(&engine, &mut number).await;
            assert_eq!(lacks(&engine).await, [""; 0]);
            engine.recreate_index().unwrap();
            assert_eq!(lacks(&engine).await, ["index"]);
            follow::catch_up(&engine).await.unwrap();
            wait_until(&engine, &[]).await;
            stop.cancel();
        };
        tokio::join!(serving, asking);
    }
}
