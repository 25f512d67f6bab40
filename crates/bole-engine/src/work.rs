//! The worker: deliveries → what is known of them → readers → one commit a batch → acknowledgements.

mod commit;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use bole_core::message::v1::{HEADER_TRACEPARENT, MessageError, Submitted, fallback_id, source_name};
use bole_core::{AsOf, DocumentId, Fault, Reason};
use bole_queue::{Acknowledged, Delivery};
use bole_sandbox::{Outcome, Refusal};
use bole_store::{Decided, Decision, Keep, Known, SubmissionRecord};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::metrics::{self, InHand, Stage};
use crate::receipts::send_again;
use crate::{Engine, EngineError, SubmissionTrace};
use commit::{InBatch, commit_all};

/// Deliveries of which the store is asked together.
const N_ASKED: usize = 16;
/// Documents that were read and are on their way to where originals are kept.
const N_KEEPING: usize = 16;
/// How often it is tried to take the place of another process.
const BUSY_POLL: Duration = Duration::from_millis(300);

/// A delivery in the hands of this worker.
struct Held {
    delivery: Delivery,
    trace: SubmissionTrace,
    _in_hand: InHand,
}

/// The right to have a document read, and then to have it kept.
type Turn = Result<OwnedSemaphorePermit, AcquireError>;

/// What the documents in hand share on their way.
#[derive(Clone)]
struct Way {
    reading: Arc<Semaphore>,
    keeping: Arc<Semaphore>,
    /// Cancelled by the first that meets an outage: the others would meet it too.
    outage: CancellationToken,
    /// Nothing more is received.
    halt: CancellationToken,
}

impl Way {
    /// Whatever is on it goes back to the queue.
    fn close(&self) {
        self.outage.cancel();
        self.halt.cancel();
    }
}

/// A delivery with what is known of it before it is read.
struct Checked {
    held: Held,
    message: Result<(Submitted, Known), MessageError>,
}

/// Works the queue off until `stop` is cancelled, then finishes what it holds.
///
/// # Errors
/// An outage of the store, the queue or the readers. Whatever was held is back in the queue, nothing is lost and no
/// attempt is spent: probe, and call again.
pub async fn work(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let halt = stop.child_token();
    let n_batch = engine.settings().work.n_batch;
    // What waits for a reader and for the commit is bounded too: each waits when the next is slow.
    let (checked, to_read) = mpsc::channel(N_ASKED);
    let (decided, to_commit) = mpsc::channel(n_batch);
    let receiving = async {
        let received = receive_all(engine, checked, &halt).await;
        halt.cancel();
        received
    };
    let way = Way {
        reading: Arc::new(Semaphore::new(engine.pool().n_in_hand())),
        keeping: Arc::new(Semaphore::new(N_KEEPING)),
        outage: CancellationToken::new(),
        halt: halt.clone(),
    };
    let reading = read_all(engine, to_read, decided, &way);
    let committing = async {
        let committed = commit_all(engine.clone(), to_commit, n_batch).await;
        // It ends early only on an outage: stop receiving and give back what is held.
        halt.cancel();
        committed
    };
    let (received, read, committed) = tokio::join!(receiving, reading, committing);
    committed.and(read).and(received)
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

/// Receives until halted, and asks the store what it knows.
async fn receive_all(
    engine: &Engine,
    checked: mpsc::Sender<Checked>,
    halt: &CancellationToken,
) -> Result<(), EngineError> {
    let mut next = engine.queue().receive();
    loop {
        let first = tokio::select! {
            biased;
            () = halt.cancelled() => return Ok(()),
            received = &mut next => received?,
        };
        next = engine.queue().receive();
        let mut deliveries = vec![first];
        let mut outage = None;
        // Only what is there already: nobody waits for company. A call that is under way is kept for the next round, since
        // what it is about to hand out would have to be given back.
        while deliveries.len() < N_ASKED
            && let Ok(received) = tokio::time::timeout(Duration::ZERO, &mut next).await
        {
            match received {
                Ok(delivery) => deliveries.push(delivery),
                Err(error) => {
                    outage = Some(error);
                    break;
                }
            }
            next = engine.queue().receive();
        }
        for it in check(engine, deliveries).await? {
            if let Err(unsent) = checked.send(it).await {
                commit::release(unsent.0.held.delivery).await;
            }
        }
        if let Some(error) = outage {
            return Err(error.into());
        }
    }
}

/// What the store knows of deliveries. Those that are decided are acknowledged; the rest is given, or on an outage goes
/// back to the queue.
async fn check(engine: &Engine, deliveries: Vec<Delivery>) -> Result<Vec<Checked>, EngineError> {
    let limit_bytes = engine.settings().queue.limit_bytes;
    let parsed: Vec<_> = deliveries.iter().map(|it| Submitted::parse(it.message(), limit_bytes)).collect();
    let sound: Vec<_> = parsed.iter().flatten().cloned().collect();
    let asked = Instant::now();
    let known = match engine.store().known(&sound).await {
        Ok(known) => known,
        Err(error) => {
            for delivery in deliveries {
                commit::release(delivery).await;
            }
            return Err(error.into());
        }
    };
    let mut known = known.into_iter();
    let mut checked = Vec::with_capacity(deliveries.len());
    for (delivery, parsed) in deliveries.into_iter().zip(parsed) {
        let message = delivery.message();
        let traceparent = message.properties.headers.get(HEADER_TRACEPARENT);
        let trace = engine.traces().submission(traceparent.map(String::as_str));
        if let Ok(submitted) = &parsed {
            trace.identify(&submitted.submission, submitted.document, message.body.len());
        }
        let message = parsed.map(|submitted| (submitted, known.next().unwrap_or(Known::New)));
        Stage::Known.took(asked);
        if let Ok((_, Known::Settled(record))) = &message {
            tracing::debug!(n_deliveries = delivery.n_deliveries(), "decided before");
            trace.finish(record.state, record.reason, record.attempt);
            metrics::redelivered();
            acknowledge_again(engine, delivery, record).await;
            continue;
        }
        checked.push(Checked { held: Held { delivery, trace, _in_hand: InHand::new() }, message });
    }
    Ok(checked)
}

/// Has every document read, as many at once as readers can take.
async fn read_all(
    engine: &Engine,
    mut to_read: mpsc::Receiver<Checked>,
    decided: mpsc::Sender<InBatch>,
    way: &Way,
) -> Result<(), EngineError> {
    let mut tasks: JoinSet<Result<(), EngineError>> = JoinSet::new();
    let mut result = Ok(());
    while let Some(checked) = to_read.recv().await {
        let turn = way.reading.clone().acquire_owned().await;
        if way.outage.is_cancelled() {
            commit::release(checked.held.delivery).await;
            continue;
        }
        let (engine, decided, shared) = (engine.clone(), decided.clone(), way.clone());
        tasks.spawn(async move { handle(&engine, checked, decided, turn, &shared).await });
        while let Some(done) = tasks.try_join_next() {
            result = result.and(flatten(done));
        }
        if result.is_err() {
            way.close();
        }
    }
    while let Some(done) = tasks.join_next().await {
        result = result.and(flatten(done));
    }
    result
}

/// A task's own end; that it panicked is a bug.
fn flatten(done: Result<Result<(), EngineError>, JoinError>) -> Result<(), EngineError> {
    done.unwrap_or(Err(EngineError::Panicked(crate::cpu::Panicked)))
}

/// Decides one delivery and passes it on to the commit; on an outage it goes back to the queue.
async fn handle(
    engine: &Engine,
    checked: Checked,
    decided: mpsc::Sender<InBatch>,
    turn: Turn,
    way: &Way,
) -> Result<(), EngineError> {
    let Checked { held, message } = checked;
    let mut turn = turn;
    match decide(engine, &held, message, &mut turn, way).await {
        Ok(Some(decision)) => {
            let in_batch = InBatch { held, decided: decision, since: Instant::now() };
            if let Err(unsent) = decided.send(in_batch).await {
                commit::release(unsent.0.held.delivery).await;
            }
            Ok(())
        }
        Ok(None) => Ok(held.delivery.release().await?),
        Err(error) => {
            // Before it is released: else it would be received again at once, and again, and a broker sets aside what it
            // has handed out too often.
            way.close();
            held.delivery.release().await?;
            Err(error)
        }
    }
}

/// What to commit for a delivery; none if another met an outage meanwhile.
async fn decide(
    engine: &Engine,
    held: &Held,
    message: Result<(Submitted, Known), MessageError>,
    turn: &mut Turn,
    way: &Way,
) -> Result<Option<Decided>, EngineError> {
    let (submitted, decision) = match message {
        Ok((submitted, Known::Copy)) => {
            return Ok(Some(Decided { submitted, original: Keep::Elsewhere, decision: Decision::Copy }));
        }
        // Whatever it does to workers, it does it no more.
        Ok((submitted, _)) if held.delivery.is_dead_letter() => {
            let detail = format!("handed out {} times and never decided", held.delivery.n_deliveries());
            (submitted, Decision::Refused { reason: Reason::PoisonSuspect, detail })
        }
        Ok((submitted, _)) => {
            let decision = read(engine, held, submitted.document).await?;
            (submitted, decision)
        }
        Err(error) => {
            let reason = match error.fault() {
                Fault::Permanent(reason) => reason,
                Fault::Transient => Reason::BadMessage,
            };
            let submitted = set_aside(&held.delivery);
            let n_bytes = held.delivery.message().body.len();
            held.trace.identify(&submitted.submission, submitted.document, n_bytes);
            (submitted, Decision::Refused { reason, detail: error.to_string() })
        }
    };
    // The next document is read while this one travels; not before there is room for it to travel too.
    *turn = way.keeping.clone().acquire_owned().await;
    let body = held.delivery.message().body.clone();
    tokio::select! {
        biased;
        kept = engine.originals().keep(submitted.document, body) => {
            Ok(Some(Decided { submitted, original: kept?, decision }))
        }
        () = way.outage.cancelled() => Ok(None),
    }
}

async fn read(engine: &Engine, held: &Held, document: DocumentId) -> Result<Decision, EngineError> {
    let (began, began_at) = (Instant::now(), SystemTime::now());
    let outcome = engine.pool().read(document, &held.delivery.message().body).await?;
    Stage::Read.took(began);
    let times = match &outcome {
        Outcome::Read { times, .. } => Some(*times),
        Outcome::Refused(_) => None,
    };
    held.trace.read(began_at, SystemTime::now(), times);
    if let Some(times) = times {
        Stage::Document.lasted(times.document);
        Stage::Resume.lasted(times.resume);
        Stage::Evidence.lasted(times.evidence);
        Stage::Encoding.lasted(times.encoding);
    }
    Ok(match outcome {
        Outcome::Read { reading, evidence, keys, partial, .. } => Decision::Read {
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
        source_name: source_name(message),
    }
}

/// Acknowledges what was decided before, once its portal is told again. If that fails the message comes again.
async fn acknowledge_again(engine: &Engine, delivery: Delivery, record: &SubmissionRecord) {
    match send_again(engine, record).await {
        Ok(()) => acknowledge(delivery).await,
        Err(error) => {
            tracing::warn!(%error, "a receipt could not be sent again, the message comes again");
            commit::release(delivery).await;
        }
    }
}

/// A lost acknowledgement means a redelivery, which the store takes for what it is.
async fn acknowledge(delivery: Delivery) {
    match delivery.ack().await {
        Ok(Acknowledged::Done) => {}
        Ok(Acknowledged::Lost) => tracing::info!("an acknowledgement came too late, the message comes again"),
        Err(error) => tracing::warn!(%error, "an acknowledgement was not taken, the message comes again"),
    }
}
