use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::stored::{Version, Versioned};
use crate::{ContentHash, DocumentId, KeyId, StoredError};

/// Something that was done, as the audit log keeps it. Personal text is apart, so that it can be deleted and the chain
/// still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditRecord {
    /// Its place in the log, from 1, without gaps.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// The request, as the server's log names it.
    pub request: Uuid,
    /// Whose resumes were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resumes: Vec<DocumentId>,
    /// What else it was about: a run, a shortlist, a portal, a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The hash of the personal text that belongs to it, with its salt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<ContentHash>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    /// The key that was shown; absent on the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// Who has it.
    pub name: String,
    /// As what.
    pub role: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// A ranking was made, or a page of one was looked at.
    Match,
    /// Resumes were searched.
    Search,
    /// A resume was looked at.
    Candidate,
    /// Where the points of a resume come from was looked at.
    Evidence,
    /// The file of a resume was fetched.
    Original,
    /// An image of a page of a resume was looked at.
    Page,
    /// Resumes were put side by side.
    Compare,
    /// Resumes left as a file.
    Export,
    /// A decision on a resume was noted.
    Decision,
    /// A note on a resume was written or deleted.
    Note,
    /// A shortlist was made, changed, looked at or deleted.
    Shortlist,
    /// A submission in quarantine was looked at.
    Quarantine,
    /// Submissions were sent round again.
    Replay,
    /// Submissions were given up.
    Discard,
    /// A portal was added, paused or removed.
    Portal,
    /// A key was made or taken back.
    Key,
    /// A session of the console began.
    SignIn,
    /// The audit log was read.
    Audit,
    /// A backup of everything was begun, or one was restored.
    Backup,
}

impl AuditAction {
    /// All, in the order of their definition.
    pub const ALL: [Self; 19] = [
        Self::Match,
        Self::Search,
        Self::Candidate,
        Self::Evidence,
        Self::Original,
        Self::Page,
        Self::Compare,
        Self::Export,
        Self::Decision,
        Self::Note,
        Self::Shortlist,
        Self::Quarantine,
        Self::Replay,
        Self::Discard,
        Self::Portal,
        Self::Key,
        Self::SignIn,
        Self::Audit,
        Self::Backup,
    ];

    /// The code as stored and shown.
    pub fn code(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Search => "search",
            Self::Candidate => "candidate",
            Self::Evidence => "evidence",
            Self::Original => "original",
            Self::Page => "page",
            Self::Compare => "compare",
            Self::Export => "export",
            Self::Decision => "decision",
            Self::Note => "note",
            Self::Shortlist => "shortlist",
            Self::Quarantine => "quarantine",
            Self::Replay => "replay",
            Self::Discard => "discard",
            Self::Portal => "portal",
            Self::Key => "key",
            Self::SignIn => "sign_in",
            Self::Audit => "audit",
            Self::Backup => "backup",
        }
    }
}

impl AuditRecord {
    const VERSION: u32 = 1;

    /// As it is stored: versioned JSON.
    pub fn encode(&self) -> Result<String, StoredError> {
        let versioned = Versioned { version: Self::VERSION, value: self };
        serde_json::to_string(&versioned).map_err(StoredError::Shape)
    }

    /// Reads what was stored.
    pub fn decode(text: &str) -> Result<Self, StoredError> {
        let Version { version } = serde_json::from_str(text).map_err(StoredError::Shape)?;
        if version > Self::VERSION {
            return Err(StoredError::Newer(version));
        }
        let versioned: Versioned<Self> = serde_json::from_str(text).map_err(StoredError::Shape)?;
        Ok(versioned.value)
    }

    /// The hash of an entry as it is stored: over the one before it, of which the first has none, and its own text.
    pub fn chained(before: Option<ContentHash>, encoded: &str) -> ContentHash {
        let before = before.as_ref().map_or(&[][..], |hash| hash.as_bytes());
        ContentHash::of_parts([before, encoded.as_bytes()])
    }

    /// The hash by which an entry names its personal text.
    pub fn text_hash(salt: [u8; 16], text: &str) -> ContentHash {
        ContentHash::of_parts([&salt[..], text.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_json_agree() {
        for action in AuditAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.code());
        }
    }
}
