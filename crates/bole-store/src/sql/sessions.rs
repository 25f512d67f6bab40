//! Sessions of the console, without their tokens.

use bole_core::{ContentHash, KeyId, SessionRecord};
use jiff::Timestamp;

use super::backend::Backend;
use super::codes;
use super::columns::Columns;
use super::session::{Column, Session, Value};
use crate::StoreError;

pub(super) async fn add<B: Backend>(backend: &B, record: &SessionRecord) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    put(write.session(), record).await?;
    write.commit().await
}

async fn put<S: Session>(session: &mut S, record: &SessionRecord) -> Result<(), StoreError> {
    let table = [
        Column::keys([record.token.as_bytes()]),
        Column::Keys(vec![record.key.map(|key| key.as_bytes().to_vec())]),
        Column::numbers([i64::from(record.blind)]),
        Column::numbers([codes::of_time(record.began_at)]),
        Column::numbers([codes::of_time(record.expires_at)]),
    ];
    session.execute(S::SQL.add_session, &table, &[]).await
}

pub(super) async fn session<S: Session>(
    session: &mut S,
    token: ContentHash,
) -> Result<Option<SessionRecord>, StoreError> {
    let rows = session.fetch(S::SQL.session, &[], &[Value::Bytes(token.as_bytes())]).await?;
    rows.first().map(record).transpose()
}

pub(super) async fn set_blind<B: Backend>(
    backend: &B,
    token: ContentHash,
    is_blind: bool,
) -> Result<bool, StoreError> {
    let mut write = backend.write_aside().await?;
    let was_there = blind(write.session(), token, is_blind).await?;
    write.commit().await?;
    Ok(was_there)
}

async fn blind<S: Session>(session: &mut S, token: ContentHash, is_blind: bool) -> Result<bool, StoreError> {
    let values = [Value::Bytes(token.as_bytes()), Value::Number(i64::from(is_blind))];
    Ok(!session.fetch(S::SQL.blind_session, &[], &values).await?.is_empty())
}

pub(super) async fn end<B: Backend>(backend: &B, token: ContentHash) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    remove(write.session(), token).await?;
    write.commit().await
}

async fn remove<S: Session>(session: &mut S, token: ContentHash) -> Result<(), StoreError> {
    session.execute(S::SQL.end_session, &[], &[Value::Bytes(token.as_bytes())]).await
}

/// Deletes sessions that have expired by `now`; answers how many.
pub(super) async fn sweep<B: Backend>(backend: &B, now: Timestamp) -> Result<u64, StoreError> {
    // Looked for without the lock first: mostly there is nothing to do.
    if !any_expired(&mut backend.read().await?, now).await? {
        return Ok(0);
    }
    let mut write = backend.write_aside().await?;
    let n_swept = remove_expired(write.session(), now).await?;
    write.commit().await?;
    Ok(n_swept)
}

async fn any_expired<S: Session>(session: &mut S, now: Timestamp) -> Result<bool, StoreError> {
    let values = [Value::Number(codes::of_time(now))];
    Ok(!session.fetch(S::SQL.any_expired_session, &[], &values).await?.is_empty())
}

async fn remove_expired<S: Session>(session: &mut S, now: Timestamp) -> Result<u64, StoreError> {
    let values = [Value::Number(codes::of_time(now))];
    Ok(session.fetch(S::SQL.remove_expired_sessions, &[], &values).await?.len() as u64)
}

fn record(row: &impl Columns) -> Result<SessionRecord, StoreError> {
    let damaged = || StoreError::damaged("the key of a session");
    let key = row.bytes_or_none(1)?.map(|bytes| bytes.try_into().map_err(|_| damaged())).transpose()?;
    Ok(SessionRecord {
        token: codes::hash(row.bytes(0)?)?,
        key: key.map(KeyId::from_bytes),
        blind: row.flag(2)?,
        began_at: codes::time(row.number(3)?)?,
        expires_at: codes::time(row.number(4)?)?,
    })
}
