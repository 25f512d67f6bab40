use bole_core::{Fault, Reason};
use thiserror::Error;

/// Why a document cannot be read at all.
///
/// None of these holds text of the document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The bytes are of no known type, or are damaged beyond repair.
    #[error("not a readable document: {detail}")]
    NotADocument {
        /// What is wrong with them.
        detail: &'static str,
    },
    /// A document of a type that is not read yet.
    #[error("`{kind}` documents are not read yet")]
    UnsupportedType {
        /// The type, as told by the bytes: `docx`, `rtf`, `png`, …
        kind: &'static str,
    },
    /// The document opens only with a password.
    #[error("the document opens only with a password")]
    Encrypted,
    /// The document is larger or deeper than the limits allow.
    #[error("over the limit of {limit} {what}")]
    OverLimit {
        /// What there is too much of, with its unit.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

impl ReadError {
    /// The reason code that the submission is quarantined with.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NotADocument { .. } => Reason::NotADocument,
            Self::UnsupportedType { .. } => Reason::UnsupportedType,
            Self::Encrypted => Reason::Encrypted,
            Self::OverLimit { .. } => Reason::OverLimit,
        }
    }

    /// What it means for the submission: always the document's own fault.
    pub fn fault(&self) -> Fault {
        Fault::Permanent(self.reason())
    }
}
