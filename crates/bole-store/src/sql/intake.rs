//! What happens to submissions before a worker decides them.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::message::v1::Submitted;
use bole_core::{Attempt, FieldId, Reason, State, SubmissionId};
use jiff::Timestamp;

use super::backend::Backend;
use super::commit::submission_events;
use super::snapshot::{Snapshot, SubmissionRow};
use super::{codes, write};
use crate::{Intake, Known, StoreError, SubmissionRecord};

/// Notes submissions in state `accepting`.
pub(super) async fn accept<B: Backend>(
    backend: &B,
    submitted: &[Submitted],
    now: Timestamp,
) -> Result<Vec<Intake>, StoreError> {
    if submitted.is_empty() {
        return Ok(Vec::new());
    }
    let now = codes::stored_time(now);
    let mut write = backend.write().await?;
    let mut snapshot = Snapshot::load(write.session(), &submitted.iter().collect::<Vec<_>>()).await?;
    let mut intakes = Vec::with_capacity(submitted.len());
    let mut changed = Vec::new();
    for submitted in submitted {
        let place = snapshot.place(submitted);
        let intake = match place.row {
            Some(row) if row.record.state.is_settled() => Intake::Settled(Box::new(row.record.clone())),
            Some(row) if row.record.state == State::Queued => Intake::Queued,
            Some(_) => Intake::New,
            None => {
                let id = place.id;
                changed.push((id.clone(), submitted.document));
                insert(&mut snapshot, submitted, id, State::Accepting, now);
                Intake::New
            }
        };
        intakes.push(intake);
    }
    let documents: BTreeSet<_> = changed.iter().map(|(_, document)| *document).collect();
    let submissions: Vec<_> = changed.into_iter().map(|(id, _)| id).collect();
    if !submissions.is_empty() {
        write::documents(write.session(), &snapshot, &documents).await?;
        write::submissions(write.session(), &snapshot, &submissions).await?;
    }
    write.commit().await?;
    Ok(intakes)
}

/// Moves submissions on to `queued`.
pub(super) async fn confirm<B: Backend>(
    backend: &B,
    submitted: &[Submitted],
    now: Timestamp,
) -> Result<(), StoreError> {
    if submitted.is_empty() {
        return Ok(());
    }
    let now = codes::stored_time(now);
    let mut write = backend.write().await?;
    let mut snapshot = Snapshot::load(write.session(), &submitted.iter().collect::<Vec<_>>()).await?;
    let mut documents = BTreeSet::new();
    let mut submissions = Vec::new();
    let mut received: BTreeMap<String, u64> = BTreeMap::new();
    for submitted in submitted {
        let place = snapshot.place(submitted);
        if place.row.is_some_and(|row| row.record.state != State::Accepting) {
            continue;
        }
        let (id, is_known) = (place.id, place.row.is_some());
        if !is_known {
            // Swept as stale while the queue took its time; it is durable there, so it counts.
            insert(&mut snapshot, submitted, id.clone(), State::Queued, now);
            documents.insert(submitted.document);
        } else if let Some(row) = snapshot.submissions.get_mut(&id) {
            row.record.state = State::Queued;
            row.record.changed_at = now;
        }
        *received.entry(id.portal.as_str().to_owned()).or_default() += 1;
        submissions.push(id);
    }
    let session = write.session();
    if !submissions.is_empty() {
        write::documents(session, &snapshot, &documents).await?;
        write::submissions(session, &snapshot, &submissions).await?;
        write::received(session, &received).await?;
        let head = write::head(session).await?;
        let events = submission_events(&snapshot, &submissions);
        write::changes(session, head, now, &events).await?;
    }
    write.commit().await
}

/// What is known of messages, without a lock.
pub(super) async fn known<B: Backend>(
    backend: &B,
    submitted: &[Submitted],
) -> Result<Vec<Known>, StoreError> {
    let mut connection = backend.read().await?;
    let snapshot = Snapshot::load(&mut connection, &submitted.iter().collect::<Vec<_>>()).await?;
    let known = submitted.iter().map(|submitted| {
        let row = snapshot.place(submitted).row;
        if let Some(row) = row.filter(|row| row.record.state.is_settled()) {
            return Known::Settled(Box::new(row.record.clone()));
        }
        let document = snapshot.documents.get(&submitted.document);
        match document.and_then(|document| document.first.as_ref()) {
            // A replay of the first is read again.
            Some((first, _)) if row.is_none_or(|row| row.number != *first) => Known::Copy,
            _ => Known::New,
        }
    });
    Ok(known.collect())
}

fn insert(snapshot: &mut Snapshot, submitted: &Submitted, id: SubmissionId, state: State, now: Timestamp) {
    let document_number = snapshot.document(submitted.document).number;
    let record = SubmissionRecord {
        submission: id.clone(),
        document: submitted.document,
        state,
        reason: Reason::Received,
        detail: None,
        attempt: Attempt::FIRST,
        duplicate_of: None,
        document_date: submitted.document_date,
        source_name: codes::text_or_none(submitted.source_name.as_ref()),
        candidate_ref: codes::text_or_none(submitted.candidate_ref.as_ref()),
        field: codes::text_or_none(submitted.field.as_ref().map(|field| &field.0)).map(FieldId),
        consent: codes::text_or_none(submitted.consent.as_ref()),
        traceparent: codes::text_or_none(submitted.traceparent.as_ref()),
        received_at: now,
        changed_at: now,
    };
    let row = SubmissionRow { number: snapshot.next_submission(), document_number, first: None, record };
    snapshot.submissions.insert(id, row);
}
