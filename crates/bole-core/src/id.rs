use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A portal's name: the routing key of its messages and the name of its queue.
///
/// 1 to 63 of `a-z`, `0-9` and `-`, starting with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9-]{0,62}$", example = "liangjiang-live")]
pub struct Portal(String);

/// What a portal calls one sending: at most 255 bytes, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$", example = "a-1")]
pub struct MessageId(String);

/// One sending by a portal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct SubmissionId {
    /// Who sent it.
    pub portal: Portal,
    /// What the sender calls it.
    pub message_id: MessageId,
}

/// A SHA-256 of some content: a document, a lexicon, a profile.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
pub struct ContentHash([u8; 32]);

/// A document, by the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
pub struct DocumentId(ContentHash);

/// Which version of the reader made a reading; it rises whenever the same bytes may read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32)]
pub struct ReaderVersion(pub u32);

/// What one version of the reader saw in one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct ReadingId {
    /// The document.
    pub document: DocumentId,
    /// The reader's version.
    pub reader: ReaderVersion,
}

/// A person: given at first sight, random, and never used to order anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = uuid::Uuid)]
pub struct PersonId(pub uuid::Uuid);

/// A place in the change log; 0 is before the first entry. Gapless.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = u64)]
pub struct LogPosition(pub u64);

/// Which history the positions of a change log are of: a store has one from its beginning, and another once it was
/// restored from a backup, since the same positions may then say something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HistoryId(pub uuid::Uuid);

/// How often a submission has been tried, from 1; a replay opens the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32)]
pub struct Attempt(pub u32);

/// The date that a resume speaks from: the earliest `document-date` of all submissions of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date, example = "2026-03-01")]
pub struct AsOf(pub jiff::civil::Date);

/// A match run: the first 16 hex digits of the [hash](crate::RunRecord::hash) of all that its result depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{16}$")]
pub struct RunId([u8; 8]);

/// Text that is not an id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IdError {
    /// Not a portal's name.
    #[error("`{0}` is not a portal name: use 1 to 63 of a-z, 0-9 and `-`, starting with a letter or digit")]
    Portal(String),
    /// Not a message id.
    #[error("message id of {n_bytes} bytes: use 1 to 255 bytes without control characters")]
    MessageId {
        /// Its length.
        n_bytes: usize,
    },
    /// Not a SHA-256 in hex.
    #[error("`{0}` is not a SHA-256 in 64 hex digits")]
    Hash(String),
    /// Not the id of an API key.
    #[error("this is not the id of a key: it has 16 hex digits in lower case")]
    Key,
}

impl Portal {
    /// The portal of folders and files ingested on this machine.
    pub const LOCAL: &str = "local";

    /// The portal named [`Portal::LOCAL`].
    pub fn local() -> Self {
        Self(Self::LOCAL.to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Portal {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts_well = text.bytes().next().is_some_and(|byte| byte != b'-');
        if starts_well && text.len() <= 63 && text.bytes().all(valid) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Portal(text.chars().take(80).collect()))
        }
    }
}

impl MessageId {
    const MAX_BYTES: usize = 255;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for an id that is not told: it may hold a name.
    pub fn withheld() -> Self {
        Self("withheld".to_owned())
    }

    /// The id of the submission that a message becomes when `self` is taken by other bytes: `<id>#<12 hex>`.
    ///
    /// An id too long for the suffix is cut at a character so that the result is an id again.
    #[must_use]
    pub fn reused_by(&self, document: DocumentId) -> Self {
        let suffix = document.to_string().chars().take(12).collect::<String>();
        let mut kept = self.0.clone();
        while kept.len() + 1 + suffix.len() > Self::MAX_BYTES {
            kept.pop();
        }
        Self(format!("{kept}#{suffix}"))
    }
}

impl FromStr for MessageId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > Self::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(IdError::MessageId { n_bytes: text.len() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl ContentHash {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Hashes several parts, each preceded by its length, so that no two lists of parts collide.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// From the 32 bytes of a hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for ContentHash {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError::Hash(text.chars().take(80).collect()))?;
        Ok(Self(bytes))
    }
}

impl DocumentId {
    /// Hashes the bytes of a document.
    pub fn of(bytes: &[u8]) -> Self {
        Self(ContentHash::of(bytes))
    }

    /// From the 32 bytes of a hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(ContentHash(bytes))
    }

    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The first 12 hex digits, enough to show to a person.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl FromStr for DocumentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self)
    }
}

impl RunId {
    /// The head of the hash of a run.
    pub fn of(hash: ContentHash) -> Self {
        let mut head = [0; 8];
        for (to, from) in head.iter_mut().zip(hash.0) {
            *to = from;
        }
        Self(head)
    }
}

impl FromStr for RunId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut bytes = [0; 8];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError::Hash(text.chars().take(80).collect()))?;
        Ok(Self(bytes))
    }
}

impl LogPosition {
    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Attempt {
    /// The attempt that a submission starts with.
    pub const FIRST: Self = Self(1);

    /// The attempt that a replay opens.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for SubmissionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.portal.0, self.message_id.0)
    }
}

impl fmt::Display for Portal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for HistoryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for HistoryId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl TryFrom<String> for Portal {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Portal> for String {
    fn from(portal: Portal) -> Self {
        portal.0
    }
}

impl TryFrom<String> for MessageId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<MessageId> for String {
    fn from(message_id: MessageId) -> Self {
        message_id.0
    }
}

impl TryFrom<String> for ContentHash {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for RunId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(run: RunId) -> Self {
        run.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portal_names_are_routing_keys() {
        for good in ["local", "a", "portal-2", "9live"] {
            assert!(good.parse::<Portal>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "A", "a.b", "a#", "人才", &"a".repeat(64)] {
            assert!(bad.parse::<Portal>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_reused_message_id_stays_an_id() {
        let document = DocumentId::of(b"x");
        for id in ["7".to_owned(), "简".repeat(85)] {
            let reused = id.parse::<MessageId>().unwrap().reused_by(document);
            assert!(reused.as_str().parse::<MessageId>().is_ok());
            assert!(reused.as_str().ends_with("#2d711642b726"));
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(ContentHash::of_parts([&b"ab"[..], b"c"]), ContentHash::of_parts([&b"a"[..], b"bc"]));
    }
}
