//! API keys: `bole_<id>_<secret>`, both in hex. The secret is shown once; the store keeps its hash. It is 256 random bits,
//! so that a hash without salt or work factor tells nothing of it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use bole_core::{ContentHash, FieldId, KeyId, KeyRecord, Role};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use crate::believed::Believed;
use crate::{Engine, EngineError};

/// The longest name, in bytes.
const MAX_NAME_BYTES: usize = 200;
const ID_DIGITS: usize = 16;
const SECRET_BYTES: usize = 32;

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Who gets it, for people: 1 to 200 bytes.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// From when on it is refused; none for never.
    pub expires_at: Option<Timestamp>,
}

/// Why a key is not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name.
    #[error("a key has a name of 1 to {MAX_NAME_BYTES} bytes without control characters: say who gets it")]
    Name,
    /// It would be of no use.
    #[error("a key that expires at {0} has expired already: give a time to come")]
    Expired(Timestamp),
    /// It would see nobody.
    #[error("a recruiter of no field sees nobody: name fields, or none for all")]
    NoField,
    /// No profile is of this field.
    #[error("there is no field `{field}`: use {}", known.join(", "))]
    UnknownField {
        /// As asked for.
        field: FieldId,
        /// What there is.
        known: Vec<String>,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
}

/// What opens: the whole key. It is nowhere else, and not in what `Debug` prints.
pub struct Secret {
    id: KeyId,
    secret: [u8; SECRET_BYTES],
}

impl Secret {
    fn random() -> Result<Self, KeyError> {
        let (mut id, mut secret) = ([0; 8], [0; SECRET_BYTES]);
        getrandom::fill(&mut id).map_err(KeyError::Random)?;
        getrandom::fill(&mut secret).map_err(KeyError::Random)?;
        Ok(Self { id: KeyId::from_bytes(id), secret })
    }

    /// Of a key as it is shown to us; none if it is of another form.
    fn parse(presented: &str) -> Option<Self> {
        let (id, secret) = presented.strip_prefix("bole_")?.split_once('_')?;
        let is_formed = id.len() == ID_DIGITS && secret.len() == 2 * SECRET_BYTES;
        // Both are 8 and 32 bytes in lower-case hex.
        let secret: ContentHash = secret.parse().ok().filter(|_| is_formed)?;
        let is_lower = !presented.bytes().any(|byte| byte.is_ascii_uppercase());
        is_lower.then_some(Self { id: id.parse().ok()?, secret: *secret.as_bytes() })
    }

    fn hash(&self) -> ContentHash {
        ContentHash::of(&self.secret)
    }

    /// The key, to be shown once.
    pub fn reveal(self) -> impl fmt::Display {
        format!("bole_{}_{}", self.id, ContentHash::from_bytes(self.secret))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bole_…")
    }
}

/// Makes a key.
///
/// # Errors
/// [`KeyError`]; [`EngineError::UnknownPortal`]; an outage.
pub async fn create_key(engine: &Engine, new: NewKey) -> Result<(KeyRecord, Secret), EngineError> {
    let now = Timestamp::now();
    let NewKey { name, role, expires_at } = new;
    if name.trim().is_empty() || name.len() > MAX_NAME_BYTES || name.contains(char::is_control) {
        return Err(KeyError::Name.into());
    }
    if let Some(end) = expires_at.filter(|end| *end <= now) {
        return Err(KeyError::Expired(end).into());
    }
    check_role(engine, &role).await?;
    let secret = Secret::random()?;
    let (id, hash) = (secret.id, secret.hash());
    let record = KeyRecord { id, name, role, secret: hash, created_at: now, expires_at, revoked_at: None };
    engine.store().add_key(&record).await?;
    Ok((record, secret))
}

/// Nothing that does not exist may be named: a key with a misspelt field would see nobody, and a field that is added later
/// would come as a surprise.
async fn check_role(engine: &Engine, role: &Role) -> Result<(), EngineError> {
    match role {
        Role::Portal { portal } => {
            let rows = engine.store().portals().await?;
            let is_known = rows.iter().any(|row| row.portal == *portal);
            if is_known { Ok(()) } else { Err(EngineError::UnknownPortal(portal.clone())) }
        }
        Role::Recruiter { fields: Some(fields) } if fields.is_empty() => Err(KeyError::NoField.into()),
        Role::Recruiter { fields: Some(fields) } => {
            let known: BTreeSet<&FieldId> =
                engine.knowledge().profiles().values().map(bole_rank::Profile::field).collect();
            match fields.iter().find(|field| !known.contains(field)) {
                None => Ok(()),
                Some(field) => {
                    let known = known.into_iter().map(ToString::to_string).collect();
                    Err(KeyError::UnknownField { field: field.clone(), known }.into())
                }
            }
        }
        Role::Recruiter { fields: None } | Role::Ops | Role::Admin => Ok(()),
    }
}

/// Keys that were shown. Prometheus shows one of the role `ops` every few seconds, and has to be told in time that the store
/// is away, for as long as it is. A store that is merely slow is taken to be away: no other key is believed for long.
pub(crate) fn believed() -> Believed<KeyId, KeyRecord> {
    Believed::new(Duration::from_secs(1), |key| match key.role {
        Role::Ops => Duration::from_hours(24),
        Role::Admin | Role::Portal { .. } | Role::Recruiter { .. } => Duration::from_mins(5),
    })
}

/// The key that was shown, if it opens anything now. One that is malformed, unknown, expired, taken back or has another
/// secret is none, and takes the same way here.
///
/// # Errors
/// An outage: whether it opens is not known.
pub async fn verify_key(engine: &Engine, presented: &str) -> Result<Option<KeyRecord>, EngineError> {
    let parsed = Secret::parse(presented);
    let is_formed = parsed.is_some();
    let nobody = || Secret { id: KeyId::from_bytes([0; 8]), secret: [0; SECRET_BYTES] };
    let secret = parsed.unwrap_or_else(nobody);
    let found = found(engine, secret.id).await?;
    let kept = found.as_ref().map_or(ContentHash::from_bytes([0; 32]), |record| record.secret);
    let fits: bool = secret.hash().as_bytes().ct_eq(kept.as_bytes()).into();
    let now = Timestamp::now();
    Ok(found.filter(|record| is_formed & fits & record.is_valid(now)))
}

/// The key of this id, if it opens anything now.
pub(crate) async fn valid_key(engine: &Engine, id: KeyId) -> Result<Option<KeyRecord>, EngineError> {
    let now = Timestamp::now();
    Ok(found(engine, id).await?.filter(|record| record.is_valid(now)))
}

async fn found(engine: &Engine, id: KeyId) -> Result<Option<KeyRecord>, EngineError> {
    engine.keys().find(id, async || Ok(engine.store().key(id).await?)).await
}

/// All keys, the oldest first; without their secrets.
///
/// # Errors
/// An outage.
pub async fn keys(engine: &Engine) -> Result<Vec<KeyRecord>, EngineError> {
    Ok(engine.store().keys().await?)
}

/// Takes a key back: it opens nothing here from now on, and elsewhere within two seconds of an answer
/// of the store.
///
/// # Errors
/// [`EngineError::UnknownKey`] if there is no such key, or it was taken back before; an outage.
pub async fn revoke_key(engine: &Engine, id: KeyId) -> Result<(), EngineError> {
    let revoke = async || Ok(engine.store().revoke_key(id, Timestamp::now()).await?);
    let was_there = engine.keys().change(id, revoke).await?;
    if was_there { Ok(()) } else { Err(EngineError::UnknownKey(id)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_as_it_was_shown_and_is_not_printed() {
        let secret = Secret::random().unwrap();
        assert_eq!(format!("{secret:?}"), "bole_…");
        let (id, hash) = (secret.id, secret.hash());
        let shown = secret.reveal().to_string();
        assert_eq!(shown.len(), "bole_".len() + 16 + 1 + 64);
        let again = Secret::parse(&shown).unwrap();
        assert_eq!((again.id, again.hash()), (id, hash));
        let other = Secret::random().unwrap().reveal().to_string();
        assert_ne!(shown, other);
        for wrong in [
            shown.to_uppercase(),
            shown.replace("bole_", ""),
            shown.replace("bole_", "rk_"),
            format!("{shown}0"),
            format!(" {shown}"),
            shown.replacen('_', "", 2),
            shown.chars().take(shown.len() - 2).collect(),
            format!("bole_{id}_{}", hash.to_string().to_uppercase()),
            String::new(),
        ] {
            assert!(Secret::parse(&wrong).is_none(), "{wrong}");
        }
    }
}
