//! What was noted at the door and never confirmed.

use jiff::Timestamp;

use super::backend::Backend;
use super::columns::Columns;
use super::session::{Column, Session, Value};
use super::{codes, write};
use crate::StoreError;

/// Deletes submissions that have been `accepting` since before `before`; answers how many.
pub(super) async fn sweep_accepting<B: Backend>(backend: &B, before: Timestamp) -> Result<u64, StoreError> {
    // Looked for without the lock first: mostly there is nothing to do.
    if stale(&mut backend.read().await?, before).await?.is_empty() {
        return Ok(0);
    }
    let mut write = backend.write().await?;
    let rows = stale(write.session(), before).await?;
    delete(write.session(), &rows).await?;
    write.commit().await?;
    Ok(rows.len() as u64)
}

/// The numbers of the submissions and of their documents.
async fn stale<S: Session>(session: &mut S, before: Timestamp) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = session.fetch(S::SQL.stale, &[], &[Value::Number(codes::of_time(before))]).await?;
    rows.iter().map(|row| Ok((row.number(0)?, row.number(1)?))).collect()
}

async fn delete<S: Session>(session: &mut S, rows: &[(i64, i64)]) -> Result<(), StoreError> {
    let submissions = || [Column::numbers(rows.iter().map(|(submission, _)| *submission))];
    let documents = || [Column::numbers(rows.iter().map(|(_, document)| *document))];
    session.execute(S::SQL.delete_transitions, &submissions(), &[]).await?;
    session.execute(S::SQL.delete_submissions, &submissions(), &[]).await?;
    let deleted = session.fetch(S::SQL.delete_unnamed_documents, &documents(), &[]).await?;
    let deleted: Result<Vec<_>, _> = deleted.iter().map(|row| codes::document(row.bytes(0)?)).collect();
    write::forget_originals(session, &deleted?).await
}
