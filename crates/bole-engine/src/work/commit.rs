use std::time::{Duration, Instant, SystemTime};

use bole_queue::Delivery;
use bole_store::{Committed, Decided};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Held, acknowledge, acknowledge_again, flatten};
use crate::metrics::{self, Stage};
use crate::{Engine, EngineError};

/// How long the first of a batch waits for company.
const BATCH_DELAY: Duration = Duration::from_millis(20);
/// Batches that are committed at the same time.
const N_COMMITS: usize = 2;

/// What waits for a commit.
pub(super) struct InBatch {
    pub(super) held: Held,
    pub(super) decided: Decided,
    pub(super) since: Instant,
}

/// Commits in batches until the senders are gone.
///
/// While one batch waits for the disk and the acknowledgements the next is sent, but only when it is full or the first
/// is done: many small ones would cost more than they gain.
pub(super) async fn commit_all(
    engine: Engine,
    mut to_commit: mpsc::Receiver<InBatch>,
    n_batch: usize,
) -> Result<(), EngineError> {
    let mut commits: JoinSet<Result<(), EngineError>> = JoinSet::new();
    let mut batch = Vec::with_capacity(n_batch);
    let mut result = Ok(());
    let mut is_open = true;
    while result.is_ok() && is_open {
        while commits.len() >= N_COMMITS
            && let Some(done) = commits.join_next().await
        {
            result = result.and(flatten(done));
        }
        is_open = to_commit.recv_many(&mut batch, n_batch).await > 0;
        let delay = tokio::time::sleep(BATCH_DELAY);
        tokio::pin!(delay);
        while is_open && batch.len() < n_batch {
            let n_room = n_batch - batch.len();
            tokio::select! {
                n_more = to_commit.recv_many(&mut batch, n_room) => is_open = n_more > 0,
                Some(done) = commits.join_next() => result = result.and(flatten(done)),
                () = &mut delay, if commits.is_empty() => break,
            }
        }
        if !batch.is_empty() {
            let (engine, batch) = (engine.clone(), std::mem::take(&mut batch));
            commits.spawn(async move { commit(&engine, batch).await });
        }
    }
    while let Some(done) = commits.join_next().await {
        result = result.and(flatten(done));
    }
    to_commit.close();
    while let Some(in_batch) = to_commit.recv().await {
        release(in_batch.held.delivery).await;
    }
    result
}

async fn commit(engine: &Engine, batch: Vec<InBatch>) -> Result<(), EngineError> {
    let mut decided = Vec::with_capacity(batch.len());
    let mut held = Vec::with_capacity(batch.len());
    for in_batch in batch {
        Stage::Batch.took(in_batch.since);
        decided.push(in_batch.decided);
        held.push(in_batch.held);
    }
    let (began, began_at) = (Instant::now(), SystemTime::now());
    let committed = match engine.store().commit(&decided, Timestamp::now()).await {
        Ok(committed) => committed,
        Err(error) => {
            for it in held {
                release(it.delivery).await;
            }
            return Err(error.into());
        }
    };
    let (took, ended_at) = (began.elapsed(), SystemTime::now());
    // Their bytes are not needed any more.
    drop(decided);
    engine.committed().notify_waiters();
    tracing::info!(n_submissions = committed.len(), "committed");
    // All at once, so that the queue may take them in one transaction.
    let mut settling = JoinSet::new();
    for (it, committed) in held.into_iter().zip(committed) {
        Stage::Commit.lasted(took);
        metrics::committed(&committed);
        let engine = engine.clone();
        settling.spawn(async move {
            let Held { delivery, trace, _in_hand } = it;
            let began = Instant::now();
            match committed {
                Committed::Settled { record, redelivered } => {
                    let (document, state, reason) = (record.document, record.state, record.reason);
                    let n_deliveries = delivery.n_deliveries();
                    tracing::debug!(%document, %state, %reason, redelivered, n_deliveries, "decided");
                    trace.commit(began_at, ended_at);
                    if redelivered {
                        acknowledge_again(&engine, delivery, &record).await;
                    } else {
                        acknowledge(delivery).await;
                    }
                    trace.finish(state, reason, record.attempt);
                }
                // Its original is gone in the meantime: the next delivery of it is read.
                Committed::ReadFirst => release(delivery).await,
            }
            Stage::Acknowledge.took(began);
        });
    }
    settling.join_all().await;
    Ok(())
}

pub(super) async fn release(delivery: Delivery) {
    if let Err(error) = delivery.release().await {
        tracing::warn!(%error, "a delivery could not be released, its lease will run out");
    }
}
