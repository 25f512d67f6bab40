use std::fmt;

use bole_core::{Actor, AuditAction, ContentHash, DocumentId};
use jiff::Timestamp;
use uuid::Uuid;

/// Something that was done, to be appended to the audit log.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// The request, as the server's log names it.
    pub request: Uuid,
    /// Whose resumes were looked at.
    pub resumes: Vec<DocumentId>,
    /// What else it was about.
    pub subject: Option<String>,
    /// Personal text that belongs to it, such as a query; kept apart, so that it can be deleted.
    pub text: Option<String>,
}

/// An entry of the audit log as it is stored. It is for the caller to check and to decode it: what was tampered with is
/// shown as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAudit {
    /// Its place in the log, from 1.
    pub number: u64,
    /// An encoded [`AuditRecord`](bole_core::AuditRecord).
    pub record: String,
    /// The hash over the entry before it and its record.
    pub hash: ContentHash,
    /// The salt of its personal text and the text; none if it never had one, or it was deleted.
    pub text: Option<([u8; 16], String)>,
}

/// Without what anybody is called or wrote: logs hold ids only.
impl fmt::Debug for NewAudit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, actor: _, action, request, resumes, subject: _, text: _ } = self;
        formatter
            .debug_struct("NewAudit")
            .field("at", at)
            .field("action", action)
            .field("request", request)
            .field("n_resumes", &resumes.len())
            .finish_non_exhaustive()
    }
}

/// Without the record and the text.
impl fmt::Debug for KeptAudit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, record, hash, text } = self;
        formatter
            .debug_struct("KeptAudit")
            .field("number", number)
            .field("record_bytes", &record.len())
            .field("hash", hash)
            .field("has_text", &text.is_some())
            .finish()
    }
}
