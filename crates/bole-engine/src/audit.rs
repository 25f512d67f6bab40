//! The audit log: writing to it, reading it, and finding out whether it was tampered with.

mod verify;

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::{Actor, AuditAction, AuditRecord, ContentHash, DocumentId};
use bole_store::{KeptAudit, NewAudit, Store, StoreError};
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::{Engine, EngineError};

pub use verify::{AuditBreak, AuditFault, AuditHead, AuditVerdict, verify_audit};

/// Resumes that one entry names; more make several entries.
const N_RESUMES: usize = 500;
/// A subject and a text are cut to so many bytes, so that the store takes them.
const MAX_SUBJECT_BYTES: usize = 1000;
const MAX_TEXT_BYTES: usize = 64_000;
/// Notes that are written in one transaction.
const N_BATCH: usize = 256;
/// Entries that are fetched at once.
const N_PIECE: u32 = 200;
/// Entries that one page goes through at most.
const N_LOOKED_AT: u32 = 20_000;
/// Entries on a page at most.
const N_PAGE: u32 = 1000;

/// Notes what was done; it is durable when this returns. Notes that come at the same time share a transaction.
///
/// An entry that names more than 500 resumes is written as several, and long texts are cut. A call that is dropped may
/// have noted or not. Its writing, if others wait for it, is done again by one of them: after a call that was dropped at
/// that moment an entry can be there twice, and never not at all.
///
/// # Errors
/// [`EngineError::Audit`]: it is not noted, and what was to be noted must not be done.
pub async fn note(engine: &Engine, entry: NewAudit) -> Result<(), EngineError> {
    engine.notes().add(engine.store(), entry).await.map_err(EngineError::Audit)
}

/// The same by a store that no engine has open.
pub(crate) async fn note_by(store: &dyn Store, entry: NewAudit) -> Result<(), StoreError> {
    store.add_audit(&parts(entry)).await.map(drop)
}

/// What waits to be written.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    waiting: Mutex<Vec<Waiting>>,
    /// Held by the one who writes for all.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    entries: Vec<NewAudit>,
    answer: oneshot::Sender<Result<(), Arc<StoreError>>>,
}

impl Notes {
    async fn add(&self, store: &dyn Store, entry: NewAudit) -> Result<(), Arc<StoreError>> {
        let (answer, mut answered) = oneshot::channel();
        self.lock().push(Waiting { entries: parts(entry), answer });
        loop {
            let turn = tokio::select! {
                biased;
                Ok(written) = &mut answered => return written,
                turn = self.writing.lock() => turn,
            };
            if let Ok(written) = answered.try_recv() {
                return written;
            }
            self.write(store).await;
            drop(turn);
        }
    }

    /// Writes what waits, a batch of it.
    async fn write(&self, store: &dyn Store) {
        let mut taken = Taken::from(self);
        let entries: Vec<_> =
            taken.batch.iter().flat_map(|waiting| waiting.entries.iter().cloned()).collect();
        match store.add_audit(&entries).await {
            // One that the store refuses is not to spoil the others.
            Err(StoreError::Refused { .. }) if taken.batch.len() > 1 => {
                while let Some(first) = taken.batch.first() {
                    let written = store.add_audit(&first.entries).await;
                    let first = taken.batch.remove(0);
                    first.answer.send(written.map(drop).map_err(Arc::new)).ok();
                }
            }
            written => {
                let written = written.map(drop).map_err(Arc::new);
                for waiting in mem::take(&mut taken.batch) {
                    // Whoever noted it may have gone.
                    waiting.answer.send(written.clone()).ok();
                }
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A batch that is being written. If the writing is given up it waits again, and the next one writes it.
struct Taken<'a> {
    notes: &'a Notes,
    batch: Vec<Waiting>,
}

impl<'a> From<&'a Notes> for Taken<'a> {
    fn from(notes: &'a Notes) -> Self {
        let mut waiting = notes.lock();
        // Nobody does what they noted.
        waiting.retain(|waiting| !waiting.answer.is_closed());
        let n_batch = waiting.len().min(N_BATCH);
        let batch = waiting.drain(..n_batch).collect();
        Self { notes, batch }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.batch.is_empty() {
            let mut waiting = self.notes.lock();
            let later = mem::replace(&mut *waiting, mem::take(&mut self.batch));
            waiting.extend(later);
        }
    }
}

/// As many entries as the store takes it in.
fn parts(mut entry: NewAudit) -> Vec<NewAudit> {
    entry.subject = entry.subject.map(|subject| cut(subject, MAX_SUBJECT_BYTES));
    entry.text = entry.text.map(|text| cut(text, MAX_TEXT_BYTES));
    if entry.resumes.len() <= N_RESUMES {
        return vec![entry];
    }
    let resumes = mem::take(&mut entry.resumes);
    let mut text = entry.text.take();
    let part =
        |resumes: &[DocumentId]| NewAudit { resumes: resumes.to_vec(), text: text.take(), ..entry.clone() };
    resumes.chunks(N_RESUMES).map(part).collect()
}

fn cut(mut text: String, max_bytes: usize) -> String {
    if text.len() > max_bytes {
        text.truncate(text.floor_char_boundary(max_bytes));
        text.push('…');
    }
    text
}

/// Which entries; the default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// About this resume.
    pub resume: Option<DocumentId>,
    /// By who has this name, or by the key of this id.
    pub actor: Option<String>,
    /// That this was done.
    pub action: Option<AuditAction>,
}

/// An entry of the audit log. It is told as it is stored; whether it was tampered with [`verify_audit`] tells.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the log, from 1.
    pub number: u64,
    /// Its hash.
    pub hash: ContentHash,
    /// What it says; none if it is damaged.
    pub record: Option<AuditRecord>,
    /// The personal text that belongs to it; none if it never had one, or it was deleted.
    pub text: Option<String>,
}

/// Some entries, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditPage {
    /// The entries. There may be fewer than asked for, even none, and still more to come.
    pub entries: Vec<AuditEntry>,
    /// What to ask for next; none if there are no more.
    pub before: Option<u64>,
}

/// Deletes the personal text of these entries; the chain holds all the same. Answers how many had one.
///
/// # Errors
/// An outage.
pub async fn forget_audit_texts(engine: &Engine, numbers: &[u64]) -> Result<u64, EngineError> {
    Ok(engine.store().forget_audit_texts(numbers).await?)
}

/// Entries before number `before`, or the newest if there is none, newest first: at most `limit`, and at most 1000. A page
/// goes through 20,000 entries at most.
///
/// # Errors
/// An outage.
pub async fn audit_page(
    engine: &Engine,
    filter: &AuditFilter,
    before: Option<u64>,
    limit: u32,
) -> Result<AuditPage, EngineError> {
    let limit = limit.clamp(1, N_PAGE) as usize;
    let (mut entries, mut before, mut n_looked_at) = (Vec::new(), before, 0);
    while n_looked_at < N_LOOKED_AT {
        let piece = engine.store().audit_back(before, N_PIECE).await?;
        let is_last = (piece.len() as u64) < u64::from(N_PIECE);
        n_looked_at += N_PIECE;
        for kept in piece {
            before = Some(kept.number);
            entries.extend(Some(AuditEntry::from(kept)).filter(|entry| filter.lets_through(entry)));
            if entries.len() == limit {
                return Ok(AuditPage { entries, before });
            }
        }
        if is_last {
            return Ok(AuditPage { entries, before: None });
        }
    }
    Ok(AuditPage { entries, before })
}

impl AuditFilter {
    /// What is damaged may be about anybody, and is not passed over.
    fn lets_through(&self, entry: &AuditEntry) -> bool {
        let Some(record) = &entry.record else { return true };
        let is_by = |actor: &Actor, wanted: &str| {
            actor.name == wanted || actor.key.is_some_and(|key| key.to_string() == wanted)
        };
        self.resume.is_none_or(|resume| record.resumes.contains(&resume))
            && self.actor.as_deref().is_none_or(|wanted| is_by(&record.actor, wanted))
            && self.action.is_none_or(|action| record.action == action)
    }
}

impl From<KeptAudit> for AuditEntry {
    fn from(kept: KeptAudit) -> Self {
        let KeptAudit { number, record, hash, text } = kept;
        Self { number, hash, record: AuditRecord::decode(&record).ok(), text: text.map(|(_, text)| text) }
    }
}

/// Without what anybody is called or wrote: logs hold ids only.
impl std::fmt::Debug for AuditEntry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { number, hash, record, text } = self;
        formatter
            .debug_struct("AuditEntry")
            .field("number", number)
            .field("hash", hash)
            .field("is_damaged", &record.is_none())
            .field("has_text", &text.is_some())
            .finish()
    }
}
