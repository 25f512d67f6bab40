//! The worker: deliveries → readers → one commit a batch → acknowledgements.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bole_core::message::v1::{Submitted, fallback_id};
use bole_core::{AsOf, DocumentId, Fault, Reason};
use bole_queue::{Acknowledged, Delivery};
use bole_sandbox::{Outcome, Refusal};
use bole_store::{Committed, Decided, Decision, Keep, Known};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::metrics::{self, InHand, Stage};
use crate::{Engine, EngineError};

/// How long the first of a batch waits for company.
const BATCH_DELAY: Duration = Duration::from_millis(20);
/// Batches that are committed at the same time.
const N_COMMITS: usize = 2;
/// How often it is tried to take the place of another process.
const BUSY_POLL: Duration = Duration::from_millis(300);

/// What waits for a commit.
struct InBatch {
    delivery: Delivery,
    decided: Decided,
    since: Instant,
    in_hand: InHand,
}

/// Works the queue off until `stop` is cancelled, then finishes what it holds.
///
/// # Errors
/// An outage of the store, the queue or the readers. Whatever was held is back in the queue, nothing is lost and no
/// attempt is spent: probe, and call again.
pub async fn work(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let halt = stop.child_token();
    let n_batch = engine.settings().work.n_batch;
    // What waits for the commit is bounded too: readers wait when the store is slow.
    let (decided, to_commit) = mpsc::channel(n_batch);
    let committing = commit_all(engine.clone(), to_commit, n_batch);
    let receiving = receive_all(engine, decided, &halt);
    tokio::pin!(committing, receiving);
    tokio::select! {
        received = &mut receiving => {
            let committed = committing.await;
            committed.and(received)
        }
        committed = &mut committing => {
            // The committer ends early only on an outage: stop receiving and give back what is held.
            halt.cancel();
            let received = receiving.await;
            committed.and(received)
        }
    }
}

/// Works until stopped. On the queue of a data folder one process at a time is the worker: while another is, it waits
/// to take its place.
pub(crate) async fn work_while_free(
    engine: &Engine,
    stop: &CancellationToken,
    is_worker: &AtomicBool,
) -> Result<(), EngineError> {
    let lock = loop {
        if engine.settings().queue.remote.is_some() {
            break None;
        }
        if let Some(lock) = engine.data().lock_worker()? {
            break Some(lock);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(BUSY_POLL) => {}
        }
    };
    is_worker.store(true, Ordering::Relaxed);
    let result = work(engine, stop).await;
    is_worker.store(false, Ordering::Relaxed);
    drop(lock);
    result
}

/// Receives until halted, and has every document read.
async fn receive_all(
    engine: &Engine,
    decided: mpsc::Sender<InBatch>,
    halt: &CancellationToken,
) -> Result<(), EngineError> {
    let turns = Arc::new(Semaphore::new(engine.pool().n_in_hand()));
    let mut tasks: JoinSet<Result<(), EngineError>> = JoinSet::new();
    let mut result = Ok(());
    while result.is_ok() {
        let turn = tokio::select! {
            () = halt.cancelled() => break,
            turn = turns.clone().acquire_owned() => turn,
        };
        let delivery = tokio::select! {
            () = halt.cancelled() => break,
            delivery = engine.queue().receive() => delivery,
        };
        match delivery {
            Ok(delivery) => {
                let (engine, decided) = (engine.clone(), decided.clone());
                tasks.spawn(async move {
                    let _turn = turn;
                    handle(&engine, delivery, decided).await
                });
            }
            Err(error) => result = Err(error.into()),
        }
        while let Some(done) = tasks.try_join_next() {
            result = result.and(flatten(done));
        }
    }
    while let Some(done) = tasks.join_next().await {
        result = result.and(flatten(done));
    }
    result
}

fn flatten(done: Result<Result<(), EngineError>, tokio::task::JoinError>) -> Result<(), EngineError> {
    done.unwrap_or(Err(EngineError::Panicked(crate::cpu::Panicked)))
}

/// Decides one delivery and passes it on to the commit; on an outage it goes back to the queue.
async fn handle(
    engine: &Engine,
    delivery: Delivery,
    decided: mpsc::Sender<InBatch>,
) -> Result<(), EngineError> {
    let in_hand = InHand::new();
    match decide(engine, &delivery).await {
        Ok(Some(decision)) => {
            let in_batch = InBatch { delivery, decided: decision, since: Instant::now(), in_hand };
            if let Err(unsent) = decided.send(in_batch).await {
                unsent.0.delivery.release().await?;
            }
            Ok(())
        }
        Ok(None) => {
            metrics::redelivered();
            acknowledge(delivery).await;
            Ok(())
        }
        Err(error) => {
            delivery.release().await?;
            Err(error)
        }
    }
}

/// What to commit for a delivery; none if it was decided before.
async fn decide(engine: &Engine, delivery: &Delivery) -> Result<Option<Decided>, EngineError> {
    let message = delivery.message();
    let submitted = match Submitted::parse(message, engine.settings().queue.limit_bytes) {
        Ok(submitted) => submitted,
        Err(error) => {
            let reason = match error.fault() {
                Fault::Permanent(reason) => reason,
                Fault::Transient => Reason::BadMessage,
            };
            let submitted = set_aside(delivery);
            let decision = Decision::Refused { reason, detail: error.to_string() };
            let original = engine.originals().keep(submitted.document, message.body.clone()).await?;
            return Ok(Some(Decided { submitted, original, decision }));
        }
    };
    let asked = Instant::now();
    let known = engine.store().known(std::slice::from_ref(&submitted)).await?;
    Stage::Known.took(asked);
    let decision = match known.into_iter().next() {
        Some(Known::Settled(_)) => return Ok(None),
        Some(Known::Copy) => Decision::Copy,
        // Whatever it does to workers, it does it no more.
        _ if delivery.is_dead_letter() => Decision::Refused {
            reason: Reason::PoisonSuspect,
            detail: format!("handed out {} times and never decided", delivery.n_deliveries()),
        },
        Some(Known::New) | None => read(engine, delivery, submitted.document).await?,
    };
    let original = match decision {
        Decision::Copy => Keep::Elsewhere,
        Decision::Read { .. } | Decision::Refused { .. } => {
            engine.originals().keep(submitted.document, message.body.clone()).await?
        }
    };
    Ok(Some(Decided { submitted, original, decision }))
}

async fn read(engine: &Engine, delivery: &Delivery, document: DocumentId) -> Result<Decision, EngineError> {
    let began = Instant::now();
    let outcome = engine.pool().read(document, &delivery.message().body).await?;
    Stage::Read.took(began);
    Ok(match outcome {
        Outcome::Read { reading, evidence, keys, partial, times } => {
            Stage::Document.lasted(times.document);
            Stage::Resume.lasted(times.resume);
            Stage::Evidence.lasted(times.evidence);
            Stage::Encoding.lasted(times.encoding);
            Decision::Read {
                reading: (bole_core::ReadingId { document, reader: engine.reader_version() }, reading),
                evidence: (engine.knowledge().lexicon().hash(), evidence),
                keys,
                partial,
            }
        }
        Outcome::Refused(Refusal { reason, detail }) => Decision::Refused { reason, detail },
    })
}

/// What is known of a message that breaks the contract: enough to set it aside.
fn set_aside(delivery: &Delivery) -> Submitted {
    let message = delivery.message();
    Submitted {
        submission: fallback_id(message),
        document: DocumentId::of(&message.body),
        document_date: AsOf(Timestamp::now().to_zoned(TimeZone::UTC).date()),
        candidate_ref: None,
        field: None,
        consent: None,
        traceparent: None,
        source_name: message.properties.headers.get(bole_core::message::v1::HEADER_SOURCE_NAME).cloned(),
    }
}

/// Commits in batches until the senders are gone.
///
/// While one batch waits for the disk and the acknowledgements the next is sent, but only when it is full or the first is
/// done: many small ones would cost more than they gain.
async fn commit_all(
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
    if result.is_err() {
        to_commit.close();
        while let Some(in_batch) = to_commit.recv().await {
            release(in_batch.delivery).await;
        }
    }
    result
}

async fn commit(engine: &Engine, batch: Vec<InBatch>) -> Result<(), EngineError> {
    let mut decided = Vec::with_capacity(batch.len());
    let mut held = Vec::with_capacity(batch.len());
    for in_batch in batch {
        Stage::Batch.took(in_batch.since);
        decided.push(in_batch.decided);
        held.push((in_batch.delivery, in_batch.in_hand));
    }
    let began = Instant::now();
    let committed = match engine.store().commit(&decided, Timestamp::now()).await {
        Ok(committed) => committed,
        Err(error) => {
            for (delivery, _) in held {
                release(delivery).await;
            }
            return Err(error.into());
        }
    };
    let took = began.elapsed();
    engine.committed().notify_waiters();
    tracing::info!(n_submissions = committed.len(), "committed");
    // All at once, so that the queue may take them in one transaction.
    let mut settling = JoinSet::new();
    for ((delivery, in_hand), committed) in held.into_iter().zip(committed) {
        Stage::Commit.lasted(took);
        metrics::committed(&committed);
        settling.spawn(async move {
            let _in_hand = in_hand;
            let began = Instant::now();
            match committed {
                Committed::Settled { record, redelivered } => {
                    let (document, state, reason) = (record.document, record.state, record.reason);
                    tracing::debug!(%document, %state, %reason, redelivered, "decided");
                    acknowledge(delivery).await;
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

/// A lost acknowledgement means a redelivery, which the store takes for what it is.
async fn acknowledge(delivery: Delivery) {
    match delivery.ack().await {
        Ok(Acknowledged::Done) => {}
        Ok(Acknowledged::Lost) => tracing::info!("an acknowledgement came too late, the message comes again"),
        Err(error) => tracing::warn!(%error, "an acknowledgement was not taken, the message comes again"),
    }
}

async fn release(delivery: Delivery) {
    if let Err(error) = delivery.release().await {
        tracing::warn!(%error, "a delivery could not be released, its lease will run out");
    }
}
