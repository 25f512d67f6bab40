use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ContentHash, FieldId, IdError, Portal};

/// Names an API key. It is no secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{16}$", example = "8f14e45fceea167a")]
pub struct KeyId([u8; 8]);

/// What the holder of a key may do. Everything else is denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "role", rename_all = "lowercase")]
pub enum Role {
    /// Submits, and asks after its own submissions.
    Portal {
        /// Whose submissions.
        portal: Portal,
    },
    /// Searches, ranks and looks at people, decides and exports.
    Recruiter {
        /// The fields of its unit; absent for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fields: Option<BTreeSet<FieldId>>,
    },
    /// Watches, and works on quarantine and portals.
    Ops,
    /// What ops may do, and gives keys and reads the audit log.
    Admin,
}

/// An API key as it is kept: without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyRecord {
    /// Its id.
    pub id: KeyId,
    /// Who has it, for people.
    pub name: String,
    /// What it allows.
    #[serde(flatten)]
    pub role: Role,
    /// The hash of its secret.
    #[serde(skip)]
    pub secret: ContentHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; absent for never.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// A session of the console as it is kept: without its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// The hash of its token.
    pub token: ContentHash,
    /// The key that was shown; absent on the machine itself.
    pub key: Option<KeyId>,
    /// Whether names and contacts are kept from who looks.
    pub blind: bool,
    /// When it began.
    pub began_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

impl KeyId {
    /// The id of these bytes, which should be random.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut bytes = [0; 8];
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if is_lower => Ok(Self(bytes)),
            _ => Err(IdError::Key),
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl TryFrom<String> for KeyId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

impl Role {
    /// What it is called.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Portal { .. } => "portal",
            Self::Recruiter { .. } => "recruiter",
            Self::Ops => "ops",
            Self::Admin => "admin",
        }
    }
}

impl KeyRecord {
    /// Whether it opens anything at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_comes_out_as_it_went_in() {
        let id = KeyId::from_bytes([0, 1, 2, 3, 4, 5, 6, 255]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "00010203040506", "00010203040506FF", "00010203040506ff00", "zz010203040506ff"] {
            assert_eq!(wrong.parse::<KeyId>(), Err(IdError::Key), "{wrong}");
        }
    }

    #[test]
    fn roles_are_told_by_name() {
        let told = |role: &Role| serde_json::to_string(role).unwrap();
        assert_eq!(told(&Role::Ops), r#"{"role":"ops"}"#);
        assert_eq!(told(&Role::Recruiter { fields: None }), r#"{"role":"recruiter"}"#);
        let finance = Role::Recruiter { fields: Some([FieldId("finance".to_owned())].into()) };
        assert_eq!(told(&finance), r#"{"role":"recruiter","fields":["finance"]}"#);
        assert_eq!(serde_json::from_str::<Role>(&told(&finance)).unwrap(), finance);
    }

    #[test]
    fn a_key_ends() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let key = KeyRecord {
            id: KeyId::from_bytes([1; 8]),
            name: "console".to_owned(),
            role: Role::Ops,
            secret: ContentHash::of(b"secret"),
            created_at: at(0),
            expires_at: Some(at(100)),
            revoked_at: None,
        };
        assert!(key.is_valid(at(99)) && !key.is_valid(at(100)));
        assert!(!KeyRecord { revoked_at: Some(at(5)), ..key.clone() }.is_valid(at(6)));
        assert!(KeyRecord { expires_at: None, ..key }.is_valid(at(1_000_000)));
    }
}
