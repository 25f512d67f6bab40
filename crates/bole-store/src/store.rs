use std::time::Duration;

use async_trait::async_trait;
use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, Attempt, Change, ContentHash, DocumentId, EncodedEvidence, EncodedReading, FieldId, Ledger,
    LogPosition, MatchKeys, PersonId, Portal, ReaderVersion, ReadingId, Reason, State, SubmissionId,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Keep, NewReading, Overdue, Reread, StoreError};

/// The truth and its change log.
///
/// All methods may be called from any number of tasks and processes. An error of any method leaves the store as it
/// was before the call, and so does dropping the call: it is done wholly or not at all. Times are kept to the
/// microsecond, text with U+FFFD for every U+0000.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Notes submissions that are about to be published, before they are: rows in state `accepting`.
    ///
    /// Answers in the order of `submitted`. Calling it again for the same submissions is harmless. A submission whose
    /// id stands for other bytes gets a row under the [id of a reuse](bole_core::MessageId::reused_by).
    ///
    /// # Errors
    /// [`StoreError::Refused`] if one of them cannot be stored as it is; else outages.
    async fn accept(&self, submitted: &[Submitted], now: Timestamp) -> Result<Vec<Intake>, StoreError>;

    /// The queue has confirmed these: `accepting` → `queued`; they count as received from here on. Rows that are
    /// further on already stay as they are. One without a row, because it was swept as stale, gets it: the queue has
    /// it, so it counts.
    async fn confirm(&self, submitted: &[Submitted], now: Timestamp) -> Result<(), StoreError>;

    /// What is known of messages before anything is read, so that a redelivery or a copy costs no reading.
    ///
    /// Answers in the order of `submitted`.
    async fn known(&self, submitted: &[Submitted]) -> Result<Vec<Known>, StoreError>;

    /// Commits what a worker decided, in one transaction; only then may the deliveries be acknowledged.
    ///
    /// Rows are decided in the order of portal, message id and document:
    /// - its id stands for other bytes: quarantined as `message_id_reused`, under an id of its own;
    /// - decided before: nothing changes;
    /// - its content was decided by another submission, read or set aside: a duplicate of that one, whatever the
    ///   decision. A message at fault (`bad_message`, `poison_suspect`, `store_refused`, and `over_limit` where the
    ///   bytes are too many to keep) is quarantined all the same, and never decides for its content: the next good
    ///   submission of the same bytes is read;
    /// - else as decided.
    ///
    /// The as-of date of a document is the earliest of all its submissions; that of a `bad_message` counts only as
    /// long as there is no other. Persons are the same whatever the order of the commits.
    ///
    /// Answers in the order of `batch`. Calling it again with the same batch changes nothing and answers
    /// [`Committed::Settled`] as redelivered. A row that the database refuses is quarantined as `store_refused`, found by
    /// bisection; its neighbours go in.
    ///
    /// # Errors
    /// Only outages: nothing of the batch was committed. Release the deliveries, probe, go on.
    async fn commit(&self, batch: &[Decided], now: Timestamp) -> Result<Vec<Committed>, StoreError>;

    /// The newest position of the change log.
    async fn head(&self) -> Result<LogPosition, StoreError>;

    /// At most `limit` changes after `after`, in order and without gaps.
    async fn changes(&self, after: LogPosition, limit: u32) -> Result<Vec<Change>, StoreError>;

    /// Where every document stood at `at`, ordered by document.
    async fn standings(&self, at: LogPosition) -> Result<Vec<Standing>, StoreError>;

    /// Where these documents stand now, in their order; none for a document that stands nowhere.
    async fn standings_of(&self, documents: &[DocumentId]) -> Result<Vec<Option<Standing>>, StoreError>;

    /// Where these documents stood at `at`, in their order; none for a document that stood nowhere then.
    async fn standings_of_at(
        &self,
        documents: &[DocumentId],
        at: LogPosition,
    ) -> Result<Vec<Option<Standing>>, StoreError>;

    /// The stored readings, in the order of `readings`.
    async fn readings(&self, readings: &[ReadingId]) -> Result<Vec<Option<EncodedReading>>, StoreError>;

    /// The evidence found with `lexicon`, in the order of `readings`; none where it has still to be derived.
    async fn evidence(
        &self,
        lexicon: ContentHash,
        readings: &[ReadingId],
    ) -> Result<Vec<Option<EncodedEvidence>>, StoreError>;

    /// Keeps evidence derived anew; a second time for the same reading and lexicon changes nothing.
    async fn keep_evidence(
        &self,
        lexicon: ContentHash,
        evidence: &[(ReadingId, EncodedEvidence)],
    ) -> Result<(), StoreError>;

    /// Keeps the text of a lexicon, a profile, levels or a run under its hash, for ever; a second time changes nothing.
    async fn keep_artifact(
        &self,
        kind: &str,
        hash: ContentHash,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The text that was kept; none if there is none.
    async fn artifact(&self, kind: &str, hash: ContentHash) -> Result<Option<String>, StoreError>;

    /// At most `limit` of what was kept of a kind, the oldest first, equally old ones by hash.
    async fn artifacts(&self, kind: &str, limit: u32) -> Result<Vec<KeptArtifact>, StoreError>;

    /// Of a kind those whose hash begins with `prefix` (lower-case hex), at most `limit`, in order.
    async fn artifacts_by_prefix(
        &self,
        kind: &str,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<ContentHash>, StoreError>;

    /// The ledger now.
    async fn ledger(&self) -> Result<Ledger, StoreError>;

    /// One submission.
    async fn submission(&self, submission: &SubmissionId) -> Result<Option<SubmissionRecord>, StoreError>;

    /// All changes of one submission's state, oldest first.
    async fn timeline(&self, submission: &SubmissionId) -> Result<Vec<Transition>, StoreError>;

    /// All submissions of these documents, the first of each document first, then by portal and id.
    async fn submissions_of(&self, documents: &[DocumentId]) -> Result<Vec<SubmissionRecord>, StoreError>;

    /// Documents whose hash begins with `prefix` (lower-case hex), at most `limit`, in order.
    async fn documents_by_prefix(&self, prefix: &str, limit: u32) -> Result<Vec<DocumentId>, StoreError>;

    /// Documents that were ingested from this source path, newest submission first.
    async fn documents_by_source(&self, source_name: &str) -> Result<Vec<DocumentId>, StoreError>;

    /// When the submission that has been `queued` longest was queued; none if none is.
    async fn oldest_queued(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The portals whose messages are consumed, by name. A submission of another portal is stored all the same.
    async fn portals(&self) -> Result<Vec<PortalRow>, StoreError>;

    /// Adds a portal, or pauses or resumes one that is there; `now` counts only for a new one.
    async fn put_portal(&self, portal: &Portal, is_paused: bool, now: Timestamp) -> Result<(), StoreError>;

    /// Removes a portal; whether it was there. Its submissions stay.
    async fn remove_portal(&self, portal: &Portal) -> Result<bool, StoreError>;

    /// Takes or renews the lease of a follower of the change log, for `time` by the clock of the database.
    ///
    /// Answers how far the follower is if `holder` has the lease now, none if another has it. A new follower is at 0.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a name that is empty or longer than 255 bytes; else outages.
    async fn lease(
        &self,
        follower: &str,
        holder: Uuid,
        time: Duration,
    ) -> Result<Option<LogPosition>, StoreError>;

    /// Moves a follower forward to `to`, never backwards. Answers whether the lease is the holder's and has not run
    /// out; if not, nothing has moved, and another may be following.
    async fn advance(&self, follower: &str, holder: Uuid, to: LogPosition) -> Result<bool, StoreError>;

    /// Ends the lease if it is the holder's, so that another need not wait for it to run out.
    async fn give_up_lease(&self, follower: &str, holder: Uuid) -> Result<(), StoreError>;

    /// How far a follower with a lease is, whoever has it; 0 for one that never was.
    async fn position_of(&self, follower: &str) -> Result<LogPosition, StoreError>;

    /// Whether the store takes something in: writes a megabyte durably and takes it away again. For the end of an
    /// outage, so that nothing is begun that could not be kept.
    async fn probe(&self) -> Result<(), StoreError>;

    /// At most `limit` submissions in quarantine, by portal and message id, those after `after`.
    async fn quarantined(
        &self,
        filter: &QuarantineFilter,
        after: Option<&SubmissionId>,
        limit: u32,
    ) -> Result<Vec<SubmissionRecord>, StoreError>;

    /// Sends submissions round again: `quarantined` → `queued`, the next attempt begins. Answers in their order.
    ///
    /// It is for the caller to publish what [`Store::to_publish`] then names; a crash in between loses nothing. Until
    /// it is decided again the document stands nowhere, unless it is read or another submission of it is in
    /// quarantine. Copies stay duplicates, whatever comes of it; one that is sent meanwhile is a duplicate too. Whatever
    /// delivery of it comes first decides it, one from before the replay too.
    async fn replay(&self, submissions: &[SubmissionId], now: Timestamp) -> Result<Vec<Replay>, StoreError>;

    /// At most `limit` messages of replayed submissions that the queue may not have yet, the oldest submission first:
    /// under the id under which the submission stands, with what is kept of their headers.
    async fn to_publish(&self, limit: u32) -> Result<Vec<Submitted>, StoreError>;

    /// The queue has the messages of these, which [`Store::to_publish`] named. One that was replayed again since then
    /// will be named again.
    async fn published(&self, submissions: &[SubmissionId]) -> Result<(), StoreError>;

    /// Gives submissions up: `quarantined` → `discarded`. Answers in their order.
    ///
    /// Copies stay duplicates, and so does each that still comes of content that was decided. The document stands
    /// nowhere from here on, unless it is read or another submission of it is in quarantine.
    async fn discard(&self, submissions: &[SubmissionId], now: Timestamp)
    -> Result<Vec<Discard>, StoreError>;

    /// At most `limit` readings that serve, are of a reader older than `reader` and are not [kept](Self::keep_older),
    /// ordered by document, of those after `after`. Goes through the documents in their order until it has found as many.
    async fn older_readings(
        &self,
        reader: ReaderVersion,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<ReadingId>, StoreError>;

    /// At most `limit` readings that serve and have no evidence by `lexicon`, ordered by document, of those after
    /// `after`. Goes through the documents in their order until it has found as many.
    async fn without_evidence(
        &self,
        lexicon: ContentHash,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<ReadingId>, StoreError>;

    /// Notes that `reader`, and every one before it, can make no better reading of these documents: those that serve
    /// are kept, and no longer listed as older. For a newer reader they are. A second time nothing changes.
    async fn keep_older(&self, reader: ReaderVersion, documents: &[DocumentId]) -> Result<(), StoreError>;

    /// How many there are of both, and how many are kept. Goes through all documents: not for what asks often.
    async fn overdue(&self, reader: ReaderVersion, lexicon: ContentHash) -> Result<Overdue, StoreError>;

    /// Has new readings serve in the place of those of an older reader, in one transaction. Answers in the order of
    /// `batch`.
    ///
    /// The older readings and their evidence stay: a ranking of before still sees them. A name or contacts that are
    /// understood otherwise may join persons or part them; persons are the same whatever the order of commits and
    /// new readings. Each document that stands otherwise is an entry of the log; submissions stay as they are. Only
    /// documents that stand as read by an older reader are touched, so that calling it again changes nothing. A
    /// reading that the database refuses is found by bisection; its neighbours go in.
    ///
    /// # Errors
    /// Only outages: nothing of the batch was done.
    async fn reread(&self, batch: &[NewReading], now: Timestamp) -> Result<Vec<Reread>, StoreError>;

    /// Deletes submissions that have been `accepting` since before `before`, and documents that no other submission is
    /// of; answers how many submissions. One of which the queue holds the message after all gets its row again when it
    /// is confirmed or decided.
    async fn sweep_accepting(&self, before: Timestamp) -> Result<u64, StoreError>;
}

/// Which submissions in quarantine; the default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// Only those of this portal.
    pub portal: Option<Portal>,
    /// Only those with this reason.
    pub reason: Option<Reason>,
}

/// What became of a submission that was to be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It is queued again.
    Queued,
    /// There is no such submission.
    Unknown,
    /// It is not in quarantine but here.
    NotQuarantined(State),
    /// Its bytes are not kept: they were too many, or none, or are erased.
    NoOriginal,
}

/// What became of a submission that was to be discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discard {
    /// It is discarded.
    Discarded,
    /// There is no such submission.
    Unknown,
    /// It is not in quarantine but here.
    NotQuarantined(State),
}

/// A text that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptArtifact {
    /// Its hash.
    pub hash: ContentHash,
    /// When it was first kept; none if that was before this was noted.
    pub kept_at: Option<Timestamp>,
}

/// A portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalRow {
    /// Its name.
    pub portal: Portal,
    /// Nothing is consumed from its queue for now.
    pub is_paused: bool,
    /// Since when it is there.
    pub added_at: Timestamp,
}

/// What the store knew of a submission when it was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intake {
    /// New, or never confirmed by the queue: publish it.
    New,
    /// The queue has confirmed it, and no worker has decided it: publishing it again is harmless, and needed only if
    /// the queue has lost it.
    Queued,
    /// Decided before: this is its outcome; there is nothing to publish.
    Settled(Box<SubmissionRecord>),
}

/// What is known of a message before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing that spares the reading.
    New,
    /// A redelivery: it is decided; acknowledge it.
    Settled(Box<SubmissionRecord>),
    /// Its content was read before under another id: commit it as [`Decision::Copy`].
    Copy,
}

/// What a worker decided about one delivery.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The submission. For a message that breaks the contract: under its fallback id, with what is known.
    pub submitted: Submitted,
    /// The bytes, or that they are kept elsewhere already.
    pub original: Keep,
    /// What came of it.
    pub decision: Decision,
}

/// What came of reading a document.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It was read.
    Read {
        /// The reading, its id first.
        reading: (ReadingId, EncodedReading),
        /// The evidence found in it, the lexicon first.
        evidence: (ContentHash, EncodedEvidence),
        /// What tells who it is about.
        keys: MatchKeys,
        /// A part could not be read.
        partial: bool,
    },
    /// It is quarantined. `reason` is one of the quarantine reasons.
    Refused {
        /// Why.
        reason: Reason,
        /// What exactly, without personal data.
        detail: String,
    },
    /// Not read, because its content was read before.
    Copy,
}

/// What a commit made of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is decided.
    Settled {
        /// The submission as it stands, under its final id.
        record: Box<SubmissionRecord>,
        /// It had been decided before; this commit changed nothing.
        redelivered: bool,
    },
    /// A [`Decision::Copy`] whose original is gone in the meantime: read it after all.
    ReadFirst,
}

/// Where a document stands: what a ranking and its census read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The document.
    pub document: DocumentId,
    /// The date that it speaks from.
    pub as_of: AsOf,
    /// Read or set aside.
    pub condition: Condition,
}

/// Read or set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Read.
    Indexed {
        /// The reading that serves.
        reading: ReadingId,
        /// The person.
        person: PersonId,
    },
    /// In quarantine, without an indexed twin.
    Quarantined {
        /// Why.
        reason: Reason,
    },
}

/// A submission as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct SubmissionRecord {
    /// Its id.
    pub submission: SubmissionId,
    /// Its content.
    pub document: DocumentId,
    /// Where it stands.
    pub state: State,
    /// Why; for `accepting`, [`Reason::Received`].
    pub reason: Reason,
    /// What exactly, without personal data.
    pub detail: Option<String>,
    /// In which attempt.
    pub attempt: Attempt,
    /// For a duplicate: the submission that its content came with first.
    pub duplicate_of: Option<SubmissionId>,
    /// The date that this submission gives.
    pub document_date: AsOf,
    /// The path, if it was ingested from a folder.
    pub source_name: Option<String>,
    /// What the portal calls the candidate.
    pub candidate_ref: Option<String>,
    /// The field applied for.
    pub field: Option<FieldId>,
    /// The consent as sent.
    pub consent: Option<String>,
    /// W3C trace context, as sent.
    pub traceparent: Option<String>,
    /// When it was first seen.
    pub received_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// One change of a submission's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Where it went.
    pub state: State,
    /// Why.
    pub reason: Reason,
    /// In which attempt.
    pub attempt: Attempt,
    /// When.
    pub at: Timestamp,
}

impl Standing {
    /// The reading that serves and the person, if the document is read.
    pub fn indexed(&self) -> Option<(ReadingId, PersonId)> {
        match self.condition {
            Condition::Indexed { reading, person } => Some((reading, person)),
            Condition::Quarantined { .. } => None,
        }
    }
}

impl SubmissionRecord {
    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.submission.portal
    }
}

/// Without what a portal or a person named: logs hold ids only.
impl std::fmt::Debug for SubmissionRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { submission, document, state, reason, attempt, duplicate_of, document_date, .. } = self;
        formatter
            .debug_struct("SubmissionRecord")
            .field("submission", submission)
            .field("document", document)
            .field("state", state)
            .field("reason", reason)
            .field("attempt", attempt)
            .field("duplicate_of", duplicate_of)
            .field("document_date", document_date)
            .finish_non_exhaustive()
    }
}
