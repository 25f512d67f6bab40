//! Writing rows, each function one statement for any number of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use bole_core::{ContentHash, DocumentId, EncodedEvidence, Event, ReadingId, SubmissionId};
use bytes::Bytes;
use jiff::Timestamp;

use super::columns::Columns;
use super::decide::Read;
use super::session::{Column, Session};
use super::snapshot::{DocumentRow, Snapshot, SubmissionRow};
use super::{SCHEMA, codes};
use crate::{StoreError, SubmissionRecord};

/// Evidence to be kept: of which document by number, read by which reader.
pub(super) struct Found<'a> {
    pub(super) lexicon: ContentHash,
    pub(super) document_number: i64,
    pub(super) reading: ReadingId,
    pub(super) evidence: &'a EncodedEvidence,
}

/// Whether this binary may write into a store of which this is the schema now: a newer one may have changed it meanwhile.
pub(crate) fn check_schema(found: u32) -> Result<(), StoreError> {
    if found > SCHEMA { Err(StoreError::NewerSchema { found, known: SCHEMA }) } else { Ok(()) }
}

/// The newest position of the change log. Under the log's lock it stays so.
pub(super) async fn head<S: Session>(session: &mut S) -> Result<u64, StoreError> {
    let rows = session.fetch(S::SQL.head, &[], &[]).await?;
    let row = rows.first().ok_or(StoreError::damaged("the change log"))?;
    check_schema(row.small_number(1)?)?;
    codes::unsigned(row.number(0)?)
}

/// Writes the rows of these documents as the snapshot has them.
pub(super) async fn documents<S: Session>(
    session: &mut S,
    snapshot: &Snapshot,
    documents: &BTreeSet<DocumentId>,
) -> Result<(), StoreError> {
    let rows: Vec<(&DocumentId, &DocumentRow)> =
        documents.iter().filter_map(|id| Some((id, snapshot.documents.get(id)?))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let told = || rows.iter().map(|(_, row)| row.told.as_ref());
    let fields = told().map(|told| told.map(|told| codes::of_fields(&told.fields)).transpose());
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let table = [
        Column::numbers(rows.iter().map(|(_, row)| row.number)),
        Column::keys(rows.iter().map(|(id, _)| id.as_bytes())),
        Column::Numbers(rows.iter().map(|(_, row)| row.first.as_ref().map(|(number, _)| *number)).collect()),
        Column::Numbers(told().map(|told| told.map(|told| codes::of_date(told.as_of))).collect()),
        Column::Texts(fields.iter().map(Option::as_deref).collect()),
        Column::numbers(told().map(|told| i64::from(told.is_some_and(|told| told.is_sound)))),
    ];
    session.execute(S::SQL.put_documents, &table, &[]).await
}

/// Writes the rows of these submissions as the snapshot has them, and a transition for each.
pub(super) async fn submissions<S: Session>(
    session: &mut S,
    snapshot: &Snapshot,
    submissions: &[SubmissionId],
) -> Result<(), StoreError> {
    let rows: Vec<&SubmissionRow> =
        submissions.iter().filter_map(|id| snapshot.submissions.get(id)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let numbers = || Column::numbers(rows.iter().map(|row| row.number));
    let states = || Column::texts(rows.iter().map(|row| row.record.state.code()));
    let reasons = || Column::texts(rows.iter().map(|row| row.record.reason.code()));
    let attempts = || Column::numbers(rows.iter().map(|row| i64::from(row.record.attempt.0)));
    let changed = || Column::numbers(rows.iter().map(|row| codes::of_time(row.record.changed_at)));
    let text = |field: fn(&SubmissionRecord) -> Option<&str>| {
        Column::Texts(rows.iter().map(|row| field(&row.record)).collect())
    };
    let table = [
        numbers(),
        Column::texts(rows.iter().map(|row| row.record.submission.portal.as_str())),
        Column::texts(rows.iter().map(|row| row.record.submission.message_id.as_str())),
        Column::numbers(rows.iter().map(|row| row.document_number)),
        states(),
        reasons(),
        text(|record| record.detail.as_deref()),
        attempts(),
        Column::Numbers(rows.iter().map(|row| row.first).collect()),
        Column::numbers(rows.iter().map(|row| codes::of_date(row.record.document_date))),
        text(|record| record.source_name.as_deref()),
        text(|record| record.candidate_ref.as_deref()),
        text(|record| record.field.as_ref().map(|field| field.0.as_str())),
        text(|record| record.consent.as_deref()),
        Column::numbers(rows.iter().map(|row| codes::of_time(row.record.received_at))),
        changed(),
        text(|record| record.traceparent.as_deref()),
    ];
    session.execute(S::SQL.put_submissions, &table, &[]).await?;
    let table = [numbers(), states(), reasons(), attempts(), changed()];
    session.execute(S::SQL.add_transitions, &table, &[]).await
}

/// Counts submissions as received.
pub(super) async fn received<S: Session>(
    session: &mut S,
    received: &BTreeMap<String, u64>,
) -> Result<(), StoreError> {
    if received.is_empty() {
        return Ok(());
    }
    let table = [
        Column::texts(received.keys().map(String::as_str)),
        Column::numbers(received.values().map(|n_submissions| *n_submissions as i64)),
    ];
    session.execute(S::SQL.add_received, &table, &[]).await
}

/// Keeps bytes of documents.
pub(super) async fn originals<S: Session>(
    session: &mut S,
    originals: &[(DocumentId, &Bytes)],
) -> Result<(), StoreError> {
    let table = [
        Column::keys(originals.iter().map(|(document, _)| document.as_bytes())),
        Column::Blobs(originals.iter().map(|(_, bytes)| bytes.as_ref()).collect()),
    ];
    session.execute(S::SQL.add_originals, &table, &[]).await
}

/// Lets go of the bytes of these documents where no submission names them.
pub(super) async fn forget_originals<S: Session>(
    session: &mut S,
    documents: &[DocumentId],
) -> Result<(), StoreError> {
    if documents.is_empty() {
        return Ok(());
    }
    let table = [Column::keys(documents.iter().map(DocumentId::as_bytes))];
    session.execute(S::SQL.delete_unnamed_originals, &table, &[]).await
}

/// Keeps readings, with the evidence and the keys that were found in them.
pub(super) async fn readings<'a, S: Session>(
    session: &mut S,
    readings: impl Iterator<Item = &'a Read<'a>> + Send,
) -> Result<(), StoreError> {
    let readings: Vec<&Read<'_>> = readings.collect();
    if readings.is_empty() {
        return Ok(());
    }
    let table = [
        Column::numbers(readings.iter().map(|read| read.document_number)),
        Column::numbers(readings.iter().map(|read| i64::from(read.reading.0.reader.0))),
        Column::Blobs(readings.iter().map(|read| read.reading.1.as_bytes()).collect()),
    ];
    session.execute(S::SQL.add_readings, &table, &[]).await?;
    let found: Vec<Found<'_>> = readings
        .iter()
        .map(|read| Found {
            lexicon: read.evidence.0,
            document_number: read.document_number,
            reading: read.reading.0,
            evidence: read.evidence.1,
        })
        .collect();
    evidence(session, &found).await?;
    let contacts: Vec<(&str, &str, i64)> = readings
        .iter()
        .flat_map(|read| {
            let named = read.name.into_iter();
            named.flat_map(move |name| {
                read.contacts.iter().map(move |contact| (*contact, name, read.document_number))
            })
        })
        .collect();
    triples(session, S::SQL.add_contacts, &contacts).await?;
    clues(session, &readings).await
}

/// Keeps the names, and the contacts of who gave no name.
async fn clues<S: Session>(session: &mut S, readings: &[&Read<'_>]) -> Result<(), StoreError> {
    let mut clues: Vec<(Cow<'_, str>, i64)> = Vec::new();
    for read in readings {
        match read.name {
            Some(name) => clues.push((format!("name:{name}").into(), read.document_number)),
            None => {
                clues.extend(read.contacts.iter().map(|contact| ((*contact).into(), read.document_number)));
            }
        }
    }
    if clues.is_empty() {
        return Ok(());
    }
    let table = [
        Column::texts(clues.iter().map(|(clue, _)| &**clue)),
        Column::numbers(clues.iter().map(|(_, document)| *document)),
    ];
    session.execute(S::SQL.add_clues, &table, &[]).await
}

/// Keeps evidence; a second time changes nothing.
pub(super) async fn evidence<S: Session>(session: &mut S, found: &[Found<'_>]) -> Result<(), StoreError> {
    if found.is_empty() {
        return Ok(());
    }
    let table = [
        Column::keys(found.iter().map(|found| found.lexicon.as_bytes())),
        Column::numbers(found.iter().map(|found| found.document_number)),
        Column::numbers(found.iter().map(|found| i64::from(found.reading.reader.0))),
        Column::Blobs(found.iter().map(|found| found.evidence.as_bytes()).collect()),
    ];
    session.execute(S::SQL.add_evidence, &table, &[]).await
}

/// Notes what portals call the candidates of documents.
pub(super) async fn candidates<S: Session>(
    session: &mut S,
    candidates: &[(&str, &str, i64)],
) -> Result<(), StoreError> {
    triples(session, S::SQL.add_candidates, candidates).await
}

async fn triples<S: Session>(
    session: &mut S,
    statement: &'static str,
    triples: &[(&str, &str, i64)],
) -> Result<(), StoreError> {
    if triples.is_empty() {
        return Ok(());
    }
    let table = [
        Column::texts(triples.iter().map(|(first, _, _)| *first)),
        Column::texts(triples.iter().map(|(_, second, _)| *second)),
        Column::numbers(triples.iter().map(|(_, _, document)| *document)),
    ];
    session.execute(statement, &table, &[]).await
}

/// Appends events to the change log, from `head` on; answers the new head.
pub(super) async fn changes<S: Session>(
    session: &mut S,
    head: u64,
    now: Timestamp,
    events: &[Event],
) -> Result<u64, StoreError> {
    if events.is_empty() {
        return Ok(head);
    }
    let mut texts = Vec::with_capacity(events.len());
    for event in events {
        // As text, so that the database does not write it anew.
        texts.push(serde_json::to_string(event).map_err(|_| StoreError::damaged("an event"))?);
    }
    let table = [
        Column::numbers((head as i64 + 1..).take(events.len())),
        Column::numbers(events.iter().map(|_| codes::of_time(now))),
        Column::texts(texts.iter().map(String::as_str)),
    ];
    session.execute(S::SQL.add_changes, &table, &[]).await?;
    Ok(head + events.len() as u64)
}
