//! Taking files in on one machine: the same door, queue and worker as everywhere, and waiting for the outcomes.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bole_core::message::v1::{
    HEADER_DOCUMENT_DATE, HEADER_SOURCE_NAME, Message, Properties, SUBMITTED, Submitted,
};
use bole_core::{AsOf, ContentHash, DocumentId, Event, LogPosition, MessageId, Portal, State, SubmissionId};
use bole_store::SubmissionRecord;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::artifacts::keep_knowledge;
use crate::files::{FileError, read_file};
use crate::follow::follow_while_free;
use crate::work::work_while_free;
use crate::{Admission, Engine, EngineError, submit};

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
    report: impl FnMut(Progress) + Send,
) -> Result<Ingested, EngineError> {
    keep_knowledge(engine).await?;
    // Two stages: first the worker ends, then the follower takes in its last commits.
    let stop_work = stop.child_token();
    let stop_follow = CancellationToken::new();
    let is_worker = AtomicBool::new(false);
    let mut desk = Desk::open(engine, report).await?;
    let working = async {
        let result = work_while_free(engine, &stop_work, &is_worker).await;
        // If it failed, nobody works any more: do not wait for outcomes that will not come.
        stop_work.cancel();
        stop_follow.cancel();
        result
    };
    let following = follow_while_free(engine, &stop_follow);
    let submitting = async {
        let submitted = desk.submit_all(options, &stop_work).await;
        let drained = drain(engine, &stop_work, &is_worker).await;
        stop_work.cancel();
        submitted.and(drained)
    };
    let (submitted, worked, followed) = tokio::join!(submitting, working, following);
    // What was committed last is told too, whatever ended the rest.
    let told = desk.tell_outcomes().await;
    worked.and(followed).and(submitted).and(told)?;
    desk.ingested.interrupted = stop.is_cancelled() && (desk.n_left > 0 || !desk.pending.is_empty());
    Ok(desk.ingested)
}

/// Waits until nothing is left in the queue for this worker: what an ingest left behind that was killed between
/// publishing and hearing of it.
async fn drain(engine: &Engine, stop: &CancellationToken, is_worker: &AtomicBool) -> Result<(), EngineError> {
    while is_worker.load(Ordering::Relaxed) && !stop.is_cancelled() {
        // What waits of a portal may be paused: it is a server's to take in.
        let depths = engine.queue().depth().await?;
        if depths.iter().all(|depth| depth.n_ready == 0 || depth.portal != Portal::local()) {
            break;
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Where files are handed in and their outcomes are given out.
struct Desk<'a, R> {
    engine: &'a Engine,
    report: R,
    ingested: Ingested,
    /// Files that were not looked at yet.
    n_left: usize,
    /// How far the change log was read.
    position: LogPosition,
    /// The files that were submitted and are not decided yet, by the id under which they will be.
    pending: BTreeMap<SubmissionId, PathBuf>,
}

impl<'a, R: FnMut(Progress) + Send> Desk<'a, R> {
    async fn open(engine: &'a Engine, report: R) -> Result<Self, EngineError> {
        let position = engine.store().head().await?;
        let (ingested, pending) = (Ingested::default(), BTreeMap::new());
        Ok(Self { engine, report, ingested, n_left: 0, position, pending })
    }

    /// Submits all files and waits for their outcomes, or until stopped.
    async fn submit_all(
        &mut self,
        options: IngestOptions,
        stop: &CancellationToken,
    ) -> Result<(), EngineError> {
        let mut files = options.files.into_iter();
        self.n_left = files.len();
        while files.len() > 0 && !stop.is_cancelled() {
            self.submit_round(&mut files, options.document_date).await?;
            self.n_left = files.len();
            self.tell_outcomes().await?;
            while self.pending.len() >= MAX_PENDING && !stop.is_cancelled() {
                self.wait(stop).await?;
            }
        }
        while !self.pending.is_empty() && !stop.is_cancelled() {
            self.wait(stop).await?;
        }
        Ok(())
    }

    async fn submit_round(
        &mut self,
        files: &mut impl Iterator<Item = PathBuf>,
        document_date: Option<AsOf>,
    ) -> Result<(), EngineError> {
        let mut round = Vec::new();
        let mut round_bytes = 0;
        while round.len() < N_ROUND && round_bytes < ROUND_BYTES {
            let Some(path) = files.next() else { break };
            match message(self.engine, &path, document_date).await {
                Ok((message, submitted)) => {
                    round_bytes += message.body.len();
                    round.push((path, (message, submitted)));
                }
                Err(outcome) => {
                    self.ingested.n_not_taken += 1;
                    (self.report)(Progress { path, outcome });
                }
            }
        }
        let (paths, messages): (Vec<_>, Vec<_>) = round.into_iter().unzip();
        let admissions = submit(self.engine, &messages, Timestamp::now()).await?;
        for ((path, admission), (_, submitted)) in paths.into_iter().zip(admissions).zip(messages) {
            match admission {
                Admission::Queued => {
                    self.pending.insert(submitted.submission, path);
                }
                Admission::AlreadyReceived(record) => {
                    self.ingested.n_settled += 1;
                    (self.report)(Progress { path, outcome: Outcome::AlreadyReceived(record) });
                }
            }
        }
        Ok(())
    }

    /// Waits a little, and tells the outcomes since.
    async fn wait(&mut self, stop: &CancellationToken) -> Result<(), EngineError> {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.engine.committed().notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        self.tell_outcomes().await
    }

    /// Tells every outcome that the change log has since it was last read. Any process may have decided it.
    async fn tell_outcomes(&mut self) -> Result<(), EngineError> {
        loop {
            let changes = self.engine.store().changes(self.position, 1000).await?;
            let Some(last) = changes.last() else { return Ok(()) };
            self.position = last.position;
            for change in changes {
                let Event::Submission { submission, reason, .. } = change.event else { continue };
                if !reason.state().is_settled() {
                    continue;
                }
                let Some(path) = self.pending.remove(&submission) else { continue };
                let Some(record) = self.engine.store().submission(&submission).await? else { continue };
                self.ingested.n_settled += 1;
                (self.report)(Progress { path, outcome: Outcome::Decided(Box::new(record)) });
            }
        }
    }
}

/// The date that a file speaks from unless somebody says another.
pub(crate) fn date_of(metadata: &Metadata) -> AsOf {
    let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    AsOf(modified.unwrap_or_else(Timestamp::now).to_zoned(TimeZone::UTC).date())
}

/// The message for one file: portal `local`, its id the SHA-256 of the absolute path and the bytes.
async fn message(
    engine: &Engine,
    path: &Path,
    document_date: Option<AsOf>,
) -> Result<(Message, Submitted), Outcome> {
    let limit_bytes = engine.settings().queue.limit_bytes;
    let (body, metadata) = match read_file(path, limit_bytes).await {
        Ok(read) => read,
        Err(FileError::TooLarge { n_bytes }) => return Err(Outcome::TooLarge { n_bytes, limit_bytes }),
        Err(FileError::Unreadable(error)) => return Err(Outcome::Unreadable(error.to_string())),
    };
    let source_name = path.to_string_lossy().into_owned();
    let date = document_date.unwrap_or_else(|| date_of(&metadata));
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
