//! The nouns of Bole: what every other crate talks about, and nothing that acts.
//!
//! Ids, the states of a [`Submission`](SubmissionId) and their reason codes, the [`Reading`] of a document, the
//! [`Resume`] understood from it, the [`Evidence`] found in it, the change log, and the message contract
//! [`message::v1`]. Everything that is stored or sent is defined here, with golden files in `tests/golden`.
//!
//! There is no I/O, no clock, no async and no randomness in this crate.
//!
//! ```
//! use bole_core::DocumentId;
//!
//! let id = DocumentId::of(b"%PDF-1.7 ...");
//! assert_eq!(id.to_string().parse::<DocumentId>().unwrap(), id);
//! ```

mod access;
mod audit;
mod boxes;
mod dates;
mod desk;
mod evidence;
mod fault;
mod fields;
mod id;
mod log;
pub mod message;
mod person;
mod reading;
mod reason;
mod resume;
mod run;
mod span;
mod stored;
mod submission;

pub use access::{KeyId, KeyRecord, Role, SessionRecord};
pub use audit::{Actor, AuditAction, AuditRecord};
pub use dates::{DateRange, RangeEnd, YearMonth};
pub use desk::{Choice, Decision, Note, Shortlist, ShortlistEntry};
pub use evidence::{ConceptId, Evidence, FieldId, Mention, MentionStatus, Statement, Studied};
pub use fault::{Chain, Fault};
pub use fields::DocumentFields;
pub use id::{
    AsOf, Attempt, ContentHash, DocumentId, HistoryId, IdError, LogPosition, MessageId, PersonId, Portal,
    ReaderVersion, ReadingId, RunId, SubmissionId,
};
pub use log::{Change, Event};
pub use person::MatchKeys;
pub use reading::{
    Bounds, Diagnostic, Hidden, HiddenReason, Page, Pages, Quality, Reading, Run, Verdict, fold_for_matching,
};
pub use reason::Reason;
pub use resume::{
    Achievement, AchievementKind, Confidence, Degree, Education, Entry, EntryKind, Language, Protected,
    ProtectedKind, Resume, Section, SectionKind, Sourced, SpokenLanguage,
};
pub use run::RunRecord;
pub use span::Span;
pub use stored::{EncodedEvidence, EncodedReading, StoredError};
pub use submission::{Ledger, LedgerLine, State};
