//! Sessions of the console.

use std::time::Duration;

use anyhow::Result;
use bole_core::{ContentHash, KeyId, KeyRecord, Role, SessionRecord};
use bole_engine::{
    Engine, NewKey, Session, begin_session, create_key, end_session, revoke_key, serve, session, set_blind,
};
use bole_store::{SqliteOptions, SqliteStore, Store as _};
use bole_tests::Installation;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::exporting::engine_of;

async fn key(engine: &Engine, expires_at: Option<Timestamp>) -> Result<(KeyId, String)> {
    let new = NewKey { name: "console".to_owned(), role: Role::Recruiter { fields: None }, expires_at };
    let (record, secret) = create_key(engine, new).await?;
    Ok((record.id, secret.reveal().to_string()))
}

async fn begin(engine: &Engine, key: Option<&str>) -> Result<(String, Session)> {
    let (token, session) = begin_session(engine, key).await?.unwrap();
    Ok((token.reveal().to_string(), session))
}

#[tokio::test]
async fn a_session_stands_for_its_key_until_it_is_ended() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let (id, shown) = key(&engine, None).await?;
    let (token, begun) = begin(&engine, Some(&shown)).await?;
    assert_eq!(begun.expires_at.duration_since(begun.began_at), Session::LASTS);
    assert!(!begun.is_blind && !shown.contains(&token));
    let found = session(&engine, &token).await?.unwrap();
    assert_eq!(
        found.key.as_ref().map(|key| (key.id, key.role.clone())),
        Some((id, Role::Recruiter { fields: None }))
    );
    assert!(found.is_form_token(&begun.form_token) && !found.is_form_token(&token));

    // Neither a key, nor what is kept, nor what lies in a page opens a session, and a token is no key.
    for wrong in [shown.as_str(), &begun.form_token, &token.to_uppercase(), "", &"0".repeat(64)] {
        assert_eq!(session(&engine, wrong).await?, None, "{wrong}");
        assert_eq!(set_blind(&engine, wrong, true).await?, None, "{wrong}");
        end_session(&engine, wrong).await?;
    }
    for wrong in [token.as_str(), &shown.replace("bole_", "bole_0"), ""] {
        assert!(begin_session(&engine, Some(wrong)).await?.is_none(), "{wrong}");
    }

    // Seen at once, although what the store said before is believed for a while.
    let (other, of_machine) = begin(&engine, None).await?;
    assert_eq!(of_machine.key, None);
    for is_blind in [true, false, true] {
        assert_eq!(
            set_blind(&engine, &token, is_blind).await?.map(|session| session.is_blind),
            Some(is_blind)
        );
        assert_eq!(session(&engine, &token).await?.map(|session| session.is_blind), Some(is_blind));
        assert_eq!(session(&engine, &other).await?.map(|session| session.is_blind), Some(false));
    }
    // Another process finds it in the store, and sees at once what is done to it here.
    let elsewhere = engine_of(&installation).await?;
    for is_blind in [true, false, true] {
        set_blind(&engine, &token, is_blind).await?;
        let there = session(&elsewhere, &token).await?.unwrap();
        assert!(there.is_blind == is_blind && there.is_form_token(&begun.form_token));
    }

    end_session(&engine, &token).await?;
    assert_eq!(session(&engine, &token).await?, None);
    assert_eq!(set_blind(&engine, &token, false).await?, None);
    assert!(session(&engine, &other).await?.is_some());
    assert_eq!(session(&elsewhere, &token).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_session_ends_with_its_key() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let (id, shown) = key(&engine, None).await?;
    let (token, _) = begin(&engine, Some(&shown)).await?;
    let (again, _) = begin(&engine, Some(&shown)).await?;
    assert_ne!(token, again);
    assert!(session(&engine, &token).await?.is_some());
    revoke_key(&engine, id).await?;
    assert_eq!(session(&engine, &token).await?, None);
    assert_eq!(session(&engine, &again).await?, None);
    assert!(begin_session(&engine, Some(&shown)).await?.is_none());

    let soon = Timestamp::from_second(Timestamp::now().as_second() + 3600)?;
    let (_, shown) = key(&engine, Some(soon)).await?;
    let (_, begun) = begin(&engine, Some(&shown)).await?;
    assert_eq!(begun.expires_at, soon);
    Ok(())
}

#[tokio::test]
async fn what_has_expired_opens_nothing_and_is_cleared_away() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let store = SqliteStore::open(&SqliteOptions {
        path: installation.data().join("store.sqlite"),
        n_readers: 1,
        busy_timeout: Duration::from_secs(30),
        max_file_bytes: None,
    })
    .await?;
    let (past, future) = (Timestamp::now() - SignedDuration::from_secs(1), Timestamp::now() + Session::LASTS);
    let key = KeyRecord {
        id: KeyId::from_bytes([7; 8]),
        name: "console".to_owned(),
        role: Role::Ops,
        secret: ContentHash::of(b"secret"),
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: Some(past),
        revoked_at: None,
    };
    store.add_key(&key).await?;
    let record = |number: u8, key: Option<KeyId>, expires_at: Timestamp| SessionRecord {
        token: ContentHash::of(&[number; 32]),
        key,
        blind: false,
        began_at: Timestamp::UNIX_EPOCH,
        expires_at,
    };
    let expired = record(1, None, past);
    let of_expired_key = record(2, Some(key.id), future);
    let of_unknown_key = record(3, Some(KeyId::from_bytes([8; 8])), future);
    let open = record(4, None, future);
    for (number, record, opens) in
        [(1, expired, false), (2, of_expired_key, false), (3, of_unknown_key, false), (4, open, true)]
    {
        store.add_session(&record).await?;
        let token = ContentHash::from_bytes([number; 32]).to_string();
        assert_eq!(session(&engine, &token).await?.is_some(), opens, "{number}");
        assert_eq!(set_blind(&engine, &token, true).await?.is_some(), opens, "{number}");
    }
    // By whoever keeps house.
    let stop = CancellationToken::new();
    let cleared = async {
        while store.session(expired.token).await?.is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
        anyhow::Ok(())
    };
    let (served, cleared) = tokio::join!(serve(&engine, false, &stop), cleared);
    served?;
    cleared?;
    for left in [of_expired_key, of_unknown_key, open] {
        assert!(store.session(left.token).await?.is_some());
    }
    Ok(())
}
