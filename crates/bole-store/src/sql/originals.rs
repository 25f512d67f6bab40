//! The bytes of a batch: they travel before the log's lock is taken, so that others do not wait for them.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::DocumentId;
use bytes::Bytes;

use super::backend::Write;
use super::session::Session;
use super::write;
use crate::originals::can_be_kept;
use crate::{Committed, Decided, Keep, StoreError};

/// Bytes that one statement takes along, unless one document has more.
const STATEMENT_BYTES: usize = 4 << 20;

/// Keeps the originals of a batch under their hashes. Answers those that the database refuses, with the constraint.
///
/// In the order of the hashes: of two transactions with the same documents one waits for the other, never both.
pub(super) async fn keep<DB: sqlx::Database<Connection: Session>>(
    write: &mut Write<DB>,
    batch: &[Decided],
) -> Result<BTreeMap<DocumentId, String>, StoreError> {
    let originals: BTreeMap<DocumentId, &Bytes> = batch
        .iter()
        .filter_map(|decided| match &decided.original {
            Keep::InCommit(bytes) if can_be_kept(bytes) => Some((decided.submitted.document, bytes)),
            Keep::InCommit(_) | Keep::Elsewhere => None,
        })
        .collect();
    let originals: Vec<(DocumentId, &Bytes)> = originals.into_iter().collect();
    // A stack, so that what is left of a split is done before what is right of it.
    let mut parts = statements(&originals);
    parts.reverse();
    let mut refused = BTreeMap::new();
    while let Some(part) = parts.pop() {
        write.savepoint().await?;
        match write::originals(write.session(), part).await {
            Ok(()) => write.release().await?,
            Err(StoreError::Refused { constraint, .. }) => {
                write.undo().await?;
                if let [(document, _)] = part {
                    refused.insert(*document, constraint);
                } else {
                    let (left, right) = part.split_at(part.len() / 2);
                    parts.extend([right, left]);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(refused)
}

/// Parts of about [`STATEMENT_BYTES`].
fn statements<'a, 'b>(originals: &'a [(DocumentId, &'b Bytes)]) -> Vec<&'a [(DocumentId, &'b Bytes)]> {
    let mut n_bytes = 0;
    let parts = originals.chunk_by(|(_, bytes), (_, next)| {
        n_bytes += bytes.len();
        let is_room = n_bytes + next.len() <= STATEMENT_BYTES;
        if !is_room {
            n_bytes = 0;
        }
        is_room
    });
    parts.collect()
}

/// The documents of a batch that were kept and may have got no submission.
pub(super) fn unnamed(batch: &[Decided], committed: &[Committed]) -> Vec<DocumentId> {
    let kept = batch.iter().zip(committed).filter(|(decided, committed)| {
        matches!(decided.original, Keep::InCommit(_)) && matches!(committed, Committed::ReadFirst)
    });
    let kept: BTreeSet<DocumentId> = kept.map(|(decided, _)| decided.submitted.document).collect();
    kept.into_iter().collect()
}
