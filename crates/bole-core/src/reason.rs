use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::State;

/// Why a submission is in its state. The codes are part of the contract with portals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReasonCode)]
pub enum Reason {
    /// It arrived.
    Received,
    /// It goes round again.
    Replayed,
    /// Read in full.
    Read,
    /// Read in part.
    ReadInPart,
    /// Known content.
    SameContent,
    /// No document.
    NotADocument,
    /// A type that is not read.
    UnsupportedType,
    /// Needs a password.
    Encrypted,
    /// No text.
    NoText,
    /// Garbled text.
    GarbledText,
    /// Over a limit.
    OverLimit,
    /// Deadly to readers.
    CrashedExtractor,
    /// A forbidden call.
    SandboxViolation,
    /// Given back too often.
    PoisonSuspect,
    /// A broken message.
    BadMessage,
    /// An id used twice.
    MessageIdReused,
    /// A refused row.
    StoreRefused,
    /// Given up.
    ByOperator,
    /// Erased.
    ByRequest,
}

impl Reason {
    /// All reasons, in the order of their definition.
    pub const ALL: [Self; 19] = [
        Self::Received,
        Self::Replayed,
        Self::Read,
        Self::ReadInPart,
        Self::SameContent,
        Self::NotADocument,
        Self::UnsupportedType,
        Self::Encrypted,
        Self::NoText,
        Self::GarbledText,
        Self::OverLimit,
        Self::CrashedExtractor,
        Self::SandboxViolation,
        Self::PoisonSuspect,
        Self::BadMessage,
        Self::MessageIdReused,
        Self::StoreRefused,
        Self::ByOperator,
        Self::ByRequest,
    ];

    /// The code as stored, sent and shown.
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Replayed => "replayed",
            Self::Read => "read",
            Self::ReadInPart => "read_in_part",
            Self::SameContent => "same_content",
            Self::NotADocument => "not_a_document",
            Self::UnsupportedType => "unsupported_type",
            Self::Encrypted => "encrypted",
            Self::NoText => "no_text",
            Self::GarbledText => "garbled_text",
            Self::OverLimit => "over_limit",
            Self::CrashedExtractor => "crashed_extractor",
            Self::SandboxViolation => "sandbox_violation",
            Self::PoisonSuspect => "poison_suspect",
            Self::BadMessage => "bad_message",
            Self::MessageIdReused => "message_id_reused",
            Self::StoreRefused => "store_refused",
            Self::ByOperator => "by_operator",
            Self::ByRequest => "by_request",
        }
    }

    /// What happened.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Received => "it arrived",
            Self::Replayed => "an operator sent it round again",
            Self::Read => "all of it was read",
            Self::ReadInPart => "some page or font could not be read",
            Self::SameContent => "the same bytes came before under another id",
            Self::NotADocument => "the bytes are no document of any known type, or are damaged beyond repair",
            Self::UnsupportedType => "a document of a type that is not read yet",
            Self::Encrypted => "opens only with a password",
            Self::NoText => "there is no text in it, as in a scan",
            Self::GarbledText => "its text is not what its pages show",
            Self::OverLimit => "larger, deeper or slower than the limits allow",
            Self::CrashedExtractor => "reading it killed the reader, in a fresh process too",
            Self::SandboxViolation => "reading it made the reader do what a reader never does",
            Self::PoisonSuspect => "the broker gave it back too often",
            Self::BadMessage => "the message around the document breaks the contract",
            Self::MessageIdReused => "its message id was used before, for other bytes",
            Self::StoreRefused => "the database refused this one row",
            Self::ByOperator => "an operator gave it up",
            Self::ByRequest => "the person asked for it",
        }
    }

    /// What the portal or the candidate can do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Received | Self::Replayed => "nothing to do: it is waiting for a worker",
            Self::Read => "nothing to do",
            Self::ReadInPart => {
                "a part could not be read: export the resume as PDF once more if it looks short"
            }
            Self::SameContent => "nothing to do: the first copy counts",
            Self::NotADocument => "send the resume as a PDF; this file is damaged or something else",
            Self::UnsupportedType => "send the resume as a PDF; the file is kept until its type is read too",
            Self::Encrypted => "remove the password and send it again",
            Self::NoText => "this looks like a scan: export the resume from the program it was written in",
            Self::GarbledText => {
                "its text cannot be copied out right: export it with fonts embedded, or print it to PDF"
            }
            Self::OverLimit => "send a smaller or simpler file: at most 16 MiB and 200 pages",
            Self::CrashedExtractor | Self::SandboxViolation => {
                "this file breaks readers: print it to a new PDF and send that"
            }
            Self::PoisonSuspect => "ask the operators to look at it and replay it",
            Self::BadMessage => "mend the message as the detail says and send it with a new id",
            Self::MessageIdReused => "give each resume a message id of its own and send it again",
            Self::StoreRefused => "ask the operators to look at the detail and replay it",
            Self::ByOperator => "ask the operators why it was discarded",
            Self::ByRequest => "nothing to do: the person asked for it",
        }
    }

    /// The one state that this reason explains.
    pub fn state(self) -> State {
        match self {
            Self::Received | Self::Replayed => State::Queued,
            Self::Read | Self::ReadInPart => State::Indexed,
            Self::SameContent => State::Duplicate,
            Self::NotADocument
            | Self::UnsupportedType
            | Self::Encrypted
            | Self::NoText
            | Self::GarbledText
            | Self::OverLimit
            | Self::CrashedExtractor
            | Self::SandboxViolation
            | Self::PoisonSuspect
            | Self::BadMessage
            | Self::MessageIdReused
            | Self::StoreRefused => State::Quarantined,
            Self::ByOperator => State::Discarded,
            Self::ByRequest => State::Erased,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl FromStr for Reason {
    type Err = String;

    /// From its [code](Reason::code); the error is the text that is no code.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|reason| reason.code() == text).ok_or_else(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_json_agree() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert_eq!(reason.code().parse::<Reason>().unwrap(), reason);
            assert!(!reason.meaning().is_empty() && !reason.advice().is_empty());
        }
    }
}
