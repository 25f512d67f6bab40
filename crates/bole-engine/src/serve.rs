//! The roles of a process that goes on until it is stopped: workers, followers, and what keeps house. Each is called
//! again after an outage; none loses anything by it.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bole_core::{Chain, Portal};
use bole_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::artifacts::keep_knowledge;
use crate::catching_up::{warm_up, watch_index};
use crate::follow::follow_while_free;
use crate::portals::open_portals;
use crate::quarantine::publish_replayed;
use crate::receipts::send_receipts;
use crate::reread::reread_in_background;
use crate::work::work_while_free;
use crate::{Engine, EngineError, ErrorKind, metrics};

/// The roles that there are, as metrics and logs call them.
pub(crate) const ROLES: [&str; 6] = ["work", "portals", "search", "receipts", "house", "reread"];
/// Those that put originals where they are kept, or fetch them.
const WITH_ORIGINALS: [&str; 3] = ["work", "house", "reread"];
/// How long to wait after the first outage; doubled each time.
const MIN_PAUSE: Duration = Duration::from_millis(500);
/// How long to wait at most.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// After so long without an outage the next pause is the shortest again.
const CALM: Duration = Duration::from_mins(1);
/// How often the list of portals is looked at.
const PORTALS_POLL: Duration = Duration::from_secs(2);
/// How often replays are looked for that nobody published, and how often house is kept.
const HOUSE_POLL: Duration = Duration::from_secs(5);
/// What was noted and never confirmed for so long was given up by whoever sent it.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// What `bole serve` runs besides its HTTP server: followers, housekeeping, new readings in the background, and workers
/// if `with_workers`.
///
/// Returns when `stop` is cancelled and what was held is committed and can be found.
///
/// # Errors
/// Only what does not pass by itself, such as a queue that somebody declared in another way.
pub async fn serve(engine: &Engine, with_workers: bool, stop: &CancellationToken) -> Result<(), EngineError> {
    keep_knowledge(engine).await?;
    // The followers take in what the workers commit last.
    let stop_following = CancellationToken::new();
    let working = async {
        let result = if with_workers {
            workers(engine, stop).await
        } else {
            stop.cancelled().await;
            Ok(())
        };
        stop_following.cancel();
        result
    };
    let following = async {
        let searching =
            role(engine, "search", &stop_following, || follow_while_free(engine, &stop_following));
        let receipts = role(engine, "receipts", &stop_following, || send_receipts(engine, &stop_following));
        let followed = tokio::join!(searching, receipts);
        // One that failed for good has stopped the other: workers do not go on without them.
        stop.cancel();
        followed
    };
    let house = role(engine, "house", stop, || keep_house(engine, stop));
    let rereading = role(engine, "reread", stop, || reread_in_background(engine, stop));
    let (warming, watching) = (warm_up(engine, stop), watch_index(engine, stop));
    let (worked, (searched, sent), kept, reread, (), ()) =
        tokio::join!(working, following, house, rereading, warming, watching);
    worked.and(searched).and(sent).and(kept).and(reread)
}

/// What `bole work` runs: workers only, which keep nothing on this machine.
///
/// # Errors
/// As [`serve`].
pub async fn workers(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let is_worker = AtomicBool::new(false);
    let working = role(engine, "work", stop, || work_while_free(engine, stop, &is_worker));
    let portals = role(engine, "portals", stop, || follow_portals(engine, stop));
    let (worked, followed) = tokio::join!(working, portals);
    worked.and(followed)
}

/// Calls a role again after every outage, until stopped.
async fn role<F>(
    engine: &Engine,
    name: &'static str,
    stop: &CancellationToken,
    run: impl Fn() -> F,
) -> Result<(), EngineError>
where
    F: Future<Output = Result<(), EngineError>>,
{
    let mut pause = MIN_PAUSE;
    loop {
        let began = tokio::time::Instant::now();
        let error = match run().await {
            Ok(()) => return Ok(()),
            Err(error) if stop.is_cancelled() => {
                tracing::warn!(role = name, error = %Chain(&error), "stopped during an outage; nothing is lost");
                return Ok(());
            }
            Err(error) => error,
        };
        if !passes(&error) {
            // The others end in order.
            stop.cancel();
            return Err(error);
        }
        if began.elapsed() > CALM {
            pause = MIN_PAUSE;
        }
        metrics::outage(name);
        tracing::warn!(role = name, error = %Chain(&error), ?pause, "an outage; it goes on when it has passed");
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            pause = MAX_PAUSE.min(pause * 2);
            // Whatever is taken from the queue while the store is away would have to be given back.
            match probe(engine, name).await {
                Ok(()) => break,
                Err(error) => tracing::warn!(role = name, error = %Chain(&error), "still away"),
            }
        }
        tracing::info!(role = name, "goes on");
    }
}

/// Whether what a role needs answers: store and queue, of which the store takes something in, and where originals are.
async fn probe(engine: &Engine, role: &str) -> Result<(), EngineError> {
    engine.store().probe().await?;
    engine.queue().depth().await?;
    if WITH_ORIGINALS.contains(&role) {
        engine.originals().probe().await?;
    }
    Ok(())
}

fn passes(error: &EngineError) -> bool {
    match error.kind() {
        // The bucket may be mended while we wait, and who only searches needs none.
        ErrorKind::Configuration if matches!(error, EngineError::Store(StoreError::BucketRefused { .. })) => {
            true
        }
        ErrorKind::Outage | ErrorKind::Busy | ErrorKind::Bug => true,
        ErrorKind::Usage | ErrorKind::Configuration | ErrorKind::NotFound | ErrorKind::Input => false,
    }
}

/// Keeps to the list of portals: takes from all that are not paused.
async fn follow_portals(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let mut served: Option<BTreeSet<Portal>> = None;
    while !stop.is_cancelled() {
        let portals = open_portals(engine.store()).await?;
        if served.as_ref() != Some(&portals) {
            engine.queue().set_portals(portals.iter().cloned().collect()).await?;
            served = Some(portals);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PORTALS_POLL) => {}
        }
    }
    Ok(())
}

/// Publishes replays whose publisher died, and clears away what was never confirmed and sessions that have expired.
async fn keep_house(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    while !stop.is_cancelled() {
        publish_replayed(engine).await?;
        let stale = Timestamp::now() - STALE;
        let n_swept = engine.store().sweep_accepting(stale).await?;
        if n_swept > 0 {
            tracing::info!(n_swept, "submissions were noted and never confirmed; they are cleared away");
        }
        engine.store().sweep_sessions(Timestamp::now()).await?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(HOUSE_POLL) => {}
        }
    }
    Ok(())
}
