//! The audit log: a chain of hashes, with the personal text beside it.

use bole_core::{Actor, AuditRecord, ContentHash};

use super::backend::Backend;
use super::codes;
use super::columns::Columns;
use super::session::{Column, Session, Value};
use crate::{KeptAudit, NewAudit, StoreError};

pub(super) async fn add<B: Backend>(backend: &B, entries: &[NewAudit]) -> Result<u64, StoreError> {
    let mut write = backend.write_aside().await?;
    backend.enter_audit(&mut write).await?;
    let last = append(write.session(), entries).await?;
    write.commit().await?;
    Ok(last)
}

/// Entries with what the store gives them, column by column.
#[derive(Default)]
struct Rows {
    numbers: Vec<i64>,
    records: Vec<String>,
    hashes: Vec<ContentHash>,
    texts: Vec<(i64, [u8; 16], String)>,
}

async fn append<S: Session>(session: &mut S, entries: &[NewAudit]) -> Result<u64, StoreError> {
    let (mut last, mut before) = match session.fetch(S::SQL.last_audit, &[], &[]).await?.first() {
        Some(row) => (row.number(0)?, Some(codes::hash(row.bytes(1)?)?)),
        None => (0, None),
    };
    let mut rows = Rows::default();
    for entry in entries {
        last += 1;
        let text = match &entry.text {
            Some(text) => Some((salt()?, codes::text(text).into_owned())),
            None => None,
        };
        let text_hash = text.as_ref().map(|(salt, text)| AuditRecord::text_hash(*salt, text));
        let record = record(codes::unsigned(last)?, entry, text_hash)?;
        let hash = AuditRecord::chained(before, &record);
        before = Some(hash);
        rows.numbers.push(last);
        rows.records.push(record);
        rows.hashes.push(hash);
        rows.texts.extend(text.map(|(salt, text)| (last, salt, text)));
    }
    write(session, &rows).await?;
    codes::unsigned(last)
}

/// As it is stored: times to the microsecond, text without U+0000, as everywhere.
fn record(number: u64, entry: &NewAudit, text: Option<ContentHash>) -> Result<String, StoreError> {
    let NewAudit { at, actor, action, request, resumes, subject, text: _ } = entry;
    let record = AuditRecord {
        number,
        at: codes::stored_time(*at),
        actor: Actor {
            key: actor.key,
            name: codes::text(&actor.name).into_owned(),
            role: codes::text(&actor.role).into_owned(),
        },
        action: *action,
        request: *request,
        resumes: resumes.clone(),
        subject: codes::text_or_none(subject.as_ref()),
        text,
    };
    record.encode().map_err(|error| StoreError::Refused {
        constraint: "an entry of the audit log that cannot be encoded".to_owned(),
        source: error.into(),
    })
}

/// So that nobody finds out a deleted text by hashing all that it may have been.
fn salt() -> Result<[u8; 16], StoreError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| StoreError::Unavailable { source: error.into() })?;
    Ok(salt)
}

async fn write<S: Session>(session: &mut S, rows: &Rows) -> Result<(), StoreError> {
    if rows.numbers.is_empty() {
        return Ok(());
    }
    let table = [
        Column::numbers(rows.numbers.iter().copied()),
        Column::texts(rows.records.iter().map(String::as_str)),
        Column::keys(rows.hashes.iter().map(ContentHash::as_bytes)),
    ];
    session.execute(S::SQL.add_audit, &table, &[]).await?;
    if rows.texts.is_empty() {
        return Ok(());
    }
    let table = [
        Column::numbers(rows.texts.iter().map(|(number, _, _)| *number)),
        Column::keys(rows.texts.iter().map(|(_, salt, _)| salt)),
        Column::texts(rows.texts.iter().map(|(_, _, text)| text.as_str())),
    ];
    session.execute(S::SQL.add_audit_texts, &table, &[]).await
}

pub(super) async fn after<S: Session>(
    session: &mut S,
    after: u64,
    limit: u32,
) -> Result<Vec<KeptAudit>, StoreError> {
    let values = [Value::Number(number(after)), Value::Number(i64::from(limit))];
    session.fetch(S::SQL.audit_after, &[], &values).await?.iter().map(kept).collect()
}

pub(super) async fn back<S: Session>(
    session: &mut S,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<KeptAudit>, StoreError> {
    let values = [Value::Number(before.map_or(i64::MAX, number)), Value::Number(i64::from(limit))];
    session.fetch(S::SQL.audit_before, &[], &values).await?.iter().map(kept).collect()
}

fn kept(row: &impl Columns) -> Result<KeptAudit, StoreError> {
    let text = match (row.bytes_or_none(3)?, row.owned_or_none(4)?) {
        (Some(salt), Some(text)) => {
            let salt = salt.try_into().map_err(|_| StoreError::damaged("the salt of an audit entry"))?;
            Some((salt, text))
        }
        _ => None,
    };
    Ok(KeptAudit {
        number: codes::unsigned(row.number(0)?)?,
        record: row.text(1)?.to_owned(),
        hash: codes::hash(row.bytes(2)?)?,
        text,
    })
}

pub(super) async fn forget_texts<B: Backend>(backend: &B, numbers: &[u64]) -> Result<u64, StoreError> {
    let mut write = backend.write_aside().await?;
    let n_forgotten = remove_texts(write.session(), numbers).await?;
    write.commit().await?;
    Ok(n_forgotten)
}

async fn remove_texts<S: Session>(session: &mut S, numbers: &[u64]) -> Result<u64, StoreError> {
    let table = [Column::numbers(numbers.iter().copied().map(number))];
    Ok(session.fetch(S::SQL.remove_audit_texts, &table, &[]).await?.len() as u64)
}

/// As it lies in a column; what is too large for one stands for nothing.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
