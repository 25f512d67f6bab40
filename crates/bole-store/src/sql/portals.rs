//! The portals whose messages are consumed.

use bole_core::Portal;
use jiff::Timestamp;

use super::backend::Backend;
use super::codes;
use super::columns::Columns;
use super::session::{Session, Value};
use crate::{PortalRow, StoreError};

pub(super) async fn portals<S: Session>(session: &mut S) -> Result<Vec<PortalRow>, StoreError> {
    let rows = session.fetch(S::SQL.portals, &[], &[]).await?;
    let portal = |row: &S::Row| {
        Ok(PortalRow {
            portal: codes::code(row.text(0)?, "a portal")?,
            is_paused: row.flag(1)?,
            added_at: codes::time(row.number(2)?)?,
        })
    };
    rows.iter().map(portal).collect()
}

pub(super) async fn put<B: Backend>(
    backend: &B,
    portal: &Portal,
    is_paused: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    let values = [
        Value::Text(portal.as_str()),
        Value::Number(i64::from(is_paused)),
        Value::Number(codes::of_time(now)),
    ];
    execute(write.session(), &values).await?;
    write.commit().await
}

async fn execute<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<(), StoreError> {
    session.execute(S::SQL.put_portal, &[], values).await
}

pub(super) async fn remove<B: Backend>(backend: &B, portal: &Portal) -> Result<bool, StoreError> {
    let mut write = backend.write_aside().await?;
    let was_there = delete(write.session(), portal).await?;
    write.commit().await?;
    Ok(was_there)
}

async fn delete<S: Session>(session: &mut S, portal: &Portal) -> Result<bool, StoreError> {
    let rows = session.fetch(S::SQL.remove_portal, &[], &[Value::Text(portal.as_str())]).await?;
    Ok(!rows.is_empty())
}
