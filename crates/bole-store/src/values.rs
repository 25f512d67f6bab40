//! What the store takes and answers.

use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, Attempt, ContentHash, DocumentFields, DocumentId, EncodedEvidence, EncodedReading, FieldId,
    MatchKeys, PersonId, Portal, ReadingId, Reason, State, SubmissionId,
};
use jiff::Timestamp;

use crate::Keep;

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
    /// The fields that it was sent for.
    pub fields: DocumentFields,
    /// Read or set aside.
    pub condition: Condition,
}

/// A document that may be of the same person as another, though it is not known to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Where it stands; it was read, and is of another person so far.
    pub standing: Standing,
    /// Both give the same e-mail address or telephone number.
    pub by_contact: bool,
    /// Both give the same name.
    pub by_name: bool,
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
