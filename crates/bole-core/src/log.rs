use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Attempt, DocumentId, LogPosition, Reason, SubmissionId};

/// One entry of the change log: gapless, in the order of commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its place.
    pub position: LogPosition,
    /// When it was committed.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A submission changed its state; a receipt follows from it.
    Submission {
        /// Which.
        submission: SubmissionId,
        /// Its content; none if the message had none that could be kept.
        document: Option<DocumentId>,
        /// Why; the state follows from it.
        reason: Reason,
        /// In which attempt.
        attempt: Attempt,
    },
    /// Where a document stands has changed (read, re-read, another person, an earlier date, set aside, erased): what
    /// is derived from it is to be made anew.
    Document {
        /// Which.
        document: DocumentId,
    },
}
