//! What is noted of a request before it is answered. Who cannot be noted is not answered: a look that nobody can account for
//! is none.

use bole_core::{AuditAction, DocumentId};
use bole_engine::NewAudit;
use jiff::Timestamp;

use crate::State;
use crate::access::Caller;
use crate::problem::Problem;
use crate::request::RequestId;

/// An entry of the audit log to be.
pub(crate) struct Audited {
    entry: NewAudit,
}

impl Audited {
    pub(crate) fn new(caller: &Caller, RequestId(request): RequestId, action: AuditAction) -> Self {
        let entry = NewAudit {
            at: Timestamp::now(),
            actor: caller.actor(),
            action,
            request,
            resumes: Vec::new(),
            subject: None,
            text: None,
        };
        Self { entry }
    }

    /// Whose resumes were looked at.
    pub(crate) fn of(mut self, resumes: impl IntoIterator<Item = DocumentId>) -> Self {
        self.entry.resumes.extend(resumes);
        self
    }

    /// What else it was about.
    pub(crate) fn about(mut self, subject: impl std::fmt::Display) -> Self {
        self.entry.subject = Some(subject.to_string());
        self
    }

    /// What may name a person: it can be deleted, and the rest stays.
    pub(crate) fn saying(mut self, text: impl Into<String>) -> Self {
        self.entry.text = Some(text.into());
        self
    }
}

/// Notes it, durably.
pub(crate) async fn audit(state: &State, Audited { entry }: Audited) -> Result<(), Problem> {
    Ok(bole_engine::note(&state.server.engine, entry).await?)
}
