//! API keys, without their secrets.

use std::collections::BTreeSet;

use bole_core::{FieldId, KeyId, KeyRecord, Role};
use jiff::Timestamp;

use super::backend::Backend;
use super::codes;
use super::columns::Columns;
use super::session::{Column, Session, Value};
use crate::StoreError;

pub(super) async fn add<B: Backend>(backend: &B, key: &KeyRecord) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    put(write.session(), key).await?;
    write.commit().await
}

async fn put<S: Session>(session: &mut S, key: &KeyRecord) -> Result<(), StoreError> {
    let name = codes::text(&key.name);
    let (portal, fields) = match &key.role {
        Role::Portal { portal } => (Some(portal.as_str()), None),
        Role::Recruiter { fields } => (None, fields.as_ref().map(fields_text).transpose()?),
        Role::Ops | Role::Admin => (None, None),
    };
    let table = [
        Column::keys([key.id.as_bytes()]),
        Column::texts([&*name]),
        Column::texts([key.role.code()]),
        Column::Texts(vec![portal]),
        Column::Texts(vec![fields.as_deref()]),
        Column::keys([key.secret.as_bytes()]),
        Column::numbers([codes::of_time(key.created_at)]),
        Column::Numbers(vec![key.expires_at.map(codes::of_time)]),
        Column::Numbers(vec![key.revoked_at.map(codes::of_time)]),
    ];
    session.execute(S::SQL.add_key, &table, &[]).await
}

/// The names of fields, sorted, as JSON.
fn fields_text(fields: &BTreeSet<FieldId>) -> Result<String, StoreError> {
    let text = serde_json::to_string(fields).map_err(|error| StoreError::Refused {
        constraint: "fields that cannot be written as JSON".to_owned(),
        source: error.into(),
    })?;
    Ok(text)
}

pub(super) async fn key<S: Session>(session: &mut S, id: KeyId) -> Result<Option<KeyRecord>, StoreError> {
    let rows = session.fetch(S::SQL.key, &[], &[Value::Bytes(id.as_bytes())]).await?;
    rows.first().map(record).transpose()
}

pub(super) async fn keys<S: Session>(session: &mut S) -> Result<Vec<KeyRecord>, StoreError> {
    session.fetch(S::SQL.keys, &[], &[]).await?.iter().map(record).collect()
}

pub(super) async fn revoke<B: Backend>(backend: &B, id: KeyId, now: Timestamp) -> Result<bool, StoreError> {
    let mut write = backend.write_aside().await?;
    let was_valid = take_back(write.session(), id, now).await?;
    write.commit().await?;
    Ok(was_valid)
}

async fn take_back<S: Session>(session: &mut S, id: KeyId, now: Timestamp) -> Result<bool, StoreError> {
    let values = [Value::Bytes(id.as_bytes()), Value::Number(codes::of_time(now))];
    Ok(!session.fetch(S::SQL.revoke_key, &[], &values).await?.is_empty())
}

fn record(row: &impl Columns) -> Result<KeyRecord, StoreError> {
    let damaged = || StoreError::damaged("a key");
    let id = row.bytes(0)?.try_into().map_err(|_| damaged())?;
    Ok(KeyRecord {
        id: KeyId::from_bytes(id),
        name: row.text(1)?.to_owned(),
        role: role(row)?,
        secret: codes::hash(row.bytes(5)?)?,
        created_at: codes::time(row.number(6)?)?,
        expires_at: row.number_or_none(7)?.map(codes::time).transpose()?,
        revoked_at: row.number_or_none(8)?.map(codes::time).transpose()?,
    })
}

/// A role that is not wholly understood allows nothing: it is damage, never a role without its bounds.
fn role(row: &impl Columns) -> Result<Role, StoreError> {
    match (row.text(2)?, row.text_or_none(3)?, row.text_or_none(4)?) {
        ("portal", Some(portal), None) => Ok(Role::Portal { portal: codes::code(portal, "a portal")? }),
        ("recruiter", None, None) => Ok(Role::Recruiter { fields: None }),
        ("recruiter", None, Some(fields)) => {
            let fields =
                serde_json::from_str(fields).map_err(|_| StoreError::damaged("the fields of a key"))?;
            Ok(Role::Recruiter { fields: Some(fields) })
        }
        ("ops", None, None) => Ok(Role::Ops),
        ("admin", None, None) => Ok(Role::Admin),
        _ => Err(StoreError::damaged("the role of a key")),
    }
}
