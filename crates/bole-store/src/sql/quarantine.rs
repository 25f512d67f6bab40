//! What operators do with submissions that were set aside.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::message::v1::Submitted;
use bole_core::{DocumentId, Event, Reason, State, SubmissionId};
use jiff::Timestamp;

use super::backend::Backend;
use super::columns::Columns;
use super::commit::submission_events;
use super::session::{Column, Session, Value};
use super::snapshot::{self, Snapshot, SubmissionRow};
use super::{codes, standing, write};
use crate::{Condition, Discard, QuarantineFilter, Replay, StoreError, SubmissionRecord};

/// Submissions in quarantine, by portal and message id.
pub(super) async fn quarantined<S: Session>(
    session: &mut S,
    filter: &QuarantineFilter,
    after: Option<&SubmissionId>,
    limit: u32,
) -> Result<Vec<SubmissionRecord>, StoreError> {
    let values = [
        Value::Text(filter.portal.as_ref().map_or("", |portal| portal.as_str())),
        Value::Text(filter.reason.map_or("", Reason::code)),
        Value::Text(after.map_or("", |after| after.portal.as_str())),
        Value::Text(after.map_or("", |after| after.message_id.as_str())),
        Value::Number(i64::from(limit)),
    ];
    let rows = session.fetch(S::SQL.quarantined, &[], &values).await?;
    rows.iter().map(|row| Ok(snapshot::submission(row)?.record)).collect()
}

/// Sends submissions round again.
pub(super) async fn replay<B: Backend>(
    backend: &B,
    submissions: &[SubmissionId],
    elsewhere: &[DocumentId],
    now: Timestamp,
) -> Result<Vec<Replay>, StoreError> {
    let mut write = backend.write().await?;
    let mut snapshot = Snapshot::load_ids(write.session(), submissions).await?;
    let mut moves = Moves::default();
    let answers = submissions
        .iter()
        .map(|id| match snapshot.submissions.get_mut(id) {
            None => Replay::Unknown,
            Some(row) if row.record.state != State::Quarantined => Replay::NotQuarantined(row.record.state),
            Some(row) => {
                let document = snapshot.documents.get(&row.record.document);
                let is_here = document.is_some_and(|document| document.has_original);
                if !is_here && !elsewhere.contains(&row.record.document) {
                    return Replay::NoOriginal;
                }
                moves.publications.push(row.number);
                row.record.attempt = row.record.attempt.next();
                moves.apply(row, Reason::Replayed, now);
                Replay::Queued
            }
        })
        .collect();
    moves.write(write.session(), &snapshot, now).await?;
    write.commit().await?;
    Ok(answers)
}

/// Gives submissions up.
pub(super) async fn discard<B: Backend>(
    backend: &B,
    submissions: &[SubmissionId],
    now: Timestamp,
) -> Result<Vec<Discard>, StoreError> {
    let mut write = backend.write().await?;
    let mut snapshot = Snapshot::load_ids(write.session(), submissions).await?;
    let mut moves = Moves::default();
    let answers = submissions
        .iter()
        .map(|id| match snapshot.submissions.get_mut(id) {
            None => Discard::Unknown,
            Some(row) if row.record.state != State::Quarantined => Discard::NotQuarantined(row.record.state),
            Some(row) => {
                moves.apply(row, Reason::ByOperator, now);
                Discard::Discarded
            }
        })
        .collect();
    moves.write(write.session(), &snapshot, now).await?;
    write.commit().await?;
    Ok(answers)
}

/// Submissions that leave the quarantine.
#[derive(Default)]
struct Moves {
    submissions: Vec<SubmissionId>,
    documents: BTreeSet<DocumentId>,
    /// Numbers of those that are to be published.
    publications: Vec<i64>,
}

impl Moves {
    fn apply(&mut self, row: &mut SubmissionRow, reason: Reason, now: Timestamp) {
        let record = &mut row.record;
        (record.state, record.reason, record.detail) = (reason.state(), reason, None);
        record.changed_at = codes::stored_time(now);
        self.submissions.push(record.submission.clone());
        self.documents.insert(record.document);
    }

    async fn write<S: Session>(
        &self,
        session: &mut S,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.submissions.is_empty() {
            return Ok(());
        }
        write::submissions(session, snapshot, &self.submissions).await?;
        if !self.publications.is_empty() {
            let table = [Column::numbers(self.publications.iter().copied())];
            session.execute(S::SQL.add_publications, &table, &[]).await?;
        }
        let moved = self.standings(session, snapshot).await?;
        let mut events = submission_events(snapshot, &self.submissions);
        events.extend(moved.keys().map(|document| Event::Document { document: *document }));
        let head = write::head(session).await?;
        standing::write(session, &moved, head + self.submissions.len() as u64 + 1).await?;
        write::changes(session, head, codes::stored_time(now), &events).await?;
        Ok(())
    }

    /// Where the documents stand now: nowhere, if nothing of theirs is left in quarantine. What was read stays read.
    async fn standings<S: Session>(
        &self,
        session: &mut S,
        snapshot: &Snapshot,
    ) -> Result<BTreeMap<DocumentId, standing::Row>, StoreError> {
        let documents = self.documents.iter().filter_map(|id| Some((*id, snapshot.documents.get(id)?)));
        let unread: Vec<_> =
            documents.filter(|(_, document)| document.standing.is_some() && !document.is_indexed()).collect();
        let table = [Column::numbers(unread.iter().map(|(_, document)| document.number))];
        // The submission that decided the content speaks for the document, else the first that was at fault.
        let mut left: BTreeMap<i64, (bool, Reason)> = BTreeMap::new();
        for row in &session.fetch(S::SQL.quarantined_of, &table, &[]).await? {
            let (document, is_first) = (row.number(0)?, row.flag(1)?);
            let reason = codes::code::<Reason>(row.text(2)?, "a reason")?;
            let entry = left.entry(document).or_insert((is_first, reason));
            if is_first {
                *entry = (true, reason);
            }
        }
        let mut moved = BTreeMap::new();
        for (id, document) in unread {
            let Some(before) = &document.standing else { continue };
            let after =
                left.get(&document.number).map(|(_, reason)| Condition::Quarantined { reason: *reason });
            if after != Some(before.condition) {
                moved.insert(id, standing::Row::of(document.number, codes::of_date(before.as_of), after));
            }
        }
        Ok(moved)
    }
}

/// Messages of replayed submissions that the queue may not have yet.
pub(super) async fn to_publish<B: Backend>(backend: &B, limit: u32) -> Result<Vec<Submitted>, StoreError> {
    // Looked at without the lock first: mostly there is nothing to do.
    if publications(&mut backend.read().await?, 1).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut write = backend.write_aside().await?;
    take(write.session(), limit).await?;
    let rows = publications(write.session(), limit).await?;
    write.commit().await?;
    Ok(rows.into_iter().map(submitted).collect())
}

/// Notes that a publisher takes them up: what is replayed again from here on is not published yet.
async fn take<S: Session>(session: &mut S, limit: u32) -> Result<(), StoreError> {
    session.execute(S::SQL.take_publications, &[], &[Value::Number(i64::from(limit))]).await
}

async fn publications<S: Session>(session: &mut S, limit: u32) -> Result<Vec<SubmissionRecord>, StoreError> {
    let rows = session.fetch(S::SQL.publications, &[], &[Value::Number(i64::from(limit))]).await?;
    rows.iter().map(|row| Ok(snapshot::submission(row)?.record)).collect()
}

/// The message as it was sent, as far as it is kept.
fn submitted(record: SubmissionRecord) -> Submitted {
    Submitted {
        submission: record.submission,
        document: record.document,
        document_date: record.document_date,
        candidate_ref: record.candidate_ref,
        field: record.field,
        consent: record.consent,
        traceparent: record.traceparent,
        source_name: record.source_name,
    }
}

/// The queue has these.
pub(super) async fn published<B: Backend>(
    backend: &B,
    submissions: &[SubmissionId],
) -> Result<(), StoreError> {
    if submissions.is_empty() {
        return Ok(());
    }
    let mut write = backend.write_aside().await?;
    remove(write.session(), submissions).await?;
    write.commit().await
}

async fn remove<S: Session>(session: &mut S, submissions: &[SubmissionId]) -> Result<(), StoreError> {
    let table = [
        Column::texts(submissions.iter().map(|id| id.portal.as_str())),
        Column::texts(submissions.iter().map(|id| id.message_id.as_str())),
    ];
    session.execute(S::SQL.remove_publications, &table, &[]).await
}
