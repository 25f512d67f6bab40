//! The worker: deliveries → readers → one commit a batch → acknowledgements.

use std::sync::Arc;
use std::time::Duration;

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

use crate::{Engine, EngineError};

/// How long the first of a batch waits for company.
const BATCH_DELAY: Duration = Duration::from_millis(20);

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

/// Receives until halted, and has every document read.
async fn receive_all(
    engine: &Engine,
    decided: mpsc::Sender<(Delivery, Decided)>,
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
    decided: mpsc::Sender<(Delivery, Decided)>,
) -> Result<(), EngineError> {
    match decide(engine, &delivery).await {
        Ok(Some(decision)) => {
            if let Err(unsent) = decided.send((delivery, decision)).await {
                let (delivery, _) = unsent.0;
                delivery.release().await?;
            }
            Ok(())
        }
        Ok(None) => {
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
    let known = engine.store().known(std::slice::from_ref(&submitted)).await?;
    let decision = match known.into_iter().next() {
        Some(Known::Settled(_)) => return Ok(None),
        Some(Known::Copy) => Decision::Copy,
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
    let outcome = engine.pool().read(document, &delivery.message().body).await?;
    Ok(match outcome {
        Outcome::Read { reading, evidence, keys, partial } => Decision::Read {
            reading: (bole_core::ReadingId { document, reader: engine.reader_version() }, reading),
            evidence: (engine.knowledge().lexicon().hash(), evidence),
            keys,
            partial,
        },
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
async fn commit_all(
    engine: Engine,
    mut to_commit: mpsc::Receiver<(Delivery, Decided)>,
    n_batch: usize,
) -> Result<(), EngineError> {
    let mut batch = Vec::with_capacity(n_batch);
    while to_commit.recv_many(&mut batch, n_batch).await > 0 {
        if batch.len() < n_batch {
            tokio::time::sleep(BATCH_DELAY).await;
            while batch.len() < n_batch {
                match to_commit.try_recv() {
                    Ok(next) => batch.push(next),
                    Err(_) => break,
                }
            }
        }
        if let Err(error) = commit(&engine, std::mem::take(&mut batch)).await {
            to_commit.close();
            while let Some((delivery, _)) = to_commit.recv().await {
                release(delivery).await;
            }
            return Err(error);
        }
    }
    Ok(())
}

async fn commit(engine: &Engine, batch: Vec<(Delivery, Decided)>) -> Result<(), EngineError> {
    let (deliveries, decided): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let committed = match engine.store().commit(&decided, Timestamp::now()).await {
        Ok(committed) => committed,
        Err(error) => {
            for delivery in deliveries {
                release(delivery).await;
            }
            return Err(error.into());
        }
    };
    engine.committed().notify_waiters();
    tracing::info!(n_submissions = committed.len(), "committed");
    // All at once, so that the queue may take them in one transaction.
    let mut settling = JoinSet::new();
    for (delivery, committed) in deliveries.into_iter().zip(committed) {
        match committed {
            Committed::Settled { record, redelivered } => {
                let (document, state, reason) = (record.document, record.state, record.reason);
                tracing::debug!(%document, %state, %reason, redelivered, "decided");
                settling.spawn(acknowledge(delivery))
            }
            // Its original is gone in the meantime: the next delivery of it is read.
            Committed::ReadFirst => settling.spawn(release(delivery)),
        };
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
