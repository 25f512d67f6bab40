//! Followers of the change log: how far each is, and a lease, so that one process at a time goes on for it. The clock is
//! the database's: those of the machines may differ.

use std::time::Duration;

use bole_core::LogPosition;
use uuid::Uuid;

use super::backend::Backend;
use super::codes;
use super::columns::Columns;
use super::session::{Session, Value};
use crate::StoreError;

/// Takes or renews a lease; answers the position if it is ours now.
pub(super) async fn lease<B: Backend>(
    backend: &B,
    follower: &str,
    holder: Uuid,
    time: Duration,
) -> Result<Option<LogPosition>, StoreError> {
    // A lease of centuries is one for ever; the sum with the clock has to fit.
    let microseconds = i64::try_from(time.as_micros()).unwrap_or(i64::MAX).min(i64::MAX / 4);
    let mut write = backend.write_aside().await?;
    let values = [Value::Text(follower), Value::Bytes(holder.as_bytes()), Value::Number(microseconds)];
    let position = take(write.session(), &values).await?;
    write.commit().await?;
    Ok(position)
}

async fn take<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<Option<LogPosition>, StoreError> {
    let rows = session.fetch(S::SQL.lease, &[], values).await?;
    rows.first().map(|row| Ok(LogPosition(codes::unsigned(row.number(0)?)?))).transpose()
}

/// Moves a follower forward; whether its lease is ours.
pub(super) async fn advance<B: Backend>(
    backend: &B,
    follower: &str,
    holder: Uuid,
    to: LogPosition,
) -> Result<bool, StoreError> {
    let to = i64::try_from(to.0).unwrap_or(i64::MAX);
    let mut write = backend.write_aside().await?;
    let values = [Value::Text(follower), Value::Bytes(holder.as_bytes()), Value::Number(to)];
    let is_ours = move_on(write.session(), &values).await?;
    write.commit().await?;
    Ok(is_ours)
}

async fn move_on<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<bool, StoreError> {
    Ok(!session.fetch(S::SQL.advance, &[], values).await?.is_empty())
}

/// Ends a lease, if it is ours.
pub(super) async fn give_up<B: Backend>(backend: &B, follower: &str, holder: Uuid) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    end(write.session(), &[Value::Text(follower), Value::Bytes(holder.as_bytes())]).await?;
    write.commit().await
}

async fn end<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<(), StoreError> {
    session.execute(S::SQL.give_up_lease, &[], values).await
}

/// How far a follower is.
pub(super) async fn position_of<S: Session>(
    session: &mut S,
    follower: &str,
) -> Result<LogPosition, StoreError> {
    let rows = session.fetch(S::SQL.position_of, &[], &[Value::Text(follower)]).await?;
    let position = rows.first().map(|row| Ok(LogPosition(codes::unsigned(row.number(0)?)?)));
    position.unwrap_or(Ok(LogPosition::default()))
}
