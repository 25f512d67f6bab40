//! Sessions of the console: whoever shows a key is given a token of its own, 256 random bits, and the store keeps its
//! hash. A browser that holds the token does not hold the key.

use std::fmt;
use std::time::Duration;

use bole_core::{ContentHash, KeyRecord, SessionRecord};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use crate::believed::Believed;
use crate::keys::valid_key;
use crate::{Engine, EngineError, KeyError, verify_key};

const TOKEN_BYTES: usize = 32;

/// A session that is open.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The key that was shown, as it is now; none on the machine itself.
    pub key: Option<KeyRecord>,
    /// Whether names and contacts are kept from who looks.
    pub is_blind: bool,
    /// When it began.
    pub began_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// What forms carry, so that no page of another site can send them: 64 digits in hex, of no use without the token.
    pub form_token: String,
}

impl Session {
    /// How long a session lasts, unless its key expires before.
    pub const LASTS: SignedDuration = SignedDuration::from_hours(12);

    /// Whether this is the form token of the session; compared in constant time.
    pub fn is_form_token(&self, given: &str) -> bool {
        self.form_token.as_bytes().ct_eq(given.as_bytes()).into()
    }

    fn of(record: &SessionRecord, token: &SessionToken, key: Option<KeyRecord>) -> Self {
        Self {
            key,
            is_blind: record.blind,
            began_at: record.began_at,
            expires_at: record.expires_at,
            form_token: token.form_token(),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map(|key| key.id);
        write!(formatter, "Session({key:?}, until {})", self.expires_at)
    }
}

/// What the browser holds. It is nowhere else, and not in what `Debug` prints.
pub struct SessionToken([u8; TOKEN_BYTES]);

impl SessionToken {
    fn random() -> Result<Self, KeyError> {
        let mut token = [0; TOKEN_BYTES];
        getrandom::fill(&mut token).map_err(KeyError::Random)?;
        Ok(Self(token))
    }

    /// Of a token as it is shown to us; none if it is of another form.
    fn parse(shown: &str) -> Option<Self> {
        let is_lower = !shown.bytes().any(|byte| byte.is_ascii_uppercase());
        // 32 bytes in hex.
        let token: ContentHash = shown.parse().ok().filter(|_| is_lower)?;
        Some(Self(*token.as_bytes()))
    }

    fn hash(&self) -> ContentHash {
        ContentHash::of(&self.0)
    }

    fn form_token(&self) -> String {
        ContentHash::of_parts([&b"form"[..], &self.0]).to_string()
    }

    /// The token, for the cookie.
    pub fn reveal(self) -> impl fmt::Display {
        ContentHash::from_bytes(self.0)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("session …")
    }
}

/// Begins a session for who shows `key`; none for who is on the machine itself, which the caller has made sure of.
/// Answers none if the key opens nothing. The session is not blind.
///
/// # Errors
/// [`KeyError::Random`]; an outage.
pub async fn begin_session(
    engine: &Engine,
    key: Option<&str>,
) -> Result<Option<(SessionToken, Session)>, EngineError> {
    let key = match key {
        Some(shown) => match verify_key(engine, shown).await? {
            Some(key) => Some(key),
            None => return Ok(None),
        },
        None => None,
    };
    let token = SessionToken::random()?;
    let began_at = Timestamp::now();
    let lasts = began_at + Session::LASTS;
    let ends = key.as_ref().and_then(|key| key.expires_at).map_or(lasts, |end| end.min(lasts));
    let record = SessionRecord {
        token: token.hash(),
        key: key.as_ref().map(|key| key.id),
        blind: false,
        began_at,
        expires_at: ends,
    };
    engine.store().add_session(&record).await?;
    let session = Session::of(&record, &token, key);
    Ok(Some((token, session)))
}

/// Sessions that were shown. Whether one is blind is seen at once, whichever server a browser is sent to: only a store that
/// takes much longer than it ever should is not waited for.
pub(crate) fn believed() -> Believed<ContentHash, SessionRecord> {
    Believed::while_away(Duration::from_secs(3), |_| Duration::from_mins(5))
}

/// The session of a token. None if the token is of another form or unknown, or the session was ended or has expired, or
/// its key was taken back or has expired.
///
/// The store is asked each time: what another process does to a session is seen at once, above all that it is blind now.
/// While the store is away what it said is believed for five minutes.
///
/// # Errors
/// An outage: whether there is such a session is not known.
pub async fn session(engine: &Engine, token: &str) -> Result<Option<Session>, EngineError> {
    let Some(token) = SessionToken::parse(token) else { return Ok(None) };
    let hash = token.hash();
    let found = engine.sessions().find(hash, async || Ok(engine.store().session(hash).await?)).await?;
    let now = Timestamp::now();
    let Some(record) = found.filter(|record| now < record.expires_at) else { return Ok(None) };
    let key = match record.key {
        Some(id) => match valid_key(engine, id).await? {
            Some(key) => Some(key),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Session::of(&record, &token, key)))
}

/// Has a session be blind or not. None if there is no such [`session`].
///
/// # Errors
/// An outage: it may or may not be done.
pub async fn set_blind(engine: &Engine, token: &str, is_blind: bool) -> Result<Option<Session>, EngineError> {
    let Some(hash) = SessionToken::parse(token).map(|token| token.hash()) else { return Ok(None) };
    if session(engine, token).await?.is_none() {
        return Ok(None);
    }
    let set = async || Ok(engine.store().set_session_blind(hash, is_blind).await?);
    engine.sessions().change(hash, set).await?;
    session(engine, token).await
}

/// Ends a session, if there is one of this token: it opens nothing from now on.
///
/// # Errors
/// An outage: it may or may not be ended.
pub async fn end_session(engine: &Engine, token: &str) -> Result<(), EngineError> {
    let Some(hash) = SessionToken::parse(token).map(|token| token.hash()) else { return Ok(()) };
    let end = async || Ok(engine.store().end_session(hash).await?);
    engine.sessions().change(hash, end).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_was_shown_and_is_not_printed() {
        let token = SessionToken::random().unwrap();
        assert_eq!(format!("{token:?}"), "session …");
        let (hash, form) = (token.hash(), token.form_token());
        let shown = token.reveal().to_string();
        assert_eq!(shown.len(), 64);
        let again = SessionToken::parse(&shown).unwrap();
        assert_eq!((again.hash(), again.form_token()), (hash, form.clone()));
        // Neither what is kept nor what lies in a page tells the token, or stands for it.
        for told in [hash.to_string(), form] {
            assert_ne!(told, shown);
            assert_ne!(SessionToken::parse(&told).unwrap().hash(), hash);
        }
        let upper = shown.to_uppercase();
        assert_ne!(upper, shown, "there are letters among 64 digits");
        for wrong in
            [upper, format!("{shown}0"), format!(" {shown}"), shown.chars().skip(2).collect(), String::new()]
        {
            assert!(SessionToken::parse(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_its_own_form_token_fits() {
        let (token, other) = (SessionToken([1; TOKEN_BYTES]), SessionToken([2; TOKEN_BYTES]));
        let record = SessionRecord {
            token: token.hash(),
            key: None,
            blind: false,
            began_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
        };
        let session = Session::of(&record, &token, None);
        assert!(session.is_form_token(&token.form_token()));
        for wrong in [other.form_token(), String::new(), token.hash().to_string(), token.reveal().to_string()]
        {
            assert!(!session.is_form_token(&wrong));
        }
        let printed = format!("{session:?}");
        assert!(!printed.contains(&session.form_token), "{printed}");
    }
}
