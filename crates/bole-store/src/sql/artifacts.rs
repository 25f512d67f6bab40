//! Texts that are kept by their hash.

use bole_core::ContentHash;
use jiff::Timestamp;

use super::backend::Backend;
use super::columns::Columns;
use super::session::{Session, Value};
use super::{codes, read};
use crate::{KeptArtifact, StoreError};

pub(super) async fn keep<B: Backend>(
    backend: &B,
    kind: &str,
    hash: ContentHash,
    text: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    put(write.session(), kind, hash, text, now).await?;
    write.commit().await
}

async fn put<S: Session>(
    session: &mut S,
    kind: &str,
    hash: ContentHash,
    text: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now = Value::Number(codes::of_time(now));
    let values = [Value::Text(kind), Value::Bytes(hash.as_bytes()), Value::Text(text), now];
    session.execute(S::SQL.add_artifact, &[], &values).await
}

pub(super) async fn artifact<S: Session>(
    session: &mut S,
    kind: &str,
    hash: ContentHash,
) -> Result<Option<String>, StoreError> {
    let values = [Value::Text(kind), Value::Bytes(hash.as_bytes())];
    let rows = session.fetch(S::SQL.artifact, &[], &values).await?;
    rows.first().map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

pub(super) async fn artifacts<S: Session>(
    session: &mut S,
    kind: &str,
    limit: u32,
) -> Result<Vec<KeptArtifact>, StoreError> {
    let values = [Value::Text(kind), Value::Number(i64::from(limit))];
    let rows = session.fetch(S::SQL.artifacts, &[], &values).await?;
    let kept = |row: &S::Row| {
        Ok(KeptArtifact {
            hash: codes::hash(row.bytes(0)?)?,
            kept_at: row.number_or_none(1)?.map(codes::time).transpose()?,
        })
    };
    rows.iter().map(kept).collect()
}

pub(super) async fn by_prefix<S: Session>(
    session: &mut S,
    kind: &str,
    prefix: &str,
    limit: u32,
) -> Result<Vec<ContentHash>, StoreError> {
    let Some((first, last)) = read::ends(prefix) else { return Ok(Vec::new()) };
    let values =
        [Value::Text(kind), Value::Text(&first), Value::Text(&last), Value::Number(i64::from(limit))];
    let rows = session.fetch(S::SQL.artifacts_between, &[], &values).await?;
    rows.iter().map(|row| codes::hash(row.bytes(0)?)).collect()
}
