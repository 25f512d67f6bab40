//! Taking files in on one machine: the same door, queue and worker as everywhere, and waiting for the outcomes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bole_core::message::v1::{
    HEADER_DOCUMENT_DATE, HEADER_SOURCE_NAME, Message, Properties, SUBMITTED, Submitted,
};
use bole_core::{AsOf, ContentHash, DocumentId, Event, LogPosition, MessageId, Portal, State, SubmissionId};
use bole_store::SubmissionRecord;
use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::data::WorkerLock;
use crate::engine::must_rebuild;
use crate::{Admission, Engine, EngineError, follow, submit, work};

/// What to ingest.
#[derive(Clone, Debug)]
pub struct IngestOptions {
    /// The files, absolute.
    pub files: Vec<PathBuf>,
    /// The date that all of them speak from; else each file's modification date.
    pub document_date: Option<AsOf>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Decided now.
    Decided(Box<SubmissionRecord>),
    /// Decided by an earlier ingest of the same file.
    AlreadyReceived(Box<SubmissionRecord>),
    /// Larger than the limit: not taken in.
    TooLarge {
        /// Its size.
        n_bytes: u64,
        /// The limit in force.
        limit_bytes: usize,
    },
    /// The file could not be read from the disk.
    Unreadable(String),
}

/// How far an ingest is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file.
    pub path: PathBuf,
    /// What became of it.
    pub outcome: Outcome,
}

/// How an ingest ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Files with an outcome in the store.
    pub n_settled: u64,
    /// Files that never got that far: unreadable, or too large.
    pub n_not_taken: u64,
    /// It was stopped before all files had their outcome; the rest is in the queue or not yet submitted.
    pub interrupted: bool,
}

/// What is submitted and not decided may not grow without bound: the queue is a file.
const MAX_PENDING: usize = 512;
/// Files in one round at the door.
const N_ROUND: usize = 32;
/// Bytes in one round at the door.
const ROUND_BYTES: usize = 16 << 20;
/// How often outcomes are asked for, if no commit of this process rings before.
const POLL: Duration = Duration::from_millis(100);

/// Submits files, works the queue off unless another process does, keeps the search index up, and tells what became
/// of each file.
///
/// When `stop` is cancelled it submits nothing more, finishes what it holds, and returns.
///
/// # Errors
/// An outage. What was taken in is safe; the same call again goes on.
pub async fn ingest(
    engine: &Engine,
    options: IngestOptions,
    stop: &CancellationToken,
    mut report: impl FnMut(Progress) + Send,
) -> Result<Ingested, EngineError> {
    // Two stages: first the worker ends, then the follower takes in its last commits.
    let stop_work = stop.child_token();
    let stop_follow = CancellationToken::new();
    let is_worker = AtomicBool::new(false);
    let working = async {
        let result = work_if_free(engine, &stop_work, &is_worker).await;
        stop_follow.cancel();
        result
    };
    let following = follow_if_free(engine, &stop_follow);
    let submitting = async {
        let submitted = submit_all(engine, options, stop, &stop_work, &mut report).await;
        let drained = drain(engine, &stop_work, &is_worker).await;
        stop_work.cancel();
        submitted.and_then(|ingested| drained.map(|()| ingested))
    };
    let (submitted, worked, followed) = tokio::join!(submitting, working, following);
    worked?;
    followed?;
    submitted
}

/// Works until stopped; while another process is the worker, waits to take its place.
async fn work_if_free(
    engine: &Engine,
    stop: &CancellationToken,
    is_worker: &AtomicBool,
) -> Result<(), EngineError> {
    let lock: WorkerLock = loop {
        if let Some(lock) = engine.data().lock_worker()? {
            break lock;
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(Duration::from_millis(300)) => {}
        }
    };
    is_worker.store(true, Ordering::Relaxed);
    let result = work(engine, stop).await;
    if result.is_err() {
        // Nobody works any more: do not wait for outcomes that will not come.
        stop.cancel();
    }
    drop(lock);
    result
}

/// Waits until nothing is left in the queue for this worker: what an ingest left behind that was killed between
/// publishing and hearing of it.
async fn drain(engine: &Engine, stop: &CancellationToken, is_worker: &AtomicBool) -> Result<(), EngineError> {
    while is_worker.load(Ordering::Relaxed) && !stop.is_cancelled() {
        if engine.queue().depth().await?.iter().all(|depth| depth.n_ready == 0) {
            break;
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Follows until stopped; while another process is the follower, leaves it to that one.
async fn follow_if_free(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    loop {
        match follow(engine, stop).await {
            Err(EngineError::IndexBusy(_)) if stop.is_cancelled() => return Ok(()),
            Err(EngineError::IndexBusy(_)) => {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(Duration::from_millis(300)) => {}
                }
            }
            Err(error) if must_rebuild(&error) => engine.recreate_index()?,
            other => return other,
        }
    }
}

async fn submit_all(
    engine: &Engine,
    options: IngestOptions,
    stop: &CancellationToken,
    stop_work: &CancellationToken,
    report: &mut (impl FnMut(Progress) + Send),
) -> Result<Ingested, EngineError> {
    let mut ingested = Ingested::default();
    let mut waiting = Waiting { position: engine.store().head().await?, pending: BTreeMap::new() };
    let mut files = options.files.into_iter().peekable();
    while files.peek().is_some() && !stop_work.is_cancelled() {
        let mut round = Vec::new();
        let mut round_bytes = 0;
        while round.len() < N_ROUND && round_bytes < ROUND_BYTES {
            let Some(path) = files.next() else { break };
            match message(engine, &path, options.document_date).await {
                Ok((message, submitted)) => {
                    round_bytes += message.body.len();
                    round.push((path, (message, submitted)));
                }
                Err(outcome) => {
                    ingested.n_not_taken += 1;
                    report(Progress { path, outcome });
                }
            }
        }
        let (paths, messages): (Vec<_>, Vec<_>) = round.into_iter().unzip();
        let admissions = submit(engine, &messages, Timestamp::now()).await?;
        for ((path, admission), (_, submitted)) in paths.into_iter().zip(admissions).zip(messages) {
            match admission {
                Admission::Queued => waiting.add(submitted, path),
                Admission::AlreadyReceived(record) => {
                    ingested.n_settled += 1;
                    report(Progress { path, outcome: Outcome::AlreadyReceived(record) });
                }
            }
        }
        while waiting.pending.len() >= MAX_PENDING && !stop_work.is_cancelled() {
            ingested.n_settled += waiting.next_outcomes(engine, stop_work, report).await?;
        }
    }
    while !waiting.pending.is_empty() && !stop_work.is_cancelled() {
        ingested.n_settled += waiting.next_outcomes(engine, stop_work, report).await?;
    }
    ingested.interrupted = stop.is_cancelled() && (files.peek().is_some() || !waiting.pending.is_empty());
    Ok(ingested)
}

/// What was submitted and is not decided yet.
struct Waiting {
    /// How far the change log was read.
    position: LogPosition,
    /// The files by the id under which they are decided, with their content.
    pending: BTreeMap<SubmissionId, (DocumentId, PathBuf)>,
}

impl Waiting {
    fn add(&mut self, submitted: Submitted, path: PathBuf) {
        self.pending.insert(submitted.submission, (submitted.document, path));
    }

    /// Waits a little, and reports every outcome that the change log tells since. Any process may have decided it.
    async fn next_outcomes(
        &mut self,
        engine: &Engine,
        stop: &CancellationToken,
        report: &mut (impl FnMut(Progress) + Send),
    ) -> Result<u64, EngineError> {
        tokio::select! {
            () = stop.cancelled() => {}
            () = engine.committed().notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        let mut n_settled = 0;
        loop {
            let changes = engine.store().changes(self.position, 1000).await?;
            let Some(last) = changes.last() else { return Ok(n_settled) };
            self.position = last.position;
            for change in changes {
                let Event::Submission { submission, reason, .. } = change.event else { continue };
                if !reason.state().is_settled() {
                    continue;
                }
                let Some((_, path)) = self.pending.remove(&submission) else { continue };
                let Some(record) = engine.store().submission(&submission).await? else { continue };
                n_settled += 1;
                report(Progress { path, outcome: Outcome::Decided(Box::new(record)) });
            }
        }
    }
}

/// The message for one file: portal `local`, its id the SHA-256 of the absolute path and the bytes.
async fn message(
    engine: &Engine,
    path: &Path,
    document_date: Option<AsOf>,
) -> Result<(Message, Submitted), Outcome> {
    let unreadable = |error: std::io::Error| Outcome::Unreadable(error.to_string());
    let limit_bytes = engine.settings().queue.limit_bytes;
    let metadata = tokio::fs::metadata(path).await.map_err(unreadable)?;
    if metadata.len() > limit_bytes as u64 {
        return Err(Outcome::TooLarge { n_bytes: metadata.len(), limit_bytes });
    }
    let body = Bytes::from(tokio::fs::read(path).await.map_err(unreadable)?);
    let source_name = path.to_string_lossy().into_owned();
    let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    let date = document_date
        .unwrap_or_else(|| AsOf(modified.unwrap_or_else(Timestamp::now).to_zoned(TimeZone::UTC).date()));
    let hash = ContentHash::of_parts([path.as_os_str().as_encoded_bytes(), &body]).to_string();
    let message_id: MessageId =
        hash.parse().unwrap_or_else(|_| unreachable!("64 hex digits are a message id"));
    let properties = Properties {
        message_id: Some(message_id.to_string()),
        kind: Some(SUBMITTED.to_owned()),
        headers: BTreeMap::from([
            (HEADER_DOCUMENT_DATE.to_owned(), date.to_string()),
            (HEADER_SOURCE_NAME.to_owned(), source_name.clone()),
        ]),
        ..Properties::default()
    };
    let submitted = Submitted {
        submission: SubmissionId { portal: Portal::local(), message_id },
        document: DocumentId::of(&body),
        document_date: date,
        candidate_ref: None,
        field: None,
        consent: None,
        traceparent: None,
        source_name: Some(source_name),
    };
    Ok((Message { portal: Portal::local(), properties, body }, submitted))
}

impl Outcome {
    /// The state it left the file in; none if it was not taken in.
    pub fn state(&self) -> Option<State> {
        match self {
            Self::Decided(record) | Self::AlreadyReceived(record) => Some(record.state),
            Self::TooLarge { .. } | Self::Unreadable(_) => None,
        }
    }
}
