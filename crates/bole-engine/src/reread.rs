//! New readings of what an older reader read, from the originals, and evidence where it is missing for the lexicon in
//! force. What served goes on serving until its successor is committed.

mod background;
mod left;
mod turn;

use std::collections::{BTreeMap, VecDeque};

use bole_core::{DocumentId, ReadingId, Reason};
use bole_sandbox::{Outcome, Refusal};
use bole_store::{NewReading, Reread as Answer, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::artifacts::keep_knowledge;
use crate::population::derive;
use crate::{Engine, EngineError, metrics};
pub(crate) use background::reread_in_background;
use left::{Left, Pace};
use turn::Turn;

/// What to read anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RereadOptions {
    /// Only these documents; none for all. One that needs nothing is passed over.
    pub documents: Option<Vec<DocumentId>>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RereadProgress {
    /// Another process does it, or has just died over it: waits a few seconds for its lease.
    Waiting,
    /// So many documents are to be read anew.
    ToRead(u64),
    /// One of them is done.
    Read,
    /// So many readings have no evidence.
    ToDerive(u64),
    /// So many more of them are done.
    Derived(u64),
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reread {
    /// Documents with a new reading.
    #[serde(rename = "reread")]
    pub n_reread: u64,
    /// Documents that keep their reading because there can be no better one, by reason.
    pub kept: BTreeMap<Reason, u64>,
    /// Documents that keep their reading because their original is gone.
    #[serde(rename = "without_original")]
    pub n_without_original: u64,
    /// Documents that were set aside or read anew by another process in the meantime.
    #[serde(rename = "left_alone")]
    pub n_left_alone: u64,
    /// Readings that have evidence for the lexicon in force now.
    #[serde(rename = "evidence_derived")]
    pub n_derived: u64,
    /// Readings that cannot be decoded.
    #[serde(rename = "damaged")]
    pub n_damaged: u64,
    /// It was stopped before its end: the same call goes on.
    pub interrupted: bool,
}

/// New readings in one transaction.
const N_BATCH: usize = 64;
/// Readings that are in memory at once when evidence is derived.
const N_DERIVED: usize = 128;

/// Reads anew what an older reader read, and then derives the evidence that is missing.
///
/// Documents that the reader now refuses keep the reading that they have, and are tried again only by name or by the
/// next reader. One process at a time does it; when `stop`
/// is cancelled it commits what it holds and returns.
///
/// # Errors
/// [`EngineError::RereadElsewhere`] if another process does it; else an outage. What was committed stays, and the same
/// call goes on with the rest.
pub async fn reread(
    engine: &Engine,
    options: RereadOptions,
    stop: &CancellationToken,
    report: impl FnMut(RereadProgress) + Send,
) -> Result<Reread, EngineError> {
    run(engine, options, Pace::Brisk, stop, report).await
}

async fn run(
    engine: &Engine,
    options: RereadOptions,
    pace: Pace,
    stop: &CancellationToken,
    mut report: impl FnMut(RereadProgress) + Send,
) -> Result<Reread, EngineError> {
    keep_knowledge(engine).await?;
    let turn = Turn::take(engine, pace, || report(RereadProgress::Waiting)).await?;
    let halt = stop.child_token();
    let is_done = CancellationToken::new();
    let working = async {
        let mut desk = Desk { engine, pace, halt: &halt, report, reread: Reread::default() };
        let worked = desk.work(&options).await;
        is_done.cancel();
        worked.map(|()| desk.reread)
    };
    let holding = async {
        let held = turn.hold(engine, &is_done).await;
        halt.cancel();
        held
    };
    let (worked, held) = tokio::join!(working, holding);
    turn.give_up(engine).await;
    let reread = worked?;
    held?;
    Ok(reread)
}

/// What a reader made of a document.
enum Seen {
    Read(Box<NewReading>),
    Refused(DocumentId, Reason),
    NoOriginal(DocumentId),
}

/// One run.
struct Desk<'a, R> {
    engine: &'a Engine,
    pace: Pace,
    halt: &'a CancellationToken,
    report: R,
    reread: Reread,
}

impl<R: FnMut(RereadProgress) + Send> Desk<'_, R> {
    async fn work(&mut self, options: &RereadOptions) -> Result<(), EngineError> {
        let mut left = Left::older(self.engine, options).await?;
        (self.report)(RereadProgress::ToRead(left.n()));
        self.read_all(&mut left).await?;
        // What is read anew has evidence from the start.
        let mut left = Left::without_evidence(self.engine, options).await?;
        (self.report)(RereadProgress::ToDerive(left.n()));
        self.derive_all(&mut left).await
    }

    /// Has documents read, a few at once, and commits them in batches.
    async fn read_all(&mut self, left: &mut Left) -> Result<(), EngineError> {
        let n_at_once = self.pace.n_at_once(self.engine);
        let mut ahead: VecDeque<ReadingId> = VecDeque::new();
        let mut tasks: JoinSet<Result<Seen, EngineError>> = JoinSet::new();
        let (mut batch, mut kept) = (Vec::with_capacity(N_BATCH), Vec::new());
        loop {
            while tasks.len() < n_at_once {
                if ahead.is_empty() {
                    ahead.extend(left.page(self.engine).await?);
                }
                let Some(next) = ahead.front().copied() else { break };
                if !self.pace.wait(self.engine, self.halt).await? {
                    self.reread.interrupted = true;
                    break;
                }
                ahead.pop_front();
                let engine = self.engine.clone();
                tasks.spawn(async move { see(&engine, next.document).await });
            }
            let Some(done) = tasks.join_next().await else { break };
            match done.unwrap_or(Err(EngineError::Panicked(crate::cpu::Panicked)))? {
                Seen::Read(new) => batch.push(*new),
                Seen::Refused(document, reason) => {
                    self.keep(reason);
                    kept.extend(is_of_the_document(reason).then_some(document));
                }
                Seen::NoOriginal(document) => {
                    self.reread.n_without_original += 1;
                    kept.push(document);
                }
            }
            (self.report)(RereadProgress::Read);
            if batch.len() + kept.len() >= N_BATCH {
                self.commit(std::mem::take(&mut batch), std::mem::take(&mut kept)).await?;
            }
        }
        self.commit(batch, kept).await
    }

    async fn commit(&mut self, batch: Vec<NewReading>, kept: Vec<DocumentId>) -> Result<(), EngineError> {
        self.engine.store().keep_older(self.engine.reader_version(), &kept).await?;
        if batch.is_empty() {
            return Ok(());
        }
        let answers = self.engine.store().reread(&batch, Timestamp::now()).await?;
        self.engine.committed().notify_waiters();
        tracing::info!(n_documents = answers.len(), "read anew");
        for answer in answers {
            match answer {
                Answer::Serves => {
                    metrics::reread();
                    self.reread.n_reread += 1;
                }
                Answer::NotIndexed | Answer::NotOlder => self.reread.n_left_alone += 1,
                Answer::Refused => self.keep(Reason::StoreRefused),
            }
        }
        Ok(())
    }

    fn keep(&mut self, reason: Reason) {
        *self.reread.kept.entry(reason).or_default() += 1;
    }

    /// Derives evidence from stored readings, page by page.
    async fn derive_all(&mut self, left: &mut Left) -> Result<(), EngineError> {
        loop {
            let page = left.page(self.engine).await?;
            if page.is_empty() {
                return Ok(());
            }
            for chunk in page.chunks(N_DERIVED) {
                if !self.pace.wait(self.engine, self.halt).await? {
                    self.reread.interrupted = true;
                    return Ok(());
                }
                let n_derived = derive(self.engine, self.engine.knowledge(), chunk).await?.len();
                metrics::derived(n_derived);
                self.reread.n_derived += n_derived as u64;
                self.reread.n_damaged += chunk.len().saturating_sub(n_derived) as u64;
                (self.report)(RereadProgress::Derived(chunk.len() as u64));
            }
        }
    }
}

/// Whether the same reader would refuse the document again, on any machine; what met a limit or killed a reader may
/// have met a busy machine, and is tried again by the next run.
fn is_of_the_document(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NotADocument
            | Reason::UnsupportedType
            | Reason::Encrypted
            | Reason::NoText
            | Reason::GarbledText
    )
}

/// Has one document read from its original.
async fn see(engine: &Engine, document: DocumentId) -> Result<Seen, EngineError> {
    let bytes = match engine.originals().original(document).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            tracing::warn!(%document, "its original is gone, it keeps its reading");
            return Ok(Seen::NoOriginal(document));
        }
        Err(error @ StoreError::DamagedOriginal { .. }) => {
            tracing::error!(%document, %error, "it keeps its reading");
            return Ok(Seen::NoOriginal(document));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(match engine.pool().read(document, &bytes).await? {
        Outcome::Read { reading, evidence, keys, .. } => Seen::Read(Box::new(NewReading {
            reading: (ReadingId { document, reader: engine.reader_version() }, reading),
            evidence: (engine.knowledge().lexicon().hash(), evidence),
            keys,
        })),
        Outcome::Refused(Refusal { reason, detail }) => {
            tracing::info!(%document, %reason, detail, "it keeps its reading");
            Seen::Refused(document, reason)
        }
    })
}
